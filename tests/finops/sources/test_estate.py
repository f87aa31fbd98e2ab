from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from finops.aws_cost_integration import AwsCostIntegration
from finops.domain.errors import FinOpsError, InvalidInput, TryAgainLater, WillNeverWork
from finops.domain.estate import EVERYTHING, Container, Gap, Node, UsageSummary, Workload
from finops.domain.prices import MachinePrice
from finops.ports import ClusterState, ContainerUsage, DesiredState, Inventory, UsageReading
from finops.sources.estate import EstateReader, with_price

NOW = datetime(2026, 7, 15, 12, tzinfo=UTC)
FRONTEND = Workload(
    cluster="prod",
    namespace="shop",
    kind="Deployment",
    name="frontend",
    containers=(Container(name="server"), Container(name="proxy")),
)
CPU = UsageSummary(window_days=14, samples=4032, mean=100, maximum=300)


@dataclass
class Declared:
    """Desired state, or the error that reading it ends with."""

    answer: DesiredState | FinOpsError = field(
        default_factory=lambda: DesiredState((FRONTEND,), (Gap("git", "a"),))
    )

    def read(self) -> DesiredState:
        if isinstance(self.answer, FinOpsError):
            raise self.answer
        return self.answer


@dataclass
class Used:
    """A usage reading or an error; remembers the window it was asked for."""

    answer: UsageReading | FinOpsError
    window_days: int = 0

    def read(
        self, workloads: Sequence[Workload], *, now: datetime, window_days: int
    ) -> UsageReading:
        del workloads, now
        self.window_days = window_days
        if isinstance(self.answer, FinOpsError):
            raise self.answer
        return self.answer


@dataclass
class Machines:
    """An inventory, or the error that reading it ends with."""

    answer: Inventory | FinOpsError

    def read(self, *, now: datetime) -> Inventory:
        del now
        if isinstance(self.answer, FinOpsError):
            raise self.answer
        return self.answer


def reader(
    desired: Declared | None = None, usage: Used | None = None, machines: Machines | None = None
) -> EstateReader:
    return EstateReader(
        cluster="prod",
        desired=desired or Declared(),
        prices=AwsCostIntegration(),
        usage=usage,
        inventory=machines,
        window_days=7,
    )


def test_three_sources_make_one_snapshot() -> None:
    node = Node(
        cluster="prod", name="n", instance_type="m5.large", cpu_millicores=2000, memory_bytes=1
    )
    usage = Used(
        UsageReading(
            {("shop", "Deployment", "frontend", "server"): ContainerUsage(cpu=CPU)},
            gaps=(Gap("p", "b"),),
        )
    )
    machines = Machines(Inventory(nodes=(node,), gaps=(Gap("aws", "c"),)))
    snapshot = reader(usage=usage, machines=machines).snapshot(now=NOW)
    server, proxy = snapshot.workloads[0].containers

    assert (snapshot.cluster, snapshot.taken_at, snapshot.nodes) == ("prod", NOW, (node,))
    assert (server.cpu_usage, server.memory_usage, proxy.cpu_usage) == (CPU, None, None)
    assert [gap.sentence for gap in snapshot.gaps] == ["a", "b", "c"]
    assert usage.window_days == 7


@dataclass
class Running:
    """A Kubernetes API server that lists these nodes."""

    nodes: tuple[Node, ...]

    def read(self, *, now: datetime) -> ClusterState:
        del now
        return ClusterState(nodes=self.nodes)


class Committed(AwsCostIntegration):
    """A price list by which a commitment pays every machine."""

    def machine_price(self, instance_type: str, **where: str) -> MachinePrice | None:
        found = super().machine_price(instance_type, **where)
        limit, reason = Decimal("0.05"), "A plan pays."
        return found and replace(found, cashable_limit_usd_per_hour=limit, cashable_reason=reason)


@pytest.mark.parametrize("is_priced_by_the_inventory", [True, False])
def test_what_of_a_price_is_cash_comes_with_the_node(is_priced_by_the_inventory: bool) -> None:
    node = Node(
        cluster="prod",
        name="n",
        instance_type="m5.large",
        cpu_millicores=2000,
        memory_bytes=1,
        instance_id="i-1",
    )
    cloud = with_price(node, Committed()) if is_priced_by_the_inventory else node
    prices = AwsCostIntegration() if is_priced_by_the_inventory else Committed()
    [seen] = (
        EstateReader(
            cluster="prod",
            prices=prices,
            running=Running((node,)),
            inventory=Machines(Inventory(nodes=(cloud,))),
        )
        .snapshot(now=NOW)
        .nodes
    )

    assert seen.price_usd_per_hour == Decimal("0.096")
    assert seen.cashable_limit_usd_per_hour == Decimal("0.05")
    assert seen.cashable_reason == "A plan pays."


def test_a_failing_part_is_a_gap_and_the_rest_is_seen() -> None:
    snapshot = reader(
        usage=Used(TryAgainLater("Prometheus sleeps.")),
        machines=Machines(WillNeverWork("AWS says no.")),
    ).snapshot(now=NOW)

    assert snapshot.workloads == (FRONTEND,)
    assert [gap.sentence for gap in snapshot.gaps] == [
        "a",
        "Usage is missing: Prometheus sleeps.",
        "Machines and disks are missing: AWS says no.",
    ]


def test_beside_the_cluster_a_repository_of_charts_is_one_sentence() -> None:
    gaps = tuple(Gap("git", f"{n} is a chart.", hides=EVERYTHING) for n in range(300))
    declared = Declared(DesiredState((), gaps))
    snapshot = replace(reader(declared), running=Running(())).snapshot(now=NOW)
    [told] = [gap for gap in snapshot.gaps if gap.source == "git"]

    assert not told.hides
    assert told.sentence == (
        "Of some workloads the file that declares them, and its owner, may be unknown: 0 is a "
        "chart. And 299 more such places."
    )


def test_a_part_that_is_not_configured_is_a_gap() -> None:
    sentences = [gap.sentence for gap in reader().snapshot(now=NOW).gaps]

    assert sentences[1:] == [
        "No usage source is configured.",
        "No source of machines and disks is configured.",
    ]


def test_without_desired_state_there_is_no_snapshot() -> None:
    with pytest.raises(TryAgainLater, match="git sleeps"):
        reader(Declared(TryAgainLater("git sleeps"))).snapshot(now=NOW)


def test_whoever_waits_is_told_which_source_is_being_read() -> None:
    class Heard:
        steps: list[tuple[str, int, int]]

        def __init__(self) -> None:
            self.steps = []

        def step(self, what: str, done: int, total: int) -> None:
            self.steps.append((what, done, total))

    heard = Heard()
    whole = reader(usage=Used(UsageReading({})), machines=Machines(Inventory()))
    replace(whole, progress=heard).snapshot(now=NOW)

    assert heard.steps == [
        ("reading manifests", 0, 0),
        ("asking for usage", 0, 0),
        ("reading machines and disks", 0, 0),
    ]


def test_a_sketch_of_a_newer_program_does_not_fail_the_cluster() -> None:
    newer = Used(InvalidInput("A stored usage sketch has version 9."))

    sentences = [gap.sentence for gap in reader(usage=newer).snapshot(now=NOW).gaps]

    assert "Usage is missing: A stored usage sketch has version 9." in sentences


def test_a_cluster_that_lists_nothing_is_asked_about() -> None:
    class Empty:
        def read(self, *, now: datetime) -> ClusterState:
            return ClusterState()

    [gap, *_] = replace(reader(), running=Empty(), desired=None).snapshot(now=NOW).gaps

    assert gap.sentence == "prod lists no workload at all; is it the cluster that is meant?"
