// What the page knows: the last state of the sandbox, who we are, where we look.

import { get, post } from "/page/api.js";

export const store = {
  state: null, // /sandbox/state of the current persona
  world: null, // /sandbox/world, if there is one
  at: { kind: "channel", id: null }, // or {kind: "home"}
  thread: null, // {channel, ts}
  pull: null, // null: drawer shut; {number: null}: the list; {number: 7}: one of them
};

const listeners = [];
export const onChange = (listener) => listeners.push(listener);
export const changed = () => listeners.forEach((listener) => listener());

export const me = () => store.state.users.find((u) => u.id === store.state.me);
export const user = (id) => store.state.users.find((u) => u.id === id);
export const conversation = (id) =>
  id === store.state.dm.id ? store.state.dm : store.state.channels.find((c) => c.id === id);
export const botName = () => user(store.state.workspace.bot)?.name ?? "app";

export function persona() {
  return new URLSearchParams(location.search).get("as") ?? sessionStorage.getItem("persona") ?? "";
}

export async function become(userId) {
  sessionStorage.setItem("persona", userId);
  store.thread = null;
  if (new URLSearchParams(location.search).has("as")) history.replaceState(null, "", location.pathname);
  await refresh();
  if (store.at.kind === "home") openHome();
  if (store.at.kind === "channel" && !conversation(store.at.id)) goTo(firstPlace());
}

/** Where a persona without any message starts: the first channel the bot is in. */
export function firstPlace() {
  const { channels, dm } = store.state;
  const lively = channels.find((c) => c.messages.length) ?? channels.find((c) => c.bot_is_member);
  return lively?.id ?? dm.id;
}

let fetching = null;
let again = false;

/** Fetch everything anew; calls during a fetch end in one more fetch. */
export async function refresh() {
  if (fetching) {
    again = true;
    return fetching;
  }
  fetching = fetchAll();
  try {
    await fetching;
  } finally {
    fetching = null;
  }
  if (again) {
    again = false;
    await refresh();
  }
}

async function fetchAll() {
  const state = await get(`/sandbox/state?user=${encodeURIComponent(persona())}`);
  store.state = state;
  if (state.has_world) store.world = await get("/sandbox/world").catch(() => store.world);
  changed();
}

export function goTo(channelId, threadTs = null) {
  store.at = { kind: "channel", id: channelId };
  store.thread = threadTs ? { channel: channelId, ts: threadTs } : null;
  document.body.classList.remove("sidebar-open");
  history.replaceState(null, "", `/archives/${channelId}${location.search}`);
  changed();
}

export function openHome() {
  store.at = { kind: "home" };
  store.thread = null;
  document.body.classList.remove("sidebar-open");
  history.replaceState(null, "", `/${location.search}`);
  changed();
  post("/sandbox/home", { user: store.state.me }).catch(() => {});
}

export function openPull(number) {
  store.pull = { number };
  history.replaceState(null, "", number ? `/pull/${number}${location.search}` : `/${location.search}`);
  changed();
}

export function closePulls() {
  store.pull = null;
  const place = store.at.kind === "channel" ? `archives/${store.at.id}` : "";
  history.replaceState(null, "", `/${place}${location.search}`);
  changed();
}

// Unread marks live as long as this run of the sandbox and this tab.
const readKey = (userId, channelId) => `read/${store.state.session}/${userId}/${channelId}`;

export function markRead(channelId) {
  const latest = store.state.latest[store.state.me]?.[channelId];
  if (latest && !document.hidden) sessionStorage.setItem(readKey(store.state.me, channelId), latest);
}

export function isUnread(userId, channelId) {
  const latest = store.state.latest[userId]?.[channelId];
  const read = sessionStorage.getItem(readKey(userId, channelId));
  return Boolean(latest) && (!read || Number(latest) > Number(read));
}

export const anyUnread = (userId) =>
  Object.keys(store.state.latest[userId] ?? {}).some((channelId) => isUnread(userId, channelId));
