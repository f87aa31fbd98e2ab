// Native <dialog>s: focus stays inside, Escape closes, the page behind is inert.

import { h } from "/page/dom.js";
import { textObject } from "/page/mrkdwn.js";

/** A confirm object; resolves to whether the person went on. */
export function confirmDialog(confirm) {
  return new Promise((resolve) => {
    const end = (answer) => {
      dialog.close();
      dialog.remove();
      resolve(answer);
    };
    const yes = h("button", { type: "button", class: `btn ${confirm.style ?? "primary"}`, onclick: () => end(true) }, confirm.confirm ? textObject(confirm.confirm) : "Yes");
    const no = h("button", { type: "button", class: "btn", onclick: () => end(false) }, confirm.deny ? textObject(confirm.deny) : "Cancel");
    const dialog = h("dialog", { class: "dialog small", "aria-labelledby": "confirm-title", oncancel: (event) => (event.preventDefault(), end(false)) },
      h("header", null, h("h2", { id: "confirm-title" }, confirm.title ? textObject(confirm.title) : "Are you sure?")),
      h("div", { class: "dialog-body" }, textObject(confirm.text)),
      h("footer", null, no, yes));
    document.body.append(dialog);
    dialog.showModal();
    yes.focus();
  });
}
