"""A person's value: a new revision that outlives cycles, until the evidence clearly changes."""

import pytest

from finops.domain.errors import InvalidInput, NotPermitted, Refused
from finops.domain.lifecycle import Status
from tests.finops.engine.conftest import APPROVER, OUTSIDER, OWNER, World


def test_an_edit_is_a_new_revision_that_waits(world: World) -> None:
    card = world.card()
    after = world.engine.edit(card.id, revision=1, actor=OWNER, value=300)

    assert (after.status, after.opportunity.revision) == (Status.NOTIFIED, 2)
    assert after.opportunity.edited_by == OWNER.id
    assert after.opportunity.changes[0].proposed == 300
    assert after.opportunity.found_changes == card.opportunity.changes
    assert after.opportunity.saving != card.opportunity.saving
    assert after.opportunity.confidence >= card.opportunity.confidence
    assert world.engine.ledger.history_of(card.id)[-1].action == "edited"


def test_the_next_cycle_keeps_it_and_judges_it_by_its_own_evidence(world: World) -> None:
    card = world.card()
    world.engine.edit(card.id, revision=1, actor=OWNER, value=300)
    world.pass_days(1)
    world.scan()

    now = world.engine.ledger.get(card.id)
    assert (now.opportunity.revision, now.opportunity.changes[0].proposed) == (2, 300)
    assert now.last_seen_at == world.estate.now


def test_a_clearly_changed_proposal_takes_its_place(world: World) -> None:
    card = world.card()
    world.engine.edit(card.id, revision=1, actor=OWNER, value=300)
    world.estate.cpu_used *= 1.5
    world.pass_days(1)
    world.scan()

    now = world.engine.ledger.get(card.id)
    assert (now.opportunity.revision, now.opportunity.edited_by) == (3, "")
    assert now.status is Status.DETECTED


def test_the_pull_request_sets_the_edited_value(world: World) -> None:
    card = world.card()
    world.engine.edit(card.id, revision=1, actor=OWNER, value=300)
    world.engine.approve(card.id, revision=2, actor=APPROVER)
    world.engine.open_pull_request(card.id, revision=2)

    [opened] = world.host.list_pull_requests()
    assert "from 500m to 300m" in opened.title
    assert "500m → " not in opened.title


def test_an_outsider_edits_nothing(world: World) -> None:
    card = world.card()

    with pytest.raises(NotPermitted, match="You may not edit"):
        world.engine.edit(card.id, revision=1, actor=OUTSIDER, value=300)


@pytest.mark.parametrize("value", [-5, 0, 1, 100, 500, 10**12])
def test_out_of_bounds_changes_nothing(world: World, value: int) -> None:
    card = world.card()

    with pytest.raises(InvalidInput, match="Set 160m to 499m"):
        world.engine.edit(card.id, revision=1, actor=OWNER, value=value)

    assert world.engine.ledger.get(card.id).opportunity == card.opportunity


def test_an_old_screen_edits_nothing(world: World) -> None:
    card = world.card()
    world.engine.edit(card.id, revision=1, actor=OWNER, value=300)

    with pytest.raises(Refused, match="revision 1, now 2"):
        world.engine.edit(card.id, revision=1, actor=OWNER, value=310)
