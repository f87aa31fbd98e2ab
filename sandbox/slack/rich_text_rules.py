"""Slack's rules for rich_text blocks."""

from sandbox.slack.shapes import (
    Check,
    boolean,
    by_type,
    list_of,
    number,
    one_of,
    shape,
    string,
)

_TYPE: dict[str, Check] = {"type": string(50)}
_STYLE: dict[str, Check] = {
    "style": shape({}, dict.fromkeys(("bold", "italic", "strike", "code", "underline"), boolean))
}


def _leaf(required: dict[str, Check], optional: dict[str, Check] | None = None) -> Check:
    return shape({**_TYPE, **required}, {**_STYLE, **(optional or {})})


_LINK = _leaf({"url": string(3000)}, {"text": string(12000, shortest=0), "unsafe": boolean})
_TEXT = _leaf({"text": string(12000)})
_LEAVES: dict[str, Check] = {
    "text": _TEXT,
    "link": _LINK,
    "emoji": _leaf({"name": string(100)}, {"unicode": string(100), "url": string(3000)}),
    "user": _leaf({"user_id": string(255)}),
    "usergroup": _leaf({"usergroup_id": string(255)}),
    "channel": _leaf({"channel_id": string(255)}),
    "team": _leaf({"team_id": string(255)}),
    "broadcast": _leaf({"range": one_of("here", "channel", "everyone")}),
    "color": _leaf({"value": string(20)}),
    "date": _leaf(
        {"timestamp": number(0), "format": string(200)},
        {"fallback": string(300), "url": string(3000)},
    ),
}
_BORDER: dict[str, Check] = {"border": one_of(0, 1)}
_SECTION = shape({**_TYPE, "elements": list_of(by_type(_LEAVES), 0, 1000)})
_ELEMENTS: dict[str, Check] = {
    "rich_text_section": _SECTION,
    "rich_text_quote": shape({**_TYPE, "elements": list_of(by_type(_LEAVES), 0, 1000)}, _BORDER),
    "rich_text_preformatted": shape(
        {**_TYPE, "elements": list_of(by_type({"text": _TEXT, "link": _LINK}), 0, 1000)},
        {**_BORDER, "language": string(50)},
    ),
    "rich_text_list": shape(
        {
            **_TYPE,
            "style": one_of("bullet", "ordered"),
            "elements": list_of(by_type({"rich_text_section": _SECTION}), 1, 1000),
        },
        {**_BORDER, "indent": number(0, 8), "offset": number(0)},
    ),
}

RICH_TEXT = shape(
    {**_TYPE, "elements": list_of(by_type(_ELEMENTS), 0, 1000)}, {"block_id": string(255)}
)
"""A rich_text block."""
