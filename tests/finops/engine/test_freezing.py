from dataclasses import replace
from datetime import timedelta

import pytest

from finops.domain.errors import InvalidInput, NotPermitted, Refused
from finops.domain.freezes import FreezeReach, FreezeScope
from finops.domain.lifecycle import Status
from finops.domain.people import Actor, Approvers
from tests.finops.engine.conftest import APPROVER, OUTSIDER, OWNER, World

WEB = FreezeScope(FreezeReach.TEAM, "web")
EVERYTHING = FreezeScope()


@pytest.mark.parametrize(
    "scope",
    [
        EVERYTHING,
        WEB,
        FreezeScope(FreezeReach.TEAM, "WEB"),
        FreezeScope(FreezeReach.CLUSTER, "shop"),
        FreezeScope(FreezeReach.NAMESPACE, "web"),
    ],
)
def test_in_a_frozen_scope_nothing_is_approved(world: World, scope: FreezeScope) -> None:
    card = world.card()
    world.engine.freeze(scope, until=None, actor=OWNER, reason="Black Friday")

    with pytest.raises(Refused, match=r"is frozen by U0OWNER until somebody ends it \(Black Fri"):
        world.engine.approve(card.id, revision=1, actor=APPROVER)
    assert world.engine.ledger.get(card.id).status is Status.NOTIFIED


def test_another_scope_goes_on(world: World) -> None:
    card = world.card()
    world.engine.freeze(FreezeScope(FreezeReach.NAMESPACE, "other"), until=None, actor=OWNER)

    assert world.engine.approve(card.id, revision=1, actor=APPROVER).status is Status.APPROVED


def test_what_was_approved_before_is_not_opened_while_frozen(world: World) -> None:
    record = world.approved()
    world.engine.freeze(EVERYTHING, until=None, actor=OWNER)
    world.engine.open_pull_request(record.id, revision=1)
    back = world.engine.ledger.get(record.id)

    assert back.status is Status.NOTIFIED
    assert "Everything is frozen by U0OWNER" in back.status_reason
    assert world.host.list_pull_requests() == []


def test_a_freeze_ends_by_itself(world: World) -> None:
    card = world.card()
    world.engine.freeze(EVERYTHING, until=world.estate.now + timedelta(hours=2), actor=OWNER)
    world.pass_days(0.1)

    assert world.engine.freezes() == ()
    assert world.engine.approve(card.id, revision=1, actor=APPROVER).status is Status.APPROVED


def test_who_set_it_may_end_it_and_the_audit_log_tells_both(world: World) -> None:
    world.engine.freeze(WEB, until=None, actor=OWNER)
    world.engine.freeze(WEB, until=None, actor=OWNER, reason="again")
    ended = world.engine.unfreeze(FreezeScope(FreezeReach.TEAM, "Web"), actor=OWNER)
    actions = [entry.action for entry in world.engine.ledger.history_of("freeze/team web")]

    assert len(ended) == 2
    assert world.engine.freezes() == ()
    assert actions == ["frozen", "frozen"]
    assert [e.action for e in world.engine.ledger.history_of("freeze/team Web")] == ["unfrozen"]


def test_somebody_else_may_not_end_it(world: World) -> None:
    world.engine.freeze(WEB, until=None, actor=OWNER)

    with pytest.raises(NotPermitted, match="who set it may"):
        world.engine.unfreeze(WEB, actor=APPROVER)
    assert len(world.engine.freezes()) == 1


def test_default_approvers_may_end_any(world: World) -> None:
    boss = Actor("U0BOSS")
    directory = replace(world.engine.directory, default_approvers=Approvers(users=(boss.id,)))
    world.engine.parts = replace(world.engine.parts, directory=directory)
    world.engine.freeze(WEB, until=None, actor=OWNER)

    assert world.engine.unfreeze(WEB, actor=boss)


def test_an_outsider_may_not_freeze_and_reads_who_may(world: World) -> None:
    with pytest.raises(NotPermitted) as refused:
        world.engine.freeze(EVERYTHING, until=None, actor=OUTSIDER)

    assert OWNER.id in refused.value.users
    assert "S0APPROVERS" in refused.value.user_groups
    [entry] = world.engine.ledger.history_of("freeze/everything")
    assert entry.action == "refused"


def test_a_name_that_does_not_exist_is_no_freeze_to_rely_on(world: World) -> None:
    world.scan()
    for scope in (FreezeScope(FreezeReach.TEAM, "wbe"), FreezeScope(FreezeReach.CLUSTER, "shp")):
        with pytest.raises(InvalidInput, match=r"Did you mean web\?|known: shop"):
            world.engine.freeze(scope, until=None, actor=OWNER)

    assert world.engine.freezes() == ()


@pytest.mark.parametrize("days", [-1, 0, 400])
def test_a_freeze_ends_in_the_future_within_a_year(world: World, days: int) -> None:
    until = world.estate.now + timedelta(days=days)

    with pytest.raises(InvalidInput, match="in the future and within 366 days"):
        world.engine.freeze(EVERYTHING, until=until, actor=OWNER)


def test_what_is_not_frozen_cannot_be_ended(world: World) -> None:
    with pytest.raises(Refused, match=r"team web is not frozen\. Nothing is\."):
        world.engine.unfreeze(WEB, actor=OWNER)
    world.engine.freeze(EVERYTHING, until=None, actor=OWNER)

    with pytest.raises(Refused, match=r"Frozen: everything\."):
        world.engine.unfreeze(WEB, actor=OWNER)
