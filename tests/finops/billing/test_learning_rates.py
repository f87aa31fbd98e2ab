"""Prices learnt from any bill: the same month in every format gives the same rates."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from finops.billing.bill_source import BillSource
from finops.domain.billed_rates import BilledRate, BillRates, Pricing
from finops.ledger.bill_rates import LedgerBillRates, finish, rows_of, save
from finops.ledger.database import open_engine
from finops.savings_ledger import SavingsLedger
from tests.finops.billing.bills import Cells, cur, focus, write_csv

TODAY = date(2026, 7, 9)
PLAIN, PLANNED, RESERVED, SPOT, WINDOWS = (f"i-0{n}a1b2c3d4" for n in range(5))
BOX, SPOTS, EAST = "BoxUsage:m5.large", "SpotUsage:m5.large", "us-east-1"
DAYS = range(1, 9)


def on(day: int) -> str:
    return f"2026-07-{day:02}T00:00:00Z"


def cur_day(day: int) -> list[Cells]:
    """A day of five machines as CUR has it: on demand, plan, reservation, Spot and Windows."""
    more = {
        "line_item_usage_start_date": on(day),
        "line_item_usage_type": BOX,
        "line_item_operation": "RunInstances",
        "line_item_usage_amount": 24,
        "product_region_code": EAST,
        "pricing_public_on_demand_cost": "2.304",
    }
    plan = {"savings_plan_savings_plan_effective_cost": "1.44"}
    spot = {"line_item_usage_type": SPOTS, "line_item_operation": "RunInstances:SV002"}
    windows = {"line_item_operation": "RunInstances:0002", "pricing_public_on_demand_cost": "4.512"}
    return [
        cur("Usage", "2.304", PLAIN, **more),
        cur("SavingsPlanCoveredUsage", "2.304", PLANNED, **more, **plan),
        cur("SavingsPlanNegation", "-2.304", PLANNED, **more),
        cur("DiscountedUsage", "0", RESERVED, **more, reservation_effective_cost="1.2"),
        cur("Usage", "0.72", SPOT, **(more | spot)),
        cur("Usage", "4.512", WINDOWS, **(more | windows)),
        cur("Usage", "1.5", "vol-0a1b2c3d4", line_item_usage_start_date=on(day)),
    ]


def focus_day(day: int) -> list[Cells]:
    """The same day as FOCUS has it."""

    def hours(effective: str, resource: str, list_cost: str = "2.304", **cells: object) -> Cells:
        return focus(
            effective,
            resource,
            **{
                "ChargePeriodStart": on(day),
                "RegionId": EAST,
                "ListCost": list_cost,
                "ConsumedQuantity": 24,
                "CommitmentDiscountCategory": "",
                "PricingCategory": "Standard",
                "x_UsageType": BOX,
                "x_Operation": "RunInstances",
                **cells,
            },
        )

    return [
        hours("2.304", PLAIN),
        hours("1.44", PLANNED, CommitmentDiscountCategory="Spend"),
        hours("1.2", RESERVED, CommitmentDiscountCategory="Usage"),
        hours("0.72", SPOT, x_UsageType=SPOTS, PricingCategory="Dynamic"),
        hours("4.512", WINDOWS, "4.512", x_Operation="RunInstances:0002"),
        focus("1.5", "vol-0a1b2c3d4", ChargePeriodStart=on(day)),
    ]


WORDS = {
    PLAIN: "$0.096 per On Demand Linux m5.large Instance Hour",
    PLANNED: "$0.096 per On Demand Linux m5.large Instance Hour",
    RESERVED: "Linux/UNIX (Amazon VPC), m5.large reserved instance applied",
    SPOT: "m5.large Linux/UNIX Spot Instance-hour in US East (Virginia)",
    WINDOWS: "$0.188 per On Demand Windows m5.large Instance Hour",
}


def plain_focus_day(day: int) -> list[Cells]:
    """The same without the provider's own columns."""
    return [
        {k: v for k, v in line.items() if not k.startswith("x_")}
        | {"ChargeDescription": WORDS.get(str(line["ResourceId"]), "")}
        for line in focus_day(day)
    ]


def learnt(*paths: Path, today: date = TODAY) -> BillRates:
    source = BillSource(files=tuple(str(path) for path in paths))
    with source.read(start=date(2026, 7, 1), end=date(2026, 8, 1), today=today) as bill:
        return bill.rates()


def as_parquet(path: Path) -> Path:
    target = path.with_suffix(".parquet")
    duckdb.read_csv(str(path)).write_parquet(str(target))
    return target


def rates_in(folder: Path, lines: Sequence[Cells], *, parquet: bool = False) -> BillRates:
    path = write_csv(folder / "bill.csv", lines)
    return learnt(as_parquet(path) if parquet else path)


def usd(rate: BilledRate | None) -> Decimal | None:
    return None if rate is None else round(rate.usd_per_hour, 6)


@pytest.mark.parametrize("parquet", [False, True], ids=["csv", "parquet"])
@pytest.mark.parametrize("day", [cur_day, focus_day, plain_focus_day])
def test_every_format_teaches_the_same(tmp_path: Path, day: object, parquet: bool) -> None:
    lines = [line for number in DAYS for line in day(number)]  # type: ignore[operator]  # a function
    rates = rates_in(tmp_path, lines, parquet=parquet)
    own = {name: usd(rates.instances[name, "m5.large"]) for name in WORDS}

    assert own == {
        PLAIN: Decimal("0.096"),
        PLANNED: Decimal("0.06"),
        RESERVED: Decimal("0.05"),
        SPOT: Decimal("0.03"),
        WINDOWS: Decimal("0.188"),
    }
    assert rates.instances[PLANNED, "m5.large"].source == (
        f"bill: median effective rate of {PLANNED} over 7 days to 2026-07-07 (Savings Plan, 38 % "
        "under list)"
    )
    # Windows is no part of the mean: (0.096 + 0.06 + 0.05) ÷ 3.
    assert usd(rates.types["m5.large", EAST, False]) == Decimal("0.068667")
    assert {option.pricing: round(option.usd_per_hour or 0, 3) for option in rates.options} == {
        Pricing.ON_DEMAND: Decimal("0.096"),
        Pricing.SAVINGS_PLAN: Decimal("0.06"),
        Pricing.RESERVED: Decimal("0.05"),
        Pricing.SPOT: Decimal("0.03"),
    }
    assert round(rates.resources["vol-0a1b2c3d4"].usd_per_month, 2) == Decimal("45.62")
    assert (rates.newest_day, rates.ignored_lines) == (date(2026, 7, 8), 0)


def test_a_discount_on_a_line_of_its_own_makes_its_hours_cheaper_and_not_more(
    tmp_path: Path,
) -> None:
    def edp(day: int) -> Cells:
        more = {"line_item_usage_start_date": on(day), "line_item_usage_type": BOX}
        return cur("EdpDiscount", "-0.2304", PLAIN, **more, line_item_usage_amount=24)

    rates = rates_in(tmp_path, [line for day in DAYS for line in (*cur_day(day), edp(day))])

    assert usd(rates.instances[PLAIN, "m5.large"]) == Decimal("0.0864")
    assert usd(rates.instances[PLANNED, "m5.large"]) == Decimal("0.06")


def test_a_fee_for_a_month_on_one_day_is_no_price_of_a_day(tmp_path: Path) -> None:
    monthly = focus("15", "hostedzone/Z1", ChargePeriodStart=on(2))
    daily = [focus("0.4", "hostedzone/Z2", ChargePeriodStart=on(day)) for day in DAYS]
    both = focus("15", "hostedzone/Z2", ChargePeriodStart=on(2))
    rates = rates_in(tmp_path, [monthly, both, *daily])

    assert rates.resource("hostedzone/Z1") is None
    assert round(rates.resources["hostedzone/Z2"].usd_per_month, 2) == Decimal("12.17")


def test_only_dollars_and_only_this_weeks_days_count(tmp_path: Path) -> None:
    old = focus("0.24", PLAIN, x_UsageType=BOX, ConsumedQuantity=24, ChargePeriodStart=on(1))
    lines = [line for day in (19, 20) for line in focus_day(day)]
    path = write_csv(tmp_path / "bill.csv", [old, *lines])
    euros = write_csv(tmp_path / "eur.csv", [dict(line, BillingCurrency="EUR") for line in lines])
    rates = learnt(path, today=date(2026, 7, 21))

    assert usd(rates.instances[PLAIN, "m5.large"]) == Decimal("0.096")
    assert "over 1 day to 2026-07-19" in rates.instances[PLAIN, "m5.large"].source
    assert learnt(euros).why_none == "it is in EUR, and proposals are priced in US dollars"


def test_days_of_the_future_are_no_newest_days(tmp_path: Path) -> None:
    lines = [line for day in (5, 6, 30) for line in focus_day(day)]

    assert rates_in(tmp_path, lines).newest_day == date(2026, 7, 6)


def test_a_bill_without_usage_says_so(tmp_path: Path) -> None:
    tax = focus("3", "", ChargeCategory="Tax")

    assert rates_in(tmp_path, [tax]) == BillRates(why_none="it has no line of usage")


def test_a_hostile_id_is_only_an_id(tmp_path: Path) -> None:
    evil = "i-0a1b2c3d4'); DROP TABLE charges; --"
    lines = [
        focus("1", evil, x_UsageType=BOX, ConsumedQuantity=24, ChargePeriodStart=on(day))
        for day in DAYS
    ]
    rates = rates_in(tmp_path, lines)

    assert rates.instances == {}
    assert list(rates.resources) == [evil]


def test_the_ledger_gives_back_what_was_learnt(tmp_path: Path, ledger: SavingsLedger) -> None:
    lines = [line for day in DAYS for line in cur_day(day)]
    few = cur(
        "Usage",
        "0.1",
        "i-09a1b2c3d4",
        line_item_usage_type="BoxUsage:c5.large",
        line_item_usage_amount=1,
        line_item_usage_start_date=on(3),
    )
    rates = rates_in(tmp_path, [*lines, few])
    store = LedgerBillRates(ledger.engine, "bill")
    before = store.learnt_at()
    for hour in (1, 2):
        now = datetime(2026, 7, 9, hour, tzinfo=UTC)
        with ledger.bookkeeping() as connection:
            save(connection, "bill", list(rows_of(rates)), now=now)
            finish(connection, "bill", rates, now=now)

    assert before is None
    assert store.load() == rates
    assert store.learnt_at() == datetime(2026, 7, 9, 2, tzinfo=UTC)
    assert rates.too_few
    with ledger.bookkeeping() as connection:
        finish(
            connection, "bill", BillRates(why_none="gone"), now=datetime(2026, 7, 10, tzinfo=UTC)
        )
    assert store.load() == BillRates(why_none="gone")
    assert LedgerBillRates(ledger.engine, "other").load() == BillRates()


def test_a_ledger_that_nobody_has_made_has_learnt_nothing_and_is_not_made(tmp_path: Path) -> None:
    file = tmp_path / "finops.db"
    absent = LedgerBillRates(open_engine(f"sqlite:///{file}"), "bill").learnt_at()
    was_made = file.exists()
    file.touch()

    assert (absent, was_made) == (None, False)
    assert LedgerBillRates(open_engine(f"sqlite:///{file}"), "bill").learnt_at() is None
