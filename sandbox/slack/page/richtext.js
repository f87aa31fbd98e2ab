// rich_text blocks.

import { slackDate } from "/page/dates.js";
import { h } from "/page/dom.js";
import { channelName, emojiNode, link, mention } from "/page/mrkdwn.js";
import { store, user } from "/page/store.js";

const STYLES = [["code", "code"], ["strike", "s"], ["italic", "em"], ["bold", "strong"], ["underline", "u"]];

function styled(node, style) {
  return STYLES.reduce((inner, [name, tag]) => (style?.[name] ? h(tag, null, inner) : inner), node);
}

const LEAVES = {
  text: (e) => h("span", { class: "text" }, e.text),
  link: (e) => link(e.url, e.text || e.url),
  emoji: (e) => emojiNode(e.name) ?? `:${e.name}:`,
  user: (e) => mention("@", user(e.user_id)?.name),
  channel: (e) => mention("#", channelName(e.channel_id)),
  usergroup: (e) => mention("@", store.state.user_groups.find((g) => g.id === e.usergroup_id)?.handle),
  broadcast: (e) => mention("@", e.range),
  date: (e) => h("time", null, slackDate(e.timestamp, e.format)),
  color: (e) => h("code", null, e.value),
};

const leaves = (elements) => elements.map((e) => styled(LEAVES[e.type]?.(e) ?? "", e.style));

const PARTS = {
  rich_text_section: (p) => h("div", { class: "text" }, leaves(p.elements)),
  rich_text_quote: (p) => h("blockquote", null, leaves(p.elements)),
  rich_text_preformatted: (p) => h("pre", null, h("code", null, p.elements.map((e) => e.text ?? e.url))),
  rich_text_list: (p) =>
    h(p.style === "ordered" ? "ol" : "ul", { class: `indent-${p.indent ?? 0}`, start: p.offset ? p.offset + 1 : null },
      p.elements.map((item) => h("li", null, leaves(item.elements)))),
};

export const richText = (block) => h("div", { class: "rich-text" }, block.elements.map((p) => PARTS[p.type]?.(p) ?? null));
