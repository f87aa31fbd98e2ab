// A unified diff with line numbers.

import { h } from "/page/dom.js";

export function diff({ path, diff: text }) {
  const rows = parse(text);
  const added = rows.filter((r) => r.kind === "add").length;
  const removed = rows.filter((r) => r.kind === "del").length;
  return h("section", { class: "diff", "aria-label": `Changes in ${path}` },
    h("header", null, h("code", null, path), h("span", { class: "plus" }, `+${added}`), h("span", { class: "minus" }, `−${removed}`)),
    h("div", { class: "scroll", tabindex: "0" }, h("table", null, h("tbody", null, rows.map(row)))));
}

const SIGNS = { add: "+", del: "−", same: "" };

function row({ kind, before, after, text }) {
  if (kind === "hunk") return h("tr", { class: "hunk" }, h("td", { colspan: 4 }, text));
  const label = { add: "added", del: "removed" }[kind];
  return h("tr", { class: kind },
    h("td", { class: "line-number" }, before ?? ""), h("td", { class: "line-number" }, after ?? ""),
    h("td", { class: "sign", "aria-label": label ?? null }, SIGNS[kind]), h("td", { class: "code" }, text));
}

function parse(text) {
  const rows = [];
  let before = 0, after = 0, inside = false;
  for (const line of text.replace(/\n$/, "").split("\n")) {
    const hunk = line.match(/^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/);
    if (hunk) {
      [before, after, inside] = [Number(hunk[1]), Number(hunk[2]), true];
      rows.push({ kind: "hunk", text: line });
    } else if (!inside || line.startsWith("\\")) continue;
    else if (line.startsWith("diff --git")) inside = false;
    else if (line.startsWith("+")) rows.push({ kind: "add", after: after++, text: line.slice(1) });
    else if (line.startsWith("-")) rows.push({ kind: "del", before: before++, text: line.slice(1) });
    else rows.push({ kind: "same", before: before++, after: after++, text: line.slice(1) });
  }
  return rows;
}
