// Slack's <!date^unix^format|fallback>, in the time zone of the persona and by the sandbox's clock.

import { me, store } from "/page/store.js";

const part = (options) => (date) =>
  new Intl.DateTimeFormat("en-US", { timeZone: me()?.tz || "UTC", ...options }).format(date);

const DAY = part({ year: "numeric", month: "2-digit", day: "2-digit" });
const LONG = { weekday: "long", year: "numeric", month: "long", day: "numeric" };
const FORMATS = {
  date_num: (d) => new Intl.DateTimeFormat("sv-SE", { timeZone: me()?.tz || "UTC" }).format(d),
  date: part({ year: "numeric", month: "long", day: "numeric" }),
  date_short: part({ year: "numeric", month: "short", day: "numeric" }),
  date_long: part(LONG),
  time: part({ hour: "numeric", minute: "2-digit" }),
  time_secs: part({ hour: "numeric", minute: "2-digit", second: "2-digit" }),
  ago: (d) => ago(d),
};
for (const kind of ["date", "date_short", "date_long"]) {
  FORMATS[`${kind}_pretty`] = (d) => nearby(d) ?? FORMATS[kind](d);
}
FORMATS.date_pretty_short = FORMATS.date_short_pretty;

export const now = () => new Date(store.world?.now ?? store.state.now);

function nearby(date) {
  for (const [shift, word] of [[0, "today"], [-1, "yesterday"], [1, "tomorrow"]]) {
    if (DAY(date) === DAY(new Date(now().getTime() + shift * 864e5))) return word;
  }
  return null;
}

function ago(date) {
  const seconds = (date - now()) / 1000;
  const format = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  for (const [unit, size] of [["day", 86400], ["hour", 3600], ["minute", 60]]) {
    if (Math.abs(seconds) >= size) return format.format(Math.round(seconds / size), unit);
  }
  return "just now";
}

export function slackDate(unix, format) {
  const date = new Date(Number(unix) * 1000);
  return format.replace(/\{(\w+)\}/g, (whole, name) => FORMATS[name]?.(date) ?? whole);
}

export const fromTs = (ts) => new Date(Number(ts) * 1000);
export const clockTime = (ts) => FORMATS.time(fromTs(ts));
export const fullTime = (ts) => `${FORMATS.date_long(fromTs(ts))}, ${FORMATS.time(fromTs(ts))}`;
export const dayKey = (ts) => DAY(fromTs(ts));
export const worldDate = (iso) =>
  !iso ? "date unknown" : new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", year: "numeric", timeZone: me()?.tz || "UTC" })
    .format(new Date(iso));

export function dayName(ts) {
  const date = fromTs(ts);
  const near = nearby(date);
  if (near) return near[0].toUpperCase() + near.slice(1);
  return part({ weekday: "long", month: "long", day: "numeric" })(date);
}
