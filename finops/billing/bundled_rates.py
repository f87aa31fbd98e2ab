"""Bundled price facts, us-east-1: the last resort when neither bill nor price service answers.

EC2 and EBS as of July 2026; the rest was last compared with AWS's price pages and price list
records in 2026. Nothing here is scaled to another region, because there is no factor that holds for
all of one region's prices: the answer says that it is the price of us-east-1.
"""

from collections.abc import Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType

from finops.billing.ec2_types import EC2_TYPES
from finops.billing.rate_names import Item, ListRate, RateName

BUNDLED_REGION = "us-east-1"
EC2_SOURCE = f"AWS public on-demand price list, {BUNDLED_REGION}, July 2026"
EBS_SOURCE = f"AWS public EBS price list, {BUNDLED_REGION}, July 2026"
OTHER_SOURCE = f"AWS public price list, {BUNDLED_REGION}, 2026"

_FLAT = """
volume storage/gp2 0.10           volume storage/gp3 0.08         volume storage/io1 0.125
volume storage/io2 0.125          volume storage/st1 0.045        volume storage/sc1 0.015
volume storage/standard 0.05
volume IOPS/gp3 0.005             volume IOPS/io1 0.065           volume IOPS/io2 0.065
volume IOPS/io2.tier2 0.0455      volume IOPS/io2.tier3 0.03185   volume throughput/gp3 0.04
snapshot storage/standard 0.05    snapshot storage/archive 0.0125
NAT gateway 0.045                 public address 0.005            interface endpoint 0.01
load balancer/application 0.0225  load balancer/network 0.0225    load balancer/gateway 0.0125
load balancer/classic 0.025
EKS control plane 0.10            EKS extended support 0.50
database storage/gp2/single-az 0.115   database storage/gp2/multi-az 0.23
database storage/gp3/single-az 0.115   database storage/gp3/multi-az 0.23
database storage/io1/single-az 0.125   database storage/io1/multi-az 0.25
bucket storage/STANDARD 0.023          bucket storage/INTELLIGENT_TIERING 0.023
bucket storage/STANDARD_IA 0.0125      bucket storage/ONEZONE_IA 0.01
bucket storage/GLACIER_IR 0.004        bucket storage/GLACIER 0.0036
bucket storage/DEEP_ARCHIVE 0.00099
log storage 0.03
function duration/x86_64 0.0000166667  function duration/arm64 0.0000133334
cache/redis/cache.t3.micro 0.017       cache/redis/cache.t3.small 0.034
cache/redis/cache.t3.medium 0.068      cache/redis/cache.t4g.micro 0.016
cache/redis/cache.t4g.small 0.032      cache/redis/cache.t4g.medium 0.065
cache/redis/cache.m5.large 0.156       cache/redis/cache.m5.xlarge 0.311
cache/redis/cache.m6g.large 0.149      cache/redis/cache.m6g.xlarge 0.297
cache/redis/cache.m6g.12xlarge 3.557   cache/redis/cache.r5.large 0.216
cache/redis/cache.r5.xlarge 0.431      cache/redis/cache.r5.4xlarge 1.724
cache/redis/cache.r6g.large 0.206      cache/redis/cache.r6g.xlarge 0.411
"""

# Dollars an hour of a Single-AZ `large` by engine and family. They are linear and printed with
# three decimals; a Multi-AZ deployment is two of them.
_DATABASES: Mapping[str, str] = MappingProxyType(
    {
        "postgres": "t3 0.14475  t4g 0.1292  m5 0.178  m6g 0.159  r5 0.25  r6g 0.225",
        "mysql": "t3 0.136  t4g 0.1292  m5 0.171  m6g 0.152  r5 0.24  r6g 0.215",
        "mariadb": "t3 0.136  t4g 0.1292  m5 0.171  m6g 0.152  r5 0.24  r6g 0.215",
        "aurora-mysql": "t3 0.164  t4g 0.146  r5 0.29  r6g 0.26",
        "aurora-postgresql": "t3 0.164  t4g 0.146  r5 0.29  r6g 0.26",
    }
)
_SMALL = {"micro": Decimal("0.125"), "small": Decimal("0.25")}
_MEDIUM_AND_LARGE = {"medium": Decimal("0.5"), "large": Decimal(1)}
_XLARGE = {"xlarge": Decimal(2), "2xlarge": Decimal(4)}


def bundled_rate(name: RateName) -> ListRate | None:
    """The bundled fact, or None when there is none. Spot prices move by the hour: none is here."""
    if name.item is Item.MACHINE:
        return _machine(name.detail)
    usd = _RATES.get(str(name))
    if usd is None:
        return None
    source = EBS_SOURCE if name.item in _EBS else OTHER_SOURCE
    return ListRate(usd=usd, source=source)


def _machine(instance_type: str) -> ListRate | None:
    known = EC2_TYPES.get(instance_type)
    if known is None:
        return None
    return ListRate(
        usd=known.usd_per_hour, source=EC2_SOURCE, vcpu=known.vcpu, memory_gib=known.memory_gib
    )


_EBS = (Item.VOLUME_STORAGE, Item.VOLUME_IOPS, Item.VOLUME_THROUGHPUT)


def _flat() -> Iterator[tuple[str, Decimal]]:
    name: list[str] = []
    for word in _FLAT.split():
        if word[0].isdecimal():
            yield " ".join(name), Decimal(word)
            name = []
        else:
            name.append(word)


def _databases() -> Iterator[tuple[str, Decimal]]:
    for engine, families in _DATABASES.items():
        words = families.split()
        for family, usd in zip(words[::2], words[1::2], strict=True):
            for size, multiple in _sizes(engine, family).items():
                name = f"{Item.DATABASE}/{engine}/db.{family}.{size}"
                yield f"{name}/single-az", _as_printed(Decimal(usd) * multiple)
                if not engine.startswith("aurora"):
                    yield f"{name}/multi-az", _as_printed(Decimal(usd) * multiple * 2)


def _sizes(engine: str, family: str) -> Mapping[str, Decimal]:
    """The sizes there are, as multiples of a `large`."""
    if not family.startswith("t"):
        return {"large": Decimal(1), **_XLARGE, "4xlarge": Decimal(8)}
    return (
        _MEDIUM_AND_LARGE if engine.startswith("aurora") else _SMALL | _MEDIUM_AND_LARGE | _XLARGE
    )


def _as_printed(usd: Decimal) -> Decimal:
    return usd.quantize(Decimal("0.001"), ROUND_HALF_UP)


_RATES: Mapping[str, Decimal] = MappingProxyType({**dict(_flat()), **dict(_databases())})
