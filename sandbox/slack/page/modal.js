// The visible modal of the persona. What is typed is kept here until it is submitted.

import { post } from "/page/api.js";
import { blocks } from "/page/blocks.js";
import { h, icon, toast } from "/page/dom.js";
import { textObject } from "/page/mrkdwn.js";
import { store } from "/page/store.js";

const typed = new Map(); // view id → {block_id: {action_id: value}}
const wrong = new Map(); // view id → {block_id: error}, until the next attempt
let dialog = null;
let drawn = "";

export function renderModal() {
  const stack = store.state.modals;
  const view = stack[stack.length - 1];
  const errors = wrong.get(view?.id) ?? {};
  const key = view ? `${view.id}/${view.hash}/${store.state.me}/${JSON.stringify(errors)}` : "";
  if (key === drawn) return;
  const focused = dialog?.contains(document.activeElement) ? document.activeElement.dataset.mark : null;
  const scroll = dialog?.querySelector(".dialog-body")?.scrollTop ?? 0;
  drawn = key;
  dialog?.remove();
  dialog = view ? build(view, stack.length, errors) : null;
  if (!dialog) return;
  document.body.append(dialog);
  dialog.showModal();
  dialog.querySelector(".dialog-body").scrollTop = scroll;
  const wanted = focused ?? dialog.querySelector(".wrong [data-mark], [autofocus]")?.dataset.mark;
  const first = wanted ? dialog.querySelector(`[data-mark="${CSS.escape(wanted)}"]`) : dialog.querySelector(".dialog-body [data-mark]");
  first?.focus();
}

function build(view, depth, errors) {
  const close = () => post("/sandbox/close", { user: store.state.me, view: view.id }).catch((e) => toast(e.message, "bad"));
  const submit = (event) => (event.preventDefault(), send(view, event.submitter));
  return h("dialog", { class: "dialog", "aria-labelledby": "modal-title", data: { view: view.id }, oncancel: (event) => (event.preventDefault(), close()) },
    h("form", { onsubmit: submit, novalidate: true },
      h("header", null,
        h("h2", { id: "modal-title" }, textObject(view.title)),
        h("button", { type: "button", class: "plain", "aria-label": "Close", onclick: close }, icon(depth > 1 ? "back" : "close"))),
      h("div", { class: "dialog-body" }, blocks(view.blocks, where(view, errors))),
      h("footer", null,
        h("button", { type: "button", class: "btn", onclick: close }, view.close ? textObject(view.close) : depth > 1 ? "Back" : "Cancel"),
        view.submit && h("button", { type: "submit", class: "btn primary" }, textObject(view.submit)))));
}

function where(view, errors) {
  const mine = typed.get(view.id) ?? typed.set(view.id, {}).get(view.id);
  return {
    key: view.id,
    quiet: true,
    errors,
    target: { view: view.id },
    stateOf: (b, e) => asState(e, mine[b.block_id]?.[e.action_id]) ?? view.state.values[b.block_id]?.[e.action_id],
    remember: (b, e, value) => ((mine[b.block_id] ??= {})[e.action_id] = value),
    act: (b, e, selected) => post("/sandbox/act", { user: store.state.me, view: view.id, action_id: e.action_id, block_id: b.block_id, selected, values: entered(view) }),
  };
}

/** What was typed into the inputs this version of the view still has. */
function entered(view) {
  const mine = typed.get(view.id) ?? {};
  const inputs = view.blocks.filter((b) => b.type === "input" && mine[b.block_id]).map((b) => [b.block_id, b.element.action_id]);
  return Object.fromEntries(inputs.filter(([block, action]) => action in mine[block]).map(([block, action]) => [block, { [action]: mine[block][action] }]));
}

/** What was typed, in the shape of an element's state, so that a redrawn form shows it again. */
function asState(e, value) {
  if (value === undefined) return undefined;
  const option = (v) => (v === null ? null : typeof v === "object" ? v : { value: v });
  if (Array.isArray(value)) return { selected_options: value.map(option), selected_users: value, selected_channels: value };
  return { value, selected_option: option(value), selected_date: value, selected_time: value, selected_date_time: value, selected_user: value, selected_channel: value, selected_conversation: value };
}

async function send(view, button) {
  button?.setAttribute("aria-busy", "true");
  try {
    const ack = await post("/sandbox/submit", { user: store.state.me, view: view.id, values: entered(view) });
    if (ack.error) toast(`We had some trouble connecting. Try again? (${ack.error})`, "bad");
    wrong.set(view.id, ack.errors);
    renderModal();
  } catch (error) {
    toast(error.message, "bad");
  } finally {
    button?.removeAttribute("aria-busy");
  }
}
