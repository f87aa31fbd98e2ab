// Interactive elements. Buttons and menus act at once; inputs in a modal only remember.

import { h, icon, toast } from "/page/dom.js";
import { confirmDialog } from "/page/dialogs.js";
import { plainText, textObject } from "/page/mrkdwn.js";
import { store } from "/page/store.js";
import { post } from "/page/api.js";

const KINDS = {
  button: (b, e, where) => button(b, e, where),
  workflow_button: (b, e, where) => button(b, e, where),
  overflow: (b, e, where) => overflow(b, e, where),
  checkboxes: (b, e, where) => choices(b, e, where, "checkbox"),
  radio_buttons: (b, e, where) => choices(b, e, where, "radio"),
  datepicker: (b, e, where) => typed(b, e, where, { type: "date" }, "selected_date"),
  timepicker: (b, e, where) => typed(b, e, where, { type: "time" }, "selected_time"),
  datetimepicker: (b, e, where) => dateTime(b, e, where),
  plain_text_input: (b, e, where) => textInput(b, e, where),
  email_text_input: (b, e, where) => typed(b, e, where, { type: "email" }, "value"),
  url_text_input: (b, e, where) => typed(b, e, where, { type: "url" }, "value"),
  number_input: (b, e, where) => typed(b, e, where, { type: "text", inputmode: "decimal" }, "value"),
  external_select: (b, e, where) => external(b, e, where),
  feedback_buttons: (b, e, where) => feedback(b, e, where),
  icon_button: (b, e, where) => button(b, { ...e, icon_only: true }, where),
};

export function element(block, e, where) {
  if (KINDS[e.type]) return KINDS[e.type](block, e, where);
  if (e.type.startsWith("multi_")) return multiSelect(block, e, where);
  return select(block, e, where);
}

const mark = (b, e) => `${b.block_id}/${e.action_id}`;

/** Ask for confirmation if the element wants it, then act, showing that it is under way. */
async function perform(control, b, e, where, selected) {
  if (e.confirm && !(await confirmDialog(e.confirm))) return false;
  control?.setAttribute("aria-busy", "true");
  try {
    const ack = await where.act(b, e, selected);
    if (ack?.error && where.quiet) toast(`The app did not answer (${ack.error}).`, "bad");
  } catch (error) {
    toast(error.message, "bad");
  } finally {
    control?.removeAttribute("aria-busy");
  }
  return true;
}

function button(b, e, where) {
  const press = async (event) => {
    const control = event.currentTarget;
    if (control.getAttribute("aria-busy")) return;
    if (e.url) window.open(e.url, e.url.startsWith(location.origin) ? "_self" : "_blank", "noopener");
    await perform(control, b, e, where, null);
  };
  if (e.url && e.url.startsWith(location.origin)) {
    return h("a", { class: `btn ${e.style ?? ""}`, href: e.url, data: { mark: mark(b, e), action: e.action_id }, onclick: () => perform(null, b, e, where, null) }, textObject(e.text));
  }
  return h("button", {
    type: "button", class: `btn ${e.style ?? ""}`, "aria-label": e.accessibility_label ?? (e.icon_only ? e.text.text : null),
    data: { mark: mark(b, e), action: e.action_id }, onclick: press,
  }, e.icon_only ? icon("trash") : textObject(e.text));
}

function feedback(b, e, where) {
  const side = (name, sign) =>
    h("button", { type: "button", class: "btn icon-only", "aria-label": e[name].accessibility_label ?? e[name].text.text, title: e[name].text.text,
      onclick: (event) => perform(event.currentTarget, b, e, where, name.split("_")[0]) }, icon(sign));
  return h("span", { class: "feedback" }, side("positive_button", "up"), side("negative_button", "down"));
}

function overflow(b, e, where) {
  const host = h("span", { class: "overflow" });
  const menu = h("div", { class: "menu", role: "menu", hidden: true });
  const toggle = h("button", { type: "button", class: "btn icon-only", "aria-label": "More actions", "aria-haspopup": "menu", "aria-expanded": "false",
    data: { mark: mark(b, e), action: e.action_id }, onclick: () => set(menu.hidden) }, icon("more"));
  const outside = (event) => !host.contains(event.target) && set(false);
  const set = (open) => {
    menu.hidden = !open;
    toggle.setAttribute("aria-expanded", String(open));
    document[open ? "addEventListener" : "removeEventListener"]("click", outside, true);
    if (open) menu.querySelector("button")?.focus();
  };
  const pick = (option) => () => {
    set(false);
    toggle.focus();
    if (option.url) window.open(option.url, "_blank", "noopener");
    perform(toggle, b, e, where, option.value);
  };
  menu.append(...e.options.map((o) =>
    h("button", { type: "button", role: "menuitem", onclick: pick(o) }, textObject(o.text), o.description && h("small", null, textObject(o.description)))));
  host.addEventListener("keydown", (event) => menuKeys(event, menu, () => (set(false), toggle.focus())));
  host.append(toggle, menu);
  return host;
}

function menuKeys(event, menu, close) {
  if (menu.hidden) return;
  const items = [...menu.querySelectorAll("button")];
  const at = items.indexOf(document.activeElement);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    event.preventDefault();
    items[(at + step + items.length) % items.length].focus();
  }
  if (event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    close();
  }
}

/** Where a choice goes: remembered in a form, sent at once anywhere else. */
function chosen(control, b, e, where, selected) {
  const silent = b.type === "input" && !b.dispatch_action;
  where.remember?.(b, e, selected);
  return silent ? Promise.resolve(true) : perform(control, b, e, where, selected);
}

const names = (where, e, b) => ({
  id: b.type === "input" ? `in-${b.block_id}` : null,
  "aria-labelledby": where.labelledBy ?? null,
  "aria-describedby": where.describedBy ?? null,
  "aria-label": where.labelledBy ? null : e.placeholder?.text ?? "Choose",
  data: { mark: mark(b, e), action: e.action_id },
});

function choices(b, e, where, type) {
  const now = where.stateOf(b, e);
  const picked = new Set((now?.selected_options ?? [now?.selected_option]).filter(Boolean).map((o) => o.value));
  const name = `${where.key}-${b.block_id}-${e.action_id}`;
  const host = h("div", { class: "choices", role: type === "radio" ? "radiogroup" : "group", "aria-labelledby": where.labelledBy ?? null });
  const send = () => {
    const values = [...host.querySelectorAll("input:checked")].map((i) => i.value);
    chosen(host, b, e, where, type === "radio" ? values[0] ?? null : values);
  };
  host.append(...e.options.map((o) =>
    h("label", { class: "choice" },
      h("input", { type, name, value: o.value, checked: picked.has(o.value), onchange: send, data: { mark: `${mark(b, e)}/${o.value}` } }),
      h("span", null, textObject(o.text), o.description && h("small", null, textObject(o.description))))));
  return host;
}

function optionsOf(e) {
  if (e.type.endsWith("users_select")) return store.state.users.filter((u) => !u.is_bot).map((u) => [u.id, u.real_name]);
  if (/channels|conversations/.test(e.type)) return store.state.channels.map((c) => [c.id, `#${c.name}`]);
  return (e.options ?? []).map((o) => [o.value, o.text.text]);
}

const single = (state) => state?.selected_option?.value ?? state?.selected_user ?? state?.selected_channel ?? state?.selected_conversation ?? "";
const several = (state) =>
  state?.selected_options?.map((o) => o.value) ?? state?.selected_users ?? state?.selected_channels ?? state?.selected_conversations ?? [];

function select(b, e, where) {
  const picked = single(where.stateOf(b, e));
  const option = ([value, label]) => h("option", { value, selected: value === picked }, label);
  const groups = (e.option_groups ?? []).map((g) =>
    h("optgroup", { label: g.label.text }, g.options.map((o) => option([o.value, o.text.text]))));
  const send = (event) => chosen(event.target, b, e, where, event.target.value || null);
  const empty = h("option", { value: "", selected: !picked, disabled: b.type !== "input" || !b.optional }, e.placeholder?.text ?? "Choose an option");
  return h("select", { class: "select", onchange: send, ...names(where, e, b) }, empty, optionsOf(e).map(option), groups);
}

/** What is chosen stands as chips over a menu of the rest. */
function multiSelect(b, e, where) {
  const grouped = (e.option_groups ?? []).flatMap((g) => g.options.map((o) => [o.value, o.text.text]));
  const offered = new Map([...optionsOf(e), ...grouped]);
  const host = h("div", { class: "multi" });
  let picked = several(where.stateOf(b, e));
  const set = (values) => {
    picked = values;
    draw();
    chosen(host, b, e, where, picked);
  };
  const chip = (value) => h("span", { class: "picked" }, offered.get(value) ?? value,
    h("button", { type: "button", class: "plain", "aria-label": `Remove ${offered.get(value) ?? value}`, onclick: () => set(picked.filter((p) => p !== value)) }, icon("close")));
  const draw = () => {
    const rest = [...offered].filter(([value]) => !picked.includes(value));
    const add = (event) => event.target.value && set([...picked, event.target.value]);
    const menu = h("select", { class: "select", onchange: add, ...names(where, e, b) },
      h("option", { value: "" }, e.placeholder?.text ?? "Choose"), rest.map(([value, label]) => h("option", { value }, label)));
    host.replaceChildren(...(picked.length ? [h("div", { class: "chips" }, picked.map(chip))] : []), menu);
  };
  draw();
  return host;
}

function typed(b, e, where, attributes, key) {
  const value = where.stateOf(b, e)?.[key] ?? "";
  const eager = isEager(b, e);
  const send = (event) => eager || chosen(event.target, b, e, where, event.target.value || null);
  const later = debounced(() => perform(null, b, e, where, where.stateOf(b, e)?.[key] ?? null), 250);
  const keep = (event) => {
    where.remember?.(b, e, event.target.value || null);
    if (eager) later();
  };
  return h("input", { ...attributes, class: "field", value, placeholder: e.placeholder?.text, onchange: send, oninput: keep, ...names(where, e, b) });
}

function dateTime(b, e, where) {
  const unix = where.stateOf(b, e)?.selected_date_time;
  const value = unix ? new Date(unix * 1000).toISOString().slice(0, 16) : "";
  const send = (event) => chosen(event.target, b, e, where, event.target.value ? Date.parse(`${event.target.value}Z`) / 1000 : null);
  return h("input", { type: "datetime-local", class: "field", value, onchange: send, ...names(where, e, b) });
}

function textInput(b, e, where) {
  const value = where.stateOf(b, e)?.value ?? "";
  const eager = isEager(b, e);
  const later = debounced(() => perform(null, b, e, where, where.stateOf(b, e)?.value ?? null), 250);
  const keep = (event) => {
    where.remember?.(b, e, event.target.value || null);
    if (eager) later();
  };
  const common = { class: "field", placeholder: e.placeholder?.text, maxlength: e.max_length ?? 3000, oninput: keep, autofocus: e.focus_on_load || null, ...names(where, e, b) };
  if (e.multiline) return h("textarea", { ...common, rows: 4, value });
  const dispatch = (event) => event.key === "Enter" && b.dispatch_action && (event.preventDefault(), perform(event.target, b, e, where, event.target.value));
  return h("input", { type: "text", ...common, value, onkeydown: dispatch });
}

/** Whether the app is told of each character. */
const isEager = (b, e) => Boolean(b.dispatch_action && e.dispatch_action_config?.trigger_actions_on?.includes("on_character_entered"));

function debounced(act, pause) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(act, pause);
  };
}

function external(b, e, where) {
  const picked = where.stateOf(b, e)?.selected_option;
  const list = h("select", { class: "select", onchange: (event) => chosen(event.target, b, e, where, found.get(event.target.value) ?? null), ...names(where, e, b) },
    h("option", { value: picked?.value ?? "" }, picked?.text.text ?? e.placeholder?.text ?? "Type to search"));
  const found = new Map(picked ? [[picked.value, picked]] : []);
  const search = async (event) => {
    if (event.target.value.length < (e.min_query_length ?? 3)) return;
    const ack = await post("/sandbox/suggest", { user: store.state.me, action_id: e.action_id, block_id: b.block_id, query: event.target.value, ...where.target }).catch(() => ({}));
    found.clear();
    for (const o of ack.options ?? []) found.set(o.value, o);
    list.replaceChildren(h("option", { value: "" }, `${found.size} found`), ...[...found.values()].map((o) => h("option", { value: o.value }, o.text.text)));
  };
  return h("div", { class: "external" }, h("input", { class: "field", type: "search", placeholder: "Search", "aria-label": "Search", oninput: search }), list);
}

export { plainText };
