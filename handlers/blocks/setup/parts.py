"""What every settings form has: its reference, and how locked settings look."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from handlers.blocks import text
from handlers.blocks.elements import Block, asked, context, modal, plain_text, section
from handlers.blocks.inputs import one_of
from handlers.ids import ActionId
from handlers.settings_desk import FILE

SETTING = ActionId.SETTING.value
# What the options of a switch are called on the way back.
YES, NO = "yes", "no"
_LOCK = ":lock:"


def setting_block(name: str) -> str:
    """The block_id of the input of one setting."""
    return f"finops_set:{name}"


def setting(
    label: str, element: Block, name: str, *, hint: str = "", optional: bool = True
) -> Block:
    """An input; an optional one that is emptied takes the setting back."""
    return asked(label, element, block_id=setting_block(name), hint=hint, optional=optional)


def locked(label: str, shown: str) -> Block:
    """What the file says; `settings_form` explains the sign. `shown` is safe mrkdwn."""
    return section(f"{_LOCK} {text.bold(label)}\n{shown or text.NOTHING}")


@dataclass(frozen=True, slots=True)
class Row:
    """One setting of a form: its name in the file, and `shown` as safe mrkdwn where it is locked.

    An optional one that is emptied takes the setting back.
    """

    name: str
    label: str
    shown: str
    element: Block
    hint: str = ""
    is_optional: bool = True


def filled(rows: Iterable[Row], is_locked: Collection[str]) -> list[Block]:
    """Each row as its input, or as what the file says where that names it."""
    return [
        locked(row.label, row.shown)
        if row.name in is_locked
        else setting(row.label, row.element, row.name, hint=row.hint, optional=row.is_optional)
        for row in rows
    ]


def chosen_row(
    name: str, label: str, offered: Sequence[tuple[str, str]], value: str, *, hint: str = ""
) -> Row:
    """A row that offers (label, value) pairs, one of which holds."""
    shown = next(words for words, known in offered if known == value)
    element = one_of(SETTING, offered, value)
    return Row(name, label, text.safe(shown, 100), element, hint, is_optional=False)


def switch_row(name: str, label: str, *, off: str, on: str, is_on: bool) -> Row:
    """A row that offers two sentences; `off` goes first."""
    return chosen_row(name, label, ((off, NO), (on, YES)), YES if is_on else NO)


def settings_form(title: str, blocks: list[Block], *, callback_id: str, reference: str) -> Block:
    """A form with Save, or without it where everything in it is locked."""
    extra: dict[str, Any] = {"private_metadata": reference}
    if any(str(block.get("text", {}).get("text", "")).startswith(_LOCK) for block in blocks):
        blocks = [*blocks, context(f"{_LOCK} Set in {FILE}, which wins.")]
    if any(block["type"] == "input" for block in blocks):
        extra["submit"] = plain_text("Save")
    return modal(title, blocks, callback_id=callback_id, **extra)
