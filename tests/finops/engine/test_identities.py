"""People across Slack and GitHub: what they state, who reviews, who may merge."""

from dataclasses import replace

import pytest

from finops.domain.errors import InvalidFields, InvalidInput, Refused
from finops.domain.identities import Person
from finops.domain.lifecycle import Status
from finops.domain.opportunity import OpportunityRecord
from finops.domain.people import Actor, Preferences
from finops.engine import eyes
from finops.engine.approving import POLICY
from finops.engine.identities import identities
from finops.guardrails import ApprovalRules, ChangeWindows, GuardrailSettings
from tests.finops.engine.conftest import APPROVER, OWNER, World
from tests.finops.engine.test_good_manners import push


def named(world: World, **logins: str) -> None:
    """The configuration file says these."""
    people = tuple(Person(user, login) for user, login in logins.items())
    directory = replace(world.engine.directory, people=people)
    world.engine.parts = replace(world.engine.parts, directory=directory)


def state(world: World, login: str, *, actor: Actor) -> None:
    """A person says what their login is, and leaves their other settings as they are."""
    world.engine.choose(world.engine.preferences(actor.id), actor=actor, login=login)


def four_eyes(world: World, **more: bool) -> None:
    world.engine.parts.guardrails.settings = GuardrailSettings(
        approvals=ApprovalRules(four_eyes=True),
        max_risk_without_approval=1.0,
        change_windows=ChangeWindows(windows=()),
        **more,  # type: ignore[arg-type]
    )


def merged(world: World, by: str) -> OpportunityRecord:
    record = world.opened()
    world.host.merge(record.pull_request_number or 0, by=by, at=world.estate.now)
    world.engine.watch_pull_requests()
    return world.engine.ledger.get(record.id)


def said_of(world: World, record: OpportunityRecord) -> str:
    moves = [e for e in world.engine.ledger.history_of(record.id) if e.action == "merged"]
    return str(moves[-1].detail["reason"])


def test_a_person_states_their_login_and_takes_it_back(world: World) -> None:
    state(world, "bob-k", actor=APPROVER)
    stated = world.engine.login_of(APPROVER.id)
    state(world, "", actor=APPROVER)

    assert (stated, world.engine.login_of(APPROVER.id)) == ("bob-k", "")
    actions = [e.action for e in world.engine.ledger.history_of(f"person/{APPROVER.id}")]
    assert [action for action in actions if action != "chose"] == ["stated login", "stated login"]


def test_a_persons_choices_are_kept_together_or_not_at_all(world: World) -> None:
    state(world, "bob-k", actor=APPROVER)
    with pytest.raises(InvalidFields) as refused:
        world.engine.choose(Preferences(False, "Nowhere"), actor=OWNER, login="BOB-K")
    with pytest.raises(InvalidFields):
        world.engine.choose(Preferences(False, "Nowhere"), actor=OWNER, login="dana-k")
    with pytest.raises(InvalidFields):
        world.engine.choose(Preferences(False, "Asia/Tokyo"), actor=OWNER, login="a b")

    assert set(refused.value.problems) == {"time_zone", "login"}
    assert world.engine.login_of(OWNER.id) == ""
    assert world.engine.preferences(OWNER.id) == Preferences()
    assert world.engine.ledger.history_of(f"person/{OWNER.id}") == []


@pytest.mark.parametrize("login", ["<!channel>", "../etc", "a b", "x" * 70])
def test_what_is_no_login_is_refused(world: World, login: str) -> None:
    with pytest.raises(InvalidInput, match="no login of GitHub"):
        state(world, login, actor=OWNER)


def test_nobody_takes_the_login_of_somebody_else(world: World) -> None:
    state(world, "bob-k", actor=APPROVER)

    with pytest.raises(InvalidInput, match="Somebody else has the login"):
        state(world, "BOB-K", actor=OWNER)


def test_the_file_wins_and_locks(world: World) -> None:
    state(world, "bob-k", actor=OWNER)
    named(world, U0APPROVER="Bob-K", U0OUTSIDER="eve")

    with pytest.raises(Refused, match="configuration file says your login"):
        state(world, "x", actor=Actor("U0OUTSIDER"))
    # What the file gives somebody is nobody else's, whoever was first.
    assert world.engine.login_of(OWNER.id) == ""
    assert identities(world.engine.parts).user_of("bob-k") == "U0APPROVER"


def test_the_team_is_asked_to_review_but_not_who_approved(world: World) -> None:
    named(world, U0APPROVER="bob-k", U0OWNER="olga")
    push(world, "main", "CODEOWNERS", b"* @Bob-K\n")

    world.opened()

    [shelved] = world.host._read_shelf().records.values()
    assert shelved.reviewers == ("@olga",)
    assert "(@bob-k)" in shelved.body.replace("\u200b", "").replace("\\", "")


@pytest.mark.parametrize(
    ("merger", "words"),
    [
        ("bob-k", "bob-k has approved it too, so one person alone saw it."),
        ("stranger", "nobody in Slack has that login"),
    ],
)
def test_a_merge_without_a_second_person_is_said_on_the_card(
    world: World, merger: str, words: str
) -> None:
    four_eyes(world)
    named(world, U0APPROVER="bob-k", U0OWNER="olga")

    record = merged(world, merger)

    assert record.status is Status.MERGED
    assert words in said_of(world, record)
    assert "take it back with Revert" in said_of(world, record)


def test_a_merge_by_another_person_is_kept_in_the_audit_and_said_by_nobody(world: World) -> None:
    four_eyes(world)
    named(world, U0APPROVER="bob-k", U0OWNER="olga")

    record = merged(world, "olga")

    [seen] = [e for e in world.engine.ledger.history_of(record.id) if e.action == "four eyes"]
    assert said_of(world, record) == "Pull request #1 was merged by olga."
    assert seen.detail["eyes"] == "two"


def test_without_the_rule_one_person_is_only_kept_in_the_audit(world: World) -> None:
    named(world, U0APPROVER="bob-k")

    record = merged(world, "bob-k")

    [seen] = [e for e in world.engine.ledger.history_of(record.id) if e.action == "four eyes"]
    assert (seen.detail["eyes"], seen.detail["merged_by"]) == ("one", "bob-k")
    assert said_of(world, record) == "Pull request #1 was merged by bob-k."


def test_four_eyes_keep_the_host_from_merging_by_itself(world: World) -> None:
    four_eyes(world, auto_merge=True)

    assert world.opened().note == (
        "Somebody else than the approver merges it: this team wants four eyes."
    )


def test_a_policy_that_approves_is_nobody(world: World) -> None:
    four_eyes(world)
    named(world, U0OWNER="olga")
    record = world.approved()
    with world.engine.ledger.reading() as tx:
        by_policy = replace(tx.get(record.id), decided_by=POLICY)
        with_nobody = eyes.agreed_to(tx, replace(by_policy, opportunity=record.opportunity))

    assert POLICY not in with_nobody
