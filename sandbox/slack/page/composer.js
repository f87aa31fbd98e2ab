// Where one types: messages, and slash commands with a hint of what there is.

import { post } from "/page/api.js";
import { h, icon, toast } from "/page/dom.js";
import { store } from "/page/store.js";

const drafts = new Map();

export function composer({ channel, thread = null, label }) {
  const key = `${store.state.me}/${channel}/${thread}`;
  const hints = h("ul", { class: "hints", role: "listbox", "aria-label": "Commands", hidden: true });
  const area = h("textarea", { id: thread ? "composer-thread" : "composer-text", rows: 1, placeholder: label, "aria-label": label, value: drafts.get(key) ?? "" });
  const button = h("button", { type: "submit", class: "send", "aria-label": "Send" }, icon("send"));
  const update = () => {
    drafts.set(key, area.value);
    area.style.height = "auto";
    area.style.height = `${Math.min(area.scrollHeight, 180)}px`;
    button.disabled = !area.value.trim();
    showHints(hints, area, thread);
  };
  const submit = async (event) => {
    event?.preventDefault();
    const text = area.value.trim();
    if (!text) return;
    area.value = "";
    update();
    const list = area.closest("main, aside").querySelector(".messages");
    list.scrollTop = list.scrollHeight; // what comes back is shown at the foot
    button.setAttribute("aria-busy", "true");
    await send(channel, thread, text).catch((error) => {
      toast(error.message, "bad");
      area.value = text;
    });
    button.removeAttribute("aria-busy");
    update();
  };
  area.addEventListener("input", update);
  area.addEventListener("keydown", (event) => keys(event, hints, area, submit, update));
  area.addEventListener("blur", () => setTimeout(() => (hints.hidden = true), 150));
  queueMicrotask(update);
  return h("form", { class: "composer", onsubmit: submit }, hints, h("div", { class: "composer-box" }, area, button),
    h("p", { class: "composer-hint" }, h("kbd", null, "Enter"), " sends · type ", h("kbd", null, "/"), " for commands"));
}

function keys(event, hints, area, submit, update) {
  const chosen = hints.querySelector("[aria-selected=true]");
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) return void submit(event);
  if (hints.hidden) return;
  if (event.key === "Tab" && chosen) {
    event.preventDefault();
    area.value = chosen.dataset.command;
    update();
  }
  if (event.key === "Escape") hints.hidden = true;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    event.preventDefault();
    const items = [...hints.children];
    const next = items[(items.indexOf(chosen) + step + items.length) % items.length];
    items.forEach((item) => item.setAttribute("aria-selected", String(item === next)));
  }
}

function showHints(hints, area, thread) {
  const text = area.value;
  const fitting = store.state.commands.filter((c) => c.command.startsWith(text.trimEnd()));
  hints.hidden = Boolean(thread) || !text.startsWith("/") || !fitting.length || document.activeElement !== area;
  if (hints.hidden) return;
  const take = (c) => (event) => {
    event.preventDefault();
    area.value = c.command;
    area.dispatchEvent(new Event("input"));
    area.focus();
  };
  hints.replaceChildren(...fitting.map((c, i) =>
    h("li", { role: "option", "aria-selected": String(i === 0), data: { command: c.command }, onmousedown: take(c) }, h("code", null, c.command), h("span", null, c.hint))));
}

async function send(channel, thread, text) {
  const user = store.state.me;
  const command = text.match(/^(\/[\w-]+)\s*([\s\S]*)$/);
  if (!command) return post("/sandbox/say", { user, channel, text, thread_ts: thread });
  if (thread) throw new Error("Commands do not work in threads, as in Slack.");
  return post("/sandbox/slash", { user, channel, command: command[1], text: command[2] });
}
