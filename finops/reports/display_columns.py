"""Amounts for programs: beside each in US dollars, the one in the display currency.

Names follow the dollars' own: `cashable_usd_per_month` → `cashable_eur_per_month`. Where people
read dollars nothing is added, so what read these files before reads the same.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from finops.domain.currency import Currency

_USD = "usd"
_FEWEST_DECIMALS = 2


def name_in(name: str, currency: Currency) -> str:
    """`effective_cost_usd` → `effective_cost_eur`."""
    return "_".join(currency.code.lower() if part == _USD else part for part in name.split("_"))


def with_currency(values: Mapping[str, Any], currency: Currency) -> dict[str, Any]:
    """JSON with the other amounts inside and `currency` at its end; the same for dollars."""
    if currency.is_usd:
        return dict(values)
    return {**_beside(values, currency), "currency": rate_json(currency)}


def rate_json(currency: Currency) -> dict[str, str | None]:
    """Which currency, at which rate, and of which day that is."""
    return {
        "code": currency.code,
        "per_usd": f"{currency.per_usd.normalize():f}",
        "as_of": currency.as_of.isoformat() if currency.as_of else None,
    }


def _beside(value: Any, currency: Currency) -> Any:
    if isinstance(value, list):
        return [_beside(each, currency) for each in value]
    if not isinstance(value, Mapping):
        return value
    told: dict[str, Any] = {}
    for name, inner in value.items():
        told[name] = _beside(inner, currency)
        if _USD in name.split("_"):
            told[name_in(name, currency)] = _converted(inner, currency)
    return told


def _converted(value: Any, currency: Currency) -> str | None:
    """Text like the dollars', with as many decimals as they have and two at least."""
    if value is None:
        return None
    usd = Decimal(str(value))
    decimals = max(_FEWEST_DECIMALS, len(str(value).partition(".")[2]))
    return f"{currency.amount(usd):.{decimals}f}"
