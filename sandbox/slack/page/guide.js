// "What to try": a few steps for the first visit, gone for good once dismissed.

import { h, icon, show } from "/page/dom.js";
import { changed, store } from "/page/store.js";

export function renderGuide(host) {
  const steps = store.state.guide;
  const wanted = steps.length > 0 && !localStorage.getItem("guide-dismissed");
  host.hidden = !wanted;
  if (!wanted) return;
  const dismiss = () => {
    localStorage.setItem("guide-dismissed", "yes");
    changed();
  };
  show(host, JSON.stringify(steps), () => [
    h("ol", null, steps.map((s, i) => h("li", null, h("span", { class: "number", "aria-hidden": "true" }, i + 1), h("span", null, h("strong", null, s.title), " ", s.text)))),
    h("button", { class: "plain", "aria-label": "Dismiss the guide", onclick: dismiss }, icon("close"))]);
}
