"""What a month of an EBS volume is made of. Pure."""

from decimal import Decimal

from finops.billing.monthly_cost import MonthlyCost, Part, count, gib
from finops.billing.rate_names import Item, RateName

GP3_FREE_IOPS, GP3_FREE_MIB_PER_SECOND = 3000, 125
# io2 is cheaper per IOPS above 32,000 and again above 64,000.
_IO2_TIERS = (("io2", 0, 32_000), ("io2.tier2", 32_000, 64_000), ("io2.tier3", 64_000, 256_000))


def volume_cost(
    volume_type: str, size_gib: int, *, iops: int = 0, throughput_mib_per_second: int = 0
) -> MonthlyCost:
    """An EBS volume: its storage and what was provisioned above what is included.

    gp3 includes 3,000 IOPS and 125 MiB/s: 500 GiB with 4,000 IOPS and 250 MiB/s is 500 × 0.08 +
    1,000 × 0.005 + 125 × 0.04 = $50. Where the IOPS are unknown (0), only the storage is priced and
    the note says so, so that a saving is never too large.
    """
    storage = gib(RateName(Item.VOLUME_STORAGE, volume_type), Decimal(size_gib))
    extra = tuple(part for part in _provisioned(volume_type, iops, throughput_mib_per_second))
    is_partly_known = volume_type in ("gp3", "io1", "io2") and not iops
    return MonthlyCost((storage, *extra), "storage only" if is_partly_known else "")


def _provisioned(volume_type: str, iops: int, mib_per_second: int) -> list[Part]:
    if volume_type == "io1":
        return [count(RateName(Item.VOLUME_IOPS, "io1"), iops, "IOPS")] if iops else []
    if volume_type == "io2":
        return [
            count(RateName(Item.VOLUME_IOPS, tier), min(iops, end) - start, "IOPS")
            for tier, start, end in _IO2_TIERS
            if iops > start
        ]
    if volume_type != "gp3":
        return []
    parts = []
    if iops > GP3_FREE_IOPS:
        parts.append(count(RateName(Item.VOLUME_IOPS, "gp3"), iops - GP3_FREE_IOPS, "IOPS"))
    if mib_per_second > GP3_FREE_MIB_PER_SECOND:
        above = mib_per_second - GP3_FREE_MIB_PER_SECOND
        parts.append(count(RateName(Item.VOLUME_THROUGHPUT, "gp3"), above, "MiB/s"))
    return parts
