"""What bills say that things cost, in the ledger's database, shared by all replicas.

Rates are written in pieces, so that nobody's click waits for a hundred thousand of them; the row
that speaks for all comes last, and what was not learnt again goes with it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeAlias

from sqlalchemy import Connection, Engine, delete, inspect, select

from finops.domain.billed_rates import (
    BilledRate,
    BillRates,
    CashLimit,
    OptionRate,
    Pricing,
)
from finops.domain.prices import ResourcePrice
from finops.ledger.database import connecting
from finops.ledger.history import upsert
from finops.ledger.tables import bill_rates

Row: TypeAlias = Mapping[str, Any]
_WHOLE, _MACHINE, _TYPE, _OPTION, _FEW, _RESOURCE = (
    "",
    "machine",
    "type",
    "option",
    "too few",
    "resource",
)
# A key of an index has an end; an id beyond it is no machine's and no disk's.
_LONGEST_KEY = 700


def rows_of(rates: BillRates) -> Iterator[Row]:
    """A row for each rate, for `save`."""
    for (instance_id, instance_type), rate in rates.instances.items():
        yield _row(_MACHINE, (instance_id, instance_type), rate.usd_per_hour, _rate_facts(rate))
    for (instance_type, region, is_spot), rate in rates.types.items():
        key = (instance_type, region, "spot" if is_spot else "")
        yield _row(_TYPE, key, rate.usd_per_hour, _rate_facts(rate))
    for (instance_type, region, is_spot), why_not in rates.too_few.items():
        key = (instance_type, region, "spot" if is_spot else "")
        yield _row(_FEW, key, None, {"why_not": why_not})
    for option in rates.options:
        key = (option.instance_type, option.region, option.pricing.value)
        yield _row(_OPTION, key, option.usd_per_hour, _option_facts(option))
    for resource_id, price in rates.resources.items():
        if len(resource_id) <= _LONGEST_KEY:
            yield _row(_RESOURCE, (resource_id,), price.usd_per_month, {"source": price.source})


def save(connection: Connection, bill: str, rows: Sequence[Row], *, now: datetime) -> None:
    """Write some of the rates; those of the same things are replaced."""
    upsert(connection, bill_rates, [{**row, "bill": bill, "learnt_at": now} for row in rows])


def finish(connection: Connection, bill: str, rates: BillRates, *, now: datetime) -> None:
    """Say that all of them are written: what was not learnt again is forgotten."""
    connection.execute(
        delete(bill_rates).where(bill_rates.c.bill == bill, bill_rates.c.learnt_at < now)
    )
    facts = {
        "newest_day": _iso(rates.newest_day),
        "ignored_lines": rates.ignored_lines,
        "why_none": rates.why_none,
    }
    save(connection, bill, [_row(_WHOLE, (), None, facts)], now=now)


def learnt_at(connection: Connection, bill: str) -> datetime | None:
    """When the last reading of a bill was through; None before the first."""
    query = select(bill_rates.c.learnt_at).where(
        bill_rates.c.bill == bill, bill_rates.c.kind == _WHOLE
    )
    found: datetime | None = connection.execute(query).scalar_one_or_none()
    return found


@dataclass(frozen=True, slots=True)
class LedgerBillRates:
    """The rates of one bill (a BillRateStore); its methods raise TryAgainLater when it is busy."""

    engine: Engine
    bill: str

    def learnt_at(self) -> datetime | None:
        """When the last reading was through; None before the first, and before any migration.

        Asking makes no file: the doctor asks too, and changes nothing.
        """
        if _is_nowhere(self.engine):
            return None
        with connecting(self.engine) as connection:
            if not inspect(connection).has_table(bill_rates.name):
                return None
            return learnt_at(connection, self.bill)

    def load(self) -> BillRates:
        """All of them."""
        query = select(bill_rates).where(bill_rates.c.bill == self.bill)
        kinds: dict[str, dict[tuple[str, ...], tuple[Decimal | None, Row]]] = {}
        with connecting(self.engine) as connection:
            for row in connection.execute(query):
                usd = None if row.usd is None else Decimal(row.usd)
                kinds.setdefault(row.kind, {})[tuple(row.key.split("\t"))] = usd, row.facts
        return _rates_from(kinds)


def _is_nowhere(engine: Engine) -> bool:
    """Whether it is a SQLite file that nobody has made yet."""
    database = engine.url.database or ""
    is_file = engine.dialect.name == "sqlite" and not database.startswith("file:")
    return is_file and not Path(database).is_file()


_Kinds: TypeAlias = Mapping[str, Mapping[tuple[str, ...], tuple[Decimal | None, Row]]]


def _rates_from(kinds: _Kinds) -> BillRates:
    whole = next((facts for _, facts in kinds.get(_WHOLE, {}).values()), {})
    machines, types, few = (kinds.get(kind, {}) for kind in (_MACHINE, _TYPE, _FEW))
    return BillRates(
        instances={(k[0], k[1]): _rate(*found, is_own=True) for k, found in machines.items()},
        types={(k[0], k[1], bool(k[2])): _rate(*found) for k, found in types.items()},
        options=tuple(
            sorted(
                (_option(key, *v) for key, v in kinds.get(_OPTION, {}).items()),
                key=lambda one: (-one.hours, one.instance_type, one.region, one.pricing),
            )
        ),
        too_few={(k[0], k[1], bool(k[2])): facts["why_not"] for k, (_, facts) in few.items()},
        resources={
            key[0]: ResourcePrice(usd or Decimal(0), facts["source"])
            for key, (usd, facts) in kinds.get(_RESOURCE, {}).items()
        },
        newest_day=_day(whole.get("newest_day")),
        ignored_lines=whole.get("ignored_lines", 0),
        why_none=whole.get("why_none", ""),
    )


def _row(kind: str, key: tuple[str, ...], usd: Decimal | None, facts: Row) -> Row:
    # A tab is in no id, type or region.
    return {"kind": kind, "key": "\t".join(key), "usd": _text(usd), "facts": dict(facts)}


def _rate_facts(rate: BilledRate) -> Row:
    return {
        "list_usd": _text(rate.list_usd_per_hour),
        "source": rate.source,
        "cash_usd": _text(rate.cash.usd_per_hour),
        "cash_reason": rate.cash.reason,
    }


def _rate(usd: Decimal | None, facts: Row, *, is_own: bool = False) -> BilledRate:
    return BilledRate(
        usd or Decimal(0),
        _usd(facts["list_usd"]),
        facts["source"],
        CashLimit(_usd(facts["cash_usd"]), facts["cash_reason"]),
        is_own,
    )


def _option_facts(option: OptionRate) -> Row:
    return {
        "list_usd": _text(option.list_usd_per_hour),
        "hours": str(option.hours),
        "machines": option.machines,
        "first_day": _iso(option.first_day),
        "last_day": _iso(option.last_day),
        "why_not": option.why_not,
    }


def _option(key: tuple[str, ...], usd: Decimal | None, facts: Row) -> OptionRate:
    return OptionRate(
        instance_type=key[0],
        region=key[1],
        pricing=Pricing(key[2]),
        usd_per_hour=usd,
        list_usd_per_hour=_usd(facts["list_usd"]),
        hours=Decimal(facts["hours"]),
        machines=facts["machines"],
        first_day=date.fromisoformat(facts["first_day"]),
        last_day=date.fromisoformat(facts["last_day"]),
        why_not=facts["why_not"],
    )


def _text(usd: Decimal | None) -> str | None:
    return None if usd is None else format(usd.normalize(), "f")


def _usd(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
