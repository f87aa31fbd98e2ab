"""Who is in a group: asked when it matters, kept for a while, and never assumed."""

import time
from collections.abc import Callable

import pytest
from slack_sdk import WebClient

from finops.domain.errors import NotPermitted
from finops.domain.people import Actor, Approvers
from handlers.access import Membership, user_of
from sandbox.slack import SlackSandbox
from tests.handlers.builders import APPROVERS, OMAR, PRIYA

GROUP = Approvers(user_groups=(APPROVERS,))
PRIYAS_CLICK = {"user": {"id": PRIYA}}
OMARS_CLICK = {"user": {"id": OMAR}}


class Watch:
    """A clock that moves when told to."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def membership(client: WebClient, watch: Watch) -> Membership:
    return Membership(client, now=watch)


@pytest.fixture
def lookups(slack: SlackSandbox) -> Callable[[], int]:
    return lambda: sum(call.method == "usergroups.users.list" for call in slack.calls)


def test_a_member_is_seen_in_the_group_and_another_is_not(membership: Membership) -> None:
    assert membership.actor_of(PRIYAS_CLICK, GROUP) == Actor(PRIYA, frozenset({APPROVERS}))
    assert membership.actor_of(OMARS_CLICK, GROUP) == Actor(OMAR)


def test_answers_are_kept_for_five_minutes(
    membership: Membership, lookups: Callable[[], int], watch: Watch
) -> None:
    membership.actor_of(PRIYAS_CLICK, GROUP)
    watch.at += 299
    membership.actor_of(OMARS_CLICK, GROUP)
    assert lookups() == 1

    watch.at += 2
    membership.actor_of(PRIYAS_CLICK, GROUP)
    assert lookups() == 2


def test_nobody_is_asked_about_a_person_who_is_named(
    membership: Membership, lookups: Callable[[], int]
) -> None:
    named = Approvers(users=(PRIYA,), user_groups=(APPROVERS,))

    assert membership.actor_of(PRIYAS_CLICK, named) == Actor(PRIYA)
    assert membership.actor_of(PRIYAS_CLICK, Approvers()) == Actor(PRIYA)
    assert lookups() == 0


@pytest.mark.parametrize("error", ["", "missing_scope", "ratelimited", "no_such_subteam"])
def test_an_old_answer_does_not_count_when_slack_cannot_be_asked(
    membership: Membership, slack: SlackSandbox, watch: Watch, error: str
) -> None:
    membership.actor_of(PRIYAS_CLICK, GROUP)
    watch.at += 301
    slack.faults.fail("usergroups.users.list", status=200 if error else 500, error=error)

    with pytest.raises(NotPermitted, match="cannot check the members") as refused:
        membership.actor_of(PRIYAS_CLICK, GROUP)
    assert refused.value.user_groups == (APPROVERS,)


def test_one_group_that_answers_is_enough(membership: Membership, slack: SlackSandbox) -> None:
    both = Approvers(user_groups=(APPROVERS, "S0GONE00000"))

    assert membership.actor_of(PRIYAS_CLICK, both).user_groups == {APPROVERS}
    with pytest.raises(NotPermitted):
        membership.actor_of(OMARS_CLICK, both)


def test_a_free_plan_uses_the_configured_members(
    client: WebClient, slack: SlackSandbox, watch: Watch
) -> None:
    membership = Membership(client, fallback={APPROVERS: (OMAR,)}, now=watch)
    slack.faults.fail("usergroups.users.list", status=200, error="plan_upgrade_required")

    assert membership.actor_of(OMARS_CLICK, GROUP).user_groups == {APPROVERS}


def test_the_configured_members_do_not_count_where_slack_has_groups(
    client: WebClient, slack: SlackSandbox, watch: Watch
) -> None:
    membership = Membership(client, fallback={APPROVERS: (OMAR,)}, now=watch)

    assert membership.actor_of(OMARS_CLICK, GROUP) == Actor(OMAR)
    watch.at += 301
    slack.faults.fail("usergroups.users.list")
    with pytest.raises(NotPermitted):
        membership.actor_of(OMARS_CLICK, GROUP)


def test_a_refresh_keeps_clicks_from_asking(
    membership: Membership, lookups: Callable[[], int], watch: Watch
) -> None:
    membership.refresh([APPROVERS])
    watch.at += 250
    membership.refresh()
    watch.at += 250
    membership.actor_of(PRIYAS_CLICK, GROUP)

    assert lookups() == 2


def test_a_slow_slack_is_not_waited_for(membership: Membership, slack: SlackSandbox) -> None:
    slack.faults.slow("usergroups.users.list", 5)
    start = time.monotonic()

    with pytest.raises(NotPermitted):
        membership.actor_of(PRIYAS_CLICK, GROUP)
    assert time.monotonic() - start < 1.8


@pytest.mark.parametrize(
    "body", [{"user": {"id": "U1"}}, {"user_id": "U1"}, {"event": {"user": "U1"}}]
)
def test_the_person_stands_in_every_payload(body: dict[str, object]) -> None:
    assert user_of(body) == "U1"
