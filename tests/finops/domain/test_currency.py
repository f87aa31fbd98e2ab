from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops.domain.currency import DOLLARS, Currency
from finops.domain.money import Saving, cents_that_add_up, format_usd, to_cents
from tests.finops.currencies import EUROS, FRANCS, YEN

USD_AMOUNTS = st.decimals(min_value=Decimal("-1e9"), max_value=Decimal("1e9"), places=6)
RATES = st.decimals(min_value=Decimal("0.0001"), max_value=Decimal("20000"), places=4)


@pytest.mark.parametrize(
    ("currency", "usd", "words", "short"),
    [
        (DOLLARS, "1234.5", "$1,234", "$1,234"),
        (DOLLARS, "41", "$41.00", "$41"),
        (EUROS, "1342.39", "€1,235", "€1,235"),
        (EUROS, "50", "€46.00", "€46"),
        (EUROS, "-9.13", "-€8.40", "-€8.40"),
        # The threshold is that of what is shown: 100 dollars are 92 euros, with cents.
        (EUROS, "100.05", "€92.05", "€92.05"),
        (YEN, "0.02", "¥3", "¥3"),
        (YEN, "-0.003", "¥0", "¥0"),
        (EUROS, "-0.003", "€0.00", "€0"),
        (YEN, "12.345", "¥1,869", "¥1,869"),
        (FRANCS, "41", "CHF 36.12", "CHF 36.12"),
    ],
)
def test_dollars_are_told_in_a_currency(
    currency: Currency, usd: str, words: str, short: str
) -> None:
    assert currency.format(Decimal(usd)) == words
    assert currency.short(Decimal(usd)) == short


@given(USD_AMOUNTS)
def test_in_dollars_everything_reads_as_it_is_recorded(usd: Decimal) -> None:
    assert DOLLARS.format(usd) == format_usd(usd)
    assert DOLLARS.short(usd) == format_usd(usd).removesuffix(".00")
    assert (
        DOLLARS.retold(f"It frees {format_usd(usd)}/month.") == f"It frees {format_usd(usd)}/month."
    )


@given(st.lists(USD_AMOUNTS, max_size=30), RATES, st.sampled_from([0, 2, 3]))
def test_rows_add_up_to_their_total_in_every_currency(
    amounts: list[Decimal], rate: Decimal, digits: int
) -> None:
    currency = Currency("XTS", rate, symbol="X ", digits=digits)
    told = [currency.amount(usd) for usd in amounts]

    rows = cents_that_add_up(told, digits)

    assert sum(rows, Decimal(0)) == to_cents(sum(told, Decimal(0)), digits)
    coin = Decimal(1).scaleb(-digits)
    assert all(abs(row - amount) < coin for row, amount in zip(rows, told, strict=True))


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("950", "€950"),
        ("9999", "€9,999"),
        ("12400", "€12.4k"),
        ("999949", "€999.9k"),
        ("999960", "€1M"),
        ("3000000", "€3M"),
        ("0.5", "€0.50"),
    ],
)
def test_words_of_a_chart_are_short(amount: str, words: str) -> None:
    assert EUROS.compact(Decimal(amount)) == words


def test_axes_have_few_letters() -> None:
    assert [EUROS.tick(value) for value in (0, 50, 2500, 3_000_000)] == [
        "€0",
        "€50",
        "€2.5k",
        "€3M",
    ]


def test_a_column_has_its_cents_whatever_the_size() -> None:
    assert EUROS.exact(Decimal("12345.678")) == "€11,358.02"
    assert YEN.exact(Decimal("12.345")) == "¥1,869"


def test_a_sentence_is_retold_with_the_exact_amounts_where_they_are_known() -> None:
    sentence = "Realised: $1,235/month expected, $1,200/month measured."

    assert EUROS.retold(sentence, [Decimal("1234.51")]) == (
        "Realised: €1,136/month expected, €1,104/month measured."
    )


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("frees room worth $18.69/month", "frees room worth €17.19/month"),
        ("80 % interval -$4.00 to $12,345", "80 % interval -€3.68 to €11,357"),
        ("($80.00)", "(€73.60)"),
        ("interval $415 to $428, 28 days before", "interval €382 to €394, 28 days before"),
        ("$80.", "€73.60."),
        ("$0.05 per GiB-month, at most $50", "$0.05 per GiB-month, at most €46.00"),
        # A unit price is a quotation, and a word with a dollar in it is a name.
        ("at $0.0316110 per core-hour", "at $0.0316110 per core-hour"),
        ("app$5 and $5x and $PATH and US$ and $", "app$5 and $5x and $PATH and US$ and $"),
        # So are the words of a person.
        ("no team “$500”, no `$5`: $50", "no team “$500”, no `$5`: €46.00"),
        ("an open “ and $50", "an open “ and €46.00"),
        ("", ""),
    ],
)
def test_only_what_is_money_is_retold(said: str, told: str) -> None:
    assert EUROS.retold(said) == told


def test_a_limit_is_said_in_both() -> None:
    assert EUROS.beside("With $300/month it reaches $5,100 of $5,000 a day.") == (
        "With $300 (€276)/month it reaches $5,100 (€4,692) of $5,000 (€4,600) a day."
    )
    assert EUROS.quoted(Decimal(1000)) == "$1,000 (€920)"
    assert DOLLARS.quoted(Decimal(1000)) == "$1,000"


@given(st.text(alphabet="$0123456789,.-(/ aé€", max_size=60))
def test_any_text_can_be_retold(words: str) -> None:
    assert EUROS.retold(words).count("\n") == 0
    assert EUROS.beside(words).startswith(words[:1] if words[:1] != "-" else "")


def test_the_rate_is_stated_but_for_dollars() -> None:
    assert EUROS.rate_words == "€0.92 per $, as of 1 Nov 2026"
    assert EUROS.rate_sentence == (
        "Recorded in US dollars, shown at €0.92 per $, as of 1 Nov 2026."
    )
    assert (DOLLARS.rate_words, DOLLARS.rate_sentence) == ("", "")


def test_cash_and_room_are_never_one_sum() -> None:
    assert EUROS.told_saving(Saving(Decimal(50), Decimal(10))) == (
        "€46/month cashable, €9.20/month freed"
    )
