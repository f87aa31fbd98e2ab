"""How a scan's results look on a terminal: ranked, cash and room apart, what was not seen. Pure."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.scanning import NotScanned, Result, Scanned
from bot.skip_groups import skip_groups
from bot.terminal import amount_words, saving_words, team_words
from finops.domain.currency import DOLLARS, Currency
from finops.domain.estate import Gap
from finops.domain.lifecycle import Status
from finops.domain.money import Saving
from finops.domain.opportunity import Opportunity, Skipped
from finops.pr_body import action_words
from finops.rightsizing.packing.joint import JointSaving

MOST_SHOWN = 20
Span = tuple[str, str]
Line = list[Span]


def result_lines(
    result: Result, *, width: int, everything: bool, currency: Currency = DOLLARS
) -> list[Line]:
    """One cluster: heading, opportunities, what was left alone, what was not seen."""
    if isinstance(result, NotScanned):
        heading: Line = [(result.cluster, "bold"), ("  could not be scanned", "bold red")]
        return [heading, *_hanging(_text("  "), result.sentence, width=width)]
    lines = [_heading(result)]
    lines += [
        _text(f"  No workload is in namespace {name}; was it written right?", "yellow")
        for name in result.absent_namespaces
    ]
    lines += _opportunities(
        result.opportunities, width=width, everything=everything, currency=currency
    )
    lines += _joint(result.joint, width=width, currency=currency)
    told = [replace(skip, reason=currency.retold(skip.reason)) for skip in result.skipped]
    lines += _skipped(told, width=width, everything=everything)
    return lines + _gaps(result.gaps, width=width)


def summary_lines(results: Sequence[Result], currency: Currency = DOLLARS) -> list[Line]:
    """What it is worth together, and what a reader should know of the whole."""
    scanned = [result for result in results if isinstance(result, Scanned)]
    worth = sum((o.saving for r in scanned for o in r.opportunities), Saving())
    lines = [_text(f"Together: {saving_words(worth, currency)}.", "bold")] if worth else []
    if any(not result.is_recorded for result in scanned):
        lines.append(_text("Only a look: nothing was recorded and nobody was told.", "yellow"))
    failed = len(results) - len(scanned)
    if failed:
        lines.append(_text(f"{failed} of {len(results)} could not be scanned.", "bold red"))
    if currency.rate_sentence and scanned:
        lines.append(_text(currency.rate_sentence, "bright_black"))
    return lines


def _heading(result: Scanned) -> Line:
    found = len(result.opportunities)
    counted = f"{found} {'opportunity' if found == 1 else 'opportunities'}"
    if result.is_recorded:
        counted += f", {result.new} new"
        counted += f", {result.revised} changed" if result.revised else ""
    took = f"  read in {result.seconds:.1f} s" if result.seconds else ""
    return [(result.cluster, "bold"), (f"  {counted}", ""), (took, "bright_black")]


def _opportunities(
    found: Sequence[Opportunity], *, width: int, everything: bool, currency: Currency
) -> list[Line]:
    if not found:
        return []
    shown = found if everything else found[:MOST_SHOWN]
    wide = max(4, *(len(team_words(each.team)) for each in shown))
    amounts = [amount_words(usd, currency) for each in shown for usd in each.saving.amounts]
    columns = _Columns(amount=max(8, *map(len, amounts)), team=wide, width=width)
    money = f"{'CASH':>{columns.amount}} {'ROOM':>{columns.amount}}"
    lines: list[Line] = [[], _text(f"  {'ID':13} {money}  {'TEAM':{wide}}  WHAT", "bold")]
    for each in shown:
        lines += _opportunity(each, columns, currency)
    hidden = len(found) - len(shown)
    if hidden:
        worth = sum((each.saving for each in found[MOST_SHOWN:]), Saving())
        lines.append(
            _text(f"  and {hidden} more, {saving_words(worth, currency)}: --all lists them")
        )
    return lines


def _joint(joint: JointSaving | None, *, width: int, currency: Currency) -> list[Line]:
    """What the proposals do together: lowered requests empty nodes only in company."""
    if joint is None:
        return []
    if not joint.leaving:
        return [[], *_hanging(_text("  "), "All of it together would empty no node.", width=width)]
    sentence = (
        f"All of it together: {len(joint.leaving)} of {joint.nodes_before} nodes could leave, "
        f"{saving_words(joint.total, currency)}."
    )
    return [[], *_hanging(_text("  "), sentence, width=width)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Columns:
    """Characters for an amount, for a team, and in a whole line."""

    amount: int
    team: int
    width: int


def _opportunity(each: Opportunity, columns: _Columns, currency: Currency) -> list[Line]:
    cash, room = each.saving.amounts
    is_waiting = each.status in (Status.DETECTED, Status.NOTIFIED)
    what = action_words(each) + ("" if is_waiting else f" ({each.status.words})")
    start: Line = [
        (f"  {each.id:13} ", ""),
        (f"{amount_words(cash, currency):>{columns.amount}} ", "green" if cash else "bright_black"),
        (f"{amount_words(room, currency):>{columns.amount}}", "" if room else "bright_black"),
        (f"  {team_words(each.team):{columns.team}}  ", ""),
    ]
    return _hanging(start, what, width=columns.width)


def _skipped(skipped: Sequence[Skipped], *, width: int, everything: bool) -> list[Line]:
    if not skipped:
        return []
    more = "" if everything else "  --all lists each"
    lines: list[Line] = [[], [(f"  Left alone: {len(skipped):,}", "bold"), (more, "bright_black")]]
    if everything:
        for skip in skipped:
            sentence = f"{skip.resource_key} ({skip.detector}): {skip.reason}"
            lines += _hanging(_text("    "), sentence, width=width)
        return lines
    for group in skip_groups(skipped):
        start = _text(f"  {group.count:>8,}  ")
        lines += _hanging(start, f"{group.detector}: {group.reason}", width=width)
    return lines


def _gaps(gaps: Sequence[Gap], *, width: int) -> list[Line]:
    if not gaps:
        return []
    lines: list[Line] = [[], _text("  Not seen", "bold yellow")]
    for gap in gaps:
        lines += _hanging(_text("    "), f"{gap.source}: {gap.sentence}", width=width)
        if gap.hides:
            lines += _hanging(_text("      "), _hidden(gap), width=width, style="bright_black")
    return lines


def _hidden(gap: Gap) -> str:
    parts = ", ".join(sorted(gap.hides))
    return f"Some {parts} may exist unseen, so none is taken for gone."


def _hanging(start: Line, text: str, *, width: int, style: str = "") -> list[Line]:
    """The text beside `start`, its further lines below its first."""
    indent = _length(start)
    wrapped = textwrap.wrap(
        text, max(24, width - indent), break_on_hyphens=False, break_long_words=False
    )
    first, *more = wrapped or [""]
    return [[*start, (first, style)], *(_text(" " * indent + line, style) for line in more)]


def _length(line: Line) -> int:
    return sum(len(text) for text, _ in line)


def _text(text: str, style: str = "") -> Line:
    return [(text, style)]
