// The pull request drawer: a list, and one with its body and its diff.

import { get, post } from "/page/api.js";
import { diff } from "/page/diff.js";
import { worldDate } from "/page/dates.js";
import { h, icon, show, toast } from "/page/dom.js";
import { markdown } from "/page/markdown.js";
import { changed, closePulls, me, openPull, store } from "/page/store.js";

let loaded = null; // {number, seen, pull | error}
let returnTo = null;

export function renderPulls(host) {
  const open = store.pull !== null && store.world !== null;
  if (open && host.hidden) returnTo = document.activeElement;
  const opened = open && host.hidden;
  host.hidden = !open;
  document.body.classList.toggle("drawer-open", open);
  if (!open) return void (returnTo?.focus?.(), (returnTo = null), (host.dataset.key = ""));
  const { number } = store.pull;
  if (number) load(number);
  const key = JSON.stringify([number, store.world.pull_requests, store.state.me, number ? loaded : null]);
  show(host, key, () => panel(number ? detail(number) : list()));
  // A pressed Merge button is gone afterwards; without focus in here Escape would not close.
  if (opened || !host.contains(document.activeElement)) host.querySelector(".drawer-panel").focus();
}

function panel({ title, body, back }) {
  return [
    h("div", { class: "drawer-shade", onclick: closePulls }),
    h("div", { class: "drawer-panel", role: "dialog", "aria-modal": "true", "aria-label": "Pull requests", tabindex: "-1", onkeydown: (e) => e.key === "Escape" && closePulls() },
      h("header", { class: "main-head" },
        back && h("button", { class: "plain", "aria-label": "All pull requests", data: { mark: "pulls-back" }, onclick: () => openPull(null) }, icon("back")),
        h("h2", null, title),
        h("button", { class: "plain", "aria-label": "Close", data: { mark: "pulls-close" }, onclick: closePulls }, icon("close"))),
      h("div", { class: "drawer-body", tabindex: "0" }, body))];
}

const chip = (state) => h("span", { class: `chip ${state}` }, icon("pull"), state[0].toUpperCase() + state.slice(1));

function list() {
  const pulls = [...store.world.pull_requests].sort((a, b) => b.number - a.number);
  const row = (p) =>
    h("li", null, h("button", { class: "pull-row", data: { mark: `pull-${p.number}` }, onclick: () => openPull(p.number) },
      chip(p.state),
      h("span", { class: "pull-title" }, h("strong", null, p.title), h("small", null, `#${p.number} · ${worldDate(p.created_at)} · `, h("code", null, p.branch)))));
  const body = pulls.length ? h("ul", { class: "pull-list" }, pulls.map(row)) : h("p", { class: "empty" }, "No pull requests yet. Approve a card, and the bot opens one here.");
  return { title: "Pull requests", body };
}

function detail(number) {
  if (!loaded?.pull) return { title: `#${number}`, back: true, body: h("p", { class: "empty" }, loaded?.error ?? "Loading…") };
  const p = loaded.pull;
  return {
    title: p.title,
    back: true,
    body: [
      h("p", { class: "pull-meta" }, chip(p.state), h("span", null, `#${p.number} · `, h("code", null, p.branch), ` · ${worldDate(p.created_at)}`)),
      p.state === "open" ? buttons(p) : null,
      markdown(p.body ?? ""),
      h("h3", { class: "files-head" }, `${p.files.length} changed ${p.files.length === 1 ? "file" : "files"}`),
      p.files.map(diff)],
  };
}

function buttons(p) {
  return h("div", { class: "b-actions pull-actions" },
    h("button", { class: "btn primary", data: { mark: "merge" }, onclick: (e) => act(e.currentTarget, p.number, "merge") }, "Merge pull request"),
    h("button", { class: "btn", data: { mark: "close-pull" }, onclick: (e) => act(e.currentTarget, p.number, "close") }, "Close"),
    h("span", { class: "muted" }, `as ${me().real_name}`));
}

async function act(control, number, what) {
  control.setAttribute("aria-busy", "true");
  try {
    store.world = await post(`/sandbox/world/pulls/${number}/${what}`, { user: store.state.me });
  } catch (error) {
    toast(error.message, "bad");
  }
  control.removeAttribute("aria-busy");
  loaded = null;
  changed();
}

/** Fetch a pull request once for each state the world was in. */
function load(number) {
  const seen = JSON.stringify(store.world.pull_requests.find((p) => p.number === number));
  if (loaded?.number === number && loaded.seen === seen) return;
  loaded = { number, seen, pull: loaded?.number === number ? loaded.pull : null };
  get(`/sandbox/world/pulls/${number}`)
    .then((pull) => (loaded = { number, seen, pull }))
    .catch((error) => (loaded = { number, seen, error: error.message }))
    .finally(changed);
}
