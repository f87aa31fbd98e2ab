"""Machines and disks of one cluster, read from the EC2 and EKS APIs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from finops.domain.checks import Check
from finops.domain.errors import OutsideWorldFailed
from finops.domain.estate import Gap, Node, NodeGroup, SnapshotPart, Volume
from finops.domain.prices import PriceList
from finops.ports import Inventory
from finops.sources.aws import permissions
from finops.sources.aws.answers import Answers, Place
from finops.sources.aws.calls import Call, single
from finops.sources.aws.clients import Clients
from finops.sources.aws.disks import VOLUMES, VolumeClaim, volumes
from finops.sources.aws.failures import SOURCE, gaps_from
from finops.sources.aws.identity import Identity, identify
from finops.sources.aws.kubernetes import NODE_GROUP, NODE_GROUPS
from finops.sources.aws.machines import CLUSTER_NAME_TAGS, CLUSTER_TAG_PREFIX, INSTANCES
from finops.sources.aws.nodes import (
    INSTANCE_TYPES,
    TYPES_AT_ONCE,
    Size,
    node_from,
    node_group_from,
    price_gaps,
    size_from,
    unsized,
)
from finops.sources.aws.region import Asker, Question, Setbacks, read_region


@dataclass(slots=True, kw_only=True)
class AwsInventory:
    """Nodes and node groups of `cluster`, and EBS volumes, in `regions` (InventorySource, Checked).

    A node is a running instance that a tag ties to the cluster (`kubernetes.io/cluster/<name>` or
    `eks:cluster-name`). Volumes of every cluster and of none are read, because the orphans of a
    deleted cluster are tagged with its name; with `only_own_volumes` those of this cluster alone,
    because an `AccountReader` reads the others. What is not known here stays at its default:
    requests and usage on a node, `detached_since` unless a tag `finops/detached-since` says it.
    `eks_name` is what AWS calls the cluster, where that is not `cluster`.
    """

    clients: Clients
    regions: Sequence[str]
    cluster: str
    prices: PriceList
    only_own_volumes: bool = False
    eks_name: str = ""
    _identity: Identity | None = field(default=None, init=False)

    def read(self, *, now: datetime) -> Inventory:
        """Read all regions; a refused or failing call becomes a gap and the others go on.

        Raises TryAgainLater or WillNeverWork when AWS does not accept the credentials at all.
        """
        del now  # what AWS answers is the present
        identity, setbacks, calls = self.identity(), Setbacks(), _calls_for(self._cloud_name)
        nodes: dict[str, Node] = {}
        groups: list[NodeGroup] = []
        found: list[Volume] = []
        is_known = False
        for region in self.regions:
            place = Place(identity.account, region, identity.partition)
            asker = Asker(self.clients, region, setbacks)
            answers = read_region(asker, place, calls.all)
            nodes |= self._nodes(answers, calls, asker)
            groups += [
                node_group_from(raw, cluster=self.cluster) for raw in answers.of(calls.group)
            ]
            found += [v for v in volumes(answers, self.prices) if self._keeps(v)]
            is_known |= bool(answers.of(calls.groups)) or not answers.knows(calls.groups)
        gaps = gaps_from(f"AWS account of cluster {self.cluster}", setbacks.failures)
        if not is_known and self.regions:
            gaps.append(self._missing_cluster())
        gaps += price_gaps(tuple(nodes.values()), found)
        return Inventory(tuple(nodes.values()), tuple(groups), tuple(found), gaps=tuple(gaps))

    def check(self) -> Sequence[Check]:
        """Whose credentials these are, then each permission of the inventory in one region."""
        calls = (*_calls_for(self._cloud_name).all, INSTANCE_TYPES)
        return permissions.check(self.clients, self._home, name=self.cluster, calls=calls)

    def identity(self) -> Identity:
        """Whose credentials these are; asked once. Raises as `read` does."""
        if self._identity is None:
            who = f"AWS account of cluster {self.cluster}"
            self._identity = identify(self.clients, self._home, who=who)
        return self._identity

    def claim(self) -> VolumeClaim:
        """Which volumes `read` reports, so that an account need not report them again.

        Where AWS accepts no credentials it is none: then `read` reports none either.
        """
        try:
            account = self.identity().account
        except OutsideWorldFailed:
            account = ""
        return VolumeClaim(account, frozenset(self.regions), self._cloud_name)

    @property
    def _cloud_name(self) -> str:
        """What EKS and tags call the cluster."""
        return self.eks_name or self.cluster

    @property
    def _home(self) -> str:
        return self.regions[0] if self.regions else self.clients.home_region

    def _keeps(self, volume: Volume) -> bool:
        return not self.only_own_volumes or volume.cluster == self._cloud_name

    def _nodes(self, answers: Answers, calls: "_Calls", asker: Asker) -> dict[str, Node]:
        """By instance id: an instance that two tags tie to the cluster is one node."""
        raws = [raw for call in calls.instances for raw in answers.of(call)]
        place = answers.place
        unknown = unsized(raws, region=place.region, prices=self.prices)
        sizes = _sizes(unknown, asker)
        return {
            raw["InstanceId"]: node_from(
                raw, self.cluster, place=place, prices=self.prices, sizes=sizes
            )
            for raw in raws
            # A failure to learn a size is a gap that hides nodes.
            if raw["InstanceType"] in sizes or raw["InstanceType"] not in unknown
        }

    def _missing_cluster(self) -> Gap:
        where = ", ".join(self.regions)
        sentence = (
            f"EKS knows no cluster {self._cloud_name} in {where}; set aws.eks_name to how AWS "
            "calls it."
        )
        return Gap(SOURCE, sentence, hides=frozenset({SnapshotPart.NODE_GROUPS}))


def _sizes(types: Sequence[str], asker: Asker) -> Mapping[str, Size]:
    """What EC2 says about types that the price list does not know."""
    sizes: dict[str, Size] = {}
    for start in range(0, len(types), TYPES_AT_ONCE):
        arguments = {"InstanceTypes": types[start : start + TYPES_AT_ONCE]}
        found, _ = asker.ask(Question(INSTANCE_TYPES, arguments))
        sizes |= {raw["InstanceType"]: size_from(raw) for raw in found}
    return sizes


@dataclass(frozen=True, slots=True)
class _Calls:
    """The calls of the inventory, narrowed to one cluster."""

    instances: tuple[Call, ...]
    groups: Call
    group: Call

    @property
    def all(self) -> tuple[Call, ...]:
        return (*self.instances, self.groups, self.group, VOLUMES)


def _calls_for(cluster: str) -> _Calls:
    groups = replace(
        NODE_GROUPS,
        arguments={"clusterName": cluster},
        items=single(
            "nodegroups"
        ),  # one list a page, so that a cluster without groups is not unknown
        after=None,
        asks=None,
        absent_codes=frozenset({"ResourceNotFoundException"}),
        hides=SnapshotPart.NODE_GROUPS,
    )
    group = replace(
        NODE_GROUP,
        after=groups,
        asks=lambda _, names: [{"clusterName": cluster, "nodegroupName": n} for n in names],
        hides=SnapshotPart.NODE_GROUPS,
    )
    return _Calls(tuple(_instance_calls(cluster)), groups, group)


def _instance_calls(cluster: str) -> Iterator[Call]:
    """EC2 can ask for one tag or another only in several calls."""
    running = {"Name": "instance-state-name", "Values": ["running"]}
    tagged: list[dict[str, Any]] = [
        {"Name": "tag-key", "Values": [f"{CLUSTER_TAG_PREFIX}{cluster}"]},
        *({"Name": f"tag:{key}", "Values": [cluster]} for key in CLUSTER_NAME_TAGS),
    ]
    for one in tagged:
        yield replace(INSTANCES, arguments={"Filters": [running, one]}, hides=SnapshotPart.NODES)
