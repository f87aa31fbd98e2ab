"""From the form of the rules to settings in the shape of the file, or what is wrong with it. Pure.

A protected tag that is taken out is set to `allow`: left out, the usual one would hold again.
"""

from collections.abc import Mapping
from typing import Any

from finops.domain.errors import InvalidInput
from finops.guardrail_policies.window_words import read_windows
from finops.guardrails import GuardrailVerdict
from handlers.blocks.setup.parts import setting_block
from handlers.blocks.setup.rules import (
    ASK_TAGS,
    DENY_TAGS,
    OUTSIDE,
    VERDICTS,
    WINDOWS,
    RuleSettings,
)
from handlers.form_values import changed, entered, listed
from handlers.settings_desk import FILE, Change
from handlers.setup.changes import Problems, settings_in
from handlers.setup.standing import RULE_PATHS, TAGS

LONGEST_TAG = 100


def rule_changes(view: Mapping[str, Any], *, time_zone: str) -> list[Change]:
    """What was changed in the form; raises InvalidInput for windows that cannot be read."""
    values = settings_in(changed(view))
    changes: list[Change] = []
    if WINDOWS in values:
        found = read_windows(str(values[WINDOWS]), time_zone=time_zone)
        changes.append((RULE_PATHS[WINDOWS], [one.model_dump(mode="json") for one in found]))
    if OUTSIDE in values:
        changes.append((RULE_PATHS[OUTSIDE], values[OUTSIDE]))
    return changes + _tag_changes(view)


def rule_problems(view: Mapping[str, Any], now: RuleSettings, *, time_zone: str) -> Problems:
    """Windows that cannot be read, and tags that are the file's or stand in both lists."""
    values = settings_in(changed(view))
    problems: Problems = {}
    try:
        read_windows(str(values.get(WINDOWS, "")), time_zone=time_zone)
    except InvalidInput as error:
        problems[setting_block(WINDOWS)] = str(error)
    asked, denied = (_tags(view, which) for which in (ASK_TAGS, DENY_TAGS))
    for which, tags in ((ASK_TAGS, asked), (DENY_TAGS, denied)):
        problem = next(filter(None, (_tag_problem(tag, now) for tag in tags)), "")
        problems |= {setting_block(which): problem} if problem else {}
    if both := sorted(set(asked).intersection(denied)):
        problems.setdefault(
            setting_block(DENY_TAGS), f"“{both[0]}” stands above as well; name it in one place."
        )
    return problems


def _tag_problem(tag: str, now: RuleSettings) -> str:
    if tag in now.locked_tags:
        return f"“{tag}” is set in {FILE}, which wins; change it there."
    if len(tag) > LONGEST_TAG:
        return f"“{tag[:40]}…” is longer than {LONGEST_TAG} characters."
    return ""


def _tag_changes(view: Mapping[str, Any]) -> list[Change]:
    """Only what differs from what the form was opened with, tag by tag."""
    given: dict[str, GuardrailVerdict] = {}
    before: dict[str, GuardrailVerdict] = {}
    for which, verdict in VERDICTS.items():
        given |= dict.fromkeys(_tags(view, which), verdict)
        before |= dict.fromkeys(_first_tags(view, which), verdict)
    taken_out = dict.fromkeys(before.keys() - given.keys(), GuardrailVerdict.ALLOW)
    wanted = {tag: verdict for tag, verdict in given.items() if before.get(tag) is not verdict}
    return [((*TAGS, tag), v.value) for tag, v in sorted((wanted | taken_out).items())]


def _tags(view: Mapping[str, Any], which: str) -> list[str]:
    """In small letters, each once, as the guardrails hold them."""
    words = listed(settings_in(entered(view)).get(which, ""))
    return list(dict.fromkeys(word.lower() for word in words))


def _first_tags(view: Mapping[str, Any], which: str) -> list[str]:
    block = next(b for b in view["blocks"] if b["block_id"] == setting_block(which))
    return listed(str(block["element"].get("initial_value", "")))
