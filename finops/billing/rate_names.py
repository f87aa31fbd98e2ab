"""What a price list is asked for: one rate of one thing, in words of our own."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Item(StrEnum):
    """The things that have a rate; the comment says what `RateName.detail` names."""

    MACHINE = "machine"  # an EC2 type, per hour
    SPOT_MACHINE = "spot machine"  # an EC2 type, per hour
    VOLUME_STORAGE = "volume storage"  # an EBS type, per GiB-month
    VOLUME_IOPS = "volume IOPS"  # gp3, io1, io2, io2.tier2, io2.tier3, per IOPS-month
    VOLUME_THROUGHPUT = "volume throughput"  # gp3, per MiB/s-month
    SNAPSHOT_STORAGE = "snapshot storage"  # standard or archive, per GiB-month
    NAT_GATEWAY = "NAT gateway"  # per hour
    LOAD_BALANCER = "load balancer"  # application, network, gateway or classic, per hour
    PUBLIC_ADDRESS = "public address"  # per hour
    ENDPOINT = "interface endpoint"  # per zone and hour
    CONTROL_PLANE = "EKS control plane"  # per hour
    EXTENDED_SUPPORT = "EKS extended support"  # per hour, on top of the control plane
    DATABASE = "database"  # engine/class/single-az or multi-az, per hour
    DATABASE_STORAGE = "database storage"  # type/single-az or multi-az, per GiB-month
    CACHE = "cache"  # engine/node type, per hour
    BUCKET_STORAGE = "bucket storage"  # an S3 storage class, per GiB-month
    LOG_STORAGE = "log storage"  # per GiB-month
    FUNCTION_DURATION = "function duration"  # x86_64 or arm64, per GiB-second


@dataclass(frozen=True, slots=True)
class RateName:
    """One rate: `RateName(Item.VOLUME_STORAGE, "gp3")`."""

    item: Item
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.item}/{self.detail}" if self.detail else str(self.item)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRate:
    """US dollars for one unit, and the words that say which list, region and day that is from.

    `vcpu` and `memory_gib` come with machines; 0 where the list does not say.
    """

    usd: Decimal
    source: str
    vcpu: int = 0
    memory_gib: Decimal = Decimal(0)
