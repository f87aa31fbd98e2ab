// Slack's mrkdwn to DOM nodes: *bold* _italic_ ~strike~ `code`, fences, quotes, lists, <links>.

import { slackDate } from "/page/dates.js";
import { h } from "/page/dom.js";
import { emoji } from "/page/emoji.js";
import { store, user } from "/page/store.js";

const unescape = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

const INLINE = new RegExp(
  [
    "`(?<code>[^`\\n]+)`",
    "<(?<angle>[^<>\\n]+)>",
    ":(?<emoji>[a-z0-9_+\\-]+(?:::skin-tone-\\d)?):",
    "(?<![\\w*])\\*(?=\\S)(?<bold>[^*\\n]*?[^\\s*])\\*(?![\\w*])",
    "(?<![\\w_])_(?=\\S)(?<italic>[^\\n]*?[^\\s_])_(?![\\w_])",
    "(?<![\\w~])~(?=\\S)(?<strike>[^~\\n]*?[^\\s~])~(?![\\w~])",
  ].join("|"),
  "g",
);

/** Nodes of one stretch of text without line structure. */
export function inline(text) {
  const nodes = [];
  let at = 0;
  for (const match of text.matchAll(INLINE)) {
    const node = inlineNode(match.groups);
    if (node === null) continue;
    nodes.push(unescape(text.slice(at, match.index)), node);
    at = match.index + match[0].length;
  }
  nodes.push(unescape(text.slice(at)));
  return nodes;
}

function inlineNode({ code, angle, emoji: name, bold, italic, strike }) {
  if (code !== undefined) return h("code", null, unescape(code));
  if (angle !== undefined) return angled(angle);
  if (bold !== undefined) return h("strong", null, inline(bold));
  if (italic !== undefined) return h("em", null, inline(italic));
  if (strike !== undefined) return h("s", null, inline(strike));
  return emojiNode(name);
}

export function emojiNode(name) {
  const sign = emoji(name);
  return sign && h("span", { class: "emoji", role: "img", "aria-label": name.replaceAll("_", " ") }, sign);
}

function angled(inside) {
  const [target, ...rest] = inside.split("|");
  const label = rest.join("|");
  if (target.startsWith("@")) return mention("@", user(target.slice(1))?.name ?? label);
  if (target.startsWith("#")) return mention("#", channelName(target.slice(1)) ?? label);
  if (target.startsWith("!")) return special(target, label);
  return link(unescape(target), label ? unescape(label) : unescape(target));
}

export const channelName = (id) => store.state.channels.find((c) => c.id === id)?.name;
export const mention = (sign, name) => h("span", { class: "mention" }, `${sign}${name || "unknown"}`);

function special(target, label) {
  const [kind, ...parts] = target.slice(1).split("^");
  if (kind === "subteam") {
    const group = store.state.user_groups.find((g) => g.id === parts[0]);
    return mention("", label || (group ? `@${group.handle}` : "@group"));
  }
  if (kind === "date") return dated(parts, label);
  return mention("@", kind);
}

function dated([unix, format, url], label) {
  const text = slackDate(unix, unescape(format ?? "{date}"));
  const node = h("time", { datetime: new Date(Number(unix) * 1000).toISOString(), title: unescape(label) }, text);
  return url ? link(url, node) : node;
}

/** A link; anything but http(s) and mailto is shown as text. */
export function link(url, label) {
  let parsed;
  try {
    parsed = new URL(url, location.href);
  } catch {
    return h("span", null, label);
  }
  if (!["http:", "https:", "mailto:"].includes(parsed.protocol)) return h("span", null, label);
  const inside = parsed.origin === location.origin;
  return h("a", inside ? { href: parsed.href } : { href: parsed.href, target: "_blank", rel: "noopener noreferrer" }, label);
}

/** A whole mrkdwn text, block by block. */
export function mrkdwn(text) {
  const nodes = [];
  text.split(/```\n?([\s\S]*?)```\n?/).forEach((piece, index) => {
    if (index % 2) nodes.push(h("pre", null, h("code", null, unescape(piece.replace(/\n$/, "")))));
    else if (piece) nodes.push(...lines(piece));
  });
  return nodes;
}

function lines(text) {
  const nodes = [];
  const all = text.split("\n");
  for (let i = 0; i < all.length; i += 1) {
    const kind = lineKind(all[i]);
    const same = [];
    while (i < all.length && lineKind(all[i]) === kind) same.push(all[i++]);
    i -= 1;
    nodes.push(group(kind, same));
  }
  return nodes;
}

const QUOTE = /^(?:&gt;|>)\s?/;
const BULLET = /^\s*[•◦]\s+/;
const lineKind = (line) => (QUOTE.test(line) ? "quote" : BULLET.test(line) ? "list" : "text");

function group(kind, all) {
  if (kind === "quote") {
    return h("blockquote", null, all.map((l, i) => [i ? h("br") : null, inline(l.replace(QUOTE, ""))]));
  }
  if (kind === "list") return h("ul", null, all.map((l) => h("li", null, inline(l.replace(BULLET, "")))));
  return h("span", { class: "text" }, all.map((l, i) => [i ? h("br") : null, inline(l)]));
}

/** A text object of either type. */
export function textObject(object) {
  if (!object) return null;
  if (object.type === "mrkdwn") return mrkdwn(object.text);
  return plainText(object.text, object.emoji !== false);
}

/** Plain text; emoji codes become emoji. */
export function plainText(text, withEmoji = true) {
  const pieces = withEmoji ? text.split(/:([a-z0-9_+-]+):/) : [text];
  return h("span", { class: "text" }, pieces.map((piece, i) => (i % 2 ? emojiNode(piece) ?? `:${piece}:` : piece)));
}
