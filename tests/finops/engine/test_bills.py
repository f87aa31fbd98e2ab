"""From a cycle's snapshot and a bill's file to daily rows, corrections and verdicts."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from finops.billing.bill_source import BillSource
from finops.domain.cluster_objects import Claim, Pod, Service
from finops.domain.costs import BillDay
from finops.domain.errors import InvalidInput, TryAgainLater
from finops.domain.estate import Container, Node, Snapshot, UsageSummary, Volume, Workload
from finops.domain.prices import DEFAULT_UNIT_PRICES
from finops.domain.quantities import GIB
from finops.engine.bills import first_day, keep_hours
from finops.finops_engine import FinOpsEngine
from finops.ledger import container_hours, costs, history
from finops.ledger.bill_rates import LedgerBillRates
from finops.savings_ledger import SavingsLedger

NOW = datetime(2026, 7, 2, 9, 30, tzinfo=UTC)
NODE = "i-0123456789abcdef0"
HEADER = "ChargePeriodStart,ResourceId,BilledCost,EffectiveCost,BillingCurrency,InvoiceId\n"
BILL = (
    HEADER
    + f"2026-07-02T00:00:00Z,{NODE},6.00,5.20,USD,\n"
    + "2026-07-02T00:00:00Z,vol-0123456789abcdef0,0.80,0.80,USD,\n"
)


def usage(mean: float) -> UsageSummary:
    return UsageSummary(window_days=14, samples=10, mean=mean, maximum=mean)


def snapshot(now: datetime = NOW, *, web_cores: float = 2) -> Snapshot:
    web = Workload(
        cluster="prod",
        namespace="shop",
        kind="Deployment",
        name="web",
        team="storefront",
        containers=(
            Container(
                name="main",
                cpu_request_millicores=int(web_cores * 1000),
                memory_request_bytes=4 * GIB,
                cpu_usage=usage(100),
            ),
        ),
    )
    pod = Pod(
        namespace="shop",
        name="web-0",
        node="ip-1",
        workload_kind="Deployment",
        workload_name="web",
        claims=("data",),
    )
    machine = Node(
        cluster="prod",
        name="ip-1",
        instance_type="m5.xlarge",
        cpu_millicores=4000,
        memory_bytes=16 * GIB,
        instance_id=NODE,
        node_group="general",
    )
    claim = Claim(
        namespace="shop",
        name="data",
        phase="Bound",
        volume_handle="vol-0123456789abcdef0",
        used_by=("web-0",),
    )
    return Snapshot(
        cluster="prod",
        taken_at=now,
        workloads=(web,),
        pods=(pod, replace(pod, name="waiting", node="")),
        nodes=(machine,),
        claims=(claim,),
        services=(Service(namespace="shop", name="web", type="LoadBalancer", balancer="a-b.elb"),),
        unit_prices=DEFAULT_UNIT_PRICES,
    )


class Estate:
    """One snapshot, again and again."""

    def __init__(self) -> None:
        self.now = NOW
        self.web_cores: float = 2

    def snapshot(self, *, now: datetime) -> Snapshot:
        return snapshot(now, web_cores=self.web_cores)


class Place:
    """An engine with a bill in a file."""

    def __init__(self, ledger: SavingsLedger, path: Path) -> None:
        self.estate = Estate()
        self.path = path
        self.ledger = ledger
        self.engine = FinOpsEngine(
            ledger,
            snapshots={"prod": self.estate},
            allocating_bills=[BillSource(files=(str(path),))],
            now=lambda: self.estate.now,
        )

    def sums(self, *by: str) -> dict[tuple[str, ...], Decimal]:
        with self.ledger.reading() as tx:
            found = costs.cost_sums(
                tx.connection, start=date(2026, 7, 1), end=date(2026, 8, 1), by=by
            )
        return {
            tuple(str(one.keys[name]) for name in by): one.effective_cost
            for one in found
            if one.effective_cost
        }


@pytest.fixture
def place(ledger: SavingsLedger, tmp_path: Path) -> Place:
    path = tmp_path / "bill.csv"
    path.write_text(BILL)
    return Place(ledger, path)


def test_what_a_cycle_saw_splits_the_bill_to_workload_team_and_volume(place: Place) -> None:
    place.engine.scan("prod")
    changes = place.engine.allocate_bills()

    assert not changes
    assert place.sums("category", "workload", "team", "item") == {
        ("idle", "web", "storefront", "cpu"): Decimal("1.80"),
        ("idle", "web", "storefront", "memory"): Decimal("1.20"),
        ("allocated", "web", "storefront", "cpu"): Decimal("1.80"),
        ("allocated", "web", "storefront", "memory"): Decimal("0.40"),
        ("allocated", "web", "storefront", ""): Decimal("0.80"),
    }
    assert place.sums() == {(): Decimal("6.00")}


def test_verification_gets_containers_node_groups_and_volumes(place: Place) -> None:
    place.engine.scan("prod")
    place.engine.allocate_bills()
    with place.ledger.reading() as tx:
        rows = history.costs(tx.connection, start=date(2026, 7, 1), end=date(2026, 8, 1))
    found = {(row.resource_key, row.category): row.effective_cost for row in rows}

    assert found[("prod/NodeGroup/general", "billed")] == Decimal("5.20")
    assert found[("prod/Volume/vol-0123456789abcdef0", "billed")] == Decimal("0.80")
    # In our own prices 4 cores and 16 GiB are 65.1 % CPU, of which web asks for half.
    cpu = found[("prod/shop/Deployment/web/main", "allocated_cpu")]
    assert abs(cpu - Decimal("5.20") * Decimal("0.65101") / 2) < Decimal("0.001")
    assert ("prod/shop/Deployment/web/main", "allocated_memory") in found


def test_a_disk_that_nobody_claims_any_more_is_proved_on_all_its_days(place: Place) -> None:
    """Also on the days before anybody looked: that is what a deletion is judged by."""
    orphan = "vol-0aaaaaaaaaaaaaaa0"
    lines = "".join(f"2026-07-0{day}T00:00:00Z,{orphan},1,1,USD,\n" for day in (1, 2))
    place.path.write_text(BILL + lines)
    seen = replace(
        snapshot(),
        volumes=(Volume(volume_id=orphan, size_gib=8, volume_type="gp3", is_attached=False),),
    )
    keep_hours(place.engine.parts, seen)
    place.engine.allocate_bills()
    with place.ledger.reading() as tx:
        rows = history.costs(
            tx.connection,
            start=date(2026, 7, 1),
            end=date(2026, 8, 1),
            resource_key=f"prod/Volume/{orphan}",
        )

    assert [(row.day.day, row.cluster, row.effective_cost) for row in rows] == [
        (1, "prod", Decimal(1)),
        (2, "prod", Decimal(1)),
    ]


def test_prices_are_learnt_with_each_reading_and_stay_when_one_fails(place: Place) -> None:
    def month(usd: str) -> str:
        rows = (
            f"2026-07-0{day}T00:00:00Z,{NODE},{usd},{usd},USD,,BoxUsage:m5.xlarge,24\n"
            for day in (1, 2)
        )
        return HEADER.strip() + ",x_UsageType,ConsumedQuantity\n" + "".join(rows)

    store = LedgerBillRates(place.ledger.engine, "bill")
    is_new = place.engine.has_unread_bill
    place.path.write_text(month("2.40"))
    place.engine.allocate_bills()
    first = store.load().instances[NODE, "m5.xlarge"].usd_per_hour
    place.path.write_text(month("much"))
    with pytest.raises(InvalidInput):
        place.engine.allocate_bills()
    place.path.write_text(month("4.80"))
    kept = store.load().instances[NODE, "m5.xlarge"].usd_per_hour
    place.engine.allocate_bills()

    assert (is_new, place.engine.has_unread_bill) == (True, False)
    assert (first, kept) == (Decimal("0.1"), Decimal("0.1"))
    assert store.load().instances[NODE, "m5.xlarge"].usd_per_hour == Decimal("0.2")


def test_hours_of_a_day_add_up_and_a_later_look_at_one_takes_its_place(place: Place) -> None:
    place.engine.scan("prod")
    place.estate.web_cores = 4
    place.engine.scan("prod")
    place.estate.now = NOW.replace(hour=15)
    place.estate.web_cores = 0
    place.engine.scan("prod")
    with place.ledger.reading() as tx:
        [day] = container_hours.known_days(
            tx.connection, start=date(2026, 7, 1), end=date(2026, 8, 1)
        )
    place.engine.allocate_bills()

    assert (day.hours, day.day) == (2, date(2026, 7, 2))
    # 4 of 4 cores in one hour, 0.1 (its usage) in the other.
    cpu = place.sums("category", "item")[("allocated", "cpu")]
    assert abs(cpu - Decimal("3.60") * (4 + Decimal("0.1")) / 8) < Decimal("0.000002")


def test_reading_again_changes_nothing_but_corrections_which_are_shown(place: Place) -> None:
    place.engine.scan("prod")
    place.engine.allocate_bills()
    before = place.sums("category", "workload", "item")
    again = place.engine.allocate_bills()

    assert (list(again), place.sums("category", "workload", "item")) == ([], before)

    place.path.write_text(BILL.replace("6.00,5.20", "4.00,3.20"))
    [change] = place.engine.allocate_bills()

    assert (change.billed_before, change.billed_after) == (Decimal("6.80"), Decimal("4.80"))
    assert place.sums() == {(): Decimal("4.00")}


def test_an_export_that_lost_days_changes_nothing(place: Place) -> None:
    place.path.write_text(BILL + "2026-07-01T00:00:00Z,vol-1,1,1,USD,\n")
    place.engine.allocate_bills()
    place.path.write_text(BILL)

    with pytest.raises(InvalidInput, match=r"'bill' has lost 1 days .*2026-07-01 to 2026-07-01"):
        place.engine.allocate_bills()
    assert place.sums() == {(): Decimal("7.00")}


def test_a_bill_with_one_broken_line_changes_nothing(place: Place) -> None:
    place.engine.allocate_bills()
    place.path.write_text(BILL + "2026-07-02T00:00:00Z,vol-9,1,much,USD,\n")

    with pytest.raises(InvalidInput, match=r"line 4: EffectiveCost is 'much'"):
        place.engine.allocate_bills()
    assert place.sums() == {(): Decimal("6.00")}


class Yesterday:
    """Knows every hour of a day: half of the node's cores in each."""

    def __init__(self) -> None:
        self.asked: list[date] = []
        self.is_down = False

    def hours(self, workloads: Sequence[Workload], *, day: date) -> Sequence[Sequence[object]]:
        self.asked.append(day)
        if self.is_down:
            raise TryAgainLater("Prometheus is away.")
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC).replace(tzinfo=None)
        place = ("prod", "ip-1", "shop", "Deployment", "web", "main", "")
        return [(midnight + timedelta(hours=n), *place, 2.0, 0.0, 8.0, 0.0) for n in range(24)]


def test_the_whole_day_is_asked_for_once_it_is_over_and_only_until_it_is_known(
    place: Place,
) -> None:
    hourly = Yesterday()
    parts = replace(place.engine.parts, hours={"prod": hourly})
    hourly.is_down = True
    keep_hours(parts, snapshot())
    hourly.is_down = False
    keep_hours(parts, snapshot())
    keep_hours(parts, snapshot())
    place.path.write_text(BILL.replace("2026-07-02", "2026-07-01"))
    place.engine.allocate_bills()

    assert hourly.asked == [date(2026, 7, 1), date(2026, 7, 1)]
    assert place.sums("category", "item")[("allocated", "cpu")] == Decimal("1.80")
    assert place.sums("category", "item")[("allocated", "memory")] == Decimal("0.80")


def test_old_hours_are_forgotten(place: Place) -> None:
    place.engine.scan("prod")
    place.estate.now = datetime(2026, 10, 1, tzinfo=UTC)
    place.engine.forget()
    with place.ledger.reading() as tx:
        known = container_hours.known_day(tx.connection, "prod", date(2026, 7, 2))

    assert known is None


def bill_day(day: date, *, is_final: bool) -> BillDay:
    return BillDay(
        day=day,
        currency="USD",
        billed_cost=Decimal(1),
        effective_cost=Decimal(1),
        list_cost=Decimal(1),
        lines=1,
        is_final=is_final,
    )


def test_months_are_read_again_until_they_are_final() -> None:
    today = date(2026, 7, 20)
    april = [bill_day(date(2026, 4, 3), is_final=True)]
    may = [bill_day(date(2026, 5, 9), is_final=False)]

    assert first_day([], today=today) == date(2026, 6, 1)
    assert first_day(april, today=today) == date(2026, 6, 1)
    assert first_day([*april, *may], today=today) == date(2026, 5, 1)
