"""What every settings form has: its reference, and how locked settings look."""

from typing import Any

from handlers.blocks import text
from handlers.blocks.elements import Block, asked, context, modal, plain_text, section
from handlers.ids import ActionId
from handlers.settings_desk import FILE

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


def settings_form(title: str, blocks: list[Block], *, callback_id: str, reference: str) -> Block:
    """A form with Save, or without it where everything in it is locked."""
    extra: dict[str, Any] = {"private_metadata": reference}
    if any(str(block.get("text", {}).get("text", "")).startswith(_LOCK) for block in blocks):
        blocks = [*blocks, context(f"{_LOCK} Set in {FILE}, which wins.")]
    if any(block["type"] == "input" for block in blocks):
        extra["submit"] = plain_text("Save")
    return modal(title, blocks, callback_id=callback_id, **extra)


SETTING = ActionId.SETTING.value
