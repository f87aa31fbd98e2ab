"""How the doctor's checks look: lines for a terminal, or one JSON object. Pure."""

import textwrap
from collections import Counter
from collections.abc import Sequence

from finops.domain.checks import Check, Outcome

SYMBOLS = {Outcome.OK: "✔", Outcome.WARNING: "!", Outcome.FAILED: "✘", Outcome.SKIPPED: "–"}
STYLES = {
    Outcome.OK: "green",
    Outcome.WARNING: "yellow",
    Outcome.FAILED: "bold red",
    Outcome.SKIPPED: "bright_black",
}
_WORDS = {
    Outcome.OK: "fine",
    Outcome.WARNING: "to look at",
    Outcome.FAILED: "failed",
    Outcome.SKIPPED: "not tried",
}
WIDEST_SUBJECT = 28
Span = tuple[str, str]  # a piece of text and its style


def area_lines(area: str, checks: Sequence[Check], *, width: int) -> list[list[Span]]:
    """A heading and one entry a check; its fix stands below it unless all is well."""
    wide = min(WIDEST_SUBJECT, width * 3 // 10)  # one column for all areas, as they come
    lines: list[list[Span]] = [[], [(area, "bold")]]
    for check in checks:
        lines += _check_lines(check, subject_width=wide, width=width)
    return lines


def _check_lines(check: Check, *, subject_width: int, width: int) -> list[list[Span]]:
    indent = 4 + subject_width + 2
    style = STYLES[check.outcome]
    first, *more = _wrapped(check.detail, width - indent)
    symbol = (f"  {SYMBOLS[check.outcome]} ", style)
    if len(check.subject) > subject_width:
        lines = [[symbol, (check.subject, "")]]
        more = [first, *more]
    else:
        lines = [[symbol, (f"{check.subject:{subject_width}}  {first}".rstrip(), "")]]
    lines += [[(" " * indent + line, "")] for line in more]
    if check.fix and check.outcome is not Outcome.OK:
        fix = _wrapped(check.fix, width - indent - 2)
        lines += [
            [(" " * indent + ("→ " if number == 0 else "  ") + line, "cyan")]
            for number, line in enumerate(fix)
        ]
    return lines


def counts(checks: Sequence[Check]) -> dict[str, int]:
    """How many ended which way, every way named."""
    found = Counter(check.outcome for check in checks)
    return {outcome.value: found[outcome] for outcome in Outcome}


def summary_line(checks: Sequence[Check]) -> list[Span]:
    """The last line: `23 fine, 1 to look at, 2 failed`."""
    found = Counter(check.outcome for check in checks)
    spans: list[Span] = []
    for outcome in Outcome:
        if found[outcome]:
            spans += [(", ", "")] if spans else []
            spans.append((f"{found[outcome]} {_WORDS[outcome]}", STYLES[outcome]))
    return [*spans, (".", "")] if spans else [("Nothing was checked.", "")]


def as_json(checks: Sequence[Check]) -> dict[str, object]:
    """`{"checks": [{"area", "subject", "outcome", "detail", "fix"}], "counts": {…}}`."""
    rows = [
        {
            "area": check.area,
            "subject": check.subject,
            "outcome": check.outcome.value,
            "detail": check.detail,
            "fix": check.fix,
        }
        for check in checks
    ]
    return {"checks": rows, "counts": counts(checks)}


def _wrapped(text: str, width: int) -> list[str]:
    lines = textwrap.wrap(text, max(24, width), break_on_hyphens=False, break_long_words=False)
    return lines or [""]
