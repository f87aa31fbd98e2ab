"""The rules of the guardrails that are no numbers: when changes are welcome, what is protected."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from finops.guardrail_policies.window_words import windows_words
from finops.guardrails import ChangeWindows, GuardrailRules, GuardrailVerdict
from handlers.blocks import text
from handlers.blocks.elements import Block, context
from handlers.blocks.inputs import text_input
from handlers.blocks.policy import VERDICT_WORDS
from handlers.blocks.setup.parts import (
    SETTING,
    Row,
    chosen_row,
    filled,
    locked,
    setting,
    settings_form,
)
from handlers.ids import ViewId
from handlers.reference import SettingsReference
from handlers.settings_desk import FILE

WINDOWS, OUTSIDE = "change_windows.windows", "change_windows.outside"
ASK_TAGS, DENY_TAGS = "protected_tags.ask", "protected_tags.deny"
VERDICTS = {
    ASK_TAGS: GuardrailVerdict.REQUIRE_APPROVAL,
    DENY_TAGS: GuardrailVerdict.DENY,
}
LONGEST = 2000
_OUTSIDE = (
    ("An approver must agree", GuardrailVerdict.REQUIRE_APPROVAL.value),
    ("Every change is blocked", GuardrailVerdict.DENY.value),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSettings:
    """What holds now for everybody; `locked` names settings and `locked_tags` tags of the file."""

    rules: GuardrailRules
    locked: Collection[str] = ()
    locked_tags: Collection[str] = ()


def rules_modal(now: RuleSettings, *, instance: str) -> Block:
    """The form, as it stands."""
    tags = now.rules.protected_tags
    blocks = [
        *filled(_welcome(now.rules.change_windows), now.locked),
        _tags("Tags that need an approver", ASK_TAGS, open_tags(now, ASK_TAGS), "production, prod"),
        _tags("Tags that block every change", DENY_TAGS, open_tags(now, DENY_TAGS), "critical"),
    ]
    if from_file := {tag: tags[tag] for tag in tags if tag in now.locked_tags}:
        blocks.append(locked("Other protected tags", text.safe(_tag_words(from_file), 500)))
    blocks.append(
        context(
            f"Every change is a pull request. Windows and tags of single teams are set in {FILE}."
        )
    )
    return settings_form(
        "Guardrails: rules",
        blocks,
        callback_id=ViewId.SETUP_RULES,
        reference=str(SettingsReference(instance)),
    )


def open_tags(now: RuleSettings, which: str) -> list[str]:
    """The protected tags of that kind that the file leaves open."""
    return [
        tag
        for tag, verdict in now.rules.protected_tags.items()
        if verdict is VERDICTS[which] and tag not in now.locked_tags
    ]


def _welcome(windows: ChangeWindows) -> list[Row]:
    """When changes are welcome, and what holds at other times."""
    lines = windows_words(windows.windows)
    typed = text_input(
        SETTING, lines, example="Mon-Fri 09:00-17:00 Europe/Berlin", longest=LONGEST
    ) | {"multiline": True}
    return [
        Row(
            WINDOWS, "Change windows", text.safe(lines.replace("\n", "; "), 500) or "Any time",
            typed, "One a line: days, hours, time zone. Empty means any time.",
        ),
        chosen_row(OUTSIDE, "Outside of them", _OUTSIDE, windows.outside.value),
    ]  # fmt: skip


def _tags(label: str, name: str, tags: Collection[str], example: str) -> Block:
    element = text_input(SETTING, ", ".join(tags), example=example, longest=LONGEST)
    hint = "Keys or values. Separate several by commas." if name == ASK_TAGS else ""
    return setting(label, element, name, hint=hint)


def _tag_words(tags: Mapping[str, GuardrailVerdict]) -> str:
    return " · ".join(f"{tag}: {VERDICT_WORDS[verdict]}" for tag, verdict in tags.items())
