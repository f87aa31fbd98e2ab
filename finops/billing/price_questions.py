"""How the AWS Price List API is asked for one rate, and how its answer is read. Pure.

`GetProducts` matches attributes exactly. Several products still come back, because one hourly rate
and its traffic, its Outposts and its trust-store twins share all attributes but the usage type. So
the usage type decides, whose first part is the region: `EUC1-NatGateway-Hours`, and none at all in
us-east-1.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any

from finops.billing.rate_names import Item, RateName

_REGION_PREFIX = r"(?:EU-|[A-Z]{2,4}\d{1,2}-)?"
_MIB_PER_GIB = 1024


@dataclass(frozen=True, slots=True)
class Question:
    """One question: the service, the attributes that must match, and the usage type of the rate."""

    service: str
    usage_type: str
    attributes: Mapping[str, str]

    def filters(self, region: str) -> list[dict[str, str]]:
        """As `GetProducts` takes them."""
        wanted = {"regionCode": region, **self.attributes}
        return [{"Type": "TERM_MATCH", "Field": k, "Value": v} for k, v in wanted.items()]

    def is_about(self, usage_type: str) -> bool:
        """Whether a product of that usage type is the one that was meant."""
        return bool(re.fullmatch(_REGION_PREFIX + re.escape(self.usage_type), usage_type))


@dataclass(frozen=True, slots=True)
class PriceAnswer:
    """The rate in US dollars, None when there is no single one; `attributes` of its product."""

    usd: Decimal | None
    attributes: Mapping[str, str]


def question_of(name: RateName) -> Question | None:
    """The question for that rate, or None for what the service does not price."""
    if name.item in _FIXED:
        return _FIXED[name.item]
    if name.item is Item.MACHINE:
        return _machine(name.detail)
    if name.item is Item.DATABASE:
        return _database(*name.detail.split("/"))
    if name.item is Item.DATABASE_STORAGE:
        return _database_storage(*name.detail.split("/"))
    if name.item is Item.CACHE:
        return _cache(*name.detail.split("/"))
    return _BY_DETAIL.get((name.item, name.detail))


def answer_from(texts: Iterable[object], question: Question) -> PriceAnswer:
    """The on-demand rate in `PriceList`, the texts of products in JSON.

    Tiers are priced by their first paid one. Two rates for one question are no answer.
    """
    products = [product for text in texts for product in _product(text)]
    meant = [
        (attributes, usd)
        for attributes, product in products
        if question.is_about(attributes.get("usagetype", ""))
        for usd in _first_paid_rate(product)
    ]
    rates = {usd for _, usd in meant}
    if len(rates) != 1:
        return PriceAnswer(None, {})
    attributes = meant[0][0]
    return PriceAnswer(
        rates.pop(), {key: attributes[key] for key in ("vcpu", "memory") if key in attributes}
    )


def _product(text: object) -> Iterable[tuple[dict[str, str], dict[str, Any]]]:
    """(attributes, whole product) of one text; nothing when it is none."""
    try:
        product: dict[str, Any] = json.loads(str(text))
        attributes = product["product"]["attributes"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return
    if isinstance(attributes, dict):
        yield {str(key): str(value) for key, value in attributes.items()}, product


def _first_paid_rate(product: Mapping[str, Any]) -> Iterable[Decimal]:
    try:
        terms = list(product["terms"]["OnDemand"].values())
        tiers = [tier for term in terms for tier in term["priceDimensions"].values()]
        paid = sorted(
            (Decimal(tier.get("beginRange") or 0), usd) for tier in tiers if (usd := _usd(tier)) > 0
        )
    except (KeyError, TypeError, AttributeError, InvalidOperation):
        return
    if paid:
        yield paid[0][1]


def _usd(tier: Mapping[str, Any]) -> Decimal:
    """Of one unit of ours: throughput is sold by the GiB/s and counted by the MiB/s."""
    usd = Decimal(tier["pricePerUnit"].get("USD", 0))
    if not usd.is_finite():
        return Decimal(0)
    return usd / _MIB_PER_GIB if str(tier.get("unit", "")).lower() == "gibps-mo" else usd


def _machine(instance_type: str) -> Question:
    attributes = {
        "instanceType": instance_type,
        "operatingSystem": "Linux",
        "tenancy": "Shared",
        "preInstalledSw": "NA",
        "capacitystatus": "Used",
    }
    return Question("AmazonEC2", f"BoxUsage:{instance_type}", attributes)


_ENGINES: Mapping[str, str] = MappingProxyType(
    {
        "postgres": "PostgreSQL",
        "mysql": "MySQL",
        "mariadb": "MariaDB",
        "aurora-mysql": "Aurora MySQL",
        "aurora-postgresql": "Aurora PostgreSQL",
    }
)
_DEPLOYMENTS: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "single-az": ("Single-AZ", "InstanceUsage", "RDS:"),
        "multi-az": ("Multi-AZ", "Multi-AZUsage", "RDS:Multi-AZ-"),
    }
)
_DATABASE_VOLUMES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "gp2": ("General Purpose", "GP2-Storage"),
        "gp3": ("General Purpose-GP3", "GP3-Storage"),
        "io1": ("Provisioned IOPS", "PIOPS-Storage"),
    }
)


def _database(engine: str, instance_class: str, zones: str) -> Question | None:
    """Licensed engines have a price for each edition and licence, which the inventory lacks."""
    if engine not in _ENGINES:
        return None
    deployment, usage, _ = _DEPLOYMENTS[zones]
    attributes = {
        "instanceType": instance_class,
        "databaseEngine": _ENGINES[engine],
        "deploymentOption": deployment,
    }
    return Question("AmazonRDS", f"{usage}:{instance_class}", attributes)


def _database_storage(kind: str, zones: str) -> Question | None:
    if kind not in _DATABASE_VOLUMES:
        return None
    deployment, _, prefix = _DEPLOYMENTS[zones]
    volume_type, usage = _DATABASE_VOLUMES[kind]
    attributes = {
        "productFamily": "Database Storage",
        "volumeType": volume_type,
        "deploymentOption": deployment,
    }
    return Question("AmazonRDS", prefix + usage, attributes)


def _cache(engine: str, node_type: str) -> Question:
    attributes = {"instanceType": node_type, "cacheEngine": engine.capitalize()}
    return Question("AmazonElastiCache", f"NodeUsage:{node_type}", attributes)


_FIXED: Mapping[Item, Question] = MappingProxyType(
    {
        Item.NAT_GATEWAY: Question(
            "AmazonEC2", "NatGateway-Hours", {"productFamily": "NAT Gateway"}
        ),
        Item.PUBLIC_ADDRESS: Question(
            "AmazonVPC", "PublicIPv4:IdleAddress", {"group": "VPCPublicIPv4Address"}
        ),
        Item.ENDPOINT: Question("AmazonVPC", "VpcEndpoint-Hours", {"productFamily": "VpcEndpoint"}),
        Item.CONTROL_PLANE: Question("AmazonEKS", "AmazonEKS-Hours:perCluster", {}),
        Item.EXTENDED_SUPPORT: Question("AmazonEKS", "AmazonEKS-Hours:extendedSupport", {}),
        Item.LOG_STORAGE: Question(
            "AmazonCloudWatch", "TimedStorage-ByteHrs", {"productFamily": "Storage Snapshot"}
        ),
    }
)


def _volumes() -> Iterable[tuple[tuple[Item, str], Question]]:
    usage_types = {"io1": "piops", "standard": ""}
    for kind in ("gp2", "gp3", "io1", "io2", "st1", "sc1", "standard"):
        ending = usage_types.get(kind, kind)
        usage = f"EBS:VolumeUsage.{ending}" if ending else "EBS:VolumeUsage"
        attributes = {"productFamily": "Storage", "volumeApiName": kind}
        yield (Item.VOLUME_STORAGE, kind), Question("AmazonEC2", usage, attributes)
    for kind, name in (("gp3", "gp3"), ("io1", "piops"), ("io2", "io2")):
        for tier in ("", ".tier2", ".tier3") if kind == "io2" else ("",):
            attributes = {"productFamily": "System Operation", "volumeApiName": kind}
            question = Question("AmazonEC2", f"EBS:VolumeP-IOPS.{name}{tier}", attributes)
            yield (Item.VOLUME_IOPS, kind + tier), question
    attributes = {"productFamily": "Provisioned Throughput", "volumeApiName": "gp3"}
    question = Question("AmazonEC2", "EBS:VolumeP-Throughput.gp3", attributes)
    yield (Item.VOLUME_THROUGHPUT, "gp3"), question


def _others() -> Iterable[tuple[tuple[Item, str], Question]]:
    for kind, usage in (("standard", "SnapshotUsage"), ("archive", "SnapshotArchiveStorage")):
        family = {"productFamily": "Storage Snapshot"}
        yield (Item.SNAPSHOT_STORAGE, kind), Question("AmazonEC2", f"EBS:{usage}", family)
    for kind in ("application", "network", "gateway", "classic"):
        name = "Load Balancer" if kind == "classic" else f"Load Balancer-{kind.capitalize()}"
        question = Question("AWSELB", "LoadBalancerUsage", {"productFamily": name})
        yield (Item.LOAD_BALANCER, kind), question
    for kind, volume, usage in (
        ("STANDARD", "Standard", "TimedStorage-ByteHrs"),
        ("STANDARD_IA", "Standard - Infrequent Access", "TimedStorage-SIA-ByteHrs"),
        ("ONEZONE_IA", "One Zone - Infrequent Access", "TimedStorage-ZIA-ByteHrs"),
        ("GLACIER_IR", "Glacier Instant Retrieval", "TimedStorage-GIR-ByteHrs"),
        ("INTELLIGENT_TIERING", "Intelligent-Tiering", "TimedStorage-INT-FA-ByteHrs"),
    ):
        attributes = {"productFamily": "Storage", "volumeType": volume}
        yield (Item.BUCKET_STORAGE, kind), Question("AmazonS3", usage, attributes)
    for kind, group, usage in (
        ("x86_64", "AWS-Lambda-Duration", "Lambda-GB-Second"),
        ("arm64", "AWS-Lambda-Duration-ARM", "Lambda-GB-Second-ARM"),
    ):
        yield (Item.FUNCTION_DURATION, kind), Question("AWSLambda", usage, {"group": group})


_BY_DETAIL: Mapping[tuple[Item, str], Question] = MappingProxyType(
    {**dict(_volumes()), **dict(_others())}
)
