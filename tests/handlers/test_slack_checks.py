"""The doctor's questions to Slack, against the sandbox's: each lack has its line and its fix."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from slack_sdk import WebClient

from finops.domain.checks import Check, Outcome
from finops.domain.people import Approvers, Directory, Team
from handlers.slack_checks import SlackChecks
from sandbox.slack import SlackSandbox, example_workspace
from tests.handlers.conftest import SCOPES

PAYMENTS, FINOPS, GENERAL = "C0PAYMENTS1", "C0FINOPS001", "C0GENERAL01"
DIRECTORY = Directory(
    teams=(Team(name="payments", channel=PAYMENTS),),
    default_approvers=Approvers(user_groups=("S0APPROVERS",)),
    triage_channel=FINOPS,
    leadership_channel=FINOPS,
)
OPTIONAL = frozenset({"chat:write.public"})
EVERYTHING = SCOPES | OPTIONAL
READS = {"auth.test", "apps.connections.open", "conversations.history", "usergroups.users.list"}


def asking(slack: SlackSandbox, **changed: Any) -> SlackChecks:
    usual = SlackChecks(
        client=WebClient(token=slack.bot_token, base_url=slack.api_url),
        needed_scopes=SCOPES,
        optional_scopes=OPTIONAL,
        directory=DIRECTORY,
        app_token=slack.app_token,
    )
    return replace(usual, **changed)


def with_token(slack: SlackSandbox, token: str) -> WebClient:
    return WebClient(token=token, base_url=slack.api_url)


def by_subject(checks: SlackChecks) -> dict[str, Check]:
    return {check.subject: check for check in checks.check()}


def not_fine(checks: SlackChecks) -> dict[str, Check]:
    return {s: check for s, check in by_subject(checks).items() if check.outcome is not Outcome.OK}


@pytest.fixture
def granted() -> frozenset[str]:
    return EVERYTHING


@pytest.fixture
def slack(granted: frozenset[str]) -> Iterator[SlackSandbox]:
    with SlackSandbox(replace(example_workspace(), scopes=granted)) as running:
        yield running


def test_a_complete_workspace_is_all_green_and_nothing_in_it_was_changed(
    slack: SlackSandbox,
) -> None:
    checks = by_subject(asking(slack))

    assert {check.outcome for check in checks.values()} == {Outcome.OK}
    assert checks["bot token"].detail == "finops-bot in workspace Sandbox workspace"
    assert f"{FINOPS} (triage, leadership)" in checks
    assert {call.method for call in slack.calls} <= READS


@pytest.mark.parametrize("granted", [EVERYTHING - {"usergroups:read"}])
def test_a_token_that_lacks_one_scope_is_told_which_and_where_to_add_it(
    slack: SlackSandbox,
) -> None:
    found = not_fine(asking(slack))

    assert found["scope usergroups:read"].outcome is Outcome.FAILED
    assert "OAuth & Permissions" in found["scope usergroups:read"].fix
    assert "Reinstall" in found["scope usergroups:read"].fix
    assert found["user group S0APPROVERS"].outcome is Outcome.SKIPPED
    assert set(found) == {"scope usergroups:read", "user group S0APPROVERS"}


@pytest.mark.parametrize("granted", [SCOPES])
def test_an_optional_scope_is_only_a_warning(slack: SlackSandbox) -> None:
    found = not_fine(asking(slack))

    assert {s: check.outcome for s, check in found.items()} == {
        "scope chat:write.public": Outcome.WARNING
    }


@pytest.mark.parametrize("granted", [EVERYTHING | {"users:read.email"}])
def test_more_scopes_than_needed_are_named(slack: SlackSandbox) -> None:
    assert "users:read.email" in not_fine(asking(slack))["scopes"].detail


@pytest.mark.parametrize(
    ("granted", "outcome"), [(EVERYTHING, Outcome.WARNING), (SCOPES, Outcome.FAILED)]
)
def test_a_public_channel_without_the_bot_is_red_unless_it_may_post_anyway(
    slack: SlackSandbox, outcome: Outcome
) -> None:
    directory = replace(DIRECTORY, triage_channel=GENERAL)

    check = by_subject(asking(slack, directory=directory))[f"{GENERAL} (triage)"]

    assert check.outcome is outcome
    assert "/invite @finops-bot" in check.fix


def test_a_channel_that_is_not_there_may_be_a_private_one(slack: SlackSandbox) -> None:
    directory = replace(DIRECTORY, triage_channel="C0NOTHING01")

    check = by_subject(asking(slack, directory=directory))["C0NOTHING01 (triage)"]

    assert check.outcome is Outcome.FAILED
    assert "private" in check.detail


def test_a_user_group_that_is_not_there_is_red(slack: SlackSandbox) -> None:
    directory = replace(DIRECTORY, default_approvers=Approvers(user_groups=("S0NOTHING01",)))

    check = by_subject(asking(slack, directory=directory))["user group S0NOTHING01"]

    assert check.outcome is Outcome.FAILED
    assert "no such user group" in check.detail


@pytest.mark.parametrize(("members", "outcome"), [((), Outcome.FAILED), (("U1",), Outcome.OK)])
def test_a_plan_without_user_groups_needs_their_people_in_the_file(
    slack: SlackSandbox, members: tuple[str, ...], outcome: Outcome
) -> None:
    slack.faults.fail("usergroups.users.list", status=200, error="plan_upgrade_required")

    checks = by_subject(asking(slack, group_members={"S0APPROVERS": members}))

    assert checks["user group S0APPROVERS"].outcome is outcome


@pytest.mark.parametrize(
    ("token", "words"),
    [("", "not set"), ("xoxp-1", "no xoxb- token but xoxp"), ("xoxb-wrong", "invalid_auth")],
)
def test_a_wrong_bot_token_is_red_and_the_way_in_is_still_tried(
    slack: SlackSandbox, token: str, words: str
) -> None:
    checks = by_subject(asking(slack, client=with_token(slack, token)))

    assert set(checks) == {"bot token", "way in"}
    assert words in checks["bot token"].detail
    assert checks["way in"].outcome is Outcome.OK


def test_tokens_that_were_swapped_are_told_apart(slack: SlackSandbox) -> None:
    client = with_token(slack, slack.app_token)

    checks = by_subject(asking(slack, client=client, app_token=slack.bot_token))

    assert "xapp" in checks["bot token"].detail
    assert "xoxb" in checks["way in"].detail
    assert not re.search(r"xoxb-\w|xapp-\d", str(checks))


@pytest.mark.parametrize(
    ("app_token", "secret", "outcome", "words"),
    [
        ("", True, Outcome.OK, "HTTP"),
        ("", False, Outcome.FAILED, "neither"),
        ("xapp-wrong", False, Outcome.FAILED, "invalid_auth"),
    ],
)
def test_clicks_need_one_way_in(  # noqa: PLR0917 - the columns of a table
    slack: SlackSandbox, app_token: str, secret: bool, outcome: Outcome, words: str
) -> None:
    checks = by_subject(asking(slack, app_token=app_token, has_signing_secret=secret))

    assert checks["way in"].outcome is outcome
    assert words in checks["way in"].detail


def test_a_clock_that_is_wrong_is_measured_against_slacks(slack: SlackSandbox) -> None:
    late = by_subject(asking(slack, now=lambda: datetime.now(UTC) - timedelta(minutes=7)))

    assert late["clock"].outcome is Outcome.FAILED
    assert "7 min behind Slack's" in late["clock"].detail


def test_a_slack_that_is_down_is_a_red_line(slack: SlackSandbox) -> None:
    slack.faults.fail("auth.test", status=500, times=1)

    assert by_subject(asking(slack))["bot token"].outcome is Outcome.FAILED


def test_a_slack_that_hangs_is_a_red_line(
    slack: SlackSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.slack_checks.TIMEOUT_SECONDS", 0.3)
    slack.faults.slow("auth.test", 2)

    check = by_subject(asking(slack))["bot token"]

    assert check.outcome is Outcome.FAILED
    assert "cannot be reached" in check.detail


def test_a_slack_that_cannot_be_reached_is_a_red_line() -> None:
    client = WebClient(token="xoxb-1", base_url="http://127.0.0.1:9/api/")
    nowhere = SlackChecks(
        client=client, needed_scopes=SCOPES, optional_scopes=OPTIONAL, directory=DIRECTORY,
        app_token="xapp-1",
    )  # fmt: skip

    found = not_fine(nowhere)

    assert set(found) == {"bot token", "way in"}


def test_a_slack_that_limits_requests_condemns_nobody(slack: SlackSandbox) -> None:
    slack.faults.fail("conversations.history", status=429, times=9, error="ratelimited")

    assert not_fine(asking(slack))[f"{PAYMENTS} (payments)"].outcome is Outcome.SKIPPED
