"""The first form: what there is to set, what is done, and who may begin."""

from collections.abc import Sequence
from dataclasses import dataclass

from handlers.blocks import text
from handlers.blocks.elements import (
    Block,
    actions,
    button,
    context,
    divider,
    header,
    modal,
    plain_text,
    section,
)
from handlers.ids import COMMAND, ActionId, SetupStep, ViewId
from handlers.reference import SettingsReference
from handlers.settings_desk import FILE

_TITLES = {
    SetupStep.CHANNELS: "Channels",
    SetupStep.TIMES: "Times",
    SetupStep.TEAMS: "Teams",
    SetupStep.PEOPLE: "People",
    SetupStep.LEVEL: "Large and risky changes",
    SetupStep.APPROVALS: "Guardrails: approvals",
    SetupStep.SIZE: "Guardrails: size",
    SetupStep.CERTAINTY: "Guardrails: certainty",
    SetupStep.RULES: "Guardrails: rules",
    SetupStep.CURRENCY: "Currency",
}


@dataclass(frozen=True, slots=True)
class StepStatus:
    """How a step stands; `words` is safe mrkdwn. A step with sensible defaults is never open."""

    step: SetupStep
    words: str
    is_open: bool = False
    is_locked: bool = False


def hub_modal(steps: Sequence[StepStatus], *, instance: str) -> Block:
    """All steps, each with its button, and the test at the end."""
    still_open = [_TITLES[step.step].lower() for step in steps if step.is_open]
    todo = f"Still open: {_listed(still_open)}." if still_open else "Everything needed is set."
    blocks = [section(f"{todo} Each step is saved on its own and holds at once.")]
    for step in steps:
        is_next = bool(still_open) and _TITLES[step.step].lower() == still_open[0]
        edit = button(
            "Look" if step.is_locked else "Set" if step.is_open else "Edit",
            ActionId.SETUP_STEP,
            value=str(SettingsReference(instance, step.step)),
            style="primary" if is_next else "",
        )
        words = f"{_mark(step)}  {text.bold(_TITLES[step.step])}\n{step.words}"
        blocks.append(section(words, accessory=edit, block_id=f"step:{step.step}"))
    test_style = "" if still_open else "primary"
    blocks += [
        actions(
            "setup:actions",
            [
                button(
                    "Test It",
                    ActionId.SETUP_TEST,
                    value=str(SettingsReference(instance)),
                    style=test_style,
                ),
                button("Your Settings", ActionId.PERSONAL, value="messages"),
            ],
        ),
        context(
            f"What {FILE} says is locked here. Every change is in the audit log. "
            f"`{COMMAND} settings` opens this again."
        ),
    ]
    return modal("Set up finops-bot", blocks, callback_id=ViewId.SETUP)


def claim_modal(*, instance: str) -> Block:
    """Asks an admin of the workspace whether they want to be the first platform engineer."""
    return modal(
        "Set up finops-bot",
        [
            section(
                "*Nobody looks after this bot yet.*\nAn admin or owner of this workspace may take "
                "the role of platform engineer: they choose channels, teams, approvers and limits, "
                "and may add others."
            ),
            context(
                "Approving savings is another role: you give it to people in the next step. This "
                "is written to the audit log."
            ),
        ],
        callback_id=ViewId.SETUP_CLAIM,
        submit=plain_text("Take the Role"),
        private_metadata=str(SettingsReference(instance)),
    )


def teaching(*, instance: str, who: str = "") -> list[Block]:
    """What a Home tab says before anything is set; `who` names those who may, or is empty."""
    steps = (
        "1. Add your teams: where they are asked, and who approves.\n"
        "2. Choose the channels for leaders and for waste that nobody owns.\n"
        "3. Look at the limits. Nothing is approved before somebody may approve."
    )
    blocks = [header("Three steps until the first card"), section(steps)]
    if who:
        return [*blocks, context(f"{who} can set this up."), divider()]
    set_up = button(
        "Set Up", ActionId.SETUP, value=str(SettingsReference(instance)), style="primary"
    )
    return [*blocks, actions("setup:begin", [set_up]), divider()]


def settings_button(*, instance: str) -> Block:
    """For those who may."""
    return button("Settings", ActionId.SETUP, value=str(SettingsReference(instance)))


def checked_modal(lines: Sequence[str]) -> Block:
    """What the test found; each line is safe mrkdwn."""
    return modal(
        "Setup test", [section(line) for line in lines[:40]], callback_id=ViewId.SETUP_TEST
    )


def checking_modal() -> Block:
    """While Slack is asked."""
    words = "Asking Slack about every channel and group …"
    return modal("Setup test", [section(words)], callback_id=ViewId.SETUP_TEST)


def _listed(words: Sequence[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def _mark(step: StepStatus) -> str:
    if step.is_locked:
        return ":lock:"
    return ":white_circle:" if step.is_open else ":white_check_mark:"
