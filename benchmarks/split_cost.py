"""AWS's worked example of split cost allocation, through the whole way a bill takes here.

    python -m benchmarks.split_cost --golden ../shared/corpus/billing/split_cost_golden --json

The example's instance becomes a bill of one line and its pods an hour of usage; both are read as
files and allocated as in a cycle. `cents_off` is the sum of the differences, in cents, of every
figure that AWS prints: split, unused and total cost of each pod, what is unused on the instance,
and the namespaces, which AWS adds up from its rounded pods. `sum_of_parts` is everything added up,
`instance` what the instance cost.
"""

import argparse
import json
import tempfile
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from finops.billing.allocated_bill import allocate, allocated_rows
from finops.billing.bill_files import find_bill_files
from finops.billing.duckdb_engine import local_database, open_bill
from finops.billing.usage_hours import CONTAINER_TYPES, ESTATE_TYPES, UsageFiles
from finops.domain.costs import AllocatedCost, CostCategory

_DAY = date(2026, 7, 1)
_NODE = "i-0123456789abcdef0"
_CENT = Decimal("0.01")


def measure(example: Mapping[str, Any]) -> Mapping[str, Any]:
    """Allocate the example and compare every printed figure."""
    with tempfile.TemporaryDirectory(prefix="finops-golden-") as name:
        rows = _allocated(example, Path(name))
    off = Decimal(0)
    namespaces: dict[str, Decimal] = {}
    for pod in example["pods"]:
        mine = [row for row in rows if row.key.workload == pod["pod"]]
        split = _sum(mine, CostCategory.ALLOCATED)
        unused = _sum(mine, CostCategory.IDLE)
        total = _cents(split + unused)
        off += sum(
            abs(_cents(ours) - Decimal(str(theirs)))
            for ours, theirs in (
                (split, pod["split_cost"]),
                (unused, pod["unused_cost"]),
                (total, pod["total"]),
            )
        )
        namespace = pod["namespace"]
        namespaces[namespace] = namespaces.get(namespace, Decimal(0)) + total
    off += abs(_cents(_sum(rows, CostCategory.IDLE)) - Decimal(str(example["unused"]["cost"])))
    for namespace, printed in example["namespace_totals"].items():
        off += abs(namespaces[namespace] - Decimal(str(printed)))
    return {
        "cents_off": int(cents) if (cents := off * 100) == int(off * 100) else float(cents),
        "sum_of_parts": float(sum((row.effective_cost for row in rows), Decimal(0))),
        "instance": float(example["instance"]["amortized_usd_per_hour"]),
        "pods": len(example["pods"]),
    }


def _sum(rows: Sequence[AllocatedCost], category: CostCategory) -> Decimal:
    return sum((row.effective_cost for row in rows if row.key.category is category), Decimal(0))


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(_CENT, ROUND_HALF_UP)


def _allocated(example: Mapping[str, Any], folder: Path) -> list[AllocatedCost]:
    usage = _write(example, folder)
    with local_database() as connection:
        bill = open_bill(connection, find_bill_files([str(folder / "bill.csv")]))
        allocate(connection, bill, usage, start=_DAY, end=date(2026, 7, 2))
        return list(allocated_rows(connection, _DAY))


def _write(example: Mapping[str, Any], folder: Path) -> UsageFiles:
    instance = example["instance"]
    usd = instance["amortized_usd_per_hour"]
    (folder / "bill.csv").write_text(
        "ChargePeriodStart,ResourceId,BilledCost,EffectiveCost,ServiceName,ConsumedUnit,"
        "ConsumedQuantity\n"
        f"{_DAY}T10:00:00Z,{_NODE},{usd},{usd},AmazonEC2,Hrs,1\n"
    )
    pods = [
        (
            f"{_DAY} 10:00:00,golden,{_NODE},{pod['namespace']},Pod,{pod['pod']},main,,"
            f"{pod['reserved_vcpu']},{pod['used_vcpu']},{pod['reserved_gb']},{pod['used_gb']}"
        )
        for pod in example["pods"]
    ]
    containers = folder / "containers.csv"
    containers.write_text("\n".join([",".join(CONTAINER_TYPES), *pods]) + "\n")
    node = f"{_DAY},golden,node,{_NODE},,,{instance['vcpu']},{instance['mem_gb']},1,,,,"
    estate = folder / "estate.csv"
    estate.write_text(f"{','.join(ESTATE_TYPES)}\n{node}\n")
    return UsageFiles((str(containers),), (str(estate),))


def main() -> None:
    """Print how far off we are."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--golden", type=Path, required=True, help="the example's folder")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    example = json.loads((arguments.golden / "aws_split_cost_example.json").read_text())
    found = measure(example)
    print(json.dumps(found) if arguments.json else json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
