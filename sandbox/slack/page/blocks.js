// Block Kit to DOM. A `where` says what a block stands in and does what its elements ask for:
// {act(block, element, selected), stateOf(block, element), input(block, element, state), errors}.

import { chart } from "/page/charts.js";
import { h } from "/page/dom.js";
import { element } from "/page/elements.js";
import { markdown } from "/page/markdown.js";
import { mrkdwn, plainText, textObject } from "/page/mrkdwn.js";
import { richText } from "/page/richtext.js";

const KINDS = {
  header: (b) => h("h3", { class: `b-header level-${b.level ?? 2}` }, textObject(b.text)),
  section: (b, where) => section(b, where),
  divider: () => h("hr", { class: "b-divider" }),
  image: (b) => imageBlock(b),
  context: (b) => h("div", { class: "b-context" }, b.elements.map((e) => (e.type === "image" ? image(e) : h("span", null, textObject(e))))),
  actions: (b, where) => h("div", { class: "b-actions" }, b.elements.map((e) => element(b, e, where))),
  context_actions: (b, where) => h("div", { class: "b-actions small" }, b.elements.map((e) => element(b, e, where))),
  input: (b, where) => input(b, where),
  rich_text: (b) => richText(b),
  markdown: (b) => markdown(b.text),
  table: (b) => table(b),
  data_table: (b) => dataTable(b),
  data_visualization: (b) => chart(b),
  card: (b, where) => card(b, where),
  carousel: (b, where) => h("div", { class: "b-carousel", tabindex: "0" }, b.elements.map((c) => card(c, where))),
  container: (b, where) => container(b, where),
  alert: (b) => h("div", { class: `b-alert ${b.level ?? "default"}`, role: "note" }, textObject(b.text)),
  video: (b) => h("p", null, plainText(b.title.text)),
};

/** All blocks of a message or a view. One that cannot be drawn says so and spares the others. */
export function blocks(list, where) {
  return list.map((block) => {
    try {
      return h("div", { class: `block ${block.type}`, data: { block: block.block_id ?? "" } }, KINDS[block.type](block, where));
    } catch (error) {
      return h("div", { class: "block unknown" }, `This ${block.type} block cannot be shown here (${error.message}).`);
    }
  });
}

function section(b, where) {
  const body = h("div", { class: "b-body" },
    b.text && h("div", { class: "b-text" }, textObject(b.text)),
    b.fields && h("div", { class: "b-fields" }, b.fields.map((f) => h("div", null, textObject(f)))));
  const side = b.accessory && h("div", { class: "b-accessory" }, b.accessory.type === "image" ? image(b.accessory) : element(b, b.accessory, where));
  const below = ["checkboxes", "radio_buttons"].includes(b.accessory?.type);
  return h("div", { class: `b-section${below ? " stacked" : ""}` }, body, side);
}

const fileId = (f) => f.id ?? f.url.split("/").pop();
const source = (e) => (e.slack_file ? `/files/${fileId(e.slack_file)}` : e.image_url);

export function image(e) {
  const broken = (event) => event.target.replaceWith(h("span", { class: "no-image" }, e.alt_text || "image"));
  return h("img", { src: source(e), alt: e.alt_text, loading: "lazy", onerror: broken });
}

function imageBlock(b) {
  return h("figure", { class: "b-image" }, b.title && h("figcaption", null, textObject(b.title)), image(b));
}

function input(b, where) {
  const error = where.errors?.[b.block_id];
  const id = `label-${b.block_id}`;
  const inner = element(b, b.element, { ...where, labelledBy: id, describedBy: error ? `${id}-error` : null });
  return h("div", { class: `b-input${error ? " wrong" : ""}` },
    h("label", { id, for: `in-${b.block_id}` }, textObject(b.label), b.optional && h("span", { class: "optional" }, " (optional)")),
    inner,
    error && h("p", { class: "error", id: `${id}-error`, role: "alert" }, error),
    b.hint && h("p", { class: "hint" }, textObject(b.hint)));
}

const cell = (c) => (c.type === "rich_text" ? richText(c) : c.text);
const isNumber = (c) => c?.type === "raw_number";

function table(b) {
  const align = (i, c) => b.column_settings?.[i]?.align ?? (isNumber(c) ? "right" : "left");
  const row = (tag) => (r) => h("tr", null, r.map((c, i) => h(tag, { class: align(i, isNumber(c) ? c : b.rows[1]?.[i]), scope: tag === "th" ? "col" : null }, cell(c))));
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Table" },
    h("table", { class: "grid" }, h("thead", null, row("th")(b.rows[0])), h("tbody", null, b.rows.slice(1).map(row("td")))));
}

function dataTable(b) {
  const size = b.page_size ?? 5;
  const rows = b.rows.slice(1);
  const pages = Math.ceil(rows.length / size);
  const host = h("div", { class: "data-table" });
  const draw = (page) => {
    const shown = { ...b, rows: [b.rows[0], ...rows.slice(page * size, (page + 1) * size)] };
    const turn = (to, label) => h("button", { class: "btn small", disabled: to < 0 || to >= pages, onclick: () => draw(to) }, label);
    host.replaceChildren(h("p", { class: "caption" }, b.caption), table(shown),
      pages > 1 ? h("p", { class: "pager" }, turn(page - 1, "Previous"), h("span", null, `${page + 1} of ${pages}`), turn(page + 1, "Next")) : "");
  };
  draw(0);
  return host;
}

function card(b, where) {
  return h("article", { class: "b-card" },
    b.hero_image && h("div", { class: "hero" }, image(b.hero_image)),
    h("div", { class: "b-card-head" }, b.icon && image(b.icon),
      h("div", null, b.title && h("strong", null, textObject(b.title)), b.subtitle && h("div", { class: "muted" }, textObject(b.subtitle)))),
    b.body && h("div", null, textObject(b.body)),
    b.actions && h("div", { class: "b-actions" }, b.actions.map((e) => element(b, e, where))));
}

function container(b, where) {
  const title = b.title ? textObject(b.title) : richText(b.rich_text_title);
  const inside = blocks(b.child_blocks, where);
  const subtitle = b.subtitle && h("div", { class: "muted" }, textObject(b.subtitle));
  if (!b.is_collapsible) return h("section", { class: "b-container" }, h("strong", null, title), subtitle, inside);
  return h("details", { class: "b-container", open: !b.default_collapsed }, h("summary", null, h("strong", null, title), subtitle), inside);
}

/** What a message without blocks shows. */
export const plainMessage = (text) => h("div", { class: "b-text" }, mrkdwn(text));
