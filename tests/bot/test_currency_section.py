from datetime import date
from decimal import Decimal

import pytest

from bot.configuration import Configuration
from finops.config_file import load_checked
from finops.domain.currency import DOLLARS, Currency
from finops.domain.errors import InvalidInput


def currency(text: str) -> Currency:
    return load_checked(text, Configuration, source="finops.yaml").currency.to_domain()


def test_without_a_section_people_read_dollars() -> None:
    assert currency("instance: prod") is DOLLARS
    assert currency("currency: {code: usd}") is DOLLARS


@pytest.mark.parametrize("rate", ["0.92", '"0.92"', "'0.920'"])
def test_a_rate_is_read_as_it_was_written(rate: str) -> None:
    found = currency(f"currency: {{code: eur, per_usd: {rate}, as_of: 2026-11-01}}")

    assert found.per_usd == Decimal("0.92")
    assert found.as_of == date(2026, 11, 1)
    assert found.rate_words == "€0.92 per $, as of 1 Nov 2026"


def test_a_long_rate_keeps_every_digit() -> None:
    found = currency("currency: {code: EUR, per_usd: 0.9213456789, as_of: 2026-11-01}")

    assert found.per_usd == Decimal("0.9213456789")


@pytest.mark.parametrize(
    ("code", "symbol", "digits", "noun"),
    [
        ("EUR", "€", 2, "euros"),
        ("GBP", "£", 2, "British pounds"),
        ("JPY", "¥", 0, "Japanese yen"),
        ("CHF", "CHF ", 2, "Swiss francs"),
        ("CAD", "CA$", 2, "Canadian dollars"),
        ("KWD", "KWD ", 3, "Kuwaiti dinars"),
    ],
)
def test_symbols_decimals_and_names_are_those_of_the_locale(
    code: str, symbol: str, digits: int, noun: str
) -> None:
    found = currency(f"currency: {{code: {code}, per_usd: 2, as_of: 2026-11-01}}")

    assert (found.symbol, found.digits, found.noun) == (symbol, digits, noun)


@pytest.mark.parametrize(
    ("section", "words"),
    [
        ("{code: EURO, per_usd: 1, as_of: 2026-11-01}", "no ISO 4217 code"),
        ("{code: DEM, per_usd: 1, as_of: 2026-11-01}", "no ISO 4217 code"),
        ('{code: "<!channel>", per_usd: 1, as_of: 2026-11-01}', "no ISO 4217 code"),
        ("{code: 978, per_usd: 1, as_of: 2026-11-01}", "no ISO 4217 code"),
        ("{code: EUR}", "needs its rate and the day of it"),
        ("{code: EUR, per_usd: 0.92}", "needs its rate and the day of it"),
        ("{code: EUR, as_of: 2026-11-01}", "needs its rate and the day of it"),
        ("{code: USD, per_usd: 0.92}", "a dollar is one dollar"),
        ("{per_usd: 0.92, as_of: 2026-11-01}", "a dollar is one dollar"),
        ("{code: EUR, per_usd: 0, as_of: 2026-11-01}", "currency.per_usd"),
        ("{code: EUR, per_usd: -1, as_of: 2026-11-01}", "currency.per_usd"),
        ("{code: EUR, per_usd: 1e12, as_of: 2026-11-01}", "currency.per_usd"),
        ("{code: EUR, per_usd: .nan, as_of: 2026-11-01}", "currency.per_usd"),
        ("{code: EUR, per_usd: .inf, as_of: 2026-11-01}", "currency.per_usd"),
        ("{code: EUR, per_usd: true, as_of: 2026-11-01}", "currency.per_usd"),
        ("{code: EUR, per_usd: about one, as_of: 2026-11-01}", "no rate such as 0.92"),
        ("{code: EUR, per_usd: [0.92], as_of: 2026-11-01}", "currency.per_usd"),
        ("{code: EUR, per_usd: 0.92, as_of: last month}", "currency.as_of"),
        ("{code: EUR, per_usd: 0.92, as_of: 2026-11-01, symbol: E}", "currency.symbol"),
        ("EUR", "currency"),
    ],
)
def test_what_is_no_currency_is_refused_with_its_place(section: str, words: str) -> None:
    with pytest.raises(InvalidInput, match=r"finops\.yaml line 1, currency") as refused:
        currency(f"currency: {section}")

    assert words in str(refused.value)
