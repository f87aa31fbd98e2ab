"""What a month of a cloud resource is made of: rates times quantities. Pure.

The keys of `attributes` are those that the readers in `finops/sources/aws` document. A needed fact
that is missing gives None: an unknown price is better than a wrong one. What is paid by use (such
as traffic and requests) is left out unless it was measured, and the note says so.
"""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from finops.billing.monthly_cost import MonthlyCost, Part, gib, hours
from finops.billing.rate_names import Item, RateName
from finops.domain.cloud import CloudKind, CloudResource
from finops.domain.money import DAYS_PER_MONTH
from finops.domain.quantities import GIB

# What CloudWatch calls a storage type, and S3 a storage class.
_STORAGE_CLASSES: Mapping[str, str] = MappingProxyType(
    {
        "StandardStorage": "STANDARD",
        "StandardIAStorage": "STANDARD_IA",
        "OneZoneIAStorage": "ONEZONE_IA",
        "GlacierInstantRetrievalStorage": "GLACIER_IR",
        "GlacierStorage": "GLACIER",
        "DeepArchiveStorage": "DEEP_ARCHIVE",
        "IntelligentTieringFAStorage": "INTELLIGENT_TIERING",
    }
)
_SIZE = "BucketSizeBytes/"


def resource_cost(resource: CloudResource, *, today: date) -> MonthlyCost | None:
    """The month of a resource other than machines and volumes; None when a fact is missing."""
    if resource.kind is CloudKind.KUBERNETES_CLUSTER:
        return _control_plane(resource, today)
    read = _KINDS.get(resource.kind)
    return read(resource) if read else None


def _control_plane(resource: CloudResource, today: date) -> MonthlyCost | None:
    """After its version's standard support an EKS cluster pays extra, unless it gets upgraded."""
    always = hours(RateName(Item.CONTROL_PLANE))
    ends = _text(resource, "standard_support_ends")[:10]
    if not ends:
        return MonthlyCost((always,), "without extended support, whose date is unknown")
    if ends >= today.isoformat() or _text(resource, "support") == "STANDARD":
        return MonthlyCost((always,))
    return MonthlyCost((always, hours(RateName(Item.EXTENDED_SUPPORT))))


def _snapshot(resource: CloudResource) -> MonthlyCost | None:
    """AWS tells what a restore would take, not which blocks only this snapshot holds: a ceiling."""
    size, full = _number(resource, "volume_size_gib"), _number(resource, "full_bytes")
    ceiling = full / GIB if full is not None else size
    if ceiling is None:
        return None
    name = RateName(Item.SNAPSHOT_STORAGE, _text(resource, "tier") or "standard")
    return MonthlyCost((gib(name, ceiling),), "at most: it holds only what changed")


def _address(resource: CloudResource) -> MonthlyCost | None:
    del resource
    return MonthlyCost((hours(RateName(Item.PUBLIC_ADDRESS)),))


def _nat_gateway(resource: CloudResource) -> MonthlyCost | None:
    del resource
    return MonthlyCost((hours(RateName(Item.NAT_GATEWAY)),), "without processed data")


def _load_balancer(resource: CloudResource) -> MonthlyCost | None:
    kind = _text(resource, "type")
    if not kind:
        return None
    return MonthlyCost((hours(RateName(Item.LOAD_BALANCER, kind)),), "without capacity units")


def _endpoint(resource: CloudResource) -> MonthlyCost | None:
    zones = _number(resource, "zones")
    if not zones:
        return None
    part = hours(RateName(Item.ENDPOINT), int(zones), "zones")
    return MonthlyCost((part,), "without processed data")


def _database(resource: CloudResource) -> MonthlyCost | None:
    """An Aurora instance has no storage of its own; its cluster's grows by itself."""
    engine, instance_class = _text(resource, "engine"), _text(resource, "instance_class")
    if not engine or not instance_class:
        return None
    if engine.startswith("aurora"):
        name = RateName(Item.DATABASE, f"{engine}/{instance_class}/single-az")
        return MonthlyCost((hours(name),), "without the cluster's storage")
    zones = "multi-az" if resource.attributes.get("is_multi_az") else "single-az"
    instance = hours(RateName(Item.DATABASE, f"{engine}/{instance_class}/{zones}"))
    kind, size = _text(resource, "storage_type"), _number(resource, "storage_gib")
    if not kind or not size:
        return MonthlyCost((instance,), "without storage")
    storage = gib(RateName(Item.DATABASE_STORAGE, f"{kind}/{zones}"), size)
    return MonthlyCost((instance, storage), "without provisioned IOPS and backups")


def _cache(resource: CloudResource) -> MonthlyCost | None:
    engine, node_type = _text(resource, "engine"), _text(resource, "node_type")
    nodes = _number(resource, "nodes")
    if not engine or not node_type or not nodes:
        return None
    return MonthlyCost((hours(RateName(Item.CACHE, f"{engine}/{node_type}"), int(nodes), "nodes"),))


def _bucket(resource: CloudResource) -> MonthlyCost | None:
    """By storage class, as measured; without a measurement nothing is known."""
    sizes = {
        name.removeprefix(_SIZE): metric.mean
        for name, metric in resource.metrics.items()
        if name.startswith(_SIZE) and metric.mean is not None
    }
    parts = tuple(
        gib(RateName(Item.BUCKET_STORAGE, _STORAGE_CLASSES[kind]), Decimal(str(size)) / GIB)
        for kind, size in sorted(sizes.items())
        if kind in _STORAGE_CLASSES
    )
    left_out = sorted(set(sizes) - set(_STORAGE_CLASSES))
    note = f", without {', '.join(left_out)}" if left_out else ""
    return MonthlyCost(parts, f"storage only{note}") if parts else None


def _log_group(resource: CloudResource) -> MonthlyCost | None:
    size = _number(resource, "stored_bytes")
    if size is None:
        return None
    return MonthlyCost((gib(RateName(Item.LOG_STORAGE), size / GIB),), "storage only")


def _function(resource: CloudResource) -> MonthlyCost | None:
    """GiB-seconds as measured: invocations a month × mean milliseconds × memory.

    100,000 invocations in 14 days of 200 ms with 512 MiB: 217,262 a month × 0.2 s × 0.5 GiB are
    21,726 GiB-seconds, $0.36.
    """
    memory = _number(resource, "memory_mb")
    calls, duration = (resource.metrics.get(name) for name in ("Invocations", "Duration"))
    if memory is None or calls is None or calls.total is None or calls.window_days <= 0:
        return None
    if duration is None or duration.mean is None:
        return None
    a_month = Decimal(str(calls.total / calls.window_days)) * DAYS_PER_MONTH
    seconds = a_month * Decimal(str(duration.mean)) / 1000 * memory / 1024
    name = RateName(Item.FUNCTION_DURATION, _text(resource, "architecture") or "x86_64")
    return MonthlyCost((Part(name, seconds, f"{seconds:,.0f} GiB-seconds"),), "without requests")


_KINDS: Mapping[CloudKind, Callable[[CloudResource], MonthlyCost | None]] = MappingProxyType(
    {
        CloudKind.SNAPSHOT: _snapshot,
        CloudKind.ADDRESS: _address,
        CloudKind.NAT_GATEWAY: _nat_gateway,
        CloudKind.LOAD_BALANCER: _load_balancer,
        CloudKind.INTERFACE_ENDPOINT: _endpoint,
        CloudKind.DATABASE: _database,
        CloudKind.CACHE: _cache,
        CloudKind.BUCKET: _bucket,
        CloudKind.LOG_GROUP: _log_group,
        CloudKind.FUNCTION: _function,
    }
)


def _text(resource: CloudResource, key: str) -> str:
    value = resource.attributes.get(key)
    return value if isinstance(value, str) else ""


def _number(resource: CloudResource, key: str) -> Decimal | None:
    value = resource.attributes.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return Decimal(str(value))
