"""Currencies to show amounts in, and what may still be said in dollars where they are set."""

import re
from datetime import date
from decimal import Decimal

from finops.domain.currency import Currency

DAY = date(2026, 11, 1)
EUROS = Currency("EUR", Decimal("0.92"), DAY, symbol="€", noun="euros")
YEN = Currency("JPY", Decimal("151.37"), DAY, symbol="¥", digits=0, noun="Japanese yen")
FRANCS = Currency("CHF", Decimal("0.881"), DAY, symbol="CHF ", noun="Swiss francs")

# Prices as they were read, limits with the other currency beside them, what AWS asks for a
# request, the unit of a limit's input, and the rate itself.
_QUOTED = re.compile(
    r"\$[\d.,]+ per (?:core|GiB)-(?:hour|month)"
    r"|[Pp]rice(?:: | \| | )\$[\d.,]+/month(?: a node)?"
    r"|× \$[\d.,]+"
    r"|\$[\d.,]+ \((?:€|¥|CHF )[\d.,]+\)"
    r"|\$[\d.,]+ a request"
    r"|, \$ a month"
    r"|[\d.]+ per \$"
)


def dollars_left(words: str) -> list[str]:
    """Every dollar sign with its surroundings that has no business where euros are read."""
    rest = _QUOTED.sub("", words)
    return [rest[max(0, at.start() - 60) : at.end() + 30] for at in re.finditer(r"\$", rest)]
