// The app's Home tab.

import { post } from "/page/api.js";
import { blocks } from "/page/blocks.js";
import { h, show } from "/page/dom.js";
import { avatar, menuButton } from "/page/messages.js";
import { botName, store, user } from "/page/store.js";

export function renderHome(main) {
  const home = store.state.home;
  const key = JSON.stringify(["home", store.state.me, home?.hash, home?.state]);
  show(main, key, () => [
    h("header", { class: "main-head" }, menuButton(), h("h1", null, avatar(user(store.state.workspace.bot), "tiny"), botName()), h("p", null, "Home")),
    h("div", { class: "home", tabindex: "0" }, home ? blocks(home.blocks, where(home)) : h("p", { class: "empty" }, "The app has not published a Home tab for you yet."))]);
}

function where(home) {
  return {
    key: home.id,
    quiet: true,
    target: { view: home.id },
    stateOf: (b, e) => home.state.values[b.block_id]?.[e.action_id],
    act: (b, e, selected) => post("/sandbox/act", { user: store.state.me, view: home.id, action_id: e.action_id, block_id: b.block_id, selected }),
  };
}
