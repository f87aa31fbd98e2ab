from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops.billing.bill_lines import Pricing, RateLine
from finops.billing.bill_rates import BilledRate, BillRates, rates_of, short_id
from finops.domain.prices import cashable_part

NEWEST = date(2026, 11, 28)


def hours(
    machine: str = "i-0aaaaaaaa",
    usd: str = "0.096",
    *,
    days_ago: int = 1,
    instance_type: str = "m5.large",
    pricing: Pricing = Pricing.ON_DEMAND,
    **more: object,
) -> RateLine:
    """A whole day of one machine at that hourly rate."""
    fields: dict[str, object] = {
        "day": NEWEST - timedelta(days=days_ago),
        "resource_id": machine,
        "effective_cost": Decimal(usd) * 24,
        "list_cost": Decimal("0.096") * 24,
        "region": "eu-central-1",
        "instance_type": instance_type,
        "hours": Decimal(24),
        "pricing": pricing,
    }
    return RateLine(**(fields | more))  # type: ignore[arg-type]  # named fields of one dataclass


def machine(
    rates: BillRates, instance_type: str = "m5.large", instance_id: str = "", spot: bool = False
) -> BilledRate:
    found = rates.machine(
        instance_type, region="eu-central-1", is_spot=spot, instance_id=instance_id
    )
    assert found is not None
    return found


def test_a_machine_has_the_median_rate_of_its_newest_days() -> None:
    days = [hours(usd=usd, days_ago=n) for n, usd in enumerate(["0.01", "0.06", "0.06", "0.09"])]
    rate = machine(rates_of(days), instance_id="i-0aaaaaaaa")

    assert rate.usd_per_hour == Decimal("0.06")
    assert rate.list_usd_per_hour == Decimal("0.096")
    assert rate.source == (
        "bill: median effective rate of i-0aaaaaaaa over 3 days to 2026-11-27 (on demand, 38 % "
        "under list)"
    )


def test_days_before_the_window_do_not_count_in_whatever_order_they_come() -> None:
    old = [hours(usd="0.01", days_ago=n) for n in range(8, 40)]
    new = [hours(usd="0.08", days_ago=n) for n in range(8)]
    rates = rates_of(old[:16] + new + old[16:])

    assert machine(rates, instance_id="i-0aaaaaaaa").usd_per_hour == Decimal("0.08")
    assert "over 7 days to 2026-11-27" in machine(rates).source


def test_the_only_day_of_a_bill_gives_rates_by_the_hour_but_no_months() -> None:
    rates = rates_of([hours(days_ago=0, hours=Decimal(2), effective_cost=Decimal("0.192"))])

    assert machine(rates, instance_id="i-0aaaaaaaa").usd_per_hour == Decimal("0.096")
    assert rates.resource("i-0aaaaaaaa") is None


def test_the_worked_line_of_a_type_holds() -> None:
    two = [hours(), hours("i-0bbbbbbbb", "0.060", pricing=Pricing.SAVINGS_PLAN)]
    rate = machine(rates_of(two), instance_id="i-0unknown1")

    assert rate.usd_per_hour == Decimal("0.078")
    assert rate.source == (
        "bill: mean effective rate of 2 m5.large in eu-central-1 over 1 day to 2026-11-27 "
        "(50 % on demand, 50 % Savings Plan, 19 % under list)"
    )
    assert not rate.is_own


def test_spot_and_licensed_machines_do_not_colour_the_mean_of_their_type() -> None:
    rates = rates_of(
        [
            hours(),
            hours("i-0cccccccc", "0.034", pricing=Pricing.SPOT, list_cost=None),
            hours("i-0dddddddd", "0.188", list_cost=None, is_plain_linux=False),
        ]
    )

    assert machine(rates).usd_per_hour == Decimal("0.096")
    assert machine(rates, spot=True).usd_per_hour == Decimal("0.034")
    assert machine(rates, spot=True).cash.usd_per_hour is None
    assert machine(rates, instance_id="i-0dddddddd").usd_per_hour == Decimal("0.188")


def test_a_resized_machine_has_no_rate_of_its_own_until_it_is_billed_anew() -> None:
    before = [hours(days_ago=n, instance_type="m5.xlarge", list_cost=None) for n in (2, 3)]
    after = [hours(days_ago=1), hours("i-0bbbbbbbb", "0.05", days_ago=0)]
    rates = rates_of([*before, *after])
    own = machine(rates, instance_id="i-0aaaaaaaa")
    proposed = machine(rates, "m5.xlarge", instance_id="i-0aaaaaaaa")

    assert "of i-0aaaaaaaa over 1 day" in own.source
    assert "mean effective rate of 1 m5.xlarge" in proposed.source


@pytest.mark.parametrize(
    "line",
    [
        hours(usd="0"),  # anonymised or free: nobody can learn a price from it
        hours(usd="0.2"),  # dearer than its list price
        hours(usd="-0.01"),
        hours(hours=Decimal(-24)),
    ],
)
def test_an_implausible_line_is_counted_and_not_believed(line: RateLine) -> None:
    rates = rates_of([line])

    assert rates == BillRates(ignored_lines=1)


def test_a_committed_machine_is_cash_only_as_far_as_its_family_runs_on_demand() -> None:
    covered = [hours(f"i-0{n:08}", "0.06", pricing=Pricing.SAVINGS_PLAN) for n in range(3)]
    other_size = hours("i-0xxxxxxxx", "0.192", instance_type="m5.xlarge", list_cost=None)
    rate = machine(rates_of([*covered, other_size]), instance_id="i-000000001")

    assert rate.cash.usd_per_hour == Decimal("0.192")
    assert rate.cash.reason == (
        "m5 in eu-central-1 is paid through Savings Plans, but for $0.19 an hour on demand: at "
        "most that much leaves the bill now."
    )


def test_where_everything_is_committed_nothing_is_cash() -> None:
    covered = hours(usd="0.06", pricing=Pricing.RESERVED)
    elsewhere = hours("i-0bbbbbbbb", region="us-east-1")
    other_family = hours("i-0cccccccc", instance_type="c5.large", list_cost=None)
    licensed = hours("i-0dddddddd", "0.188", list_cost=None, is_plain_linux=False)
    rates = rates_of([covered, elsewhere, other_family, licensed])

    assert machine(rates, instance_id="i-0aaaaaaaa").cash.usd_per_hour == 0
    assert machine(rates).cash.reason.startswith("All m5 in eu-central-1 is paid through reserv")
    assert machine(rates, instance_id="i-0dddddddd").cash.usd_per_hour is None
    assert machine(rates, "c5.large").cash.usd_per_hour is None


def test_a_resource_costs_the_median_of_its_days() -> None:
    def day(days_ago: int, usd: str) -> RateLine:
        arn = "arn:aws:ec2:eu-central-1:1:natgateway/nat-0a1b2c3d4"
        return RateLine(
            day=NEWEST - timedelta(days=days_ago), resource_id=arn, effective_cost=Decimal(usd)
        )

    other = hours(days_ago=0)
    rates = rates_of([other, day(2, "1"), day(2, "0.2"), day(3, "1.2"), day(4, "9")])
    price = rates.resource("nat-0a1b2c3d4")

    assert price is not None
    assert round(price.usd_per_month, 2) == Decimal("36.50")  # 1.2 × 730 ÷ 24
    assert price.source == (
        "bill: median effective cost of nat-0a1b2c3d4 over 3 days to 2026-11-26"
    )


def test_only_ids_that_aws_made_up_are_known_without_their_arn() -> None:
    assert short_id("arn:aws:ec2:us-east-1:1:instance/i-0a1b2c3d4e5f") == "i-0a1b2c3d4e5f"
    assert short_id("arn:aws:rds:us-east-1:1:db:web") == "arn:aws:rds:us-east-1:1:db:web"
    assert short_id("arn:aws:s3:::web") == "arn:aws:s3:::web"


LINES = st.builds(
    hours,
    st.sampled_from(["i-0aaaaaaaa", "i-0bbbbbbbb", "i-0cccccccc"]),
    st.decimals("0.0001", "0.0959", places=4).map(str),
    days_ago=st.integers(0, 12),
    instance_type=st.sampled_from(["m5.large", "m5.xlarge", "c5.large"]),
    pricing=st.sampled_from(Pricing),
)


@given(st.lists(LINES, min_size=1, max_size=40))
def test_no_bill_gives_a_rate_above_its_list_or_more_cash_than_cost(lines: list[RateLine]) -> None:
    rates = rates_of(lines)
    found = [*rates.instances.values(), *rates.types.values()]

    assert found
    for rate in found:
        assert 0 < rate.usd_per_hour <= Decimal("0.096")
        assert rate.list_usd_per_hour == Decimal("0.096")
        assert 0 <= cashable_part(rate.usd_per_hour, rate.cash.usd_per_hour) <= rate.usd_per_hour


@given(st.lists(LINES, min_size=1, max_size=20), st.randoms())
def test_the_order_of_lines_does_not_matter(lines: list[RateLine], random: object) -> None:
    shuffled = list(lines)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    one, other = rates_of(lines), rates_of(shuffled)

    assert {k: v.usd_per_hour for k, v in one.types.items()} == {
        k: v.usd_per_hour for k, v in other.types.items()
    }
    assert one.newest_day == other.newest_day
