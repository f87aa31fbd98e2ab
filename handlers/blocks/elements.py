"""The few Block Kit shapes this program uses, each with Slack's limits already kept."""

from collections.abc import Collection, Sequence
from typing import Any

from handlers.blocks import text

Block = dict[str, Any]

MAX_SECTION_CHARACTERS = 3000
MAX_FIELD_CHARACTERS = 2000


def mrkdwn(words: str) -> Block:
    """A mrkdwn object. `verbatim` keeps Slack from making links and mentions of its own."""
    return {"type": "mrkdwn", "text": words, "verbatim": True}


def plain_text(words: str) -> Block:
    """A plain_text object without emoji codes."""
    return {"type": "plain_text", "text": words, "emoji": False}


def header(words: str) -> Block:
    """A header of at most 150 characters."""
    return {"type": "header", "text": plain_text(text.plain(words, 150))}


def section(words: str, *, accessory: Block | None = None, block_id: str = "") -> Block:
    """A section of safe mrkdwn."""
    block: Block = {"type": "section", "text": mrkdwn(words[:MAX_SECTION_CHARACTERS])}
    block |= {"block_id": block_id} if block_id else {}
    return block | ({"accessory": accessory} if accessory else {})


def fields(*words: str) -> Block:
    """Up to ten fields in two columns."""
    return {"type": "section", "fields": [mrkdwn(w[:MAX_FIELD_CHARACTERS]) for w in words[:10]]}


def context(*words: str) -> Block:
    """Up to ten small grey lines."""
    return {"type": "context", "elements": [mrkdwn(w[:MAX_FIELD_CHARACTERS]) for w in words[:10]]}


def actions(block_id: str, elements: Sequence[Block]) -> Block:
    """A row of controls."""
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def divider() -> Block:
    """A line."""
    return {"type": "divider"}


def button(
    label: str, action_id: str, *, value: str = "", style: str = "", confirm: Block | None = None
) -> Block:
    """A button; labels are verbs in Title Case."""
    made: Block = {"type": "button", "text": plain_text(label), "action_id": action_id}
    extra = {"value": value, "style": style, "confirm": confirm}
    return made | {name: given for name, given in extra.items() if given}


def confirm(title: str, words: str, *, yes: str) -> Block:
    """A question before something that cannot simply be taken back."""
    return {
        "title": plain_text(text.plain(title, 100)),
        "text": plain_text(text.plain(words, 300)),
        "confirm": plain_text(yes),
        "deny": plain_text("Cancel"),
    }


def select(placeholder: str, action_id: str, options: Sequence[tuple[str, str]]) -> Block:
    """A select of (label, value) pairs."""
    shown = plain_text(placeholder)
    return {
        "type": "static_select",
        "action_id": action_id,
        "placeholder": shown,
        "options": [option(label, value) for label, value in options],
    }


def overflow(action_id: str, options: Sequence[tuple[str, str]]) -> Block:
    """A menu behind three dots, of at most five (label, value) pairs."""
    return {
        "type": "overflow",
        "action_id": action_id,
        "options": [option(label, value) for label, value in options[:5]],
    }


def radio_buttons(action_id: str, options: Sequence[Block]) -> Block:
    """Radio buttons of at most ten options, the first of them chosen."""
    return {
        "type": "radio_buttons",
        "action_id": action_id,
        "options": list(options[:10]),
        "initial_option": options[0],
    }


def asked(
    label: str, element: Block, *, block_id: str, hint: str = "", optional: bool = False
) -> Block:
    """An input of a form."""
    made: Block = {
        "type": "input",
        "block_id": block_id,
        "label": plain_text(label),
        "element": element,
        "optional": optional,
    }
    return made | ({"hint": plain_text(hint)} if hint else {})


def searched_select(placeholder: str, action_id: str) -> Block:
    """A select whose options are asked for while somebody types."""
    return {
        "type": "external_select",
        "action_id": action_id,
        "placeholder": plain_text(placeholder),
        "min_query_length": 0,
    }


def option(label: str, value: str, *, description: str = "") -> Block:
    """One choice of a select or of radio buttons."""
    made: Block = {"text": plain_text(text.plain(label, 75)), "value": value}
    shown = plain_text(text.plain(description, 75))
    return made | ({"description": shown} if description else {})


def table(rows: Sequence[Sequence[str]], *, bold_rows: Collection[int] = ()) -> Block:
    """A native table, first row the head; all columns but the first stand to the right.

    `bold_rows` are counted like the rows, the head being row 0.
    """
    cells = [[_cell(c, is_bold=i in bold_rows) for c in row] for i, row in enumerate(rows[:40])]
    sides = ["left", *["right"] * (len(rows[0]) - 1)]
    return {"type": "table", "rows": cells, "column_settings": [{"align": s} for s in sides]}


def picture(file_id: str, alt_text: str) -> Block:
    """An uploaded picture, as a block or beside a section."""
    shown = text.plain(alt_text, 1000)
    return {"type": "image", "slack_file": {"id": file_id}, "alt_text": shown}


def _cell(words: str, *, is_bold: bool) -> Block:
    said = text.plain(words, 80)
    if not is_bold:
        return {"type": "raw_text", "text": said}
    run = {"type": "text", "text": said, "style": {"bold": True}}
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [run]}]}


def modal(title: str, blocks: Sequence[Block], *, callback_id: str, **extra: Any) -> Block:
    """A modal; `extra` may add submit and private_metadata. What is sent can be cancelled."""
    view = {"type": "modal", "title": plain_text(title), "callback_id": callback_id}
    leave = plain_text("Cancel" if "submit" in extra else "Close")
    return {**view, "close": leave, "blocks": list(blocks), **extra}
