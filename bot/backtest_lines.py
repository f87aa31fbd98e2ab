"""How a backtest looks on a terminal: one table, what was left out, and what it says. Pure."""

from collections.abc import Callable, Sequence

from finops.domain.quantities import GIB
from finops.rightsizing.backtest import Backtest, Figures, PolicyResult

Line = list[tuple[str, str]]

_NAMES = {
    "set": "set now",
    "krr": "KRR's rule",
    "vpa": "VPA's rule",
    "lean": "lean",
    "safe": "safe",
    "lean_refreshed": "lean, looked at daily",
    "safe_refreshed": "safe, looked at daily",
    "oracle": "least possible",
}
_OURS = ("lean", "safe", "lean_refreshed", "safe_refreshed")
_WIDTHS = (22, 9, 7, 8, 9, 9, 9, 7, 8, 9)
_ABOVE = ("", "CPU", "", "", "over-", "changes", "memory", "", "", "ever")
_HEADS = ("", "cores", "idle", "×least", "run", "in 14 d", "GiB", "idle", "×least", "over")


def backtest_lines(found: Backtest, sentences: Sequence[str] = ()) -> list[Line]:
    """The table with a line a policy, then how to read it and what to know of its source."""
    lines = [_heading(found), [], _row(_ABOVE, "bright_black"), _row(_HEADS, "bright_black")]
    lines += [_policy(result) for result in found.results]
    return [*lines, [], *_notes(found), *([(f"  {each}", "yellow")] for each in sentences)]


def _heading(found: Backtest) -> Line:
    plan = found.plan
    return [
        (f"{found.series:,} series", "bold"),
        (
            f"  {found.windows:,} windows: {plan.train_days} days to learn from, the next "
            f"{plan.test_days} to test",
            "",
        ),
    ]


def _policy(result: PolicyResult) -> Line:
    cpu, memory = result.cpu, result.memory
    cells = (
        _NAMES[result.policy],
        _cell(cpu, lambda f: _amount(f.asked / 1000)),
        _cell(cpu, _idle),
        _cell(cpu, lambda f: f"{f.ratio:.2f}"),
        _cell(cpu, lambda f: f"{100 * f.risk:.1f} %"),
        _cell(cpu, lambda f: f"{f.changes:.1f}" if f.changes else "–"),
        _cell(memory, lambda f: _amount(f.asked / GIB)),
        _cell(memory, _idle),
        _cell(memory, lambda f: f"{f.ratio:.2f}"),
        _cell(memory, lambda f: f"{100 * f.risk:.1f} %"),
    )
    return _row(cells, "bold green" if result.policy in _OURS else "")


def _cell(figures: Figures | None, words: Callable[[Figures], str]) -> str:
    return "?" if figures is None else words(figures)


def _idle(figures: Figures) -> str:
    return f"{100 * (1 - figures.used / figures.asked):.0f} %"


def _amount(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:,.2f}"


def _row(cells: tuple[str, ...], style: str) -> Line:
    first, *rest = (
        cell.ljust(width) if place == 0 else cell.rjust(width)
        for place, (cell, width) in enumerate(zip(cells, _WIDTHS, strict=True))
    )
    return [(f"  {first}", style), *((cell, style) for cell in rest)]


def _notes(found: Backtest) -> list[Line]:
    notes = [
        "over-run: the share of windows with CPU over the request more than 5 % of the time;",
        "ever over: with any memory sample over it; ×least: beside the least that would have done.",
    ]
    lines: list[Line] = [[(f"  {note}", "bright_black")] for note in notes]
    if found.plan.note:
        lines.append([(f"  {found.plan.note}", "yellow")])
    if found.windows_left_out or found.rows_left_out:
        left_out = (
            f"Left out: {found.series_left_out:,} series and {found.windows_left_out:,} windows "
            f"with under half of their samples, {found.rows_left_out:,} rows switched off or empty."
        )
        lines.append([(f"  {left_out}", "yellow")])
    return lines
