// Ordinary Markdown (markdown blocks, pull request bodies) to DOM nodes: the part bots write.

import { h } from "/page/dom.js";
import { link, emojiNode } from "/page/mrkdwn.js";

const INLINE =
  /`([^`]+)`|!?\[([^\]]*)\]\(([^)\s]+)(?:\s+"[^"]*")?\)|\*\*(.+?)\*\*|__(.+?)__|~~(.+?)~~|(?<![\w*])\*([^*\s][^*]*)\*|(?<![\w_])_([^_\s][^_]*)_(?!\w)|<(https?:[^>]+)>|:([a-z0-9_+-]+):|\\([\\`*_{}[\]()#+.!|~-])/g;

export function inlineMarkdown(text) {
  const nodes = [];
  let at = 0;
  for (const m of text.matchAll(INLINE)) {
    const node = inlineNode(m);
    if (node === null) continue;
    nodes.push(text.slice(at, m.index), node);
    at = m.index + m[0].length;
  }
  return [...nodes, text.slice(at)];
}

function inlineNode([, code, label, url, bold, bold2, strike, italic, italic2, auto, emoji, plain]) {
  if (code !== undefined) return h("code", null, code);
  if (url !== undefined) return link(url, h("span", null, inlineMarkdown(label || url)));
  if (bold ?? bold2) return h("strong", null, inlineMarkdown(bold ?? bold2));
  if (strike) return h("s", null, inlineMarkdown(strike));
  if (italic ?? italic2) return h("em", null, inlineMarkdown(italic ?? italic2));
  if (auto) return link(auto, auto);
  return emoji ? emojiNode(emoji) : plain ?? null;
}

const RULES = [
  [/^```/, fence],
  [/^#{1,6}\s/, heading],
  [/^\s*([-*_])(?:\s*\1){2,}\s*$/, (lines) => (lines.shift(), h("hr"))],
  [/^>/, quote],
  [/^\s*(?:[-*+]|\d+[.)])\s+/, list],
  [/^\s*\|.*\|\s*$/, table],
  [/^\s*<\/?(details|summary)[^>]*>\s*$/, (lines) => (lines.shift(), null)],
];

/** A whole Markdown text. Comments are dropped, other HTML is shown as text. */
export function markdown(text) {
  const lines = text.replace(/<!--[\s\S]*?-->/g, "").replace(/\r/g, "").split("\n");
  const nodes = [];
  while (lines.length) {
    if (!lines[0].trim()) lines.shift();
    else nodes.push((RULES.find(([test]) => test.test(lines[0]))?.[1] ?? paragraph)(lines));
  }
  return h("div", { class: "markdown" }, nodes);
}

function fence(lines) {
  lines.shift();
  const code = [];
  while (lines.length && !lines[0].startsWith("```")) code.push(lines.shift());
  lines.shift();
  return h("pre", { tabindex: "0" }, h("code", null, code.join("\n")));
}

function heading(lines) {
  const [, marks, text] = lines.shift().match(/^(#{1,6})\s+(.*?)\s*#*$/) ?? [null, "#", ""];
  return h(`h${Math.min(6, marks.length + 2)}`, { class: `h${marks.length}` }, inlineMarkdown(text));
}

function quote(lines) {
  const inner = [];
  while (lines.length && lines[0].startsWith(">")) inner.push(lines.shift().replace(/^>\s?/, ""));
  return h("blockquote", null, markdown(inner.join("\n")));
}

function list(lines) {
  const ordered = /^\s*\d/.test(lines[0]);
  const root = h(ordered ? "ol" : "ul");
  while (lines.length) {
    const m = lines[0].match(/^(\s*)(?:[-*+]|\d+[.)])\s+(?:\[([ xX])\]\s+)?(.*)$/);
    if (!m) break;
    lines.shift();
    let text = m[3];
    while (lines.length && /^\s{2,}\S/.test(lines[0]) && !/^\s*(?:[-*+]|\d+[.)])\s/.test(lines[0])) text += ` ${lines.shift().trim()}`;
    const box = m[2] === undefined ? null : h("span", { class: "task", "aria-hidden": "true" }, m[2] === " " ? "☐ " : "☑ ");
    const parent = m[1].length >= 2 && root.lastElementChild ? nested(root.lastElementChild, /\d/.test(m[0].trim()[0])) : root;
    parent.append(h("li", null, box, inlineMarkdown(text)));
  }
  return root;
}

/** The list inside a list item, made on first use. */
function nested(item, ordered) {
  if (!item.querySelector("ul, ol")) item.append(h(ordered ? "ol" : "ul"));
  return item.querySelector("ul, ol");
}

function table(lines) {
  const rows = [];
  while (lines.length && /^\s*\|.*\|\s*$/.test(lines[0])) rows.push(cells(lines.shift()));
  const ruled = rows[1]?.every((c) => /^:?-+:?$/.test(c));
  const align = ruled ? rows[1].map((c) => (/-:$/.test(c) ? (c.startsWith(":") ? "center" : "right") : "left")) : [];
  const body = ruled ? rows.slice(2) : rows;
  const row = (tag) => (r) => h("tr", null, r.map((c, i) => h(tag, { class: align[i] }, inlineMarkdown(c))));
  return h("div", { class: "scroll", tabindex: "0" },
    h("table", { class: "grid" }, ruled ? h("thead", null, row("th")(rows[0])) : null, h("tbody", null, body.map(row("td")))));
}

const cells = (line) => line.trim().slice(1, -1).split(/(?<!\\)\|/).map((c) => c.trim().replaceAll("\\|", "|"));

function paragraph(lines) {
  const text = [lines.shift()];
  while (lines.length && lines[0].trim() && !RULES.some(([test]) => test.test(lines[0]))) text.push(lines.shift());
  return h("p", null, text.map((l, i) => [i ? " " : null, inlineMarkdown(l.trim())]));
}
