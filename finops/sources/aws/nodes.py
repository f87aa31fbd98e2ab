"""EC2 instances → nodes, EKS node groups → node groups, and what has no price. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from finops.domain.estate import Gap, Node, NodeGroup, SnapshotPart, Volume
from finops.domain.prices import MachinePrice, PriceList
from finops.domain.quantities import GIB, MIB
from finops.sources.aws.answers import Place, tags_of, team_from
from finops.sources.aws.calls import Call, Raw, under
from finops.sources.aws.failures import SOURCE

# The most types that one call takes.
TYPES_AT_ONCE = 100
INSTANCE_TYPES = Call(
    service="ec2",
    operation="describe_instance_types",
    action="ec2:DescribeInstanceTypes",
    reads="sizes of instance types that the price list lacks",
    items=under("InstanceTypes"),  # without a page size: EC2 refuses one together with names
    trial={"InstanceTypes": ["m5.large"]},
    hides=SnapshotPart.NODES,
)
NODE_GROUP_TAGS = ("eks:nodegroup-name", "karpenter.sh/nodepool", "alpha.eksctl.io/nodegroup-name")
# The bundled price facts are of this region; elsewhere they are an approximation and say so.
BUNDLED_REGION = "us-east-1"


@dataclass(frozen=True, slots=True)
class Size:
    """What a machine of a type has: millicores and bytes."""

    cpu_millicores: int
    memory_bytes: int


def size_from(raw: Raw) -> Size:
    """An instance type as EC2 describes it: 2 vCPU and 8192 MiB are 2000 m and 8 GiB."""
    cores, mebibytes = raw["VCpuInfo"]["DefaultVCpus"], raw["MemoryInfo"]["SizeInMiB"]
    return Size(cores * 1000, mebibytes * MIB)


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What decides the price of an instance."""

    instance_type: str
    region: str
    instance_id: str
    is_spot: bool = False
    is_windows: bool = False

    def price(self, prices: PriceList) -> MachinePrice | None:
        """What the price list says, size included; None when it does not know the type."""
        return prices.machine_price(
            self.instance_type,
            region=self.region,
            capacity_type="spot" if self.is_spot else "on-demand",
            instance_id=self.instance_id,
        )

    def size(self, prices: PriceList) -> Size | None:
        """What the list says of its type, however it is paid; None when it does not know it."""
        price = self.price(prices) or replace(self, is_spot=False).price(prices)
        return Size(price.vcpu * 1000, int(price.memory_gib * GIB)) if price else None

    def usd_per_hour(self, price: MachinePrice | None) -> tuple[Decimal | None, str]:
        """(US dollars an hour, where from or why not).

        A list that only knows on-demand Linux says nothing about a spot or a Windows machine.
        """
        if self.is_spot and (price is None or price.capacity_type != "spot"):
            return None, "a spot instance; the on-demand list does not apply"
        if price is None:
            return None, f"{self.instance_type} is not in the price list"
        # A rate of this very machine is from the bill, whatever its licence is.
        if self.is_windows and not price.is_own_rate:
            return None, "a Windows machine; the Linux list does not apply"
        return price.usd_per_hour, price.source


def machine_from(raw: Raw, region: str) -> Machine:
    """An instance as its price sees it."""
    return Machine(
        instance_type=raw["InstanceType"],
        region=region,
        instance_id=raw["InstanceId"],
        is_spot=raw.get("InstanceLifecycle") == "spot",
        is_windows=raw.get("Platform") == "windows",
    )


def node_from(
    raw: Raw, cluster: str, *, place: Place, prices: PriceList, sizes: Mapping[str, Size]
) -> Node:
    """An instance as a node; `sizes` is EC2's word on types that the price list does not know."""
    tags = tags_of(raw)
    machine = machine_from(raw, place.region)
    price = machine.price(prices)
    usd_per_hour, source = machine.usd_per_hour(price)
    size = machine.size(prices) or sizes[machine.instance_type]
    return Node(
        cluster=cluster,
        name=raw.get("PrivateDnsName") or raw["InstanceId"],
        instance_type=raw["InstanceType"],
        cpu_millicores=size.cpu_millicores,
        memory_bytes=size.memory_bytes,
        instance_id=raw["InstanceId"],
        node_group=next((tags[key] for key in NODE_GROUP_TAGS if tags.get(key)), ""),
        price_usd_per_hour=usd_per_hour,
        price_source=source,
        cashable_limit_usd_per_hour=price.cashable_limit_usd_per_hour if price else None,
        cashable_reason=price.cashable_reason if price else "",
        team=team_from(tags),
        tags=tags,
        region=place.region,
        zone=raw.get("Placement", {}).get("AvailabilityZone", ""),
        architecture=raw.get("Architecture", ""),
        capacity_type="spot" if machine.is_spot else "on-demand",
        created_at=raw.get("LaunchTime"),
    )


def node_group_from(raw: Raw, *, cluster: str) -> NodeGroup:
    """An EKS managed node group; several instance types leave `instance_type` empty."""
    scaling, types = raw.get("scalingConfig", {}), raw.get("instanceTypes") or []
    return NodeGroup(
        cluster=cluster,
        name=raw["nodegroupName"],
        desired_size=scaling.get("desiredSize", 0),
        min_size=scaling.get("minSize", 0),
        max_size=scaling.get("maxSize", 0),
        instance_type=types[0] if len(types) == 1 else "",
        manager="eks",
    )


def unsized(raws: Iterable[Raw], *, region: str, prices: PriceList) -> list[str]:
    """The instance types whose size the price list does not know."""
    machines = {machine_from(raw, region) for raw in raws}
    return sorted({m.instance_type for m in machines if m.size(prices) is None})


def price_gaps(nodes: Sequence[Node], volumes: Sequence[Volume]) -> list[Gap]:
    """What is not priced, or priced by the list of another region; counted, not listed."""
    unpriced = [n for n in nodes if n.price_usd_per_hour is None]
    unknown = sorted({v.volume_type for v in volumes if v.price_usd_per_month is None})
    priced = [(x.region, x.price_source) for x in nodes]
    priced += [(x.region, x.price_source) for x in volumes]
    borrowed = {r for r, source in priced if r != BUNDLED_REGION and BUNDLED_REGION in source}
    sentences = []
    if unpriced:
        reasons = ", ".join(sorted({n.price_source for n in unpriced}))
        sentences.append(f"{len(unpriced)} nodes have no price ({reasons}).")
    if unknown:
        sentences.append(f"Volumes of type {', '.join(unknown)} have no price in the price list.")
    if borrowed:
        sentences.append(
            f"Prices in {', '.join(sorted(borrowed))} are those of {BUNDLED_REGION}, the only "
            "region in the bundled list; real ones are usually a little higher."
        )
    return [Gap(SOURCE, sentence) for sentence in sentences]
