"""Who spent what: a sentence, a chart, a table that adds up, and how fresh it is."""

from collections.abc import Sequence
from decimal import Decimal

from finops.billing import cost_words
from finops.billing.cost_report import CostReport
from finops.billing.cost_rows import CostRow, rows_of
from finops.domain.costs import CostCategory
from finops.domain.currency import Currency
from handlers.blocks import text
from handlers.blocks.cost_chart import cost_chart
from handlers.blocks.elements import Block, context, section, table

MOST_ROWS = 12
MOST_UNIT_COSTS = 5
_MEANINGS = {
    CostCategory.IDLE: "*Idle* is paid for on nodes and asked for by nobody.",
    CostCategory.SHARED: "*Shared* serves a whole cluster.",
}
_EXAMPLES = (
    "Try `/finops cost last month`, `/finops cost by service`, `/finops cost shop` for one team, "
    "`/finops cost namespace payments 30d`."
)


def cost_text(report: CostReport) -> str:
    """The answer in one sentence, for notifications and screen readers."""
    if not report.tables:
        return report.teaching or cost_words.title(report)
    first = report.tables[0]
    return text.safe(f"{cost_words.title(report)}: {cost_words.headline(report, first)}", 600)


def cost_blocks(report: CostReport, *, with_chart: bool = True) -> list[Block]:
    """The whole answer. Without the chart the table says the same."""
    if not report.tables:
        return _empty(report)
    chart = cost_chart(report, report.tables[0]) if with_chart else None
    return [
        section(_top(report)),
        *([chart] if chart else []),
        _table(report),
        *_units(report),
        context(*_small(report)),
    ]


def _top(report: CostReport) -> str:
    lines = [text.bold(text.safe(cost_words.title(report), 200))]
    for one in report.tables:
        said = f"{cost_words.headline(report, one)} {cost_words.drivers(report, one)}"
        # A minus sign may be torn from its figure at the end of a line; this hyphen may not.
        lines.append(text.safe(said, 900).replace("−", "‑"))
    return "\n".join(lines)


def _table(report: CostReport) -> Block:
    by = report.question.by.value.capitalize()
    is_compared = not report.not_compared
    year = report.period.start.year
    head = [by, report.period.words_in(year)]
    head += [report.previous.words_in(year), "Change", "Mostly"] if is_compared else []
    rows = [row for one in report.tables for row in rows_of(report, one, most=MOST_ROWS)]
    cells = [_cells(row, report.currency, is_compared=is_compared) for row in rows]
    totals = [index for index, row in enumerate(rows, start=1) if row.is_total]
    return table([head, *cells], bold_rows=totals)


def _cells(row: CostRow, shown: Currency, *, is_compared: bool) -> list[str]:
    is_foreign = row.currency != shown.code
    name = f"{row.name} {row.currency}" if row.is_total and is_foreign else row.name
    cells = [name, _money(row.cost, row.currency, shown)]
    if not is_compared:
        return cells
    sign = "+" if row.changed > 0 else "−"
    change = (
        f"{sign}{_money(abs(row.changed), row.currency, shown)}" if row.changed else text.NOTHING
    )
    return [*cells, _money(row.before, row.currency, shown), change, row.reason or text.NOTHING]


def _money(amount: Decimal, code: str, shown: Currency) -> str:
    """`$1,234.50`, `1,234.50 CHF`: cents always, so that a column can be added up."""
    sign = "−" if amount < 0 else ""
    digits = shown.digits if code == shown.code else 2
    return f"{sign}{cost_words.named(f'{abs(amount):,.{digits}f}', code, shown)}"


def _units(report: CostReport) -> list[Block]:
    lines = [
        f"• {text.safe(cost_words.unit_cost_words(u, report.currency), 300)}"
        for u in report.unit_costs
    ]
    return [section("*Unit cost*\n" + "\n".join(lines[:MOST_UNIT_COSTS]))] if lines else []


def _small(report: CostReport) -> Sequence[str]:
    checks = [cost_words.reconciliation(report, one) for one in report.tables[:3]]
    years = [cost_words.year_before(report, one) for one in report.tables[:3]]
    said = [*years, cost_words.freshness(report), *checks]
    lines = [text.safe(" ".join(filter(None, said)), 900)]
    small = (report.forecast, report.receipt, report.rate_sentence)
    lines += [text.safe(line, 400) for line in small if line]
    return [*lines, *_places(report)]


def _places(report: CostReport) -> list[str]:
    """What idle and shared mean, where there are such lines."""
    there = {line.category for one in report.tables for line in one.lines}
    said = [words for place, words in _MEANINGS.items() if place in there]
    return [" ".join(said)] if said else []


def _empty(report: CostReport) -> list[Block]:
    said = text.safe(report.teaching, 900)
    # Written by the engine for every surface: its words in back quotes may stay code here.
    said = said.replace("ˋ", "`")
    return [
        section(f"{text.bold(text.safe(cost_words.title(report), 200))}\n{said}"),
        context(_EXAMPLES),
    ]
