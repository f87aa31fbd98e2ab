"""Bill, money and decisions, each with figures that can be checked by hand."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from finops.domain.lifecycle import Status
from finops.domain.money import Saving
from finops.reports.bill_context import BillDay, as_month, bill_context
from finops.reports.delivery_facts import delivery_facts
from finops.reports.lines import ReportLine, RiskClass
from finops.reports.money_facts import money_facts
from tests.finops.rule_examples import NOW

DAY = timedelta(days=1)


def line(status: Status, cash: float = 0, **different: object) -> ReportLine:
    whole = ReportLine(
        opportunity_id="op-1",
        revision=1,
        status=status,
        team="shop",
        kind="idle node",
        cluster="c",
        namespace="n",
        resource="r",
        action="a",
        estimate=Saving(Decimal(str(cash))),
        detected_at=NOW - 20 * DAY,
        status_changed_at=NOW - 10 * DAY,
    )
    return replace(whole, **different)  # type: ignore[arg-type] # fields by name


def judged(promised: float, found: float, verdict: str) -> ReportLine:
    return line(
        Status.VERIFIED,
        promised,
        realised=Saving(Decimal(str(found))),
        verdict=verdict,
        implemented_at=NOW - 30 * DAY,
    )


def days(*spent: int, start: date = date(2026, 6, 1)) -> list[BillDay]:
    return [BillDay(start + timedelta(days=i), Decimal(usd)) for i, usd in enumerate(spent)]


def test_a_month_is_the_mean_day_times_730_by_24() -> None:
    assert as_month(days(240, 240)) == pytest.approx(Decimal(7300))
    assert as_month([]) is None


def test_a_period_is_compared_by_the_day_with_the_one_before() -> None:
    bill = bill_context(
        days(*[10] * 7, *[12] * 5),
        start=date(2026, 6, 8),
        end=date(2026, 6, 15),
        first_finding=date(2026, 6, 8),
    )

    assert bill.usd_in_period == 60
    assert (len(bill.days), bill.days_in_period) == (5, 7)
    assert bill.change_of_mean_day == Decimal("0.2")
    assert bill.base_usd_per_month == pytest.approx(Decimal(7300) / 24)


def test_a_bill_that_began_after_the_first_finding_gives_its_first_days_as_the_base() -> None:
    bill = bill_context(
        days(10, 20), start=date(2026, 6, 1), end=date(2026, 6, 8), first_finding=date(2026, 5, 1)
    )

    assert len(bill.base) == 2
    assert bill.change_of_mean_day is None


def test_verified_cash_is_banked_from_the_day_it_took_effect() -> None:
    money = money_facts([judged(73, 73, "realised")], until=NOW)

    assert money.verified_usd_per_month == 73
    assert money.verified_usd_per_year == 876
    assert money.banked_usd == pytest.approx(Decimal(72))


def test_the_forecast_counts_what_is_in_flight_at_its_own_odds() -> None:
    lines = [judged(50, 40, "partial"), line(Status.MERGED, 100, confidence=0.8)]
    money = money_facts(lines, until=NOW)

    assert money.kept_share is None
    assert money.expected_usd_per_month == Decimal(40) + 80
    assert money.most_usd_per_month == 140
    assert "own odds" in money.odds_words


def test_with_enough_judged_the_record_counts_and_not_the_hope() -> None:
    lines = [judged(100, 50, "partial")] * 5 + [line(Status.MERGED, 100, confidence=0.99)]
    money = money_facts(lines, until=NOW)

    assert money.kept_share == Decimal("0.5")
    assert money.expected_usd_per_month == 250 + 50
    assert "50 %: the share of promised cash" in money.odds_words


def test_room_is_neither_banked_nor_forecast() -> None:
    room = line(Status.MERGED, estimate=Saving(freed_usd_per_month=Decimal(500)))
    money = money_facts([room], until=NOW)

    assert money.expected_usd_per_month == money.most_usd_per_month == 0
    assert "No cash is in flight" in money.odds_words


def test_unproven_is_what_took_effect_and_is_not_shown_whole() -> None:
    lines = [
        judged(10, 10, "realised"),
        judged(20, 10, "partial"),
        judged(30, 0, "unproven"),
        judged(40, 0, "reversed"),
        line(Status.IMPLEMENTED, 50),
        line(Status.MERGED, 60),
    ]
    found = money_facts(lines, until=NOW).unproven

    assert [int(x.estimate.cashable_usd_per_month) for x in found] == [50, 30, 20]


def test_decisions_are_timed_from_the_question_and_not_from_the_finding() -> None:
    asked, decided = NOW - 4 * DAY, NOW - 2 * DAY
    lines = [
        line(Status.APPROVED, asked_at=asked, decided_at=decided, decided_by="U1"),
        line(Status.DENIED, decided_at=decided, decided_by="U1"),
        line(Status.DENIED, decided_at=decided),  # closed on the code host: nobody's decision
        line(Status.NOTIFIED),
    ]
    facts = delivery_facts(lines, now=NOW)

    assert facts.decided == 2
    assert facts.median_days == (2 + 18) / 2
    assert facts.waiting == 1
    assert facts.teams[0].oldest_waiting_days == 20


def test_a_pull_request_is_stuck_after_a_week() -> None:
    lines = [
        line(Status.PULL_REQUEST_OPEN, status_changed_at=NOW - 6 * DAY),
        line(Status.PULL_REQUEST_OPEN, status_changed_at=NOW - 7 * DAY),
        line(Status.PULL_REQUEST_OPEN, status_changed_at=NOW - 30 * DAY),
        line(Status.APPROVED, status_changed_at=NOW - 30 * DAY),
    ]

    assert [one.days for one in delivery_facts(lines, now=NOW).stuck] == [30, 7]


def test_risk_has_the_classes_of_the_cards() -> None:
    lines = [line(Status.NOTIFIED, 1, risk=risk) for risk in (0.29, 0.3, 0.59, 0.6)]
    facts = delivery_facts(lines, now=NOW)

    assert {row.risk: row.offered_count for row in facts.risks} == {
        RiskClass.LOW: 1,
        RiskClass.MEDIUM: 2,
        RiskClass.HIGH: 1,
    }


def test_raises_are_counted_until_they_are_closed_and_cost_room() -> None:
    lines = [
        line(Status.NOTIFIED, is_for_reliability=True, cost_usd_per_month=Decimal(5)),
        line(Status.MERGED, is_for_reliability=True, cost_usd_per_month=Decimal(7)),
        line(Status.DENIED, is_for_reliability=True, cost_usd_per_month=Decimal(9)),
    ]
    facts = delivery_facts(lines, now=NOW)

    assert facts.raises_cost_usd_per_month == 12
    assert len(facts.raises) == 2
