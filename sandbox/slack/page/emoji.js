// The short codes that bots of this kind use; an unknown code is shown as it was written.

export const EMOJI = {
  white_check_mark: "✅", snowflake: "❄️", heavy_check_mark: "✔️", x: "❌", warning: "⚠️", rotating_light: "🚨",
  no_entry: "⛔", no_entry_sign: "🚫", octagonal_sign: "🛑", lock: "🔒", unlock: "🔓", key: "🔑",
  moneybag: "💰", money_with_wings: "💸", dollar: "💵", credit_card: "💳", chart: "💹",
  chart_with_upwards_trend: "📈", chart_with_downwards_trend: "📉", bar_chart: "📊",
  tada: "🎉", rocket: "🚀", sparkles: "✨", zap: "⚡", fire: "🔥", bulb: "💡", eyes: "👀",
  hourglass: "⌛", hourglass_flowing_sand: "⏳", alarm_clock: "⏰", clock1: "🕐", clock3: "🕒",
  calendar: "📅", date: "📅", spiral_calendar_pad: "🗓️", zzz: "💤", sleeping: "😴", bell: "🔔",
  no_bell: "🔕", mag: "🔍", link: "🔗", memo: "📝", clipboard: "📋", file_folder: "📁",
  package: "📦", gear: "⚙️", hammer: "🔨", wrench: "🔧", hammer_and_wrench: "🛠️", robot_face: "🤖",
  shield: "🛡️", scales: "⚖️", label: "🏷️", bookmark: "🔖", pushpin: "📌", round_pushpin: "📍",
  wave: "👋", thumbsup: "👍", "+1": "👍", thumbsdown: "👎", "-1": "👎", clap: "👏", pray: "🙏",
  raised_hands: "🙌", point_right: "👉", arrow_right: "➡️", arrow_left: "⬅️", arrow_up: "⬆️",
  arrow_down: "⬇️", arrow_upper_right: "↗️", arrow_lower_right: "↘️", repeat: "🔁", recycle: "♻️",
  leftwards_arrow_with_hook: "↩️", rewind: "⏪", large_green_circle: "🟢", large_yellow_circle: "🟡",
  large_orange_circle: "🟠", red_circle: "🔴", large_blue_circle: "🔵", white_circle: "⚪",
  black_circle: "⚫", large_green_square: "🟩", large_red_square: "🟥", star: "⭐", seedling: "🌱",
  deciduous_tree: "🌳", cloud: "☁️", computer: "💻", floppy_disk: "💾", minidisc: "💽",
  wastebasket: "🗑️", broom: "🧹", ghost: "👻", snail: "🐌", whale: "🐳", dart: "🎯", trophy: "🏆",
  medal: "🏅", checkered_flag: "🏁", construction: "🚧", question: "❓", grey_question: "❔",
  exclamation: "❗", information_source: "ℹ️", speech_balloon: "💬", thinking_face: "🤔",
  smile: "😄", slightly_smiling_face: "🙂", heart: "❤️", busts_in_silhouette: "👥",
  bust_in_silhouette: "👤", scroll: "📜", receipt: "🧾", abacus: "🧮", telescope: "🔭",
  microscope: "🔬", test_tube: "🧪", inbox_tray: "📥", outbox_tray: "📤", mailbox: "📫",
  envelope: "✉️", new: "🆕", ok: "🆗", arrows_counterclockwise: "🔄", large_diamond: "🔶",
};

export const emoji = (name) => EMOJI[name.replace(/::skin-tone-\d$/, "")] ?? null;
