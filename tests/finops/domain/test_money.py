from decimal import Decimal

import pytest

from finops.domain.money import Saving, format_usd


def test_cashable_and_freed_are_added_apart() -> None:
    total = Saving(Decimal(10), Decimal(1)) + Saving(Decimal(5), Decimal(2))

    assert total == Saving(Decimal(15), Decimal(3))


def test_a_saving_says_both_numbers() -> None:
    assert str(Saving(Decimal("73.2"), Decimal(0))) == "$73.20/month cashable, $0.00/month freed"


@pytest.mark.parametrize(
    ("amount", "words"),
    [("0", "$0.00"), ("99.994", "$99.99"), ("1234.5", "$1,234"), ("-3.456", "-$3.46")],
)
def test_dollars_read_well(amount: str, words: str) -> None:
    assert format_usd(Decimal(amount)) == words
