"""Picking the file that decides a value, and taking a merged change back, end to end."""

from collections.abc import Callable
from typing import Any

import pytest

from finops.domain.intents import IntentKind
from finops.domain.lifecycle import Status
from finops.edits import Candidate
from finops.finops_engine import FinOpsEngine
from finops.ledger import sources
from handlers.blocks.card import Around
from handlers.blocks.card import card as render
from handlers.blocks.controls import MOST_PLACES
from handlers.ids import ActionId
from sandbox.slack import Driver
from sandbox.slack.block_rules import message_characters, problems
from tests.handlers.builders import NOW, OMAR, PAYMENTS, PRIYA, ask, known, record
from tests.handlers.test_decisions import told

PLACES = (
    Candidate("apps/shop/frontend.yaml", "spec", "line 12 (server)", "acme/platform"),
    Candidate("clusters/prod/frontend.yaml", "spec", "line 9 (server)", "acme/platform"),
)


def show(engine: FinOpsEngine, deliver: Callable[[], list[str]]) -> None:
    ask(engine, IntentKind.UPDATE_CARD, known(engine).id)
    assert deliver() == []


@pytest.fixture
def asked(  # noqa: PLR0917 - fixtures
    app: object,
    driver: Driver,
    card: dict[str, Any],
    engine: FinOpsEngine,
    deliver: Callable[[], list[str]],
) -> dict[str, Any]:
    """A card whose approval waits for a pick."""
    driver.click(PRIYA, PAYMENTS, card["ts"], ActionId.APPROVE)
    with engine.ledger.transaction() as tx:
        sources.offer(tx.connection, known(engine).opportunity.resource.key, PLACES, now=NOW)
    show(engine, deliver)
    shown = driver.message(PAYMENTS, card["ts"])
    assert shown is not None
    return shown


@pytest.fixture
def merged(  # noqa: PLR0917 - fixtures
    app: object,
    driver: Driver,
    card: dict[str, Any],
    engine: FinOpsEngine,
    deliver: Callable[[], list[str]],
) -> dict[str, Any]:
    """A card whose pull request was merged."""
    driver.click(PRIYA, PAYMENTS, card["ts"], ActionId.APPROVE)
    with engine.ledger.transaction() as tx:
        opened: dict[str, Any] = {"repository": "acme/platform", "pull_request_number": 7}
        tx.move(known(engine), Status.PULL_REQUEST_OPEN, now=NOW, actor="test", **opened)
    with engine.ledger.transaction() as tx:
        tx.move(known(engine), Status.MERGED, now=NOW, actor="test", merged_at=NOW)
    show(engine, deliver)
    shown = driver.message(PAYMENTS, card["ts"])
    assert shown is not None
    return shown


def menu_of(shown: dict[str, Any]) -> dict[str, Any]:
    [menu] = [
        block["accessory"]
        for block in shown["blocks"]
        if block.get("accessory", {}).get("action_id") == ActionId.PICK_SOURCE
    ]
    return menu  # type: ignore[no-any-return]


def value_of(shown: dict[str, Any], place: int) -> str:
    return str(menu_of(shown)["options"][place]["value"])


def test_the_places_are_offered_by_their_paths(asked: dict[str, Any]) -> None:
    options = menu_of(asked)["options"]

    assert [o["text"]["text"] for o in options] == [place.path for place in PLACES]
    assert options[0]["description"]["text"] == "line 12 (server)"


def test_a_pick_is_remembered_and_the_card_goes_on(
    driver: Driver, asked: dict[str, Any], engine: FinOpsEngine, deliver: Callable[[], list[str]]
) -> None:
    ack = driver.select(PRIYA, PAYMENTS, asked["ts"], ActionId.PICK_SOURCE, value_of(asked, 1))
    assert ack.ok
    assert deliver() == []

    shown = driver.message(PAYMENTS, asked["ts"])
    key = known(engine).opportunity.resource.key
    choices = engine.ledger.read(lambda connection: sources.choices(connection, key))
    assert choices == {key: PLACES[1].choice}
    assert shown is not None
    assert "Which file decides" not in str(shown["blocks"])


def test_a_stranger_may_not_pick(
    driver: Driver, asked: dict[str, Any], engine: FinOpsEngine
) -> None:
    driver.select(OMAR, PAYMENTS, asked["ts"], ActionId.PICK_SOURCE, value_of(asked, 0))

    assert "You may not pick the source of this" in told(driver, OMAR)
    assert engine.source_candidates(known(engine))


def test_an_approver_reverts_and_the_card_says_so(
    driver: Driver, merged: dict[str, Any], engine: FinOpsEngine, deliver: Callable[[], list[str]]
) -> None:
    assert driver.click(PRIYA, PAYMENTS, merged["ts"], ActionId.REVERT).ok
    assert deliver() == []

    shown = driver.message(PAYMENTS, merged["ts"])
    assert shown is not None
    assert "revert's pull request is being opened" in str(shown["blocks"])
    assert ActionId.REVERT.value not in str(shown["blocks"])
    assert not engine.can_revert(known(engine))


def test_a_revert_is_confirmed_first(merged: dict[str, Any]) -> None:
    [row] = [block for block in merged["blocks"] if block["type"] == "actions"]

    [undo] = row["elements"]

    assert undo["text"]["text"] == "Revert"
    assert undo["confirm"]["confirm"]["text"] == "Open Revert"


def test_others_are_refused_a_revert(
    driver: Driver, merged: dict[str, Any], engine: FinOpsEngine
) -> None:
    driver.click(OMAR, PAYMENTS, merged["ts"], ActionId.REVERT)

    assert "You may not revert this" in told(driver, OMAR)
    assert engine.can_revert(known(engine))


@pytest.mark.parametrize("count", [1, 2, MOST_PLACES, 300])
@pytest.mark.parametrize("name", ["a" * 4_000, "<!channel>", "../x", "ü" * 200])
def test_slack_takes_any_number_of_places_with_any_name(count: int, name: str) -> None:
    places = [Candidate(f"{number}/{name}", "x", name, name) for number in range(count)]

    around = Around(candidates=places, can_revert=True)
    made = render(record(Status.APPROVED, note=name), instance="i" * 40, around=around)

    assert problems(made.blocks, "message") == []
    assert message_characters(made.blocks) <= 12_000
