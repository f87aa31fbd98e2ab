"""Direct messages and what people choose about them."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from finops.domain.intents import IntentKind
from finops.domain.lifecycle import Status
from finops.domain.mutes import MuteReach
from finops.domain.people import Actor, Preferences
from finops.engine import telling
from finops.finops_engine import FinOpsEngine
from handlers.blocks.personal import personal_modal
from handlers.ids import ActionId, BlockId
from sandbox.slack import Driver
from tests.handlers.builders import DANA, NOW, OMAR, PRIYA, ask, opportunity, recorded
from tests.handlers.conftest import PostCard

pytestmark = pytest.mark.usefixtures("app")
Deliver = Callable[[], list[str]]


def told(engine: FinOpsEngine, deliver: Deliver) -> None:
    telling.tell_owners(engine.parts)
    assert deliver() == []


def test_an_owner_gets_one_grouped_message_with_a_way_to_stop_it(
    driver: Driver, engine: FinOpsEngine, deliver: Deliver
) -> None:
    for name in ("a", "b", "c"):
        recorded(engine, opportunity(name=name))
    told(engine, deliver)
    told(engine, deliver)

    [message] = driver.messages(driver.dm(DANA))
    assert message["text"].startswith("3 new opportunities for payments: ")
    words = json.dumps(message["blocks"])
    assert "The first saving that the bill verifies begins your streak." in words
    assert ActionId.STOP_MESSAGES in words


def test_who_stopped_them_gets_none_until_they_want_them_again(
    driver: Driver, engine: FinOpsEngine, deliver: Deliver
) -> None:
    recorded(engine, opportunity(name="a"))
    told(engine, deliver)
    [message] = driver.messages(driver.dm(DANA))
    assert driver.click(DANA, driver.dm(DANA), message["ts"], ActionId.STOP_MESSAGES).ok
    driver.wait_for(lambda: not engine.preferences(DANA).wants_messages)
    later = replace(engine.parts, now=lambda: NOW + timedelta(days=1))
    recorded(engine, opportunity(name="b", detected_at=NOW + timedelta(hours=1)))
    telling.tell_owners(later)
    assert deliver() == []
    assert len(driver.messages(driver.dm(DANA))) == 1

    engine.choose(Preferences(wants_messages=True), actor=Actor(DANA))
    telling.tell_owners(later)
    assert deliver() == []
    assert len(driver.messages(driver.dm(DANA))) == 2


def test_a_message_on_its_way_is_not_sent_to_who_has_stopped_them(
    driver: Driver, engine: FinOpsEngine, deliver: Deliver
) -> None:
    made = recorded(engine, opportunity(name="a"))
    engine.choose(Preferences(wants_messages=False), actor=Actor(DANA))
    ask(engine, IntentKind.TELL_OWNER, f"owner/{DANA}", user=DANA, opportunities=[made.id])
    deliver()

    assert driver.messages(driver.dm(DANA)) == []


def form_of(driver: Driver) -> dict[str, Any]:
    driver.open_home(DANA)
    driver.wait_for(lambda: driver.home(DANA))
    assert driver.click_home(DANA, ActionId.PERSONAL, selected="messages").ok
    form = driver.open_view(DANA)
    assert form is not None
    return form


def chosen(wanted: str, zone: str) -> dict[str, dict[str, str]]:
    return {
        BlockId.WANTS_MESSAGES.value: {ActionId.WANTS_MESSAGES.value: wanted},
        BlockId.TIME_ZONE.value: {ActionId.TIME_ZONE.value: zone},
    }


def test_a_person_sets_their_clock_and_their_messages(driver: Driver, engine: FinOpsEngine) -> None:
    form = form_of(driver)
    assert driver.submit(DANA, form["id"], chosen("no", "Asia/Kolkata")).ok

    assert engine.preferences(DANA) == Preferences(False, "Asia/Kolkata")
    assert engine.ledger.history_of(f"person/{DANA}")[-1].action == "chose"


def headers(driver: Driver) -> list[str]:
    home = driver.home(DANA)
    assert home is not None
    return [b["text"]["text"] for b in home["blocks"] if b["type"] == "header"]


def test_a_person_chooses_what_their_home_tab_shows_first_and_it_is_remembered(
    driver: Driver, engine: FinOpsEngine
) -> None:
    form = form_of(driver)
    assert headers(driver)[0] == "Waiting for you"
    view = {BlockId.HOME_VIEW.value: {ActionId.HOME_VIEW.value: "leader"}}
    assert driver.submit(DANA, form["id"], chosen("yes", "") | view).ok

    driver.wait_for(lambda: headers(driver)[0] != "Waiting for you")
    assert engine.preferences(DANA) == Preferences(home="leader")
    assert headers(driver) == ["Savings", "Waiting for you"]
    # Who only stops the messages keeps the view.
    again = form_of(driver)
    [asked] = [b["element"] for b in again["blocks"] if b["block_id"] == BlockId.HOME_VIEW]
    assert asked["initial_option"]["value"] == "leader"
    automatic = {BlockId.HOME_VIEW.value: {ActionId.HOME_VIEW.value: "automatic"}}
    assert driver.submit(DANA, again["id"], chosen("no", "") | automatic).ok
    driver.wait_for(lambda: headers(driver)[0] == "Waiting for you")


@pytest.mark.parametrize("zone", ["Berlin", "../etc/passwd", "UTC+1", "\u202e"])
def test_a_wrong_time_zone_is_said_at_its_input(
    driver: Driver, engine: FinOpsEngine, zone: str
) -> None:
    form = form_of(driver)
    ack = driver.submit(DANA, form["id"], chosen("yes", zone))

    assert "There is no time zone" in ack.errors[BlockId.TIME_ZONE]
    assert engine.preferences(DANA) == Preferences()


def with_login(wanted: str, zone: str, login: str) -> dict[str, dict[str, str]]:
    return chosen(wanted, zone) | {BlockId.LOGIN.value: {ActionId.LOGIN.value: login}}


def test_a_person_states_their_github_login(driver: Driver, engine: FinOpsEngine) -> None:
    form = form_of(driver)
    assert driver.submit(DANA, form["id"], with_login("yes", "", " @dana-k ")).ok

    assert engine.login_of(DANA) == "dana-k"
    [block] = [b for b in form_of(driver)["blocks"] if b.get("block_id") == BlockId.LOGIN]
    assert block["element"]["initial_value"] == "dana-k"


@pytest.mark.parametrize("login", ["<!channel>", "a b", "../x"])
def test_a_wrong_login_is_said_at_its_input(
    driver: Driver, engine: FinOpsEngine, login: str
) -> None:
    form = form_of(driver)
    ack = driver.submit(DANA, form["id"], with_login("no", "", login))

    assert "no login of GitHub" in ack.errors[BlockId.LOGIN]
    assert (engine.login_of(DANA), engine.preferences(DANA)) == ("", Preferences())


def test_all_that_is_wrong_is_said_at_once_and_nothing_of_it_is_kept(
    driver: Driver, engine: FinOpsEngine
) -> None:
    form = form_of(driver)
    both = driver.submit(DANA, form["id"], with_login("no", "Berlin", "a b"))
    zone_only = driver.submit(DANA, form["id"], with_login("no", "Berlin", "dana-k"))

    assert set(both.errors) == {BlockId.TIME_ZONE, BlockId.LOGIN}
    assert set(zone_only.errors) == {BlockId.TIME_ZONE}
    assert (engine.login_of(DANA), engine.preferences(DANA)) == ("", Preferences())


def test_a_login_of_the_configuration_file_is_shown_as_locked() -> None:
    form = personal_modal(Preferences(), login="dana-k", is_login_locked=True)

    words = json.dumps(form)
    assert "Your GitHub login is dana-k, set in finops.yaml." in words
    assert BlockId.LOGIN not in words


def test_the_streak_counts_the_newest_verdicts_in_a_row(engine: FinOpsEngine) -> None:
    verdicts = ["unproven", "realised", "partial", "realised"]
    for number, verdict in enumerate(verdicts):
        made = recorded(engine, opportunity(name=f"s{number}"))
        with engine.ledger.transaction() as tx:
            known = tx.get(made.id)
            for target in (
                Status.NOTIFIED, Status.APPROVED, Status.PULL_REQUEST_OPEN, Status.MERGED,
                Status.IMPLEMENTED,
            ):  # fmt: skip
                assert tx.move(known, target, now=NOW, actor="test")
                known = tx.get(made.id)
            at = NOW + timedelta(days=number)
            assert tx.move(
                known, Status.VERIFIED, now=at, actor="test",
                verified_at=at, verdict={"verdict": verdict},
            )  # fmt: skip

    assert engine.streak(DANA) == 3
    assert engine.streak(OMAR) == 0


def test_home_lists_mutes_and_ends_them(
    driver: Driver, engine: FinOpsEngine, posted: PostCard
) -> None:
    made = posted()
    engine.deny(made.id, revision=1, actor=Actor(DANA), reason="no")
    engine.mute(made.id, name="Too noisy", reach=MuteReach.TEAM, days=30, actor=Actor(DANA))
    driver.open_home(DANA)
    driver.wait_for(lambda: "Too noisy" in json.dumps(driver.home(DANA)))
    assert driver.click_home(DANA, ActionId.UNMUTE).ok

    driver.wait_for(lambda: "Too noisy" not in json.dumps(driver.home(DANA)))
    assert engine.mutes() == []


def test_what_waits_below_the_first_is_reviewed_and_decided_in_a_modal(
    driver: Driver, engine: FinOpsEngine, posted: PostCard
) -> None:
    for name in ("a", "b", "c"):
        posted(name=name)
    driver.open_home(PRIYA)
    driver.wait_for(lambda: driver.home(PRIYA))
    assert driver.click_home(PRIYA, ActionId.REVIEW).ok
    view = driver.open_view(PRIYA)
    assert view is not None
    assert driver.click_in_view(PRIYA, view["id"], ActionId.APPROVE).ok

    assert len(engine.ledger.find(statuses=[Status.APPROVED])) == 1
    driver.wait_for(lambda: ActionId.REVIEW not in json.dumps(driver.home(PRIYA)))
