"""Reports from a real ledger: the report before, the bill, whom it names."""

from datetime import date, timedelta
from decimal import Decimal

from finops.domain.verdict import DailyCost
from finops.ledger import history
from finops.report_generator import Edition, PeriodKind
from finops.reports.editions import document_of
from finops.reports.report import month_before
from tests.finops.engine.conftest import OWNER, World


def bill(world: World, usd_a_day: int, *, days: int) -> None:
    today = world.estate.now.date()
    costs = [
        DailyCost(
            day=today - timedelta(days=back),
            resource_key=f"shop/NodeGroup/{name}",
            category="billed",
            effective_cost=Decimal(usd_a_day) / 2,
        )
        for back in range(1, days + 1)
        for name in ("a", "b")
    ]
    with world.engine.ledger.bookkeeping() as connection:
        history.save_costs(connection, costs, now=world.estate.now)


def test_the_bill_of_the_period_and_before_it_are_sums_over_all_resources(world: World) -> None:
    world.scan()
    world.pass_days(10)
    bill(world, 100, days=40)
    report = world.engine.generate_weekly_report()

    assert report.bill is not None
    assert report.bill.usd_in_period == 700
    assert report.bill.change_of_mean_day == 0
    assert report.bill_usd_per_month == Decimal(100) * 730 / 24


def test_without_a_bill_the_share_is_unknown_and_the_report_says_so(world: World) -> None:
    world.scan()
    report = world.engine.generate_weekly_report()
    document = document_of(report, Edition.CFO)

    assert report.bill is None
    assert report.share_of_bill is None
    assert any("No bill was read" in section.takeaway for section in document.sections)


def test_a_report_is_compared_with_the_one_before_its_period(world: World) -> None:
    world.scan()
    first = world.engine.generate_weekly_report()
    world.pass_days(1)
    next_day = world.engine.generate_weekly_report()
    world.pass_days(6)
    next_week = world.engine.generate_weekly_report()

    assert first.previous is None
    assert next_day.previous is None
    assert next_week.previous is not None
    assert next_week.previous.offered == first.totals.offered


def test_a_calendar_month_is_compared_with_the_one_before_it(world: World) -> None:
    world.scan()
    november, december = month_before(date(2026, 12, 1)), month_before(date(2027, 1, 1))
    world.pass_days(9)  # the first working day of December is not its first day everywhere
    first = world.engine.generate_monthly_report(november)
    world.pass_days(31)
    second = world.engine.generate_monthly_report(december)

    assert second.previous is not None
    assert second.previous.offered == first.totals.offered


def test_recommendations_name_the_first_owner_of_the_team(world: World) -> None:
    world.scan()
    [step] = world.engine.generate_weekly_report().recommendations

    assert step.owner == OWNER.id
    assert step.due == world.estate.now.date() + timedelta(days=7)


def test_the_audit_log_is_walked_for_the_report(world: World) -> None:
    world.scan()
    audit = world.engine.generate_weekly_report().audit
    check = world.engine.ledger.verify_audit()

    assert audit is not None
    assert audit.is_intact
    assert (audit.rows, audit.newest_hash) == (check.rows, check.newest_hash)


def test_the_question_is_timed_from_its_card(world: World) -> None:
    world.scan()
    world.pass_days(3)
    world.approved()
    facts = world.engine.generate_weekly_report().delivery

    assert facts is not None
    assert facts.median_days == 0


def test_a_report_for_a_person_is_asked_for_once_a_minute(world: World) -> None:
    engine = world.engine
    first = engine.request_report(PeriodKind.WEEKLY, Edition.CFO, user="U0OWNER")
    again = engine.request_report(PeriodKind.WEEKLY, Edition.CFO, user="U0OWNER")
    other = engine.request_report(PeriodKind.MONTHLY, Edition.CFO, user="U0OWNER")

    assert (first, again, other) == (True, False, True)
