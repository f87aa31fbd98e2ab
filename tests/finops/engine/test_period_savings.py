from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops.billing.periods import DayRange
from finops.domain.errors import InvalidInput
from finops.domain.lifecycle import Status
from finops.domain.money import DAYS_PER_MONTH, Saving
from finops.engine.period_savings import PeriodSavings, summed
from finops.ledger.happened import Happened
from tests.finops.engine.conftest import APPROVER, World

OCTOBER = DayRange(date(2026, 10, 1), date(2026, 11, 1), is_month=True)
NOVEMBER_1 = datetime(2026, 11, 1, tzinfo=UTC)


def proved(at: datetime, *, since: datetime | None = None, cash: str = "100") -> Happened:
    return Happened(
        f"op-{at:%m%d}",
        "shop",
        Status.VERIFIED,
        decided_at=at - timedelta(days=20),
        implemented_at=since,
        verified_at=at,
        realised=Saving(Decimal(cash), Decimal(3)),
    )


def of_october(*rows: Happened) -> PeriodSavings:
    before = OCTOBER.before()
    return summed(rows, period=OCTOBER, before=before, team="shop", now=NOVEMBER_1)


def test_cash_is_kept_by_the_day_from_the_deployment_on() -> None:
    row = proved(datetime(2026, 10, 25, tzinfo=UTC), since=datetime(2026, 10, 11, tzinfo=UTC))

    found = of_october(row)

    assert found.kept_usd == Decimal(100) * 21 / DAYS_PER_MONTH
    assert (found.verified, found.verified_count) == (row.realised, 1)
    assert found.kept_before_usd == 0


def test_what_was_proved_before_keeps_on_and_is_not_counted_again() -> None:
    row = proved(datetime(2026, 9, 20, tzinfo=UTC), since=datetime(2026, 9, 16, tzinfo=UTC))

    found = of_october(row)

    assert found.kept_usd == Decimal(100) * 31 / DAYS_PER_MONTH
    assert found.kept_before_usd == Decimal(100) * 15 / DAYS_PER_MONTH
    assert (found.verified, found.verified_count) == (Saving(), 0)


def test_decisions_count_on_their_day_whatever_became_of_them() -> None:
    decided = datetime(2026, 10, 31, 23, 59, tzinfo=UTC)
    rows = [
        Happened(f"op-{n}", "shop", status, decided, None, None, Saving())
        for n, status in enumerate(
            [Status.APPROVED, Status.MERGED, Status.DENIED, Status.SNOOZED, Status.DETECTED]
        )
    ]

    found = of_october(*rows)

    assert (found.approved_count, found.denied_count) == (2, 1)
    assert found.kept_usd == 0


@given(st.lists(st.tuples(st.integers(-60, 90), st.integers(0, 40), st.integers(0, 10_000))))
def test_no_days_keep_more_than_a_month_of_each_saving(
    changes: list[tuple[int, int, int]],
) -> None:
    start = datetime(2026, 10, 1, tzinfo=UTC)
    rows = [
        proved(start + timedelta(days=day + lag), since=start + timedelta(days=day), cash=str(cash))
        for day, lag, cash in changes
    ]

    found = of_october(*rows)

    most = sum((Decimal(cash) for *_, cash in changes), Decimal(0)) * 31 / DAYS_PER_MONTH
    assert 0 <= found.kept_usd <= most + Decimal("1e-15")


def test_an_approval_counts_for_its_team_and_for_everybody(world: World) -> None:
    card = world.card()
    world.engine.approve(card.id, revision=1, actor=APPROVER)
    team = card.opportunity.team

    counts = [
        world.engine.savings_of_period("today", team=asked).approved_count
        for asked in (team.upper(), "", "nobody")
    ]

    assert counts == [1, 1, 0]


def test_a_period_that_is_none_is_refused_with_those_that_are(world: World) -> None:
    with pytest.raises(InvalidInput, match="Write this month, last month"):
        world.engine.savings_of_period("lst month")
    with pytest.raises(InvalidInput, match="has not begun"):
        world.engine.savings_of_period("2099-01")
