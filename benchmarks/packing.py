"""How many nodes a consolidation needs, beside a bound that no plan can beat and first-fit.

    python -m benchmarks.packing --pods 10000 --nodes 1000 --json
    python -m benchmarks.packing --cluster DIR --json

The first makes a cluster from a seed (`made_cluster`), the second reads the nodes and running pods
of the public openb trace from DIR (`read_cluster`). In both the pods are first spread over all
nodes as kube-scheduler does by default; `nodes_before` counts all nodes, `nodes_after` what the
plan keeps, with every pod placed by every hard rule. `lower_bound` is fractional (pods may be cut);
`over_bound` is nodes_after ÷ lower_bound − 1. `first_fit_decreasing` fills nodes from scratch,
largest first, without any topology rule. `seconds` is building the model and finding the plan.
"""

import argparse
import csv
import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np

from finops.domain.cluster_objects import Placement, Pod, Taint, Toleration, TopologySpread
from finops.domain.estate import Node, Snapshot, Workload
from finops.domain.prices import DEFAULT_UNIT_PRICES
from finops.domain.quantities import GIB, MIB
from finops.rightsizing.packing.bounds import first_fit, lower_bound
from finops.rightsizing.packing.consolidation import consolidate
from finops.rightsizing.packing.from_snapshot import model_of
from finops.rightsizing.packing.model import ClusterModel
from finops.rightsizing.packing.occupancy import Occupancy
from finops.rightsizing.packing.packer import spread

_ZONES = ("a", "b", "c")
_HOSTNAME, _ZONE = "kubernetes.io/hostname", "topology.kubernetes.io/zone"
_GPU, _GPU_WHOLE = "gpu-milli", 1000
_BATCH = Taint("pool", "batch")


def made_cluster(pods: int, nodes: int, seed: int) -> Snapshot:
    """A cluster like those people run.

    Nodes: 8 cores and 32 GiB, a few per cent kept by the system, 58 pods, in three zones; each has
    a DaemonSet pod of 250m and 512 MiB. One in ten is tainted for batch. Workloads: replicas are
    geometric with mean 10; CPU log-normal around 200m, memory around 500 MiB (σ = 1), at most 4
    cores and 16 GiB. One in ten keeps its own pods apart by node, one in twenty spreads over zones
    (skew 1), one in ten may (and must) run on the batch nodes only, half of it.
    """
    random = np.random.default_rng(seed)
    machines = [_machine(number, is_batch=number % 10 == 0) for number in range(nodes)]
    workloads: list[Workload] = []
    found: list[Pod] = []
    while len(found) < pods:
        name = f"w{len(workloads)}"
        placement = _placement(float(random.random()))
        count = min(int(random.geometric(0.1)), pods - len(found))
        cpu = int(np.clip(random.lognormal(np.log(200), 1), 10, 4000))
        memory = int(np.clip(random.lognormal(np.log(500), 1), 16, 16384)) * MIB
        workloads.append(_workload(name, placement))
        found += [_pod(name, number, cpu, memory) for number in range(count)]
    agents = [
        replace(_pod("agent", number, 250, 512 * MIB), node=node.name, workload_kind="DaemonSet")
        for number, node in enumerate(machines)
    ]
    return _snapshot(machines, workloads, (*found, *agents))


def _machine(number: int, *, is_batch: bool) -> Node:
    zone = _ZONES[number % 3]
    pool = "batch" if is_batch else "general"
    return Node(
        cluster="bench",
        name=f"n{number}",
        instance_type="m5.2xlarge",
        cpu_millicores=8000,
        memory_bytes=32 * GIB,
        allocatable_cpu_millicores=7910,
        allocatable_memory_bytes=30 * GIB,
        max_pods=58,
        zone=zone,
        labels={_HOSTNAME: f"n{number}", _ZONE: zone, "pool": pool},
        taints=(_BATCH,) if is_batch else (),
        node_group=pool,
        price_usd_per_hour=Decimal("0.384"),
    )


def _placement(chance: float) -> Placement:
    if chance < 0.10:
        return Placement(apart_on=(_HOSTNAME,))
    if chance < 0.15:
        return Placement(spreads=(TopologySpread(_ZONE, 1, is_hard=True),))
    if chance < 0.20:
        tolerates = (Toleration("pool", "Equal", "batch", ""),)
        return Placement(node_selector={"pool": "batch"}, tolerations=tolerates)
    return Placement()


def _workload(name: str, placement: Placement) -> Workload:
    return Workload(
        cluster="bench", namespace="shop", kind="Deployment", name=name, placement=placement
    )


def _pod(workload: str, number: int, cpu: int, memory: int) -> Pod:
    return Pod(
        namespace="shop",
        name=f"{workload}-{number}",
        node="",
        workload_kind="Deployment",
        workload_name=workload,
        cpu_request_millicores=cpu,
        memory_request_bytes=memory,
    )


def _snapshot(
    nodes: Sequence[Node], workloads: Iterable[Workload], pods: Sequence[Pod]
) -> Snapshot:
    return Snapshot(
        cluster="bench",
        taken_at=datetime(2026, 7, 1, tzinfo=UTC),
        nodes=tuple(nodes),
        workloads=tuple(workloads),
        pods=tuple(pods),
        unit_prices=DEFAULT_UNIT_PRICES,
    )


def read_cluster(folder: Path) -> Snapshot:
    """All nodes of the openb trace, and its pods in the phase Running.

    GPUs are a further resource, in thousandths. A pod that shares one asks for a share rounded up
    to 1/2, 1/4 or 1/8 of it: shares that divide each other always fit whole devices where their sum
    does, so a plan holds device by device. Equal pods are taken for one workload.
    """
    nodes = [_machine_of(row) for row in _rows(folder, "openb_node_list*.csv")]
    rows = [r for r in _rows(folder, "openb_pod_list*.csv") if r["pod_phase"] == "Running"]
    pods = [_pod_of(row) for row in rows]
    names = dict.fromkeys(pod.workload_name for pod in pods)
    return _snapshot(nodes, [_workload(name, Placement()) for name in names], pods)


def _rows(folder: Path, pattern: str) -> list[dict[str, str]]:
    (path,) = sorted(folder.glob(pattern))[:1]
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def _machine_of(row: dict[str, str]) -> Node:
    cpu, memory = int(row["cpu_milli"]), int(row["memory_mib"]) * MIB
    return Node(
        cluster="bench",
        name=row["sn"],
        instance_type=row["model"] or "cpu",
        cpu_millicores=cpu,
        memory_bytes=memory,
        allocatable_cpu_millicores=cpu,
        allocatable_memory_bytes=memory,
        allocatable_others={_GPU: int(row["gpu"]) * _GPU_WHOLE},
    )


def _pod_of(row: dict[str, str]) -> Pod:
    cpu, memory = int(row["cpu_milli"]), int(row["memory_mib"]) * MIB
    gpu = int(row["num_gpu"]) * _rounded_share(int(row["gpu_milli"]))
    pod = _pod(f"{cpu}-{memory}-{gpu}", 0, cpu, memory)
    return replace(pod, name=row["name"], other_requests={_GPU: gpu} if gpu else {})


def _rounded_share(milli: int) -> int:
    return next((s for s in (125, 250, 500) if milli <= s), _GPU_WHOLE) if milli else 0


def measure(snapshot: Snapshot) -> dict[str, Any]:
    """Spread the pods, plan, and compare."""
    spread_out = _spread_out(snapshot)
    began = time.perf_counter()
    model = model_of(spread_out)
    plan = consolidate(model)
    seconds = time.perf_counter() - began
    assert not plan.waiting, plan.waiting[:3]
    bound = lower_bound(model)
    return {
        "pods": len(model.pods),
        "nodes_before": len(model.nodes),
        "nodes_after": plan.nodes_after,
        "lower_bound": bound,
        "over_bound": round(plan.nodes_after / bound - 1, 4),
        "first_fit_decreasing": _first_fit(model),
        "seconds": round(seconds, 3),
    }


def _spread_out(snapshot: Snapshot) -> Snapshot:
    """Every pod on the node that kube-scheduler's default scoring would choose, largest first."""
    model = model_of(snapshot)
    occupancy = Occupancy(model, model.requests)
    waiting = spread(
        occupancy,
        np.argsort(-(model.requests @ model.weights), kind="stable"),
        np.ones(len(model.nodes), dtype=bool),
    )
    assert waiting is None, f"{model.pods[waiting]} fits nowhere: give the cluster more nodes"
    at = {name: model.nodes[occupancy.placed[number]] for number, name in enumerate(model.pods)}
    return replace(
        snapshot,
        pods=tuple(replace(p, node=p.node or at[f"{p.namespace}/{p.name}"]) for p in snapshot.pods),
    )


def _first_fit(model: ClusterModel) -> int:
    placed = first_fit(model.room, model.requests, model.may_run[model.pod_class])
    return len(np.unique(placed[placed >= 0]))


def main() -> None:
    """Measure and print; the last line is one JSON object."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pods", type=int, default=10_000)
    parser.add_argument("--nodes", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cluster", type=Path, help="folder with the openb nodes and pods")
    parser.add_argument("--json", action="store_true", help="print the JSON line only")
    asked = parser.parse_args()
    if asked.cluster:
        snapshot = read_cluster(asked.cluster)
    else:
        snapshot = made_cluster(asked.pods, asked.nodes, asked.seed)
    figures = measure(snapshot)
    if not asked.json:
        for name, value in figures.items():
            print(f"{name:22} {value}")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
