"""Assigning in Slack, end to end: the menu, the question, the card that moves, the command."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from finops.domain.intents import IntentKind
from finops.domain.people import Approvers, Directory, Team
from finops.finops_engine import FinOpsEngine
from handlers import Membership
from handlers.ids import COMMAND, ActionId, BlockId
from sandbox.slack import Driver, SlackSandbox
from tests.handlers import builders
from tests.handlers.builders import (
    APPROVERS,
    DANA,
    FINOPS,
    GENERAL,
    LIAM,
    MEI,
    OMAR,
    PAYMENTS,
    PRIYA,
    ask,
    known,
    opportunity,
    recorded,
)

pytestmark = pytest.mark.usefixtures("app")

MANY = tuple(Team(name=f"team-{n:03}") for n in range(120))


@pytest.fixture
def directory() -> Directory:
    return replace(builders.DIRECTORY, default_approvers=Approvers(users=(LIAM,)))


@pytest.fixture
def engine(tmp_path: Path, directory: Directory) -> Iterator[FinOpsEngine]:
    made = builders.engine(tmp_path, directory)
    yield made
    made.ledger.close()


@pytest.fixture
def triage(
    engine: FinOpsEngine, driver: Driver, deliver: Callable[[], list[str]]
) -> dict[str, Any]:
    """The card of something that nobody owns."""
    found = recorded(engine, opportunity(team="unknown"))
    ask(engine, IntentKind.POST_CARD, found.id)
    assert deliver() == []
    return driver.messages(FINOPS)[0]


def choose(  # noqa: PLR0917 - a click has a who, a where and a what
    driver: Driver, user: str, card: dict[str, Any], team: str, scope: str = ""
) -> Any:
    """Pick a team in the menu and submit the question; returns the ack of the form."""
    assert driver.click(user, FINOPS, card["ts"], ActionId.ASSIGN, selected=team).ok
    view = driver.open_view(user)
    assert view is not None
    values: dict[str, dict[str, Any]] = {}
    if scope:
        values = {BlockId.ASSIGN_SCOPE.value: {ActionId.ASSIGN_SCOPE.value: scope}}
    return driver.submit(user, view["id"], values)


def team_now(engine: FinOpsEngine) -> str:
    return known(engine).opportunity.team


def in_the_form(driver: Driver, user: str) -> str:
    view = driver.open_view(user)
    assert view is not None
    return str(view["blocks"][0]["text"]["text"])


def test_a_picked_team_gets_the_card_and_the_thread_says_who_did_it(
    driver: Driver,
    engine: FinOpsEngine,
    triage: dict[str, Any],
    deliver: Callable[[], list[str]],
) -> None:
    assert choose(driver, LIAM, triage, "payments", "namespace").ok
    assert driver.open_view(LIAM) is None
    assert team_now(engine) == "payments"
    assert deliver() == []

    [moved] = driver.messages(PAYMENTS)
    old = driver.message(FINOPS, triage["ts"])
    note = driver.thread(FINOPS, triage["ts"])[1]["text"]
    assert old is not None
    assert "Nobody owns this yet" in json.dumps(triage)
    assert "Nobody owns this yet" not in json.dumps(old) + json.dumps(moved)
    assert "assigned with its namespace by liam" in json.dumps(moved)
    assert note == (
        "Assigned by liam: team payments, with everything in namespace shop that nobody owns."
    )


def test_a_double_click_on_the_form_is_one_assignment(
    driver: Driver, engine: FinOpsEngine, triage: dict[str, Any]
) -> None:
    assert choose(driver, LIAM, triage, "payments").ok
    assert choose(driver, LIAM, triage, "payments").ok

    assert known(engine).opportunity.revision == 2
    assert driver.open_view(LIAM) is None


def test_an_outsider_is_told_in_the_form_who_may(
    driver: Driver, engine: FinOpsEngine, triage: dict[str, Any]
) -> None:
    choose(driver, OMAR, triage, "payments")

    assert "You may not assign this. These may:" in in_the_form(driver, OMAR)
    assert f"<@{DANA}>" in in_the_form(driver, OMAR)
    assert team_now(engine) == "unknown"


def test_the_owner_of_the_team_may_take_it_and_its_approver_may_not(
    driver: Driver, engine: FinOpsEngine, triage: dict[str, Any]
) -> None:
    choose(driver, PRIYA, triage, "payments")
    assert "You may not assign this" in in_the_form(driver, PRIYA)

    assert choose(driver, DANA, triage, "payments").ok
    assert team_now(engine) == "payments"


def test_a_membership_that_cannot_be_asked_lets_nobody_take_it(
    driver: Driver, engine: FinOpsEngine, triage: dict[str, Any], slack: SlackSandbox
) -> None:
    slack.faults.fail("usergroups.users.list")
    choose(driver, DANA, triage, "payments")

    assert "I cannot check the members of <!subteam^S0APPROVERS>" in in_the_form(driver, DANA)
    assert team_now(engine) == "unknown"


def test_every_group_is_asked_when_it_counts_against_a_person(
    membership: Membership, slack: SlackSandbox
) -> None:
    actor = membership.actor_in({"user": {"id": PRIYA, "name": "priya"}}, [APPROVERS, APPROVERS])

    assert (actor.user_groups, actor.name) == (frozenset({APPROVERS}), "priya")
    assert sum(call.method == "usergroups.users.list" for call in slack.calls) == 1


def test_a_team_that_was_removed_meanwhile_is_refused_with_a_hint(
    driver: Driver, engine: FinOpsEngine, triage: dict[str, Any]
) -> None:
    triage["blocks"][1]["accessory"]["options"][0]["value"] = "payment"
    driver.click(LIAM, FINOPS, triage["ts"], ActionId.ASSIGN, message=triage, selected="payment")

    told = driver.wait_for(lambda: driver.ephemerals(LIAM, FINOPS))
    assert "Did you mean payments?" in told[-1]["text"]


def test_a_menu_of_another_installation_is_refused(
    driver: Driver, engine: FinOpsEngine, triage: dict[str, Any]
) -> None:
    block = triage["blocks"][1]
    block["block_id"] = block["block_id"].replace(builders.INSTANCE, "production")
    driver.click(LIAM, FINOPS, triage["ts"], ActionId.ASSIGN, message=triage, selected="payments")

    told = driver.wait_for(lambda: driver.ephemerals(LIAM, FINOPS))
    assert "two installations share one Slack app" in told[-1]["text"]


class TestWithManyTeams:
    """Above a hundred teams, Slack asks for the options while somebody types."""

    @pytest.fixture
    def directory(self) -> Directory:
        return replace(
            builders.DIRECTORY,
            teams=(*builders.DIRECTORY.teams, *MANY),
            default_approvers=Approvers(users=(LIAM,)),
        )

    def test_the_menu_is_searched_and_assigns_as_well(
        self, driver: Driver, engine: FinOpsEngine, triage: dict[str, Any]
    ) -> None:
        block = triage["blocks"][1]
        assert block["accessory"]["type"] == "external_select"
        ack = driver.suggest(LIAM, ActionId.ASSIGN, block["block_id"], "TEAM-11")
        assert ack.ok
        options = (ack.payload or {})["options"]
        assert [o["value"] for o in options] == [f"team-{n}" for n in range(110, 120)]

        assert choose(driver, LIAM, triage, options[3]).ok
        assert team_now(engine) == "team-113"


# The command


def command(driver: Driver, text: str, user: str = LIAM) -> str:
    assert driver.slash(user, PAYMENTS, COMMAND, text).ok
    return json.dumps(driver.ephemerals(user, PAYMENTS)[-1], ensure_ascii=False)


def test_the_command_assigns_and_takes_back(driver: Driver, engine: FinOpsEngine) -> None:
    found = recorded(engine, opportunity())

    said = command(driver, f"assign {found.id} web")
    assert "shop/frontend (server) is team web's, for the next cycles too." in said
    assert f"1 card moved to <#{GENERAL}>." in said
    assert team_now(engine) == "web"
    assert "No waiting card had to move" in command(driver, f"assign {found.id} web")
    assert "Taken back" in command(driver, f"assign {found.id} nobody")
    assert "Nobody has assigned" in command(driver, f"assign {found.id} nobody")


def test_the_command_hints_at_what_was_meant(driver: Driver, engine: FinOpsEngine) -> None:
    found = recorded(engine, opportunity())

    assert "Say which and whose" in command(driver, "assign")
    assert "Say which and whose" in command(driver, f"assign {found.id}")
    assert "Did you mean payments?" in command(driver, f"assign {found.id} paymnts")
    assert f"Did you mean {found.id}?" in command(driver, f"assign {found.id[:-1]} payments")
    assert "Did you mean `/finops assign`?" in command(driver, f"asign {found.id} web")
    assert "You may not reassign this" in command(driver, f"assign {found.id} web", user=MEI)


# Where a team without a channel is asked


class TestContacts:
    @pytest.fixture
    def directory(self) -> Directory:
        return Directory(
            teams=(
                Team(name="grouped", user_group=APPROVERS),
                Team(name="direct", owners=(DANA, MEI)),
                Team(name="lost"),
            ),
            triage_channel=FINOPS,
        )

    @pytest.fixture
    def post(self, engine: FinOpsEngine, deliver: Callable[[], list[str]]) -> Callable[[str], None]:
        def post(team: str) -> None:
            found = recorded(engine, opportunity(name=team, team=team))
            for _ in range(2):
                ask(engine, IntentKind.POST_CARD, found.id, again=_)
            ask(engine, IntentKind.POST_NOTE, found.id, actor="", event="x", sentence="Hello.")
            assert deliver() == []

        return post

    def test_a_user_group_is_mentioned_in_triage(
        self, driver: Driver, post: Callable[[str], None]
    ) -> None:
        post("grouped")
        [card] = driver.messages(FINOPS)

        assert f"<!subteam^{APPROVERS}>" in json.dumps(card)

    def test_the_first_owner_is_asked_in_a_direct_message(
        self, driver: Driver, post: Callable[[str], None], engine: FinOpsEngine
    ) -> None:
        post("direct")
        [card] = driver.messages(driver.dm(DANA))

        assert driver.messages(FINOPS) == []
        assert len(driver.thread(driver.dm(DANA), card["ts"])) == 2
        assert driver.click(DANA, driver.dm(DANA), card["ts"], ActionId.WHY).ok

    def test_nobody_to_ask_is_a_case_for_triage(
        self, driver: Driver, post: Callable[[str], None]
    ) -> None:
        post("lost")

        assert len(driver.messages(FINOPS)) == 1
