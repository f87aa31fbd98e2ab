"""Where a company reads euros, no surface in Slack has a dollar left but what is quoted as one."""

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest
from gallery import surfaces as gallery
from gallery.setup import setup_views

from finops.domain.currency import DOLLARS, Currency
from finops.domain.errors import Refused
from handlers.blocks.digest import Picture
from handlers.errors import sentence_of
from tests.finops.currencies import EUROS, FRANCS, YEN, dollars_left

_AMOUNT = re.compile(r"\$[\d,]+(?:\.\d+)?")
_PICTURE = Picture("F0123456789", "Use against request")


def still(currency: Currency) -> dict[str, str]:
    """Every surface of the gallery that needs no demo, as the JSON that Slack is given."""
    parts = (
        gallery._cards(_PICTURE, currency),
        gallery._plans(currency),
        gallery._homes(currency),
        gallery._modals(_PICTURE, currency),
        gallery._answers(currency),
    )
    made: dict[str, Any] = {
        one.name: [one.messages, one.view, one.ephemeral] for part in parts for one in part
    }
    made |= dict(setup_views(currency))
    return {name: json.dumps(shown, ensure_ascii=False) for name, shown in made.items()}


@cache
def in_dollars() -> Mapping[str, str]:
    return still(DOLLARS)


@cache
def in_euros() -> Mapping[str, str]:
    return still(EUROS)


@pytest.mark.parametrize("name", list(in_dollars()))
def test_no_dollars_are_left_where_euros_are_read(name: str) -> None:
    assert dollars_left(in_euros()[name]) == []


@pytest.mark.parametrize("name", [n for n, words in in_dollars().items() if _AMOUNT.search(words)])
def test_what_had_amounts_has_them_in_euros(name: str) -> None:
    assert "€" in in_euros()[name]


@pytest.mark.parametrize("currency", [YEN, FRANCS], ids=lambda currency: currency.code)
def test_any_currency_leaves_no_dollars(currency: Currency) -> None:
    left = {name: dollars_left(words) for name, words in still(currency).items()}

    assert {name: found for name, found in left.items() if found} == {}


def test_home_and_savings_state_the_rate() -> None:
    for name in ("home-owner", "home-leader", "home-platform", "savings"):
        assert "€0.92 per $, as of 1 Nov 2026" in in_euros()[name]
        assert "per $" not in in_dollars()[name]


def test_a_refusal_quotes_the_limit_and_says_it_in_euros() -> None:
    error = Refused("The saving of $1,200/month is over the limit of $1,000/month.")

    assert sentence_of(error, EUROS) == (
        "The saving of $1,200 (€1,104)/month is over the limit of $1,000 (€920)/month."
    )
    assert sentence_of(error) == str(error)


def test_what_somebody_typed_is_said_back_as_it_was_typed() -> None:
    error = Refused("There is no team “$500”. `teams` lists them.")

    assert sentence_of(error, EUROS) == sentence_of(error, DOLLARS)
