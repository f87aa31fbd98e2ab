"""What a tick and a click cost when thousands of opportunities wait."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import event

from finops.domain.errors import TryAgainLater
from finops.domain.lifecycle import Status
from tests.finops.engine.conftest import APPROVER, World


def statements(world: World, work: Callable[[], object]) -> int:
    """How many statements `work` sends to the database."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    engine = world.engine.ledger.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(seen)


def test_an_idle_tick_asks_the_same_few_questions_however_much_waits(world: World) -> None:
    world.scan()
    few = statements(world, world.engine.wake_and_expire)
    world.estate.cpu_request |= {f"app-{n}": 500 for n in range(60)}
    world.scan()
    many = statements(world, world.engine.wake_and_expire)

    assert many == few < 10


def test_a_check_asks_the_same_few_questions_however_much_was_changed_before(
    world: World,
) -> None:
    card = world.card()
    few = statements(world, lambda: world.engine.check(card.id))
    for name in ("cart", "search"):
        world.engine.approve(world.record(name).id, revision=1, actor=APPROVER)
    many = statements(world, lambda: world.engine.check(card.id))

    assert many == few


def test_a_click_is_refused_with_a_sentence_when_its_turn_does_not_come_in_time(
    world: World,
) -> None:
    card = world.card()

    def click() -> float:
        start = time.monotonic()
        with pytest.raises(TryAgainLater):
            world.engine.approve(card.id, revision=1, actor=APPROVER)
        return time.monotonic() - start

    with world.engine.ledger.transaction(), ThreadPoolExecutor(1) as pool:
        waited = pool.submit(click).result()

    assert waited < 2.5  # of Slack's 3 s
    assert world.engine.ledger.get(card.id).status is Status.NOTIFIED
