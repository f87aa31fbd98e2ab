"""The currency that people read. Records stay US dollars; this is how they are told.

The ledger, guardrail limits and AWS prices are dollars whatever is set. One fixed rate, stated
where totals are read, turns them into what a card, a report or a terminal shows.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from finops.domain.money import Saving, format_amount, format_usd, to_cents

USD = "USD"
# `$0.05 per GiB-month` and what has many decimals are prices, quoted as they were read. What stands
# in quotation marks or in code is what somebody typed.
_QUOTED = re.compile(
    r"“[^”]*”|`[^`]*`|(?<![\w$])-?\$((?>(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?))(?!\w| per )"
)
_MOST_DECIMALS = 2
_WHOLE = re.compile(r"(?<=\d)\.0+$")


@dataclass(frozen=True, slots=True)
class Currency:
    """A display currency: `per_usd` units of it are one US dollar, as of a day.

    `symbol` stands before the number (`€`, `CHF `), `digits` are its decimals, `noun` is its name
    in the plural. Worked: at 0.92, $1,342.39 is told as €1,235.
    """

    code: str = USD
    per_usd: Decimal = Decimal(1)
    as_of: date | None = None
    symbol: str = "$"
    digits: int = 2
    noun: str = "US dollars"

    @property
    def is_usd(self) -> bool:
        """Whether amounts are told as they are recorded."""
        return self.code == USD

    def amount(self, usd: Decimal) -> Decimal:
        """US dollars in this currency, not rounded: sums are rounded after they are converted."""
        return usd if self.is_usd else usd * self.per_usd

    def format(self, usd: Decimal) -> str:
        """US dollars as `€1,235`, and under a hundred as `€8.40`, `€41.00`."""
        return format_amount(self.amount(usd), symbol=self.symbol, digits=self.digits)

    def short(self, usd: Decimal) -> str:
        """The same without a zero behind the point: `€41`, `€8.40`."""
        return _WHOLE.sub("", self.format(usd))

    def told(self, amount: Decimal) -> str:
        """An amount that is in this currency already: `€41`, `€8.40`, `€1,235`."""
        return _WHOLE.sub("", format_amount(amount, symbol=self.symbol, digits=self.digits))

    def exact(self, usd: Decimal) -> str:
        """With its smallest coin, whatever the size, so that a column can be added up."""
        return f"{self.symbol}{to_cents(self.amount(usd), self.digits):,}"

    def compact(self, amount: Decimal) -> str:
        """For the words of a chart, of what is in this currency: `€950`, `€12.4k`, `€3M`."""
        # Not €1000k: what would be rounded to a million is one.
        for unit, letter, limit in ((1_000_000, "M", 999_950), (1000, "k", 10_000)):
            if abs(amount) >= limit:
                return f"{self.symbol}{amount / unit:.1f}".removesuffix(".0") + letter
        is_whole = amount == amount.to_integral_value()
        return f"{self.symbol}{amount:,.0f}" if is_whole else f"{self.symbol}{amount:,.2f}"

    def tick(self, amount: float) -> str:
        """A figure of an axis that is drawn in this currency: `€50`, `€2.5k`."""
        for unit, letter in ((1_000_000, "M"), (1000, "k")):
            if abs(amount) >= unit:
                return f"{self.symbol}{amount / unit:g}{letter}"
        return f"{self.symbol}{amount:g}"

    def told_saving(self, saving: Saving) -> str:
        """`€38/month cashable, €12/month freed`: for where there is room for few words."""
        cash, freed = saving.amounts
        return f"{self.short(cash)}/month cashable, {self.short(freed)}/month freed"

    def retold(self, sentence: str, known: Iterable[Decimal] = ()) -> str:
        """A recorded sentence about savings or costs, with its dollars in this currency.

        `known` are the exact amounts in dollars that it may quote; what is not among them is
        converted as it was written, which from $100 on is whole dollars. Unit prices stay as they
        were quoted.
        """
        if self.is_usd:
            return sentence
        exact = {format_usd(abs(usd)): abs(usd) for usd in known}

        def tell(found: re.Match[str]) -> str:
            if not _is_sum(found):
                return found[0]
            sign, usd = _read(found)
            return sign + self.format(exact.get(f"${found[1]}", usd))

        return _QUOTED.sub(tell, sentence)

    def beside(self, sentence: str) -> str:
        """A sentence that quotes a limit in dollars: `$1,000 (€920)`. Both are said."""
        if self.is_usd:
            return sentence

        def tell(found: re.Match[str]) -> str:
            if not _is_sum(found):
                return found[0]
            sign, usd = _read(found)
            return f"{found[0]} ({sign}{self.short(usd)})"

        return _QUOTED.sub(tell, sentence)

    def quoted(self, usd: Decimal) -> str:
        """A limit, which is set in dollars: `$1,000 (€920)`."""
        return self.beside(DOLLARS.short(usd))

    @property
    def rate_words(self) -> str:
        """`€0.92 per $, as of 1 Nov 2026`; nothing for dollars."""
        if self.is_usd:
            return ""
        day = f", as of {self.as_of.day} {self.as_of:%b %Y}" if self.as_of else ""
        return f"{self.symbol}{self.per_usd.normalize():f} per ${day}"

    @property
    def rate_sentence(self) -> str:
        """The rate for the small print of what shows totals; nothing for dollars."""
        return f"Recorded in US dollars, shown at {self.rate_words}." if self.rate_words else ""


def _read(found: re.Match[str]) -> tuple[str, Decimal]:
    return "-" if found[0].startswith("-") else "", Decimal(found[1].replace(",", ""))


def _is_sum(found: re.Match[str]) -> bool:
    """Neither a unit price nor typed by somebody."""
    return found[1] is not None and len(found[1].partition(".")[2]) <= _MOST_DECIMALS


DOLLARS = Currency()
