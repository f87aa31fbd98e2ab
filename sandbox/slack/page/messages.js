// The middle of the page: a channel with its messages; and the thread beside it.

import { post } from "/page/api.js";
import { blocks, image, plainMessage } from "/page/blocks.js";
import { composer } from "/page/composer.js";
import { clockTime, dayKey, dayName, fullTime } from "/page/dates.js";
import { h, icon } from "/page/dom.js";
import { botName, changed, conversation, goTo, isUnread, markRead, store, user } from "/page/store.js";

const GROUP_SECONDS = 300;

export function renderChannel(main, threadHost) {
  const place = conversation(store.at.id);
  if (!place) return;
  const isDm = place.id === store.state.dm.id;
  frame(main, place, isDm);
  const shown = place.messages.filter((m) => !isReply(m) || m.subtype === "thread_broadcast");
  const list = main.querySelector(".messages");
  const stay = atBottom(list);
  const grew = fillList(list, place, shown.length ? withDays(shown) : [emptyNote(place, isDm)]);
  if (stay && grew) list.scrollTop = list.scrollHeight;
  if (isUnread(store.state.me, place.id) && !document.hidden) {
    markRead(place.id);
    queueMicrotask(changed);
  }
  renderThread(threadHost, place);
}

const isReply = (m) => m.thread_ts && m.thread_ts !== m.ts;
const atBottom = (list) => list.scrollHeight - list.scrollTop - list.clientHeight < 80;

function frame(main, place, isDm) {
  const key = `${store.state.me}/${place.id}`;
  if (main.dataset.key === key) return;
  main.dataset.key = key;
  const name = isDm ? botName() : place.name;
  const about = isDm ? "Direct messages, only between you and the app" : [place.purpose, `${place.members} members`].filter(Boolean).join(" · ");
  main.replaceChildren(
    h("header", { class: "main-head" }, menuButton(),
      h("h1", null, isDm ? avatar(user(store.state.workspace.bot), "tiny") : icon(place.is_private ? "lock" : "hash"), name),
      h("p", null, about)),
    h("div", { class: "messages", role: "log", tabindex: "0", "aria-label": `Messages in ${name}` }),
    composer({ channel: place.id, label: `Message ${isDm ? name : `#${name}`}` }));
}

export const menuButton = () =>
  h("button", { class: "plain menu-button", "aria-label": "Show the sidebar", onclick: () => document.body.classList.toggle("sidebar-open") }, icon("menu"));

function emptyNote(place, isDm) {
  const note = isDm ? "Nothing here yet. The app writes to you here, and you can type a command below."
    : place.bot_is_member ? "Nothing here yet. Try /finops help below." : `Nothing here yet. ${botName()} is not in this channel.`;
  return { key: "empty", json: note, build: () => h("p", { class: "empty" }, note) };
}

/** Entries to show: day dividers and messages, each with a key and what its look depends on. */
function withDays(messages, { inThread = false } = {}) {
  const entries = [];
  let before = null;
  for (const m of messages) {
    if (!before || dayKey(before.ts) !== dayKey(m.ts)) {
      const name = dayName(m.ts);
      entries.push({ key: `day-${dayKey(m.ts)}`, json: name, build: () => h("div", { class: "day", role: "separator" }, h("span", null, name)) });
      before = null;
    }
    const follows = before && before.user === m.user && m.ts - before.ts < GROUP_SECONDS && !m.blocks?.length && !m.is_ephemeral === !before.is_ephemeral;
    entries.push({ key: m.ts, json: JSON.stringify([m, follows, store.state.now.slice(0, 10)]), build: () => message(m, { follows, inThread }) });
    before = m;
  }
  return entries;
}

const kept = new WeakMap(); // list element → Map(key → {json, node})

/** Put the entries into a list, making anew only what has changed. */
function fillList(list, place, entries) {
  const old = kept.get(list) ?? new Map();
  const fresh = new Map();
  let grew = false;
  for (const { key, json, build } of entries) {
    const known = old.get(key);
    const node = known?.json === json ? known.node : build(place);
    grew ||= node !== known?.node;
    fresh.set(key, { json, node });
  }
  kept.set(list, fresh);
  const focused = document.activeElement?.dataset?.mark;
  const wanted = [...fresh.values()].map((entry) => entry.node);
  if (wanted.length !== list.children.length || wanted.some((node, i) => list.children[i] !== node)) {
    place_nodes(list, wanted);
    if (focused && !document.activeElement?.dataset?.mark) list.querySelector(`[data-mark="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  }
  return grew;
}

function place_nodes(list, wanted) {
  const keep = new Set(wanted);
  for (const child of [...list.children]) if (!keep.has(child)) child.remove();
  wanted.forEach((node, i) => list.children[i] !== node && list.insertBefore(node, list.children[i] ?? null));
}

export function avatar(person, size = "") {
  const letters = (person?.real_name ?? "?").split(/[\s-]+/).map((w) => w[0]).join("").slice(0, 2).toUpperCase();
  if (person?.is_bot) return h("span", { class: `avatar bot ${size}`, "aria-hidden": "true" }, h("img", { src: "/page/icon.svg", alt: "" }));
  return h("span", { class: `avatar ${size}`, css: { background: `#${person?.color ?? "667085"}` }, "aria-hidden": "true" }, letters);
}

const SYSTEM = { real_name: "Workspace", name: "Workspace", color: "667085" };

function message(m, { follows = false, inThread = false } = {}) {
  const author = user(m.user) ?? SYSTEM;
  const body = h("div", { class: "message-body" },
    follows ? null : h("div", { class: "message-head" },
      h("strong", null, author.is_bot ? author.name : author.real_name),
      author.is_bot && h("span", { class: "app-tag" }, "APP"),
      h("time", { title: fullTime(m.ts) }, clockTime(m.ts))),
    m.subtype === "thread_broadcast" && !inThread ? h("div", { class: "muted" }, "replied to a thread") : null,
    content(m),
    m.edited && !m.blocks ? h("span", { class: "edited", title: fullTime(m.edited.ts) }, "(edited)") : null,
    m.edited && m.blocks ? h("div", { class: "edited", title: fullTime(m.edited.ts) }, "(edited)") : null,
    m.files.map(file),
    !inThread && m.reply_count ? replies(m) : null);
  return h("article", { class: `message${follows ? " follows" : ""}${m.is_ephemeral ? " ephemeral" : ""}`, data: { ts: m.ts } },
    m.is_ephemeral && h("div", { class: "only-you" }, icon("eye"), "Only visible to you"),
    h("div", { class: "message-row" },
      follows ? h("time", { class: "gutter-time", title: fullTime(m.ts) }, clockTime(m.ts).replace(/ [AP]M/, "")) : avatar(author),
      body),
    inThread || m.is_ephemeral ? null : replyButton(m));
}

function content(m) {
  if (m.blocks?.length) return blocks(m.blocks, where(m));
  return m.text ? plainMessage(m.text) : null;
}

function where(m) {
  const channel = store.at.id;
  return {
    key: m.ts,
    target: { channel, ts: m.ts },
    stateOf: (b, e) => m.values[b.block_id]?.[e.action_id],
    act: (b, e, selected) => post("/sandbox/act", { user: store.state.me, channel, ts: m.ts, action_id: e.action_id, block_id: b.block_id, selected }),
  };
}

function file(f) {
  if (!f.mimetype) return h("div", { class: "file" }, `Processing ${f.title} …`);
  if (!f.mimetype.startsWith("image/")) return h("a", { class: "file", href: `/files/${f.id}`, download: f.name }, f.title);
  return h("figure", { class: "b-image" }, h("figcaption", null, f.title), image({ slack_file: { id: f.id }, alt_text: f.alt_txt || f.title }));
}

const lastReply = (ts) => (dayName(ts) === "Today" ? clockTime(ts) : dayName(ts));

function replies(m) {
  const count = `${m.reply_count} ${m.reply_count === 1 ? "reply" : "replies"}`;
  return h("button", { class: "replies", data: { mark: `thread-${m.ts}` }, onclick: () => goTo(store.at.id, m.ts) },
    m.reply_users.map((id) => avatar(user(id) ?? SYSTEM, "tiny")), count, h("time", null, `Last ${lastReply(m.latest_reply)}`));
}

const replyButton = (m) =>
  h("div", { class: "hover-actions" },
    h("button", { class: "plain", "aria-label": "Reply in thread", title: "Reply in thread", onclick: () => goTo(store.at.id, m.thread_ts ?? m.ts) }, icon("reply")));

function renderThread(host, place) {
  const open = store.thread?.channel === place.id;
  host.hidden = !open;
  document.body.classList.toggle("thread-open", open);
  if (!open) return void (host.dataset.key = "");
  const all = place.messages.filter((m) => store.thread.ts === m.ts || store.thread.ts === m.thread_ts);
  const key = `${store.state.me}/${place.id}/${store.thread.ts}`;
  if (host.dataset.key !== key) {
    host.dataset.key = key;
    host.replaceChildren(
      h("header", { class: "main-head" }, h("h2", null, "Thread"), h("p", null, place.name ? `#${place.name}` : botName()),
        h("button", { class: "plain", "aria-label": "Close the thread", onclick: () => ((store.thread = null), changed()) }, icon("close"))),
      h("div", { class: "messages", role: "log", tabindex: "0", "aria-label": "Thread" }),
      composer({ channel: place.id, thread: store.thread.ts, label: "Reply…" }));
  }
  const entries = withDays(all, { inThread: true });
  const list = host.querySelector(".messages");
  if (fillList(list, place, entries)) list.scrollTop = list.scrollHeight;
}
