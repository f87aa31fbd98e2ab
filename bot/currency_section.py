"""What amounts are shown in. Records, limits and prices stay US dollars.

Symbols, decimals and names are Babel's, so CLDR's: `€`, `¥` without a decimal, `CHF `.
"""

from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from babel import numbers
from babel.core import get_global
from pydantic import Field, field_validator, model_validator

from bot.estate_sections import Section
from finops.domain.currency import DOLLARS, USD, Currency

_LOCALE = "en_US"
# The cheapest and the dearest coin there is against a dollar are well within.
_LEAST, _MOST = Decimal("0.0001"), Decimal(10_000_000)


@cache
def _in_use() -> frozenset[str]:
    """Every code that is legal tender somewhere now; the mark and the lira are no more."""
    territories = get_global("territory_currencies")
    return frozenset(
        code for each in territories for code in numbers.get_territory_currencies(each)
    )


class CurrencySection(Section):
    """An ISO 4217 code, how much of it one US dollar is, and of which day that rate is."""

    code: str = USD
    per_usd: Decimal = Field(default=Decimal(1), ge=_LEAST, le=_MOST)
    as_of: date | None = None

    @field_validator("code", mode="before")
    @classmethod
    def _known(cls, code: Any) -> Any:
        word = str(code).strip().upper()
        if word not in _in_use():
            raise ValueError(f"{str(code)[:20]!r} is no ISO 4217 code such as EUR, GBP or CHF")
        return word

    @field_validator("per_usd", mode="before")
    @classmethod
    def _as_written(cls, rate: Any) -> Any:
        """What was typed, quoted or not, and not its nearest binary fraction."""
        if isinstance(rate, bool) or not isinstance(rate, str | int | float):
            return rate
        try:
            return Decimal(str(rate).strip())
        except InvalidOperation as error:
            raise ValueError(f"{str(rate)[:20]!r} is no rate such as 0.92") from error

    @model_validator(mode="after")
    def _says_its_rate(self) -> "CurrencySection":
        if self.code == USD:
            if self.per_usd != 1:
                raise ValueError(f"per_usd is {self.per_usd} for USD; a dollar is one dollar")
        elif self.as_of is None or "per_usd" not in self.model_fields_set:
            raise ValueError(
                f"{self.code} needs its rate and the day of it, such as per_usd: 0.92 and "
                "as_of: 2026-11-01"
            )
        return self

    def to_domain(self) -> Currency:
        """As the domain knows it."""
        if self.code == USD:
            return DOLLARS
        symbol = numbers.get_currency_symbol(self.code, locale=_LOCALE)
        return Currency(
            code=self.code,
            per_usd=self.per_usd,
            as_of=self.as_of,
            # A word before a number needs a space: `CHF 1,235`.
            symbol=f"{symbol} " if symbol[-1].isalpha() else symbol,
            digits=numbers.get_currency_precision(self.code),
            noun=numbers.get_currency_name(self.code, count=2, locale=_LOCALE),
        )
