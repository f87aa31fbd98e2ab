"""The same report from AWS Cost Explorer, where no bill is read."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from finops.billing.cost_explorer import CostExplorer, Receipt
from finops.billing.cost_explorer_answers import UsageRow, months_of
from finops.billing.cost_explorer_questions import Dimension, Usage
from finops.billing.cost_in_currency import reading_in
from finops.billing.cost_report import CostQuestion, CostReading, CostReport, build_report
from finops.billing.periods import DayRange
from finops.domain.cost_pieces import CostBy, CostPiece, DayCost
from finops.domain.costs import CostCategory
from finops.domain.currency import Currency
from finops.domain.errors import InvalidInput

SOURCE = "AWS Cost Explorer"
_DIMENSIONS = {CostBy.SERVICE: Dimension.SERVICE, CostBy.ACCOUNT: Dimension.ACCOUNT}


def explorer_report(
    explorer: CostExplorer, question: CostQuestion, currency: Currency
) -> CostReport | None:
    """Ask whole months, so that closed ones are asked once; None where nothing was billed.

    Cost Explorer knows services, accounts and tags, and clusters by their tags, but nothing within
    a cluster. Raises InvalidInput for what only an export can tell.
    """
    asked = _answerable(question)
    cluster = asked.scope.get(CostBy.CLUSTER, "")
    wanted = DayRange(asked.period.before().start, asked.period.end)
    rows: list[UsageRow] = []
    receipts: list[Receipt] = []
    today = explorer.clock().date()
    for start, end in months_of(wanted.start, wanted.end):
        month = Usage(
            start=start,
            end=min(end, max(today, start + timedelta(days=1))),
            is_open=today < end,
            dimension=_DIMENSIONS.get(asked.by, Dimension.SERVICE),
            tag=explorer.team_tag if asked.by is CostBy.TEAM else "",
            cluster=cluster,
        )
        found, receipt = explorer.usage(month)
        rows += found
        receipts.append(receipt)
    return _report(asked, rows, receipts, currency)


def _answerable(question: CostQuestion) -> CostQuestion:
    """The nearest question that Cost Explorer has an answer to."""
    within = {CostBy.NAMESPACE, CostBy.WORKLOAD}
    refused = set(question.scope) - {CostBy.CLUSTER}
    if refused or (question.by in within and not question.scope):
        word = sorted(refused or {question.by})[0]
        raise InvalidInput(
            f"Cost by {word} needs a bill export (`bill` in finops.yaml): Cost Explorer, which is "
            "all that is configured, knows services, accounts, tags and clusters only. Try `cost "
            "by service` or `cost cluster NAME`."
        )
    if question.by in (CostBy.SERVICE, CostBy.ACCOUNT, CostBy.TEAM) and not question.scope:
        return question
    by = question.by if question.by in (CostBy.ACCOUNT, CostBy.TEAM) else CostBy.SERVICE
    return CostQuestion(period=question.period, by=by, scope=question.scope)


def _report(
    question: CostQuestion,
    rows: Sequence[UsageRow],
    receipts: Sequence[Receipt],
    currency: Currency,
) -> CostReport | None:
    there = [row.day for row in rows if question.period.start <= row.day < question.period.end]
    if not there:
        return None
    period = question.period.until(max(there) + timedelta(days=1))
    previous = period.before()
    in_period = [row for row in rows if period.start <= row.day < period.end]
    reading = CostReading(
        now=_pieces(in_period, question.by),
        before=_pieces([r for r in rows if previous.start <= r.day < previous.end], question.by),
        days=_days(rows),
        # Of a cluster only its own part was asked, so there is no whole to hold it against.
        invoice=() if question.scope else _days(rows),
        billed=_between({row.day for row in rows}),
        is_final=not any(row.is_estimated for row in in_period),
        source=SOURCE,
        receipt=_receipt(receipts),
    )
    return build_report(question, period, previous, reading_in(reading, currency))


def _pieces(rows: Sequence[UsageRow], by: CostBy) -> list[CostPiece]:
    return [
        CostPiece(
            name=row.name,
            category=_category(row, by),
            currency=row.currency,
            service=row.name if by is CostBy.SERVICE else "",
            item=row.usage_type,
            unit=row.unit or row.family,
            quantity=row.quantity,
            effective_cost=row.effective_cost,
            billed_cost=row.billed_cost,
        )
        for row in rows
    ]


def _category(row: UsageRow, by: CostBy) -> CostCategory:
    is_somebodys = bool(row.name) or by is CostBy.TEAM
    known = row.names_a_resource and is_somebodys
    return CostCategory.ALLOCATED if known else CostCategory.UNALLOCATED


def _days(rows: Sequence[UsageRow]) -> list[DayCost]:
    sums: dict[tuple[date, str], list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for row in rows:
        kept = sums[row.day, row.currency]
        kept[0] += row.effective_cost
        kept[1] += row.billed_cost
    return [DayCost(day, currency, *amounts) for (day, currency), amounts in sums.items()]


def _between(days: set[date]) -> frozenset[date]:
    """A day without cost between two with cost is billed; what comes after is not yet."""
    first, last = min(days), max(days)
    return frozenset(first + timedelta(days=n) for n in range((last - first).days + 1))


def _receipt(receipts: Sequence[Receipt]) -> str:
    """One for all months: what was asked newest, and the first reason why something is old."""
    asked = [receipt for receipt in receipts if not receipt.from_cache]
    old = [receipt for receipt in receipts if receipt.problem]
    return (old or asked or list(receipts))[-1].sentence
