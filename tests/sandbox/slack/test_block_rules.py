import json
from typing import Any

import pytest

from sandbox.slack import problems, view_problems
from sandbox.slack.block_rules import MESSAGE_CHARACTERS, Surface, message_characters

Block = dict[str, Any]


def plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Block:
    return {"type": "mrkdwn", "text": text}


def option(value: str, text: str = "") -> Block:
    return {"text": plain(text or value), "value": value}


def section(**extra: Any) -> Block:
    return {"type": "section", **({"text": mrkdwn("x")} | extra)}


def button(**extra: Any) -> Block:
    return {"type": "button", "text": plain("Go"), "action_id": "go", **extra}


def actions(*elements: Block) -> Block:
    return {"type": "actions", "elements": list(elements)}


def select(**extra: Any) -> Block:
    return {"type": "static_select", "options": [option("a"), option("b")], **extra}


def choice(kind: str, count: int, **extra: Any) -> Block:
    return {"type": kind, "options": [option(str(i)) for i in range(count)], **extra}


def chart(kind: str = "bar", labels: str = "abc", **extra: Any) -> Block:
    data = [{"label": x, "value": 1} for x in labels]
    axis = {"categories": ["a", "b", "c"]}
    series = [{"name": "s", "data": data}]
    inner = {"type": kind, "series": series, "axis_config": axis, **extra}
    return {"type": "data_visualization", "title": "t", "chart": inner}


def pie(count: int) -> Block:
    segments = [{"label": str(i), "value": i} for i in range(count)]
    inner = {"type": "pie", "segments": segments}
    return {"type": "data_visualization", "title": "t", "chart": inner}


def table(rows: int, columns: int, text: str = "x", **extra: Any) -> Block:
    row = [{"type": "raw_text", "text": text}] * columns
    return {"type": "table", "rows": [row] * rows, **extra}


def field(element: Block, **extra: Any) -> Block:
    return {"type": "input", "label": plain("L"), "element": element, **extra}


def image(**extra: Any) -> Block:
    return {"type": "image", "alt_text": "a", **extra}


TYPED = {"type": "plain_text_input", "action_id": "t"}
RICH = {
    "type": "rich_text",
    "elements": [
        {
            "type": "rich_text_section",
            "elements": [{"type": "text", "text": "x", "style": {"bold": True}}],
        }
    ],
}
NUMBER = {"type": "raw_number", "value": 1, "text": "1"}
DATA_TABLE = {
    "type": "data_table",
    "caption": "c",
    "rows": [[{"type": "raw_text", "text": "h"}], [NUMBER]],
}
CONFIRM = {"title": plain("t"), "text": mrkdwn("x"), "confirm": plain("y"), "deny": plain("n")}

GOOD: list[tuple[str, list[Block], Surface]] = [
    ("nothing", [], "message"),
    ("header", [{"type": "header", "text": plain("x" * 150)}], "message"),
    ("section", [section(fields=[mrkdwn("x" * 2000)] * 10)], "home"),
    ("longest text", [section(text=mrkdwn("x" * 3000))], "message"),
    ("button", [actions(button(value="v" * 2000, style="danger", confirm=CONFIRM))], "message"),
    ("25 buttons", [actions(*[button(action_id=str(i)) for i in range(25)])], "message"),
    ("accessory", [section(accessory=image(image_url="https://e.com/a.png"))], "message"),
    ("overflow", [section(accessory=choice("overflow", 5))], "message"),
    ("checkboxes", [actions(choice("checkboxes", 10))], "modal"),
    ("select", [actions(select(initial_option=option("a")))], "message"),
    ("slack file", [image(slack_file={"id": "F1"})], "message"),
    ("context", [{"type": "context", "elements": [mrkdwn("x")] * 10}], "message"),
    ("markdown", [{"type": "markdown", "text": "x" * 12_000}], "message"),
    ("rich text", [RICH], "message"),
    ("table", [table(100, 20)], "message"),
    ("data table", [DATA_TABLE], "message"),
    ("bars", [chart(), pie(12)], "message"),
    ("line", [chart("line")], "home"),
    ("input", [field(TYPED, optional=True, hint=plain("h"))], "modal"),
    ("alert", [{"type": "alert", "text": mrkdwn("x" * 200), "level": "warning"}], "modal"),
    ("null is absent", [section(accessory=None)], "message"),
]

BAD: list[tuple[str, list[Block], Surface, str]] = [
    ("unknown type", [{"type": "sektion"}], "message", "/blocks/0/type"),
    ("no type", [{}], "message", "/blocks/0/type"),
    ("too many", [{"type": "divider"}] * 51, "message", "/blocks"),
    ("too many in a modal", [{"type": "divider"}] * 101, "modal", "/blocks"),
    ("unknown property", [section(colour="red")], "message", "/blocks/0/colour"),
    ("empty section", [{"type": "section"}], "message", "/blocks/0"),
    ("empty text", [section(text=mrkdwn(""))], "message", "/blocks/0/text/text"),
    ("long text", [section(text=mrkdwn("x" * 3001))], "message", "/blocks/0/text/text"),
    ("11 fields", [section(fields=[mrkdwn("x")] * 11)], "message", "/blocks/0/fields"),
    ("long field", [section(fields=[mrkdwn("x" * 2001)])], "home", "/blocks/0/fields/0/text"),
    ("header", [{"type": "header", "text": mrkdwn("x")}], "message", "/blocks/0/text/type"),
    ("long header", [{"type": "header", "text": plain("x" * 151)}], "home", "/blocks/0/text/text"),
    ("no alt text", [{"type": "image", "image_url": "https://e.com"}], "message", "/blocks/0"),
    ("no source", [image()], "message", "/blocks/0"),
    ("two sources", [image(image_url="https://e.c", slack_file={"id": "F"})], "home", "/blocks/0"),
    (
        "long button",
        [actions(button(text=plain("x" * 76)))],
        "home",
        "/blocks/0/elements/0/text/text",
    ),
    ("long value", [actions(button(value="x" * 2001))], "home", "/blocks/0/elements/0/value"),
    ("style", [actions(button(style="default"))], "home", "/blocks/0/elements/0/style"),
    (
        "26 buttons",
        [actions(*[button(action_id=str(i)) for i in range(26)])],
        "home",
        "/blocks/0/elements",
    ),
    ("same action ids", [actions(button(), button())], "message", "/blocks/0/elements"),
    (
        "same block ids",
        [section(block_id="b"), section(block_id="b")],
        "home",
        "/blocks/1/block_id",
    ),
    (
        "confirm",
        [actions(button(confirm={"text": {}}))],
        "home",
        "/blocks/0/elements/0/confirm/text/type",
    ),
    (
        "6 in overflow",
        [section(accessory=choice("overflow", 6))],
        "home",
        "/blocks/0/accessory/options",
    ),
    ("11 boxes", [actions(choice("checkboxes", 11))], "home", "/blocks/0/elements/0/options"),
    (
        "101 options",
        [actions(choice("static_select", 101))],
        "home",
        "/blocks/0/elements/0/options",
    ),
    (
        "same options",
        [actions(select(options=[option("a")] * 2))],
        "home",
        "/blocks/0/elements/0/options",
    ),
    (
        "long option",
        [actions(select(options=[option("a", "x" * 76)]))],
        "home",
        "/blocks/0/elements/0/options/0/text/text",
    ),
    (
        "initial",
        [actions(select(initial_option=option("z")))],
        "home",
        "/blocks/0/elements/0/initial_option",
    ),
    ("text in actions", [actions(TYPED)], "message", "/blocks/0/elements/0/type"),
    (
        "11 in context",
        [{"type": "context", "elements": [mrkdwn("x")] * 11}],
        "home",
        "/blocks/0/elements",
    ),
    ("markdown at home", [{"type": "markdown", "text": "x"}], "home", "/blocks/0/type"),
    ("markdown sum", [{"type": "markdown", "text": "x" * 7000}] * 2, "message", "/blocks"),
    ("table in a modal", [table(2, 2)], "modal", "/blocks/0/type"),
    ("two tables", [table(1, 1), table(1, 1)], "message", "/blocks"),
    ("long table", [table(50, 2, "x" * 101)], "message", "/blocks"),
    ("wide table", [table(2, 21)], "message", "/blocks/0/rows/0"),
    ("alert", [{"type": "alert", "text": mrkdwn("x")}], "message", "/blocks/0/type"),
    ("three charts", [pie(1)] * 3, "message", "/blocks"),
    ("13 slices", [pie(13)], "message", "/blocks/0/chart/segments"),
    ("missing category", [chart(labels="ab")], "message", "/blocks/0/chart/series/0/data"),
    ("chart in a modal", [chart()], "modal", "/blocks/0/type"),
    ("chart title", [{**pie(1), "title": "x" * 51}], "message", "/blocks/0/title"),
    (
        "data table header",
        [{**DATA_TABLE, "rows": [[RICH], [NUMBER]]}],
        "home",
        "/blocks/0/rows/0/0/type",
    ),
    ("uneven rows", [{**DATA_TABLE, "rows": [[NUMBER], [NUMBER] * 2]}], "home", "/blocks/0/rows/1"),
    (
        "rich text",
        [{"type": "rich_text", "elements": [{"type": "text"}]}],
        "home",
        "/blocks/0/elements/0/type",
    ),
    ("button as input", [field(button())], "modal", "/blocks/0/element/type"),
    ("mrkdwn label", [{**field(TYPED), "label": mrkdwn("x")}], "modal", "/blocks/0/label/type"),
]


@pytest.mark.parametrize(("name", "blocks", "surface"), GOOD, ids=[g[0] for g in GOOD])
def test_what_slack_accepts_has_no_problems(
    name: str, blocks: list[Block], surface: Surface
) -> None:
    assert problems(blocks, surface) == []


@pytest.mark.parametrize(("name", "blocks", "surface", "pointer"), BAD, ids=[b[0] for b in BAD])
def test_what_slack_refuses_is_pointed_at(
    name: str, blocks: list[Block], surface: Surface, pointer: str
) -> None:
    found = [p.pointer for p in problems(blocks, surface)]

    assert pointer in found


def test_the_same_blocks_have_the_same_problems_and_stay_as_they_were() -> None:
    blocks = [bad for _, blocks, _, _ in BAD for bad in blocks][:50]
    before = json.dumps(blocks)

    assert problems(blocks, "message") == problems(blocks, "message")
    assert json.dumps(blocks) == before


def test_the_size_of_a_message_is_that_of_its_compact_json() -> None:
    assert message_characters([{"type": "divider"}]) == len('[{"type":"divider"}]')
    assert MESSAGE_CHARACTERS == 13_200


VIEW = {"type": "modal", "title": plain("T"), "blocks": [section()]}


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"title": plain("x" * 25)}, "/title/text"),
        ({"title": None}, ""),
        ({"submit": plain("x" * 25)}, "/submit/text"),
        ({"private_metadata": "x" * 3001}, "/private_metadata"),
        ({"blocks": [field(TYPED)]}, "/submit"),
        ({"blocks": [{"type": "table"}]}, "/blocks/0/type"),
        ({"colour": "red"}, "/colour"),
        ({"type": "home"}, "/title"),
    ],
)
def test_a_view_slack_refuses_is_pointed_at(change: dict[str, Any], pointer: str) -> None:
    assert pointer in [p.pointer for p in view_problems({**VIEW, **change})]


def test_a_view_slack_accepts_has_no_problems() -> None:
    full = {**VIEW, "submit": plain("Save"), "blocks": [field(TYPED)], "notify_on_close": True}

    assert view_problems(VIEW) == view_problems(full) == []
    assert view_problems({"type": "home", "blocks": [section()]}) == []
