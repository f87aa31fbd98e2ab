"""The whole inventory: every call that it makes, and every kind that comes of the answers."""

from collections.abc import Callable, Iterator

from finops.domain.cloud import CloudResource
from finops.sources.aws import (
    balancers,
    databases,
    disks,
    images,
    kubernetes,
    machines,
    network,
    storage,
    tagging,
)
from finops.sources.aws.answers import Answers
from finops.sources.aws.calls import IDENTITY, REGIONS, Call
from finops.sources.aws.metrics import METRICS
from finops.sources.aws.nodes import INSTANCE_TYPES

# Asked in each region of an account.
REGIONAL_CALLS: tuple[Call, ...] = (
    *machines.CALLS,
    *disks.CALLS,
    *images.CALLS,
    *network.CALLS,
    *balancers.CALLS,
    *databases.CALLS,
    *kubernetes.CALLS,
    *storage.CALLS,
    *tagging.CALLS,
)
# All that the bot ever asks of AWS about an inventory: what the IAM policy must allow.
CALLS: tuple[Call, ...] = (IDENTITY, REGIONS, *REGIONAL_CALLS, METRICS, INSTANCE_TYPES)

KINDS: tuple[Callable[[Answers], Iterator[CloudResource]], ...] = (
    machines.instances,
    machines.scaling_groups,
    disks.snapshots,
    images.images,
    network.addresses,
    network.nat_gateways,
    network.endpoints,
    balancers.balancers,
    databases.databases,
    databases.database_clusters,
    databases.caches,
    kubernetes.clusters,
    kubernetes.node_groups,
    storage.buckets,
    storage.log_groups,
    storage.functions,
)


def resources(answers: Answers) -> Iterator[CloudResource]:
    """Everything in one region but its volumes."""
    for kind in KINDS:
        yield from kind(answers)
