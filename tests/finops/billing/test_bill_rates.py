from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops.billing.bill_lines import RateLine
from finops.billing.bill_rates import rates_of
from finops.domain.billed_rates import BilledRate, BillRates, Pricing, short_id
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


def learnt(*lines: RateLine) -> BillRates:
    return rates_of(lines, newest=NEWEST)


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
    rate = machine(learnt(*days), instance_id="i-0aaaaaaaa")

    assert rate.usd_per_hour == Decimal("0.06")
    assert rate.list_usd_per_hour == Decimal("0.096")
    assert rate.source == (
        "bill: median effective rate of i-0aaaaaaaa over 3 days to 2026-11-27 (on demand, 38 % "
        "under list)"
    )


def test_the_newest_day_counts_only_while_it_is_the_only_one() -> None:
    alone = learnt(hours(days_ago=0))
    half = hours(days_ago=0, hours=Decimal(2), effective_cost=Decimal("0.01"))

    assert machine(alone, instance_id="i-0aaaaaaaa").usd_per_hour == Decimal("0.096")
    assert machine(learnt(half, hours())).usd_per_hour == Decimal("0.096")


def test_what_was_seen_for_less_than_a_day_gives_no_rate_but_the_reason() -> None:
    few = [hours(f"i-0{n:08}", hours=Decimal(2), effective_cost=Decimal("0.1")) for n in range(3)]
    rates = learnt(*few)
    [option] = rates.options

    assert (rates.instances, rates.types) == ({}, {})
    assert rates.too_few == {
        ("m5.large", "eu-central-1", False): "the bill has 6 hours of m5.large in eu-central-1 "
        "until 2026-11-27, under 24"
    }
    assert (option.usd_per_hour, option.why_not) == (None, "6 hours seen, under 24")


def test_each_way_of_paying_has_a_rate_of_its_own_with_its_days() -> None:
    lines = [
        hours(f"i-0{n:08}", "0.06", pricing=Pricing.SAVINGS_PLAN, days_ago=n + 1) for n in range(3)
    ]
    rates = learnt(*lines, hours(days_ago=2), hours("i-0spot0000", "0.03", pricing=Pricing.SPOT))
    planned, *others = rates.options

    assert (planned.pricing, planned.usd_per_hour) == (Pricing.SAVINGS_PLAN, Decimal("0.06"))
    assert (planned.hours, planned.machines) == (Decimal(72), 3)
    assert (planned.first_day, planned.last_day) == (date(2026, 11, 25), date(2026, 11, 27))
    assert [(o.pricing, o.usd_per_hour) for o in others] == [
        (Pricing.ON_DEMAND, Decimal("0.096")),
        (Pricing.SPOT, Decimal("0.03")),
    ]


def test_the_worked_line_of_a_type_holds() -> None:
    two = [hours(), hours("i-0bbbbbbbb", "0.060", pricing=Pricing.SAVINGS_PLAN)]
    rate = machine(learnt(*two), instance_id="i-0unknown1")

    assert rate.usd_per_hour == Decimal("0.078")
    assert rate.source == (
        "bill: mean effective rate of 2 m5.large in eu-central-1 over 1 day to 2026-11-27 "
        "(50 % on demand, 50 % Savings Plan, 19 % under list)"
    )
    assert not rate.is_own


def test_spot_and_licensed_machines_do_not_colour_the_mean_of_their_type() -> None:
    rates = learnt(
        hours(),
        hours("i-0cccccccc", "0.034", pricing=Pricing.SPOT, list_cost=None),
        hours("i-0dddddddd", "0.188", list_cost=None, is_plain_linux=False),
    )

    assert machine(rates).usd_per_hour == Decimal("0.096")
    assert machine(rates, spot=True).usd_per_hour == Decimal("0.034")
    assert machine(rates, spot=True).cash.usd_per_hour is None
    assert machine(rates, instance_id="i-0dddddddd").usd_per_hour == Decimal("0.188")


def test_a_resized_machine_has_no_rate_of_its_own_until_it_is_billed_anew() -> None:
    before = [hours(days_ago=n, instance_type="m5.xlarge", list_cost=None) for n in (2, 3)]
    after = [hours(days_ago=1), hours("i-0bbbbbbbb", "0.05", days_ago=0)]
    rates = learnt(*before, *after)
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
    assert learnt(line) == BillRates(newest_day=NEWEST, ignored_lines=1)


def test_a_committed_machine_is_cash_only_as_far_as_its_family_runs_on_demand() -> None:
    covered = [hours(f"i-0{n:08}", "0.06", pricing=Pricing.SAVINGS_PLAN) for n in range(3)]
    other_size = hours("i-0xxxxxxxx", "0.192", instance_type="m5.xlarge", list_cost=None)
    rate = machine(learnt(*covered, other_size), instance_id="i-000000001")

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
    rates = learnt(covered, elsewhere, other_family, licensed)

    assert machine(rates, instance_id="i-0aaaaaaaa").cash.usd_per_hour == 0
    assert machine(rates).cash.reason.startswith("All m5 in eu-central-1 is paid through reserv")
    assert machine(rates, instance_id="i-0dddddddd").cash.usd_per_hour is None
    assert machine(rates, "c5.large").cash.usd_per_hour is None


def test_only_ids_that_aws_made_up_are_known_without_their_arn() -> None:
    assert short_id("arn:aws:ec2:us-east-1:1:instance/i-0a1b2c3d4e5f") == "i-0a1b2c3d4e5f"
    assert short_id("arn:aws:rds:us-east-1:1:db:web") == "arn:aws:rds:us-east-1:1:db:web"
    assert short_id("arn:aws:s3:::web") == "arn:aws:s3:::web"


LINES = st.builds(
    hours,
    st.sampled_from(["i-0aaaaaaaa", "i-0bbbbbbbb", "i-0cccccccc"]),
    st.decimals("0.0001", "0.0959", places=4).map(str),
    days_ago=st.integers(0, 7),
    instance_type=st.sampled_from(["m5.large", "m5.xlarge", "c5.large"]),
    pricing=st.sampled_from(Pricing),
)


@given(st.lists(LINES, min_size=1, max_size=40))
def test_no_bill_gives_a_rate_above_its_list_or_more_cash_than_cost(lines: list[RateLine]) -> None:
    rates = learnt(*lines)
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
    one, other = learnt(*lines), learnt(*shuffled)

    assert {k: v.usd_per_hour for k, v in one.types.items()} == {
        k: v.usd_per_hour for k, v in other.types.items()
    }
    assert one.newest_day == other.newest_day
