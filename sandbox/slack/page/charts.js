// data_visualization blocks as SVG, with the same numbers as a table for screen readers.

import { h, svg } from "/page/dom.js";

const W = 520, H = 240, LEFT = 52, RIGHT = 12, TOP = 14, BOTTOM = 46;

const short = (value) =>
  new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 }).format(value);
const exact = (value) => new Intl.NumberFormat("en", { maximumFractionDigits: 2 }).format(value);
const tone = (i) => `tone-${i % 12}`;

export function chart(block) {
  const { type } = block.chart;
  const draw = type === "pie" ? pie : xy;
  return h("figure", { class: "chart" },
    h("figcaption", null, block.title),
    draw(block.chart, block.title),
    legend(block.chart),
    asTable(block.chart, block.title));
}

const seriesOf = (c) =>
  c.type === "pie" ? [{ name: "value", data: c.segments }] : c.series;

function legend(c) {
  const names = c.type === "pie" ? pieNames(c) : c.series.map((s) => s.name);
  if (names.length < 2) return null;
  return h("ul", { class: "legend", "aria-hidden": "true" },
    names.map((name, i) => h("li", null, h("span", { class: `swatch ${tone(i)}` }), name)));
}

function pieNames(c) {
  const total = c.segments.reduce((sum, s) => sum + s.value, 0) || 1;
  return c.segments.map((s) => `${s.label} · ${Math.round((100 * s.value) / total)}%`);
}

function asTable(c, title) {
  const labels = c.type === "pie" ? c.segments.map((s) => s.label) : c.axis_config.categories;
  const value = (s, label) => exact(s.data.find((p) => p.label === label)?.value ?? 0);
  return h("table", { class: "hidden-text" },
    h("caption", null, title),
    h("tbody", null, labels.map((label) =>
      h("tr", null, h("th", { scope: "row" }, label), seriesOf(c).map((s) => h("td", null, `${s.name}: ${value(s, label)}`))))));
}

function steps(low, high) {
  const rough = (high - low) / 4 || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((m) => m * power).find((s) => s >= rough);
  const from = Math.floor(low / step) * step;
  const marks = [];
  for (let v = from; v < high + step * 0.999; v += step) marks.push(Number(v.toFixed(10)));
  return marks;
}

function xy(c, title) {
  const { categories, x_label: xLabel, y_label: yLabel } = c.axis_config;
  const values = c.series.flatMap((s) => s.data.map((p) => p.value));
  const marks = steps(Math.min(0, ...values), Math.max(0, ...values));
  const [low, high] = [marks[0], marks[marks.length - 1]];
  const y = (v) => TOP + (H - TOP - BOTTOM) * (1 - (v - low) / (high - low || 1));
  const slot = (W - LEFT - RIGHT) / categories.length;
  const x = (i) => LEFT + slot * (i + 0.5);
  const space = { y, x, slot, low };
  return svg("svg", { viewBox: `0 0 ${W} ${xLabel ? H : H - 18}`, role: "img", "aria-label": `${title}, ${c.type} chart` },
    marks.map((v) => svg("g", { class: "rule" },
      svg("line", { x1: LEFT, x2: W - RIGHT, y1: y(v), y2: y(v), class: v === 0 ? "zero" : "" }),
      svg("text", { x: LEFT - 8, y: y(v) + 4, "text-anchor": "end" }, short(v)))),
    c.type === "bar" ? bars(c, space) : paths(c, space),
    categories.map((name, i) => categoryLabel(name, x(i), slot, i, categories.length)),
    xLabel && svg("text", { class: "axis", x: (LEFT + W - RIGHT) / 2, y: H - 4, "text-anchor": "middle" }, xLabel),
    yLabel && svg("text", { class: "axis", transform: `translate(11 ${(TOP + H - BOTTOM) / 2}) rotate(-90)`, "text-anchor": "middle" }, yLabel));
}

function categoryLabel(name, x, slot, index, count) {
  const every = Math.ceil((count * 46) / (W - LEFT - RIGHT));
  if (index % every) return null;
  const fits = Math.max(4, Math.floor((slot * every) / 6.2));
  const text = name.length > fits ? `${name.slice(0, fits - 1)}…` : name;
  return svg("text", { x, y: H - BOTTOM + 16, "text-anchor": "middle" }, text, svg("title", null, name));
}

const valueAt = (c, s, i) => s.data.find((p) => p.label === c.axis_config.categories[i])?.value ?? 0;

function bars(c, { y, x, slot }) {
  const width = Math.min(36, (slot * 0.72) / c.series.length);
  return c.axis_config.categories.map((name, i) =>
    c.series.map((s, j) => {
      const v = valueAt(c, s, i);
      const left = x(i) - (width * c.series.length) / 2 + j * width;
      const top = Math.min(y(v), y(0));
      return svg("rect", { class: tone(j), x: left + 1, width: Math.max(1, width - 2), y: top, height: Math.max(1, Math.abs(y(v) - y(0))), rx: 2 },
        svg("title", null, `${name} · ${s.name}: ${exact(v)}`));
    }));
}

function paths(c, { y, x, low }) {
  const last = c.axis_config.categories.length - 1;
  return c.series.map((s, j) => {
    const points = c.axis_config.categories.map((_, i) => `${x(i)},${y(valueAt(c, s, i))}`);
    const floor = y(Math.max(0, low));
    return svg("g", { class: tone(j) },
      c.type === "area" && svg("polygon", { class: "area", points: `${x(0)},${floor} ${points.join(" ")} ${x(last)},${floor}` }),
      svg("polyline", { class: "line", points: points.join(" ") }),
      c.axis_config.categories.map((name, i) =>
        svg("circle", { cx: x(i), cy: y(valueAt(c, s, i)), r: 3 }, svg("title", null, `${name} · ${s.name}: ${exact(valueAt(c, s, i))}`))));
  });
}

function pie(c, title) {
  const total = c.segments.reduce((sum, s) => sum + s.value, 0) || 1;
  let angle = -Math.PI / 2;
  const slices = c.segments.map((s, i) => {
    const from = angle;
    angle += (2 * Math.PI * s.value) / total;
    return svg("path", { class: tone(i), d: slice(from, Math.min(angle, from + 2 * Math.PI - 1e-4)) },
      svg("title", null, `${s.label}: ${exact(s.value)}`));
  });
  return svg("svg", { class: "pie", viewBox: "0 0 200 200", role: "img", "aria-label": `${title}, pie chart` }, slices);
}

function slice(from, to) {
  const at = (r, a) => `${(100 + r * Math.cos(a)).toFixed(2)} ${(100 + r * Math.sin(a)).toFixed(2)}`;
  const wide = to - from > Math.PI ? 1 : 0;
  return `M${at(92, from)}A92 92 0 ${wide} 1 ${at(92, to)}L${at(48, to)}A48 48 0 ${wide} 0 ${at(48, from)}Z`;
}
