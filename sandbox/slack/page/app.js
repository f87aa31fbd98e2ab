// Start, live updates, and the one place that draws everything.

import { toast } from "/page/dom.js";
import { renderGuide } from "/page/guide.js";
import { renderHome } from "/page/home.js";
import { renderChannel } from "/page/messages.js";
import { renderModal } from "/page/modal.js";
import { renderPulls } from "/page/pulls.js";
import { renderSidebar } from "/page/sidebar.js";
import { changed, conversation, firstPlace, goTo, onChange, openPull, refresh, store } from "/page/store.js";
import { applyTheme } from "/page/theme.js";
import { renderWorld } from "/page/world.js";

const host = (id) => document.getElementById(id);

function render() {
  if (!store.state) return;
  document.title = store.state.workspace.name;
  if (store.at.kind === "channel" && !conversation(store.at.id)) store.at.id = firstPlace();
  renderSidebar(host("sidebar"));
  renderWorld(host("world"));
  renderGuide(host("guide"));
  if (store.at.kind === "home") {
    host("thread").hidden = true;
    renderHome(host("main"));
  } else renderChannel(host("main"), host("thread"));
  renderModal();
  renderPulls(host("drawer"));
}

function goToMessage(channel, digits) {
  const ts = digits && `${digits.slice(0, -6)}.${digits.slice(-6)}`;
  const message = conversation(channel)?.messages.find((m) => m.ts === ts);
  goTo(channel, message?.thread_ts && message.thread_ts !== ts ? message.thread_ts : null);
  const node = ts && document.querySelector(`.message[data-ts="${ts}"]`);
  node?.scrollIntoView({ block: "center" });
  node?.classList.add("pointed-at");
  setTimeout(() => node?.classList.remove("pointed-at"), 2500);
}

/** Show what an address of ours stands for; false if it is not ours. */
function route(path) {
  const pull = path.match(/^\/pull\/(\d+)$/);
  if (pull) openPull(Number(pull[1]));
  const place = path.match(/^\/archives\/(\w+)(?:\/p(\d+))?$/);
  if (place) goToMessage(place[1], place[2]);
  return Boolean(pull || place);
}

document.addEventListener("click", (event) => {
  const isMenu = event.target.closest?.(".sidebar, .menu-button");
  if (!isMenu) document.body.classList.remove("sidebar-open");
  const anchor = event.target.closest?.("a[href]");
  if (!anchor || anchor.origin !== location.origin || anchor.target || event.ctrlKey || event.metaKey) return;
  if (anchor.hash || !route(anchor.pathname)) return;
  event.preventDefault();
});
document.addEventListener("visibilitychange", () => changed());

function listen() {
  const events = new EventSource("/sandbox/events");
  const fetchAgain = () => refresh().catch((error) => toast(error.message, "bad"));
  events.addEventListener("change", fetchAgain);
  events.addEventListener("hello", fetchAgain);
}

applyTheme();
onChange(render);
const start = location.pathname;
await refresh();
route(start);
listen();
document.body.dataset.ready = "yes";
