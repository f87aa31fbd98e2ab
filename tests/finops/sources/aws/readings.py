"""Reads an account as moto holds it."""

from datetime import UTC, datetime
from typing import Any

from finops.aws_cost_integration import AwsCostIntegration
from finops.domain.cloud import CloudKind, CloudResource
from finops.sources.aws.account import AccountReader, AccountReading
from finops.sources.aws.clients import Clients

REGION = "eu-central-1"
ZONE = f"{REGION}a"
PRICES = AwsCostIntegration()


def clients(aws: Any, *, endpoint_url: str = "", tries: int = 1) -> Clients:
    return Clients(aws.session(), endpoint_url or aws.endpoint_url, tries=tries)


def reader(aws: Any, *regions: str, endpoint_url: str = "", **options: Any) -> AccountReader:
    return AccountReader(
        name="data",
        clients=options.pop("clients", None) or clients(aws, endpoint_url=endpoint_url),
        prices=PRICES,
        regions=regions or (REGION,),
        **options,
    )


def read(aws: Any, *regions: str, **options: Any) -> AccountReading:
    options.setdefault("metric_days", 0)
    return reader(aws, *regions, **options).read(now=datetime.now(UTC))


def only(reading: AccountReading, kind: CloudKind) -> CloudResource:
    [resource] = [r for r in reading.resources if r.kind is kind]
    return resource


def sentences(reading: AccountReading) -> list[str]:
    return [gap.sentence for gap in reading.gaps]


def tag(kind: str, **values: str) -> list[dict[str, Any]]:
    listed = [{"Key": key, "Value": value} for key, value in values.items()]
    return [{"ResourceType": kind, "Tags": listed}]
