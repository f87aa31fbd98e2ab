// The bar on top: the simulated date, its buttons, the headline figures.

import { post } from "/page/api.js";
import { worldDate } from "/page/dates.js";
import { h, icon, show, toast } from "/page/dom.js";
import { changed, openPull, store } from "/page/store.js";

let busy = false;

export function renderWorld(host) {
  const { world } = store;
  host.hidden = !world;
  if (!world) return;
  const open = world.pull_requests.filter((p) => p.state === "open").length;
  show(host, JSON.stringify([world, busy, store.state.me]), () => [
    h("div", { class: "world-date" },
      h("span", { class: "label" }, "Simulated date"),
      h("strong", null, icon("calendar"), worldDate(world.now))),
    h("div", { class: "world-steps" }, step(1, "+1 day"), step(7, "+1 week")),
    h("dl", { class: "headlines" }, world.headlines.map((f) => h("div", null, h("dt", null, f.label), h("dd", null, f.value)))),
    h("button", { class: "btn pulls-button", "aria-label": `Pull requests, ${open} open`, data: { mark: "pulls" }, onclick: () => openPull(null) }, icon("pull"), h("span", null, "Pull requests"), open ? h("span", { class: "count" }, open) : null)]);
}

const step = (days, label) =>
  h("button", { class: "btn small", disabled: busy, "aria-busy": busy ? "true" : null, data: { mark: `days-${days}` }, onclick: () => advance(days) }, label);

async function advance(days) {
  busy = true;
  changed();
  try {
    store.world = await post("/sandbox/world/advance", { days });
  } catch (error) {
    toast(error.message, "bad");
  }
  busy = false;
  changed();
}
