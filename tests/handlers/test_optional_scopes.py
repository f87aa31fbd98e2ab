"""Optional scopes are optional: without each, and without all of them, everything answers."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from slack_sdk import WebClient

from bot.manifest import manifest_scopes
from finops.domain.checks import Outcome
from finops.domain.intents import IntentKind
from finops.domain.lifecycle import Status
from finops.domain.people import Approvers
from finops.finops_engine import FinOpsEngine
from handlers import SlackDeliveries
from handlers.ids import ActionId
from handlers.slack_checks import SlackChecks
from sandbox.slack import Driver, SlackSandbox, Timing, example_workspace
from tests.handlers.bases import cpu_basis
from tests.handlers.builders import (
    DANA,
    DIRECTORY,
    FINOPS,
    LATER,
    MEI,
    NOW,
    PAYMENTS,
    PRIYA,
    ask,
    known,
    opportunity,
    recorded,
)
from tests.handlers.deliveries.running import run

# 45 tests that draw pictures.
pytestmark = pytest.mark.slow

MANIFEST = manifest_scopes()
# By name: approver groups need a scope of their own.
BY_NAME = replace(
    DIRECTORY,
    teams=tuple(replace(team, approvers=Approvers(users=(PRIYA,))) for team in DIRECTORY.teams),
)
MISSING = [frozenset({scope}) for scope in sorted(MANIFEST.optional)] + [MANIFEST.optional]
Deliver = Callable[[], list[str]]


@pytest.fixture(params=MISSING, ids=lambda missing: " ".join(sorted(missing))[:40])
def missing(request: pytest.FixtureRequest) -> frozenset[str]:
    found: frozenset[str] = request.param
    return found


@pytest.fixture
def slack(missing: frozenset[str]) -> Iterator[SlackSandbox]:
    granted = (MANIFEST.needed | MANIFEST.optional) - missing
    workspace = replace(example_workspace(), scopes=granted)
    with SlackSandbox(workspace, timing=Timing(file_ready_seconds=0.1)) as running:
        yield running


@pytest.fixture(autouse=True)
def _approvers_by_name(engine: FinOpsEngine) -> None:
    engine.parts = replace(engine.parts, directory=BY_NAME)


def with_card(engine: FinOpsEngine, deliver: Deliver) -> str:
    record = recorded(engine, opportunity(basis=cpu_basis()))
    ask(engine, IntentKind.POST_CARD, record.id)
    assert deliver() == []
    return record.id


def pictures(message: dict[str, object]) -> int:
    return json.dumps(message).count("slack_file")


@pytest.mark.usefixtures("app")
def test_a_card_comes_with_or_without_its_picture_and_an_approver_approves(
    engine: FinOpsEngine, deliver: Deliver, slack: SlackSandbox, missing: frozenset[str]
) -> None:
    driver = slack.driver()
    opportunity_id = with_card(engine, deliver)
    for number in range(3):
        ask(engine, IntentKind.UPDATE_CARD, opportunity_id, number=number)
        assert deliver() == []
    [card] = driver.messages(PAYMENTS)
    ack = driver.click(PRIYA, PAYMENTS, card["ts"], ActionId.APPROVE)
    uploads = [call for call in slack.calls if call.method == "files.getUploadURLExternal"]

    assert ack.ok
    assert engine.ledger.get(opportunity_id).status is Status.APPROVED
    has_pictures = not missing & {"files:write", "files:read"}
    assert bool(pictures(card)) is has_pictures
    # Two pictures of a card; one try in all where Slack will not have it.
    assert len(uploads) == (2 if has_pictures else 1)


def test_a_digest_comes_with_its_charts_and_with_or_without_its_files(
    engine: FinOpsEngine, deliveries: SlackDeliveries, driver: Driver, missing: frozenset[str]
) -> None:
    recorded(engine, opportunity())
    payload = {"channel": FINOPS, "kind": "weekly", "period_end": "2026-11-23"}
    run(deliveries, IntentKind.POST_DIGEST, f"digest/{FINOPS}", **payload)

    [message] = driver.messages(FINOPS)
    charts = [block for block in message["blocks"] if block["type"] == "data_visualization"]
    files = [f for each in driver.thread(FINOPS, message["ts"]) for f in each.get("files", [])]
    assert message["text"]
    assert charts
    assert bool(files) is ("files:write" not in missing)


@pytest.mark.usefixtures("app")
def test_every_command_home_why_and_messages_to_owners_answer(
    engine: FinOpsEngine, deliver: Deliver, driver: Driver
) -> None:
    opportunity_id = with_card(engine, deliver)
    for words in ("list", "savings", "policy", "help", f"show {opportunity_id}"):
        said = len(driver.ephemerals(MEI, FINOPS))
        assert driver.slash(MEI, FINOPS, "/finops", words).ok
        assert len(driver.ephemerals(MEI, FINOPS)) == said + 1
    assert driver.slash(MEI, FINOPS, "/finops", "settings").ok
    driver.open_home(PRIYA)
    driver.wait_for(lambda: driver.home(PRIYA), timeout=5)
    ask(engine, IntentKind.TELL_OWNER, f"owner/{DANA}", user=DANA, opportunities=[opportunity_id])
    failed = deliver()
    [card] = driver.messages(PAYMENTS)
    driver.click(PRIYA, PAYMENTS, card["ts"], ActionId.WHY)

    assert failed == []
    assert driver.open_view(MEI)
    assert driver.messages(driver.dm(DANA))
    assert driver.open_view(PRIYA)


def test_a_message_of_an_interrupted_try_is_posted_all_the_same(
    engine: FinOpsEngine, deliver: Deliver, driver: Driver
) -> None:
    record = recorded(engine, opportunity())
    ask(engine, IntentKind.POST_CARD, record.id)
    [intent] = engine.ledger.lease_intents(owner="crashed", now=LATER)
    engine.ledger.postpone_intent(intent, until=NOW, error="crashed")

    assert deliver() == []
    assert len(driver.messages(PAYMENTS)) == 1
    assert known(engine).status is Status.NOTIFIED


def test_doctor_has_one_line_for_each_that_is_missing(
    slack: SlackSandbox, missing: frozenset[str]
) -> None:
    checks = SlackChecks(
        client=WebClient(token=slack.bot_token, base_url=slack.api_url),
        needed_scopes=MANIFEST.needed,
        optional_scopes=MANIFEST.optional,
        directory=BY_NAME,
        app_token=slack.app_token,
    ).check()
    told = [check for check in checks if check.subject.startswith("scope ")]

    assert {check.subject for check in told} == {f"scope {scope}" for scope in missing}
    assert {check.outcome for check in told} == {Outcome.WARNING}
    assert all("the manifest offers it" not in check.detail for check in told)
