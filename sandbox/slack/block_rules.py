"""What Slack accepts as blocks: `problems(blocks, surface)` is a pure function.

Shared by the stand-in, which refuses what Slack refuses, and by the tests of every renderer.
Limits: docs.slack.dev/reference/block-kit as of 2026-11. Stricter than Slack in one way: an
unknown property is a problem, because Slack ignores some of them today and refuses them later.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Literal

from sandbox.slack import chart_rules
from sandbox.slack.element_rules import (
    ACCESSORIES,
    BUTTON,
    CONTEXT_ACTIONS,
    IMAGE_ELEMENT,
    INPUTS,
    INTERACTIVE,
)
from sandbox.slack.object_rules import SLACK_FILE, TYPE, URL, plain, text
from sandbox.slack.rich_text_rules import RICH_TEXT
from sandbox.slack.shapes import (
    Check,
    Problem,
    at_least_one,
    boolean,
    by_type,
    every,
    exactly_one,
    list_of,
    number,
    one_of,
    shape,
    string,
)

__all__ = ["MESSAGE_CHARACTERS", "Problem", "Surface", "message_characters", "problems"]

Surface = Literal["message", "modal", "home"]

MESSAGE_CHARACTERS = 13_200
"""Above this Slack answers msg_blocks_too_long (slackapi/bolt-js#2509); budget 12,000."""

_ID: dict[str, Check] = {"block_id": string(255)}
_IMAGE = every(
    shape(
        {**TYPE, "alt_text": string(2000)},
        {**_ID, "title": plain(2000), "image_url": URL, "slack_file": SLACK_FILE},
    ),
    exactly_one("image_url", "slack_file"),
)
_SECTION = every(
    shape(
        TYPE,
        {
            **_ID,
            "text": text(3000),
            "fields": list_of(text(2000), 1, 10),
            "accessory": by_type(ACCESSORIES),
            "expand": boolean,
        },
    ),
    at_least_one("text", "fields"),
)
_CONTEXT_ELEMENTS: dict[str, Check] = {
    "image": IMAGE_ELEMENT,
    "plain_text": text(2000),
    "mrkdwn": text(2000),
}
_CLASSIC: dict[str, Check] = {
    "actions": shape({**TYPE, "elements": list_of(by_type(INTERACTIVE), 1, 25)}, _ID),
    "context": shape({**TYPE, "elements": list_of(by_type(_CONTEXT_ELEMENTS), 1, 10)}, _ID),
    "divider": shape(TYPE, _ID),
    "header": shape({**TYPE, "text": plain(150)}, {**_ID, "level": number(1, 4)}),
    "image": _IMAGE,
    "input": shape(
        {**TYPE, "label": plain(2000), "element": by_type(INPUTS)},
        {**_ID, "hint": plain(2000), "optional": boolean, "dispatch_action": boolean},
    ),
    "rich_text": RICH_TEXT,
    "section": _SECTION,
    "video": shape(
        {
            **TYPE,
            "alt_text": string(2000),
            "title": plain(200),
            "thumbnail_url": URL,
            "video_url": URL,
        },
        {
            **_ID,
            "author_name": string(50),
            "description": plain(200),
            "provider_icon_url": URL,
            "provider_name": string(50),
            "title_url": URL,
        },
    ),
}
_CARD = every(
    shape(
        TYPE,
        {
            **_ID,
            "title": text(150),
            "subtitle": text(150),
            "body": text(200),
            "icon": IMAGE_ELEMENT,
            "hero_image": IMAGE_ELEMENT,
            "actions": list_of(BUTTON, 1, 3),
        },
    ),
    at_least_one("hero_image", "title", "actions", "body"),
)
_IN_A_CONTAINER = {k: c for k, c in _CLASSIC.items() if k != "input"} | {"table": chart_rules.TABLE}
_CONTAINER = every(
    shape(
        {**TYPE, "child_blocks": list_of(by_type(_IN_A_CONTAINER), 1, 10)},
        {
            **_ID,
            "title": plain(150),
            "rich_text_title": RICH_TEXT,
            "subtitle": text(150),
            "icon": IMAGE_ELEMENT,
            "is_collapsible": boolean,
            "default_collapsed": boolean,
            "has_header_divider": boolean,
            "width": one_of("narrow", "standard", "wide", "full"),
        },
    ),
    exactly_one("title", "rich_text_title"),
)
_MARKDOWN = shape({**TYPE, "text": string(12_000)}, _ID)
_WITH_DATA: dict[str, Check] = {
    "card": _CARD,
    "carousel": shape({**TYPE, "elements": list_of(by_type({"card": _CARD}), 1, 10)}, _ID),
    "table": chart_rules.TABLE,
    "data_table": chart_rules.DATA_TABLE,
    "data_visualization": chart_rules.DATA_VISUALIZATION,
}
_MESSAGE_ONLY: dict[str, Check] = {
    "markdown": _MARKDOWN,
    "context_actions": shape({**TYPE, "elements": list_of(by_type(CONTEXT_ACTIONS), 1, 5)}, _ID),
    "container": _CONTAINER,
}
_ALERT = shape(
    {**TYPE, "text": text(200)},
    {**_ID, "level": one_of("default", "info", "warning", "error", "success")},
)
_SURFACES: dict[Surface, tuple[int, dict[str, Check]]] = {
    "message": (50, {**_CLASSIC, **_WITH_DATA, **_MESSAGE_ONLY}),
    "modal": (100, {**_CLASSIC, "card": _CARD, "alert": _ALERT}),
    "home": (100, {**_CLASSIC, **_WITH_DATA}),
}


def problems(blocks: Sequence[dict[str, Any]], surface: Surface) -> list[Problem]:
    """Everything Slack would refuse in these blocks on this surface; empty if nothing.

    Pointers start at the payload, so the text of the first block is `/blocks/0/text/text`.
    """
    most, kinds = _SURFACES[surface]
    found = list(list_of(by_type(kinds), 0, most)(list(blocks), "/blocks"))
    entries: list[Any] = list(blocks)
    known = [(f"/blocks/{i}", b) for i, b in enumerate(entries) if isinstance(b, dict)]
    found.extend(_repeated_block_ids(known))
    for at, block in known:
        found.extend(_repeated_action_ids(block, at))
    found.extend(_sums(known))
    return found


def message_characters(blocks: Sequence[dict[str, Any]]) -> int:
    """The size Slack counts against `MESSAGE_CHARACTERS`: the blocks as compact JSON."""
    return len(json.dumps(list(blocks), separators=(",", ":"), ensure_ascii=False))


def _repeated_block_ids(known: list[tuple[str, dict[str, Any]]]) -> Iterator[Problem]:
    seen: set[str] = set()
    for at, block in known:
        block_id = block.get("block_id")
        if isinstance(block_id, str) and block_id in seen:
            yield Problem(f"{at}/block_id", f"block_id {block_id} already exists")
        elif isinstance(block_id, str):
            seen.add(block_id)


def _repeated_action_ids(block: dict[str, Any], at: str) -> Iterator[Problem]:
    elements = block.get("elements")
    if block.get("type") not in ("actions", "context_actions") or not isinstance(elements, list):
        return
    ids = Counter(e.get("action_id") for e in elements if isinstance(e, dict))
    for action_id, times in ids.items():
        if action_id and times > 1:
            yield Problem(f"{at}/elements", f"action_id {action_id} already exists in this block")


def _sums(known: list[tuple[str, dict[str, Any]]]) -> Iterator[Problem]:
    kinds = Counter(block.get("type") for _, block in known)
    if kinds["table"] > 1:
        yield Problem("/blocks", "only one table allowed (only_one_table_allowed)")
    if kinds["data_visualization"] > 2:
        yield Problem("/blocks", "only two data_visualization blocks allowed")
    markdown = sum(len(str(b.get("text"))) for _, b in known if b.get("type") == "markdown")
    if markdown > 12_000:
        yield Problem("/blocks", f"markdown blocks sum up to {markdown} of 12000 characters")
    for kind, most in (("table", 10_000), ("data_table", 20_000)):
        letters = sum(chart_rules.characters(b) for _, b in known if b.get("type") == kind)
        if letters > most:
            yield Problem("/blocks", f"{kind} cells sum up to {letters} of {most} characters")
