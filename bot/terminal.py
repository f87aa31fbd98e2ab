"""What the commands print: aligned, wrapped to the terminal, cash and room in two columns."""

import shutil
import textwrap
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import groupby

from finops.domain.currency import DOLLARS, Currency
from finops.domain.estate import UNKNOWN_TEAM
from finops.domain.lifecycle import Status
from finops.domain.money import Saving
from finops.domain.opportunity import Opportunity, OpportunityRecord
from finops.domain.retelling import caveats_in, status_reason_in, summary_in
from finops.engine.period_savings import PeriodSavings
from finops.finops_engine import SavingsSummary
from finops.guardrails import PolicyReason
from finops.ledger.audit import AuditEntry
from finops.pr_body import action_words, confidence_words, cost_words, risk_words, short_figures

NOTHING = "–"
WIDEST = 100
_ORDER = tuple(Status)


def record_lines(records: Sequence[OpportunityRecord], currency: Currency = DOLLARS) -> list[str]:
    """Opportunities below their status, the largest saving first, and the sum."""
    if not records:
        return ["Nothing found. `finops scan` looks for waste; `finops list` shows every status."]
    team_width = max(4, *(len(team_words(r.opportunity.team)) for r in records))
    wide = max(7, *(len(amount_words(usd, currency)) for r in records for usd in _both(r)))
    head = f"  {'ID':13}  {'CASH':>{wide}}  {'ROOM':>{wide}}  {'TEAM':{team_width}}  WHAT"
    lines: list[str] = []
    by_status = sorted(records, key=lambda r: _ORDER.index(r.status))
    for status, members in groupby(by_status, key=lambda r: r.status):
        lines += ["", f"{status.words.capitalize()}", head]
        lines += [
            _record_line(record, team_width, amount_width=wide, currency=currency)
            for record in members
        ]
    worth = sum((r.opportunity.saving for r in records), Saving())
    return [*lines[1:], "", f"Together: {saving_words(worth, currency)}.", *rate_lines(currency)]


def show_lines(
    record: OpportunityRecord,
    reasons: Sequence[PolicyReason],
    history: Sequence[AuditEntry],
    currency: Currency = DOLLARS,
) -> list[str]:
    """One opportunity with everything that is known about it."""
    found = record.opportunity
    status = f"{record.status.words}. {short_figures(status_reason_in(record, currency))}".rstrip(
        " ."
    )
    rows = [
        ("status", status),
        ("team", team_words(found.team)),
        _worth_row(found, currency),
        ("confidence", f"{confidence_words(found.confidence)} that it holds for 14 days"),
        ("risk", f"{risk_words(found.risk)} if it does not hold"),
        ("way back", found.rollback),
        *(("before", caveat) for caveat in caveats_in(found, currency)[:5]),
    ]
    facts = [(e.label, f"{short_figures(e.value)}  ({e.source})") for e in found.evidence]
    rules = [(reason.verdict.words, currency.beside(reason.sentence)) for reason in reasons]
    past = [
        (f"{e.at:%Y-%m-%d %H:%M}", f"{e.action.replace('_', ' ')} by {e.actor}") for e in history
    ]
    title = _wrapped(f"{record.id}  {action_words(found)}")
    lines = [title, _wrapped(short_figures(summary_in(found, currency)))]
    for title, pairs in (("", rows), ("Evidence", facts), ("Guardrails", rules), ("History", past)):
        lines += ["", *([title] if title else []), *_pairs(pairs)] if pairs else []
    return [*lines, *rate_lines(currency)]


def rate_lines(currency: Currency) -> list[str]:
    """The rate, below what shows amounts; nothing for dollars."""
    return ["", currency.rate_sentence] if currency.rate_sentence else []


def _worth_row(found: Opportunity, currency: Currency) -> tuple[str, str]:
    if found.kind.is_for_reliability:
        return "cost", f"{cost_words(found, currency)}, for reliability"
    return "saving", saving_words(found.saving, currency)


def savings_lines(summary: SavingsSummary, currency: Currency = DOLLARS) -> list[str]:
    """The three stages, then the teams."""
    stages = (
        ("Offered", sum((row.offered for row in summary.by_team), Saving())),
        ("In flight", summary.in_flight),
        ("Verified on the bill", summary.realised),
    )
    lines = [f"{'A month':22}{'CASH':>10}{'ROOM':>10}"]
    lines += [_money_line(name, saving, currency) for name, saving in stages]
    if summary.by_team:
        lines += ["", f"{'Team':22}{'OFFERED':>20}{'IN FLIGHT':>20}{'VERIFIED':>20}"]
        lines.append(f"{'':22}" + f"{'CASH':>10}{'ROOM':>10}" * 3)
    for row in summary.by_team:
        cells = (_cells(saving, currency) for saving in (row.offered, row.in_flight, row.realised))
        lines.append(f"{team_words(row.name):22}{''.join(cells)}")
    kinds = "Cash leaves the bill; room is freed in what is paid for anyway."
    return [*lines, "", kinds, *rate_lines(currency)]


def period_savings_lines(found: PeriodSavings, currency: Currency = DOLLARS) -> list[str]:
    """What stayed off the bill of some days, what was proved and decided on them."""
    lines = [
        found.period.words + (f", team {team_words(found.team)}" if found.team else ""),
        "",
        f"{'Kept off the bill':22}{currency.format(found.kept_usd):>12}"
        f"   ({currency.format(found.kept_before_usd)} in {found.period.before().words})",
        f"{'Verified':22}{found.verified_count:>12}   {_both_words(found.verified, currency)}",
        f"{'Approved, denied':22}{f'{found.approved_count}, {found.denied_count}':>12}",
    ]
    lines += ["", "Verified in these days"] if found.largest else []
    lines += [
        f"  {action_words(r.opportunity)}  {_both_words(r.realised, currency)}"
        for r in found.largest
    ]
    return [
        *lines,
        "",
        "Kept off the bill is verified cash by the day, from each change's deployment on.",
        *rate_lines(currency),
    ]


def _both_words(saving: Saving, currency: Currency) -> str:
    cash, freed = saving.amounts
    return f"{currency.format(cash)}/month cashable, {currency.format(freed)}/month freed"


def figures_lines(figures: Mapping[str, object], currency: Currency = DOLLARS) -> list[str]:
    """What `demo --once` did."""
    return [
        f"{name.replace('_', ' '):24} {_figure(name, value, currency)}"
        for name, value in figures.items()
    ]


def _figure(name: str, value: object, currency: Currency) -> str:
    if name.endswith("_usd_per_month"):
        return currency.short(Decimal(str(value)))
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _both(record: OpportunityRecord) -> tuple[Decimal, Decimal]:
    return record.opportunity.saving.amounts


def _record_line(
    record: OpportunityRecord, team_width: int, *, amount_width: int, currency: Currency
) -> str:
    found = record.opportunity
    amounts = "  ".join(f"{amount_words(usd, currency):>{amount_width}}" for usd in _both(record))
    start = f"  {record.id:13}  {amounts}  {team_words(found.team):{team_width}}  "
    return _wrapped(start + action_words(found), hanging=len(start))


def _money_line(name: str, saving: Saving, currency: Currency) -> str:
    return f"{name:22}{_cells(saving, currency)}"


def _cells(saving: Saving, currency: Currency) -> str:
    return "".join(f"{amount_words(usd, currency):>10}" for usd in saving.amounts)


def saving_words(saving: Saving, currency: Currency = DOLLARS) -> str:
    """`$80 a month off the bill, $12 a month freed as room`."""
    cash, room = saving.cashable_usd_per_month, saving.freed_usd_per_month
    said = (
        [f"{amount_words(cash, currency)} a month off the bill"]
        if cash
        else ["nothing off the bill"]
    )
    said += [f"{amount_words(room, currency)} a month freed as room"] if room else []
    return ", ".join(said)


def amount_words(usd: Decimal, currency: Currency = DOLLARS) -> str:
    """The amount, or a dash for nothing."""
    return currency.short(usd) if usd else NOTHING


def team_words(name: str) -> str:
    """The team as people read it."""
    return "no team" if name == UNKNOWN_TEAM else name


def _pairs(pairs: Sequence[tuple[str, str]]) -> list[str]:
    width = max(len(name) for name, _ in pairs)
    return [_wrapped(f"  {name:{width}}  {said}", hanging=width + 4) for name, said in pairs]


def _wrapped(line: str, *, hanging: int = 4) -> str:
    """The line broken at the terminal's width, at most 100; what follows is set in by `hanging`."""
    width = max(60, min(WIDEST, shutil.get_terminal_size((WIDEST, 24)).columns))
    return textwrap.fill(line, width, subsequent_indent=" " * hanging, break_on_hyphens=False,
                         drop_whitespace=True, break_long_words=False)  # fmt: skip
