"""Cloud resources outside clusters, all in one shape, named as FOCUS names them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from finops.domain.people import UNKNOWN_TEAM

Attribute = str | int | float | bool | tuple[str, ...]


class CloudKind(StrEnum):
    """The kinds of AWS resources that the inventory reads."""

    INSTANCE = "Instance"
    VOLUME = "Volume"
    SNAPSHOT = "Snapshot"
    IMAGE = "Image"
    ADDRESS = "Address"
    NAT_GATEWAY = "NatGateway"
    LOAD_BALANCER = "LoadBalancer"
    DATABASE = "Database"
    DATABASE_CLUSTER = "DatabaseCluster"
    KUBERNETES_CLUSTER = "KubernetesCluster"
    NODE_GROUP = "NodeGroup"
    SCALING_GROUP = "ScalingGroup"
    BUCKET = "Bucket"
    LOG_GROUP = "LogGroup"
    FUNCTION = "Function"
    CACHE = "Cache"
    INTERFACE_ENDPOINT = "InterfaceEndpoint"


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricSummary:
    """One CloudWatch metric of a resource over a window, in the metric's own unit.

    `mean` of the period averages, `maximum` of the period maxima, `total` of the period sums; None
    where that statistic was not asked for. `datapoints` 0 means CloudWatch had nothing. `last_at`
    is the start of the newest period (a day) with a datapoint.
    """

    name: str
    window_days: float
    datapoints: int
    mean: float | None = None
    maximum: float | None = None
    total: float | None = None
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudResource:
    """One AWS resource with what is known of it.

    `resource_id` is unique in account and region (FOCUS `ResourceId`). `attributes` holds the facts
    of its kind, documented beside the reader of each kind in `finops/sources/aws/`.
    """

    kind: CloudKind
    resource_id: str
    account: str
    region: str
    name: str = ""
    state: str = ""
    created_at: datetime | None = None
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    metrics: Mapping[str, MetricSummary] = field(default_factory=dict)
    price_usd_per_month: Decimal | None = None
    price_source: str = ""
    team: str = UNKNOWN_TEAM
    owner_rule: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
