"""Each role's Home tab: what is on top, and that it fits with the most there can be."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from finops.domain.money import Saving
from finops.domain.mutes import Mute, MuteScope
from finops.finops_engine import CycleInfo, SavingsSummary
from handlers.blocks.home import HomeContent, Role, bars, home_view
from sandbox.slack.view_rules import view_problems
from tests.handlers.blocks.hostile import hostile, summary
from tests.handlers.builders import INSTANCE, NOW, PRIYA, record

EMPTY = SavingsSummary(Saving(), Saving(), Saving(), (), (), ())


def headers(content: HomeContent) -> list[str]:
    blocks = home_view(content, instance=INSTANCE)["blocks"]
    return [b["text"]["text"] for b in blocks if b["type"] == "header"]


def content(role: Role, **changed: Any) -> HomeContent:
    plain = HomeContent(waiting=[], teams=[], summary=EMPTY, freshness=[], role=role)
    return replace(plain, **changed)


@pytest.mark.parametrize(
    ("role", "on_top"),
    [
        (Role.APPROVER, ["Waiting for you", "Savings"]),
        (Role.OWNER, ["Waiting for you", "Savings"]),
        (Role.PLATFORM, ["Waiting for you", "How fresh this is", "Savings"]),
        (Role.LEADER, ["Savings", "Waiting for you"]),
    ],
)
def test_what_matters_to_a_role_is_on_top(role: Role, on_top: list[str]) -> None:
    assert headers(content(role)) == on_top


@pytest.mark.parametrize("role", Role)
def test_the_most_there_can_be_fits(role: Role) -> None:
    name = "<!channel> & " + "ü" * 120
    mute = Mute(
        name=name, scope=MuteScope(team=name), reason=name, created_by=PRIYA,
        created_at=NOW, expires_at=NOW + timedelta(days=30),
    )  # fmt: skip
    waiting = []
    for number in range(40):
        made = hostile(name)
        waiting.append(replace(made, opportunity=replace(made.opportunity, id=f"op-{number:010d}")))
    full = content(
        role,
        waiting=waiting,
        teams=[name] * 30,
        approves=[name] * 30,
        owns=[name] * 30,
        summary=summary(name),
        freshness=[CycleInfo(name, NOW, 3, 4, (name,) * 5)] * 20,
        trend=[Decimal(n) for n in range(12)],
        streak=12,
        mutes=[replace(mute, id=n) for n in range(20)],
        notice="Looking.",
    )
    view = home_view(full, instance="i" * 40)

    assert view_problems(view) == []
    assert len(view["blocks"]) <= 50


def test_only_two_have_rows_of_buttons_and_the_page_two_main_actions() -> None:
    waiting = [record(id=f"op-{n:010d}") for n in range(5)]
    blocks = home_view(content(Role.OWNER, waiting=waiting), instance=INSTANCE)["blocks"]
    rows = [b for b in blocks if b["type"] == "actions"]

    assert len(rows) == 3
    assert [e["type"] for e in rows[-1]["elements"]] == ["button", "button", "overflow"]


def test_the_trend_is_said_in_words_beside_its_bars() -> None:
    trend = [Decimal(0), Decimal(100), Decimal(400)]
    saved = summary("shop", times=1)
    shown = str(home_view(content(Role.OWNER, trend=trend, summary=saved), instance=INSTANCE))

    assert "▁▂█  $400/month verified, up $400 in 3 weeks." in shown
    assert bars([]) == bars([Decimal(0)]) == ""
    assert bars([Decimal(-5), Decimal(5)]) == "▁█"
