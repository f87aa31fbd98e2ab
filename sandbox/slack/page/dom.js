// Building DOM nodes. Text only ever enters the page as text nodes, so no data can become markup.

const SVG = "http://www.w3.org/2000/svg";

function fill(node, props, children) {
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "class") node.setAttribute("class", value);
    else if (name === "css") for (const [k, v] of Object.entries(value)) node.style.setProperty(k, v);
    else if (name === "data") Object.assign(node.dataset, value);
    else if (["value", "checked", "disabled", "selected", "hidden", "open"].includes(name)) node[name] = value;
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat(Infinity).filter((c) => c !== null && c !== undefined && c !== false));
  return node;
}

/** An HTML element: h("a", {href, class, onclick, data: {}, css: {}}, ...children). */
export const h = (tag, props, ...children) => fill(document.createElement(tag), props, children);

/** An SVG element. */
export const svg = (tag, props, ...children) => fill(document.createElementNS(SVG, tag), props, children);

const ICONS = {
  hash: "M6 2 4.5 14M11.5 2 10 14M2.5 5.5h11M2 10.5h11",
  lock: "M4 7.5h8v6H4zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5",
  home: "M2.5 8 8 3l5.5 5M4 7v6.5h8V7",
  close: "m4 4 8 8m0-8-8 8",
  menu: "M2.5 4.5h11M2.5 8h11M2.5 11.5h11",
  send: "M2.5 8h7M2.5 3l11 5-11 5 2-5z",
  pull: "M4.5 5v6M4.5 5a1.6 1.6 0 1 0 0-3.2 1.6 1.6 0 0 0 0 3.2Zm0 9.200a1.6 1.6 0 1 0 0-3.2 1.6 1.6 0 0 0 0 3.2Zm7 0a1.600 1.600 0 1 0 0-3.2 1.6 1.6 0 0 0 0 3.2Zm0-3.200V6.5a2 2 0 0 0-2-2H8M9.500 2.800 7.800 4.500l1.700 1.700",
  sun: "M8 5.200a2.800 2.800 0 1 0 0 5.600 2.800 2.800 0 0 0 0-5.600ZM8 1.500v1.200M8 13.300v1.200M1.500 8h1.200M13.300 8h1.200M3.400 3.400l.8.8M11.800 11.800l.8.8M3.400 12.600l.8-.8M11.800 4.200l.8-.8",
  moon: "M13 9.500A5.500 5.500 0 0 1 6.500 3 5.500 5.500 0 1 0 13 9.500Z",
  back: "M9.500 3.500 5 8l4.500 4.500",
  reply: "M3 3.500h10v7H7.500L5 13v-2.500H3z",
  eye: "M1.500 8S4 3.800 8 3.800 14.500 8 14.500 8 12 12.200 8 12.200 1.500 8 1.500 8ZM8 6.200a1.800 1.800 0 1 0 0 3.600 1.800 1.800 0 0 0 0-3.600Z",
  more: "M3.500 8h.01M8 8h.01M12.500 8h.01",
  trash: "M3 4.500h10M6.500 4.500V3h3v1.500M4.500 4.500l.6 8.500h5.800l.6-8.500",
  up: "M5 14V7.500L8 2.500c1.300 0 1.700 1 1.300 2.200L8.800 6.500h3.700l-1 6-1 1.500H5ZM5 7.500H2.500V14H5",
  down: "M11 2v6.500l-3 5c-1.300 0-1.700-1-1.300-2.200l.5-1.800H3.500l1-6 1-1.500H11ZM11 8.500h2.500V2H11",
  calendar: "M2.500 4h11v9.500h-11zM2.500 7h11M5.500 2.500v3M10.500 2.500v3",
};

/** A small line icon, hidden from screen readers: the control around it carries the name. */
export function icon(name) {
  return svg("svg", { class: `icon icon-${name}`, viewBox: "0 0 16 16", "aria-hidden": "true" },
    svg("path", { d: ICONS[name] }));
}

/** A passing note at the foot of the page. */
export function toast(text, kind = "info") {
  const note = h("div", { class: `toast ${kind}` }, text);
  document.getElementById("toasts").append(note);
  setTimeout(() => note.remove(), 6000);
}

/** Replace what `host` shows, but only if `key` differs from last time. Keeps focus where it was. */
export function show(host, key, build) {
  if (host.dataset.key === key) return false;
  const focused = focusMark(host);
  host.dataset.key = key;
  host.replaceChildren(...[build()].flat(Infinity).filter(Boolean));
  if (focused) host.querySelector(focused)?.focus({ preventScroll: true });
  return true;
}

function focusMark(host) {
  const active = document.activeElement;
  if (!active || !host.contains(active) || !active.dataset?.mark) return null;
  return `[data-mark="${CSS.escape(active.dataset.mark)}"]`;
}
