"""Answers about cost: from the bill in the ledger, else from Cost Explorer, else what to set up."""

from dataclasses import replace
from datetime import date, timedelta

from finops.billing.cost_explorer_questions import Forecast
from finops.billing.cost_in_currency import amount_in, code_in, reading_in, totals_in
from finops.billing.cost_report import CostQuestion, CostReport, build_report
from finops.billing.cost_request import Names, read_request
from finops.billing.cost_words import short
from finops.billing.periods import DayRange, find_period, read_period
from finops.domain.cost_pieces import CostBy
from finops.domain.currency import Currency
from finops.domain.errors import FinOpsError
from finops.engine.cost_explaining import explorer_report
from finops.engine.cost_reading import names_of, read_costs, read_total
from finops.engine.parts import Parts
from finops.engine.unit_costing import unit_costs
from finops.ledger.costs import bill_days

# How far back the newest billed day is looked for, to say where the bill ends.
_LOOK_BACK = timedelta(days=400)


def ask(parts: Parts, words: str, currency: Currency) -> CostReport:
    """Answer `[team|namespace|…] [name] [by what] [period]`, as people type it, in a currency.

    Raises InvalidInput for words that mean nothing, TryAgainLater or WillNeverWork when only Cost
    Explorer could answer and did not.
    """
    today = parts.now().date()
    period = read_period(find_period(words)[0], today=today)
    with parts.ledger.reading() as tx:
        names = names_of(tx.connection, replace(period, start=period.before().start))
    known = _with_configured(parts, names)
    aliases = {
        alias.casefold(): team.name for team in parts.directory.teams for alias in team.aliases
    }
    request = read_request(words, known, aliases)
    question = CostQuestion(period=period, by=request.by, scope=request.scope)
    return answer(parts, question, currency)


def answer(parts: Parts, question: CostQuestion, currency: Currency) -> CostReport:
    """Answer a question that is already taken apart."""
    report = _from_ledger(parts, question, currency)
    if report is None and parts.cost_explorer is not None:
        report = explorer_report(parts.cost_explorer, question, currency)
    if report is None:
        return _nothing(parts, question)
    report = replace(report, currency=currency)
    return replace(
        report,
        unit_costs=unit_costs(parts, report),
        forecast=_forecast(parts, question, currency),
    )


def _from_ledger(parts: Parts, question: CostQuestion, currency: Currency) -> CostReport | None:
    """None where the bill has no day of the period."""
    asked = question.period
    with parts.ledger.reading() as tx:
        there = [d.day for _, d in bill_days(tx.connection, start=asked.start, end=asked.end)]
        if not there:
            return None
        period = asked.until(max(there) + timedelta(days=1))
        previous = period.before()
        reading = read_costs(tx.connection, question, period, previous)
        year_before = read_total(tx.connection, question, period.a_year_before())
    report = build_report(question, period, previous, reading_in(reading, currency))
    known = {} if report.missing else totals_in(year_before, currency)
    return replace(report, year_before=known)


def _with_configured(parts: Parts, names: Names) -> Names:
    """Names on the bill, and those of `finops.yaml`, of which there may be no bill yet."""
    teams = {*names[CostBy.TEAM], *(team.name for team in parts.directory.teams)}
    clusters = {*names[CostBy.CLUSTER], *parts.snapshots}
    return {**names, CostBy.TEAM: sorted(teams), CostBy.CLUSTER: sorted(clusters)}


def _forecast(parts: Parts, question: CostQuestion, currency: Currency) -> str:
    """What the rest of this month will cost, said; empty for any other question."""
    today = parts.now().date()
    period = question.period
    is_this_month = period.is_month and period.start == today.replace(day=1)
    if parts.cost_explorer is None or question.scope or not is_this_month:
        return ""
    month_end = (today.replace(day=28) + timedelta(days=4)).replace(day=1)
    try:
        found, _ = parts.cost_explorer.forecast(Forecast(start=today, end=month_end))
    except FinOpsError as error:
        return f"There is no forecast: {error}"
    code = code_in(found.currency, currency)
    mean, low, high = (
        short(amount_in(amount, found.currency, currency), code, currency)
        for amount in (found.mean, found.low, found.high)
    )
    last = month_end - timedelta(days=1)
    until = f"{last:%b} {last.day}"
    return f"AWS forecasts {mean} more to {until}, 80 times of 100 between {low} and {high}."


def _nothing(parts: Parts, question: CostQuestion) -> CostReport:
    """No bill of that time: what is there, and what to set up."""
    today = parts.now().date()
    with parts.ledger.reading() as tx:
        found = bill_days(tx.connection, start=today - _LOOK_BACK, end=today + timedelta(days=1))
    days = [day.day for _, day in found]
    period = question.period
    return CostReport(
        question=question,
        period=period,
        previous=period.before(),
        billed_until=max(days, default=None),
        teaching=_teaching(period, days, is_configured=bool(parts.bills)),
    )


def _teaching(period: DayRange, days: list[date], *, is_configured: bool) -> str:
    if not days and is_configured:
        return (
            "The bill has not been read yet: the running bot reads it once a day, and `finops cost "
            "--read` at a terminal reads it now. `finops doctor` says whether it can be read."
        )
    if not days:
        return (
            "No bill has been read yet. Give one in `finops.yaml` under `bill` (a CUR or FOCUS "
            "export), or `cost_explorer: {}` to ask AWS, $0.01 a request; `finops init` finds what "
            "is there, and `finops doctor` says what is missing."
        )
    first, last = min(days), max(days)
    return (
        f"Nothing of {period.words} is on the bill, which reaches from {first:%b} {first.day}, "
        f"{first.year} to {last:%b} {last.day}, {last.year}. AWS bills a day one or two days "
        "later; try `last month` or `30d`."
    )
