import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from finops.domain.lifecycle import Status
from finops.domain.money import Saving
from finops.domain.opportunity import OpportunityRecord
from finops.report_generator import (
    Period,
    PeriodKind,
    SavingsReport,
    Tally,
    TrendPoint,
    build_report,
)
from tests.finops.rule_examples import NOW, record

WEEK = Period(PeriodKind.WEEKLY, date(2026, 6, 29), date(2026, 7, 6))


def cash(amount: float) -> Saving:
    return Saving(cashable_usd_per_month=Decimal(str(amount)))


def freed(amount: float) -> Saving:
    return Saving(freed_usd_per_month=Decimal(str(amount)))


def report_of(records: Sequence[OpportunityRecord], **changes: Any) -> SavingsReport:
    return build_report(records, period=WEEK, **changes)


RECORDS = (
    record("a", Status.VERIFIED, cash(100), realised=cash(90), verified_at=NOW),
    record("b", Status.VERIFIED, freed(50), realised=freed(40), team="search"),
    record("c", Status.PULL_REQUEST_OPEN, cash(200), pull_request_number=12, team="search"),
    record("d", Status.NOTIFIED, cash(300), team="checkout"),
    record("e", Status.EXPIRED, freed(500), team="checkout"),
    record("f", Status.DENIED, cash(999)),
    record("g", Status.OBSOLETE, cash(999), team="gone"),
    record(
        "h",
        Status.VERIFIED,
        cash(70),
        verified_at=NOW,
        verdict={"verdict": "reversed", "sentence": "The cost fell and is back."},
    ),
)


def test_verified_counts_what_the_bill_showed_and_not_what_was_hoped() -> None:
    totals = report_of(RECORDS).totals

    assert totals.verified == Saving(Decimal(90), Decimal(40))
    assert totals.in_flight == cash(200)
    assert totals.offered == Saving(Decimal(300), Decimal(500))
    assert (totals.verified_count, totals.in_flight_count, totals.offered_count) == (3, 1, 2)


def test_only_what_was_verified_in_the_period_is_this_weeks() -> None:
    assert report_of(RECORDS).verified_in_period == cash(90)


def test_tables_rank_by_verified_cash_and_leave_out_who_has_nothing() -> None:
    report = report_of(RECORDS)

    assert [row.name for row in report.by_team] == ["payments", "checkout", "search"]
    assert [row.name for row in report.by_kind] == ["over-requested CPU"]
    assert report.by_cluster[0].verified == report.totals.verified
    assert report.counts["verified"] == 3


def test_the_top_waits_for_a_decision_and_the_largest_comes_first() -> None:
    assert [line.label for line in report_of(RECORDS).top] == ["shop/e", "shop/d"]


def test_a_reversed_saving_is_listed_with_its_reason() -> None:
    (line,) = report_of(RECORDS).reversed

    assert line.label == "shop/h"
    assert line.sentence == "The cost fell and is back."


def test_recommendations_name_team_date_and_worth_and_lost_money_comes_first() -> None:
    assert [r.sentence for r in report_of(RECORDS).recommendations] == [
        "Team payments: find out why 1 saving was reversed by Wed 8 Jul, worth $70.00/month in "
        "cash.",
        "Team search: merge 1 open pull request (#12) by Thu 9 Jul, worth $200/month in cash.",
        "Team checkout: decide on 1 opportunity by Mon 13 Jul, worth $300/month in cash.",
    ]


def test_the_headline_states_verified_cash_against_the_promise_and_the_change() -> None:
    report = report_of(RECORDS, bill_usd_per_month=Decimal(1000), previous=Tally(verified=cash(60)))

    assert report.share_of_bill == Decimal("0.09")
    assert report.headline == (
        "$90.00/month has verifiably left the bill, 9.0 % of it (30 % promised), "
        "$30.00/month more than the week before; $200/month is in flight and $300/month is "
        "offered."
    )


def test_headlines_without_cash_do_not_claim_any() -> None:
    assert "Nothing was found this week" in report_of(()).headline
    assert report_of(RECORDS[3:4]).headline == (
        "No cash has left the bill yet; $300/month waits for a decision."
    )
    assert "not cash, waits" in report_of(RECORDS[4:5]).headline
    assert "nothing more waits" in report_of(RECORDS[1:2]).headline
    assert "unchanged from the week" in report_of(RECORDS[:1], previous=Tally(
        verified=cash(90))).headline  # fmt: skip
    assert "less than the week" in report_of(RECORDS[:1], previous=Tally(
        verified=cash(95))).headline  # fmt: skip


def test_a_share_of_no_bill_is_unknown_and_not_zero() -> None:
    assert report_of(RECORDS).share_of_bill is None
    assert report_of(RECORDS, bill_usd_per_month=Decimal(0)).share_of_bill is None


def test_the_report_is_json_with_money_as_text() -> None:
    trend = [TrendPoint(date(2026, 7, 5), Decimal(90)), TrendPoint(date(2026, 6, 28), Decimal(0))]
    report = report_of(RECORDS, bill_usd_per_month=Decimal("1000.5"), trend=trend)
    plain = json.loads(json.dumps(report.as_dict()))

    assert plain["totals"]["verified"]["cashable_usd_per_month"] == "90.00"
    assert plain["bill_usd_per_month"] == "1000.50"
    assert plain["share_of_bill"] == "0.0900"
    assert plain["period"] == {"kind": "weekly", "start": "2026-06-29", "end": "2026-07-06"}
    assert [point["day"] for point in plain["trend"]] == ["2026-06-28", "2026-07-05"]


def test_the_same_records_give_the_same_report_in_any_order_of_ties() -> None:
    assert report_of(RECORDS).as_dict() == report_of(RECORDS).as_dict()
    assert report_of(RECORDS).by_team == report_of(tuple(reversed(RECORDS))).by_team
