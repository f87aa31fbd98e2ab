"""Which CloudWatch metrics decide whether a resource is idle, and nothing beyond them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from finops.domain.cloud import CloudKind, CloudResource
from finops.domain.estate import Volume

AVERAGE, MAXIMUM, SUM = "Average", "Maximum", "Sum"
# S3 measures once a day, and the figure is a size, not a use: the newest days are enough.
SIZE_DAYS = 3

Dimensions = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Wish:
    """One metric of one resource in one statistic; equal wishes are one question.

    `name` is its key in the resource's metrics. `days` shortens the window.
    """

    resource_id: str
    name: str
    namespace: str
    metric: str
    dimensions: Dimensions
    statistic: str
    days: int | None = None


# namespace, name of the dimension, metric → statistics
_Metrics = Mapping[str, tuple[str, ...]]
_Row = tuple[str, str, _Metrics]

_EC2: _Row = (
    "AWS/EC2",
    "InstanceId",
    {"CPUUtilization": (AVERAGE, MAXIMUM), "NetworkIn": (SUM,), "NetworkOut": (SUM,)},
)
_EBS: _Row = ("AWS/EBS", "VolumeId", {"VolumeReadOps": (SUM,), "VolumeWriteOps": (SUM,)})
_NAT: _Row = (
    "AWS/NATGateway",
    "NatGatewayId",
    {"ActiveConnectionCount": (MAXIMUM,), "BytesOutToDestination": (SUM,)},
)
_RDS: _Row = (
    "AWS/RDS",
    "DBInstanceIdentifier",
    {"DatabaseConnections": (MAXIMUM,), "CPUUtilization": (AVERAGE, MAXIMUM)},
)
# They answer the RDS API and measure themselves elsewhere.
_DOCUMENT_DB: _Row = ("AWS/DocDB", *_RDS[1:])
_NEPTUNE: _Row = (
    "AWS/Neptune",
    "DBInstanceIdentifier",
    {"TotalRequestsPerSec": (MAXIMUM,), "CPUUtilization": (AVERAGE, MAXIMUM)},
)
_LAMBDA: _Row = (
    "AWS/Lambda",
    "FunctionName",
    {"Invocations": (SUM,), "Duration": (AVERAGE, MAXIMUM)},
)
_REDIS: _Row = (
    "AWS/ElastiCache",
    "CacheClusterId",
    {"CurrConnections": (MAXIMUM,), "CacheHits": (SUM,), "CacheMisses": (SUM,)},
)
_MEMCACHED: _Row = (
    "AWS/ElastiCache",
    "CacheClusterId",
    {"CurrConnections": (MAXIMUM,), "GetHits": (SUM,), "GetMisses": (SUM,)},
)
_FLOWS: _Metrics = {"ActiveFlowCount": (MAXIMUM,), "ProcessedBytes": (SUM,)}
_BALANCERS: Mapping[str, _Row] = {
    "classic": (
        "AWS/ELB",
        "LoadBalancerName",
        {"RequestCount": (SUM,), "EstimatedProcessedBytes": (SUM,)},
    ),
    "application": (
        "AWS/ApplicationELB",
        "LoadBalancer",
        {"RequestCount": (SUM,), "ProcessedBytes": (SUM,)},
    ),
    "network": ("AWS/NetworkELB", "LoadBalancer", _FLOWS),
    "gateway": ("AWS/GatewayELB", "LoadBalancer", _FLOWS),
}


def wishes_for(resource: CloudResource) -> Iterator[Wish]:
    """What has to be known of a resource to call it idle; nothing for kinds without such a rule."""
    make = _BY_KIND.get(resource.kind)
    return make(resource) if make else iter(())


def volume_wishes(volume: Volume) -> Iterator[Wish]:
    """Reads and writes: EBS measures them only while a volume is attached to a running machine."""
    return _wishes(volume.volume_id, _EBS, volume.volume_id)


def _wishes(resource_id: str, row: _Row, value: str) -> Iterator[Wish]:
    namespace, dimension, metrics = row
    for metric, statistics in metrics.items():
        for statistic in statistics:
            yield Wish(resource_id, metric, namespace, metric, ((dimension, value),), statistic)


def _instance(resource: CloudResource) -> Iterator[Wish]:
    if resource.state == "running":
        yield from _wishes(resource.resource_id, _EC2, resource.resource_id)


def _nat(resource: CloudResource) -> Iterator[Wish]:
    return _wishes(resource.resource_id, _NAT, resource.resource_id)


def _database(resource: CloudResource) -> Iterator[Wish]:
    engine = str(resource.attributes.get("engine", ""))
    row = {"docdb": _DOCUMENT_DB, "neptune": _NEPTUNE}.get(engine, _RDS)
    return _wishes(resource.resource_id, row, resource.name)


def _function(resource: CloudResource) -> Iterator[Wish]:
    return _wishes(resource.resource_id, _LAMBDA, resource.name)


def _cache(resource: CloudResource) -> Iterator[Wish]:
    row = _MEMCACHED if resource.attributes.get("engine") == "memcached" else _REDIS
    return _wishes(resource.resource_id, row, resource.name)


def _balancer(resource: CloudResource) -> Iterator[Wish]:
    """CloudWatch calls a balancer by the tail of its ARN: `app/shop/50dc6c495c0c9188`."""
    row = _BALANCERS.get(str(resource.attributes.get("type")))
    tail = resource.resource_id.partition(":loadbalancer/")[2]
    if row and tail:
        yield from _wishes(resource.resource_id, row, tail)


def _endpoint(resource: CloudResource) -> Iterator[Wish]:
    facts = resource.attributes
    dimensions = (
        ("Endpoint Type", str(facts.get("endpoint_type", "Interface"))),
        ("Service Name", str(facts.get("service_name", ""))),
        ("VPC Endpoint Id", resource.resource_id),
        ("VPC Id", str(facts.get("vpc_id", ""))),
    )
    name, namespace = "BytesProcessed", "AWS/PrivateLinkEndpoints"
    yield Wish(resource.resource_id, name, namespace, name, dimensions, SUM)


def _bucket(resource: CloudResource) -> Iterator[Wish]:
    types = resource.attributes.get("storage_types", ())
    for storage_type in types if isinstance(types, tuple) else ():
        yield Wish(
            resource.resource_id,
            f"BucketSizeBytes/{storage_type}",
            "AWS/S3",
            "BucketSizeBytes",
            (("BucketName", resource.resource_id), ("StorageType", storage_type)),
            AVERAGE,
            days=SIZE_DAYS,
        )


_BY_KIND: Mapping[CloudKind, Callable[[CloudResource], Iterator[Wish]]] = {
    CloudKind.INSTANCE: _instance,
    CloudKind.NAT_GATEWAY: _nat,
    CloudKind.LOAD_BALANCER: _balancer,
    CloudKind.DATABASE: _database,
    CloudKind.FUNCTION: _function,
    CloudKind.CACHE: _cache,
    CloudKind.INTERFACE_ENDPOINT: _endpoint,
    CloudKind.BUCKET: _bucket,
}
