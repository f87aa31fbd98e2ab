// The left side: workspace, who we are, where we can go.

import { h, icon, show } from "/page/dom.js";
import { avatar } from "/page/messages.js";
import { anyUnread, become, botName, goTo, isUnread, me, openHome, store, user } from "/page/store.js";
import { currentTheme, toggleTheme } from "/page/theme.js";

export function renderSidebar(host) {
  const { state, at } = store;
  const unread = state.users.map((u) => anyUnread(u.id));
  const places = [...state.channels, state.dm].map((c) => [c.id, isUnread(state.me, c.id)]);
  const key = JSON.stringify([state.me, at, unread, places, state.channels.map((c) => c.name), currentTheme()]);
  show(host, key, () => [head(state), people(state), places_list(state, at)]);
}

function head(state) {
  const theme = currentTheme();
  return h("header", { class: "sidebar-head" },
    h("img", { src: "/page/icon.svg", alt: "", width: 28, height: 28 }),
    h("div", null, h("strong", null, state.workspace.name), h("small", null, "Runs on this machine only")),
    h("button", { class: "plain", data: { mark: "theme" }, "aria-label": theme === "dark" ? "Switch to light" : "Switch to dark", onclick: toggleTheme }, icon(theme === "dark" ? "sun" : "moon")));
}

function people(state) {
  const persons = state.users.filter((u) => !u.is_bot);
  return h("section", { class: "personas", "aria-label": "Who you are" },
    h("h2", null, "You are"),
    h("div", { role: "radiogroup", "aria-label": "Persona" }, persons.map((u) => personaButton(u, u.id === state.me))));
}

function personaButton(u, current) {
  return h("button", { class: `persona${current ? " current" : ""}`, role: "radio", "aria-checked": String(current), data: { mark: `as-${u.id}`, persona: u.id }, onclick: () => become(u.id) },
    avatar(u, "small"),
    h("span", { class: "persona-name" }, h("strong", null, u.real_name), h("small", null, u.title || u.role)),
    u.role && h("span", { class: `role role-${u.role.replace(/\W.*/, "")}` }, u.role),
    !current && anyUnread(u.id) && h("span", { class: "dot", role: "img", "aria-label": "unread messages" }));
}

function places_list(state, at) {
  const here = (id) => at.kind === "channel" && at.id === id;
  const bot = user(state.workspace.bot);
  return h("div", { class: "places" },
    section("Channels", state.channels.map((c) => placeButton(c.id, icon(c.is_private ? "lock" : "hash"), c.name, here(c.id), () => goTo(c.id)))),
    section("Direct messages", [placeButton(state.dm.id, avatar(bot, "tiny"), botName(), here(state.dm.id), () => goTo(state.dm.id))]),
    section("App", [placeButton("home", icon("home"), `${botName()} Home`, at.kind === "home", openHome)]));
}

const section = (title, items) => h("section", null, h("h2", null, title), h("ul", null, items.map((item) => h("li", null, item))));

function placeButton(id, sign, name, current, go) {
  const unread = !current && isUnread(me().id, id);
  return h("button", { class: `place${current ? " current" : ""}${unread ? " unread" : ""}`, "aria-current": current ? "page" : null, data: { mark: `go-${id}`, place: name }, onclick: go },
    sign, h("span", null, name), unread && h("span", { class: "dot", role: "img", "aria-label": "unread" }));
}
