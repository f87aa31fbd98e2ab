"""What all requests of a cluster are worth beside what its nodes cost, so that no dollar is twice.

Freed room lies inside nodes that are paid for anyway. It turns into cash only when a node leaves,
and that cash is the node's. And manifests may ask for more than there is (replicas that wait, files
of another cluster): then the room of all cards together would be worth more than the whole bill.
"""

from decimal import Decimal

from finops.domain.estate import ContainerRole, Snapshot
from finops.domain.money import HOURS_PER_MONTH, format_usd
from finops.domain.quantities import GIB

NOT_TWICE = (
    "Room inside nodes that are paid for anyway: when a node leaves because of it, that cash is "
    "counted with the node, not here again."
)


def cluster_caveats(snapshot: Snapshot) -> tuple[str, ...]:
    """What every card about requests should say of the cluster as a whole.

    Worked: three replicas of 4 cores at $0.03 are 12 · 0.03 · 730 = $263/month of requests; on one
    m5.large of $0.096 an hour, $70/month, at most $70 of them can be worth anything.
    """
    bill, asked = _nodes_usd_per_month(snapshot), _requests_usd_per_month(snapshot)
    if bill is None or asked <= bill:
        return (NOT_TWICE,)
    return (
        NOT_TWICE,
        f"All requests declared for {snapshot.cluster} are worth {format_usd(asked)}/month, but "
        f"the nodes seen cost {format_usd(bill)}/month: part of the room is not paid for.",
    )


def _nodes_usd_per_month(snapshot: Snapshot) -> Decimal | None:
    """Of all nodes; None when there is none or a price is missing."""
    prices = [node.price_usd_per_hour for node in snapshot.nodes]
    known = [price for price in prices if price is not None]
    if not known or len(known) < len(prices):
        return None
    return sum(known, Decimal(0)) * HOURS_PER_MONTH


def _requests_usd_per_month(snapshot: Snapshot) -> Decimal:
    millicores = size_bytes = 0
    for workload in snapshot.workloads:
        for container in workload.containers:
            if container.role is ContainerRole.INIT:
                continue
            millicores += (container.cpu_request_millicores or 0) * workload.replicas
            size_bytes += (container.memory_request_bytes or 0) * workload.replicas
    prices = snapshot.unit_prices
    per_hour = (
        Decimal(millicores) / 1000 * prices.cpu_usd_per_core_hour
        + Decimal(size_bytes) / GIB * prices.memory_usd_per_gib_hour
    )
    return per_hour * HOURS_PER_MONTH
