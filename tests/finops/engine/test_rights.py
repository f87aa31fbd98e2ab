"""Who may approve what: by team, by dollars, by risk, and never one's own value."""

from dataclasses import replace
from decimal import Decimal

import pytest

from finops.domain.errors import NotPermitted
from finops.domain.people import Actor, ApprovalLevel, Approvers
from finops.engine.rights import approvers_for
from tests.finops.engine.conftest import APPROVER, DIRECTORY, TEAM, World

CFO = Approvers(users=("U0CFO",))
SRE = Approvers(user_groups=("S0SRE",))


def test_the_last_level_that_is_about_a_change_decides() -> None:
    large = ApprovalLevel(approvers=CFO, from_usd_per_month=Decimal(500))
    risky = ApprovalLevel(approvers=SRE, from_risk=0.4)
    team = replace(TEAM, approval_levels=(risky,))
    directory = replace(DIRECTORY, teams=(team,), approval_levels=(large,))

    def who(usd: int, risk: float, name: str = "web") -> Approvers:
        return directory.approvers_at(name, usd_per_month=Decimal(usd), risk=risk)

    assert who(499, 0.39) == TEAM.approvers
    assert who(500, 0.1) == CFO
    assert who(9000, 0.4) == SRE
    assert who(10, 0.9) == SRE
    assert who(10, 0.9, "other") == directory.default_approvers


def test_everybody_who_may_approve_anything_of_a_team_is_known() -> None:
    team = replace(TEAM, approval_levels=(ApprovalLevel(approvers=SRE, from_risk=0.4),))
    directory = replace(DIRECTORY, teams=(team,), approval_levels=(ApprovalLevel(approvers=CFO),))

    every = directory.every_approver_of("web")

    assert set(every.users) == {*TEAM.approvers.users, "U0CFO"}
    assert set(every.user_groups) == {*TEAM.approvers.user_groups, "S0SRE"}


def test_going_back_is_for_everybody_who_approves_anything(world: World) -> None:
    record = world.implemented()
    level = ApprovalLevel(approvers=CFO, from_usd_per_month=Decimal("0.01"))
    directory = replace(DIRECTORY, approval_levels=(level,))
    world.engine.parts = replace(world.engine.parts, directory=directory)

    assert world.engine.revert(record.id, actor=APPROVER).note.startswith("The revert")


def test_a_large_change_is_refused_to_the_teams_approver_who_reads_who_may(world: World) -> None:
    level = ApprovalLevel(approvers=CFO, from_usd_per_month=Decimal("0.01"))
    directory = replace(DIRECTORY, approval_levels=(level,))
    world.engine.parts = replace(world.engine.parts, directory=directory)
    card = world.card()

    with pytest.raises(NotPermitted, match="these may: U0CFO"):
        world.engine.approve(card.id, revision=1, actor=APPROVER)
    assert approvers_for(directory, card.opportunity) == CFO
    assert world.engine.approve(card.id, revision=1, actor=Actor("U0CFO")).decided_by == "U0CFO"


def test_nobody_approves_a_value_he_has_set_himself(world: World) -> None:
    card = world.card()
    value = card.opportunity.changes[0].number + 30
    edited = world.engine.edit(card.id, revision=1, actor=APPROVER, value=value)

    with pytest.raises(NotPermitted, match="You set this value yourself") as refused:
        world.engine.approve(card.id, revision=edited.opportunity.revision, actor=APPROVER)
    other = Actor("U0OTHER", frozenset({"S0APPROVERS"}))
    done = world.engine.approve(card.id, revision=edited.opportunity.revision, actor=other)

    assert APPROVER.id not in refused.value.users
    assert done.decided_by == other.id
