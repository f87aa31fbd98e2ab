"""What Slack accepts as a view: a modal or a Home tab."""

from collections.abc import Iterator
from typing import Any

from sandbox.slack.block_rules import Problem, problems
from sandbox.slack.object_rules import plain
from sandbox.slack.shapes import Check, boolean, list_of, one_of, shape, string

_ANY_BLOCK: Check = lambda value, at: iter(())  # noqa: E731 - blocks are checked by block_rules
_BOTH: dict[str, Check] = {
    "callback_id": string(255),
    "private_metadata": string(3000, shortest=0),
    "external_id": string(255),
}
_NEEDED: dict[str, Check] = {
    "type": one_of("modal", "home"),
    "blocks": list_of(_ANY_BLOCK, 0, 100),
}
_HOME = shape(_NEEDED, _BOTH)
_MODAL = shape(
    {**_NEEDED, "title": plain(24)},
    {
        **_BOTH,
        "submit": plain(24),
        "close": plain(24),
        "clear_on_close": boolean,
        "notify_on_close": boolean,
        "submit_disabled": boolean,
    },
)


def view_problems(view: dict[str, Any]) -> list[Problem]:
    """Everything Slack would refuse in this view; pointers start at the view."""
    is_home = view.get("type") == "home"
    found = list((_HOME if is_home else _MODAL)(view, ""))
    blocks = view.get("blocks")
    if isinstance(blocks, list):
        found.extend(problems(blocks, "home" if is_home else "modal"))
        found.extend(_inputs_need_submit(view, blocks))
    return found


def _inputs_need_submit(view: dict[str, Any], blocks: list[Any]) -> Iterator[Problem]:
    has_input = any(isinstance(b, dict) and b.get("type") == "input" for b in blocks)
    if view.get("type") == "modal" and has_input and not view.get("submit"):
        yield Problem("/submit", "missing required field: submit (there are input blocks)")
