"""Machines and disks of one cluster, read from the EC2 and EKS APIs."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

from finops.domain.estate import Gap, Node, NodeGroup, SnapshotPart, Volume
from finops.ports import Inventory
from finops.sources.aws_resources import (
    CLUSTER_NAME_TAGS,
    CLUSTER_TAG_PREFIX,
    SOURCE,
    MachinePrices,
    Raw,
    VolumePrices,
    node_from,
    node_group_from,
    price_gaps,
    volume_from,
)

# (service, region) → a boto3 client
ClientFactory = Callable[[str, str], Any]

_DENIED = {
    "AccessDenied",
    "AccessDeniedException",
    "UnauthorizedOperation",
    "AuthFailure",
    "Client.UnauthorizedOperation",
}
_GONE = {"deleting", "deleted", "error"}


def boto3_clients(
    session: Any = None, *, endpoint_url: str | None = None, tries: int = 6
) -> ClientFactory:
    """Clients that wait at most 5 s to connect and 30 s to read, and slow down when throttled.

    `session` is a boto3 session with the credentials; without one, boto3's usual chain is used.
    """
    made = session or boto3.Session()
    config = Config(
        retries={"mode": "adaptive", "max_attempts": tries}, connect_timeout=5, read_timeout=30
    )
    return lambda service, region: made.client(
        service, region_name=region, endpoint_url=endpoint_url, config=config
    )


@dataclass(slots=True)
class _Seen:
    """What one reading has found so far."""

    nodes: dict[str, Node] = field(default_factory=dict)
    groups: list[NodeGroup] = field(default_factory=list)
    volumes: list[Volume] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    regions_without_cluster: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsInventory:
    """Nodes and node groups of `cluster`, and all EBS volumes, in `regions` (InventorySource).

    `clients` makes boto3 clients (see `boto3_clients`); prices come in as two functions. A node is
    a running instance that a tag ties to the cluster (`kubernetes.io/cluster/<name>` or
    `eks:cluster-name`). Volumes of every cluster and of none are read, because the orphans of a
    deleted cluster are tagged with its name. What is not known here stays at its default: requests
    and usage on a node, `detached_since` unless a tag `finops/detached-since` says it.
    """

    clients: ClientFactory
    regions: Sequence[str]
    cluster: str
    machine_price: MachinePrices
    volume_price: VolumePrices

    def read(self, *, now: datetime) -> Inventory:
        """Read all regions; a refused or failing call becomes a gap and the others go on."""
        del now  # what AWS answers is the present
        seen = _Seen()
        for region in self.regions:
            for action, hidden, part in _PARTS:
                try:
                    part(self, region, seen)
                except (ClientError, BotoCoreError) as error:
                    sentence = _failure(error, action, region)
                    seen.gaps.append(Gap(SOURCE, sentence, hides=frozenset({hidden})))
        nodes, volumes = tuple(seen.nodes.values()), tuple(seen.volumes)
        seen.gaps += self._missing_cluster(seen) + price_gaps(self.regions, nodes, volumes)
        gaps = tuple(dict.fromkeys(seen.gaps))
        return Inventory(nodes, tuple(seen.groups), volumes, gaps=gaps)

    def _read_nodes(self, region: str, seen: _Seen) -> None:
        for raw in self._instances(region):
            found = node_from(raw, cluster=self.cluster, region=region, price_of=self.machine_price)
            if isinstance(found, Gap):
                seen.gaps.append(found)
            else:
                seen.nodes[found.instance_id] = found

    def _instances(self, region: str) -> Iterator[Raw]:
        running = {"Name": "instance-state-name", "Values": ["running"]}
        tagged = [{"Name": "tag-key", "Values": [f"{CLUSTER_TAG_PREFIX}{self.cluster}"]}]
        tagged += [{"Name": f"tag:{key}", "Values": [self.cluster]} for key in CLUSTER_NAME_TAGS]
        client = self.clients("ec2", region)
        for one in tagged:
            for page in _pages(client, "describe_instances", Filters=[running, one]):
                for reservation in page["Reservations"]:
                    yield from reservation["Instances"]

    def _read_groups(self, region: str, seen: _Seen) -> None:
        client = self.clients("eks", region)
        try:
            for page in _pages(client, "list_nodegroups", clusterName=self.cluster):
                for name in page["nodegroups"]:
                    answer = client.describe_nodegroup(clusterName=self.cluster, nodegroupName=name)
                    seen.groups.append(node_group_from(answer["nodegroup"], cluster=self.cluster))
        except ClientError as error:
            if _code(error) != "ResourceNotFoundException":
                raise
            seen.regions_without_cluster.append(region)

    def _read_volumes(self, region: str, seen: _Seen) -> None:
        for page in _pages(self.clients("ec2", region), "describe_volumes"):
            seen.volumes += [
                volume_from(raw, price_of=self.volume_price)
                for raw in page["Volumes"]
                if raw.get("State") not in _GONE
            ]

    def _missing_cluster(self, seen: _Seen) -> list[Gap]:
        if not self.regions or set(seen.regions_without_cluster) != set(self.regions):
            return []
        where = ", ".join(self.regions)
        sentence = f"EKS knows no cluster {self.cluster} in {where}; check its name."
        return [Gap(SOURCE, sentence, hides=frozenset({SnapshotPart.NODE_GROUPS}))]


_PARTS: Sequence[tuple[str, SnapshotPart, Callable[[AwsInventory, str, _Seen], None]]] = (
    ("ec2:DescribeInstances", SnapshotPart.NODES, AwsInventory._read_nodes),
    (
        "eks:ListNodegroups and eks:DescribeNodegroup",
        SnapshotPart.NODE_GROUPS,
        AwsInventory._read_groups,
    ),
    ("ec2:DescribeVolumes", SnapshotPart.VOLUMES, AwsInventory._read_volumes),
)


def _pages(client: Any, operation: str, **arguments: Any) -> Iterable[dict[str, Any]]:
    pages: Iterable[dict[str, Any]] = client.get_paginator(operation).paginate(**arguments)
    return pages


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _failure(error: ClientError | BotoCoreError, action: str, region: str) -> str:
    service = action.partition(":")[0].upper()
    if isinstance(error, ClientError) and _code(error) in _DENIED:
        return f"{service} in {region} refused access; allow the IAM actions {action}."
    if isinstance(error, NoCredentialsError):
        return f"{service} in {region} was not asked: there are no AWS credentials."
    reason = _code(error) if isinstance(error, ClientError) else type(error).__name__
    return f"{service} in {region} did not answer {action} ({reason}); its part is missing."
