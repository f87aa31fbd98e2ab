"""A no that teaches: classes of reasons, and what follows from each."""

import json
from datetime import timedelta
from typing import Any

import pytest

from finops.domain.lifecycle import Status
from finops.domain.mutes import DenyReason, MuteReach
from finops.domain.people import Actor
from finops.finops_engine import FinOpsEngine
from handlers.ids import ActionId, BlockId, ViewId
from sandbox.slack import Driver
from tests.handlers.builders import DANA, NOW, OMAR, PAYMENTS, denial, opportunity, recorded
from tests.handlers.conftest import PostCard

pytestmark = pytest.mark.usefixtures("app")


def denied(driver: Driver, why: DenyReason, words: str = "") -> dict[str, Any] | None:
    [*_, card] = driver.messages(PAYMENTS)
    driver.click(DANA, PAYMENTS, card["ts"], ActionId.DENY)
    form = driver.open_view(DANA)
    assert form is not None
    assert driver.submit(DANA, form["id"], denial(words, why)).ok
    return driver.open_view(DANA)


def test_a_class_of_reasons_needs_no_words(
    driver: Driver, posted: PostCard, engine: FinOpsEngine
) -> None:
    made = posted()
    view = denied(driver, DenyReason.HEADROOM)

    known = engine.ledger.get(made.id)
    assert (known.status, known.status_reason) == (Status.DENIED, "We need this headroom.")
    assert view is None


def test_a_no_that_others_would_get_too_offers_a_mute_with_what_it_would_have_hidden(
    driver: Driver, posted: PostCard, engine: FinOpsEngine
) -> None:
    recorded(engine, opportunity(name="cart"))
    recorded(engine, opportunity(name="ancient", detected_at=NOW - timedelta(days=91)))
    posted()
    view = denied(driver, DenyReason.TOO_RISKY, "It pages at night.")

    assert view is not None
    assert view["callback_id"] == ViewId.MUTE
    words = json.dumps(view["blocks"])
    assert "Would have hidden 2 in the last 90 days" in words
    assert "shop/cart (server)" in words
    assert "ancient" not in words
    filled = {
        BlockId.MUTE_REACH.value: {ActionId.MUTE_REACH.value: MuteReach.NAMESPACE.value},
        BlockId.MUTE_DAYS.value: {ActionId.MUTE_DAYS.value: "30"},
        BlockId.MUTE_NAME.value: {ActionId.MUTE_NAME.value: "Shop pages at night"},
    }
    assert driver.submit(DANA, view["id"], filled).ok
    [mute] = engine.mutes()
    assert (mute.name, mute.expires_at) == ("Shop pages at night", NOW + timedelta(days=30))
    after = driver.open_view(DANA)
    assert after is not None
    assert "Muted until" in json.dumps(after["blocks"])


@pytest.mark.parametrize(
    ("why", "words"), [(DenyReason.WRONG_DATA, "show op-"), (DenyReason.NOT_OURS, "assign op-")]
)
def test_what_can_be_mended_says_where(
    driver: Driver, posted: PostCard, why: DenyReason, words: str
) -> None:
    posted()
    view = denied(driver, why)

    assert view is not None
    assert words in json.dumps(view["blocks"])


def test_an_outsider_mutes_nothing(posted: PostCard, engine: FinOpsEngine) -> None:
    made = posted()
    with pytest.raises(Exception, match="You may not mute"):
        engine.mute(made.id, name="x", reach=MuteReach.TEAM, days=30, actor=Actor(OMAR))

    assert engine.mutes() == []
