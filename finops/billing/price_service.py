"""One question to AWS's price services, and what a failure means in words."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from statistics import median
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError
from botocore.parsers import ResponseParserError

from finops.billing.price_questions import PriceAnswer, answer_from, question_of
from finops.billing.rate_names import Item, RateName
from finops.domain.errors import WillNeverWork

# The service answers from three regions only; us-east-1 knows the prices of all of them.
PRICING_REGION = "us-east-1"
ACTIONS = ("ec2:DescribeSpotPriceHistory", "pricing:GetProducts")
FAILURES = (ClientError, BotoCoreError, ResponseParserError, WillNeverWork)
_DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthFailure"}

# (service, region) → a boto3 client
Clients = Callable[[str, str], Any]


def price_clients(
    session: Any = None,
    *,
    endpoint_url: str | None = None,
    timeout_seconds: float = 8,
    tries: int = 2,
) -> Clients:
    """Clients that give up early, because there is always a price to fall back on.

    Each is made once, which takes longer than a question. Not for several threads at once.
    """
    made = session or boto3.Session()
    config = Config(
        retries={"mode": "standard", "total_max_attempts": tries},
        connect_timeout=min(3, timeout_seconds),
        read_timeout=timeout_seconds,
    )

    @cache
    def client(service: str, region: str) -> Any:
        return made.client(service, region_name=region, endpoint_url=endpoint_url, config=config)

    return client


def service_of(name: RateName, region: str) -> str:
    """Who is asked: spot prices are told by EC2 in each region, all others by one service."""
    return f"EC2 in {region}" if name.item is Item.SPOT_MACHINE else "AWS Price List API"


def ask(clients: Clients, name: RateName, region: str, *, now: datetime) -> PriceAnswer:
    """One call. Raises one of FAILURES when there was no answer to read."""
    if name.item is Item.SPOT_MACHINE:
        return _ask_spot(clients("ec2", region), name.detail, now)
    question = question_of(name)
    if question is None:
        return PriceAnswer(None, {})
    page = clients("pricing", PRICING_REGION).get_products(
        ServiceCode=question.service, Filters=question.filters(region), MaxResults=100
    )
    if "PriceList" not in page:
        raise WillNeverWork("What answered is not the AWS Price List API.")
    return answer_from(page["PriceList"], question)


def _ask_spot(client: Any, instance_type: str, now: datetime) -> PriceAnswer:
    """The median of the zones' newest prices, because a machine lands in any of them."""
    page = client.describe_spot_price_history(
        InstanceTypes=[instance_type], ProductDescriptions=["Linux/UNIX"], StartTime=now
    )
    prices = newest_by_zone(page.get("SpotPriceHistory") or ())
    if not prices:
        return PriceAnswer(None, {})
    return PriceAnswer(median(prices), {"zones": str(len(prices))})


def newest_by_zone(entries: Iterable[Mapping[str, Any]]) -> list[Decimal]:
    """The newest price of each zone in `SpotPriceHistory`, without what is no price."""
    newest: dict[str, tuple[datetime, Decimal]] = {}
    for entry in entries:
        try:
            found = entry["Timestamp"], Decimal(entry["SpotPrice"])
        except (KeyError, InvalidOperation):
            continue
        zone = str(entry.get("AvailabilityZone"))
        newest[zone] = max(found, newest.get(zone, found))
    return [usd for _, usd in newest.values() if usd > 0]


def why(error: Exception) -> str:
    """What happened, to stand behind the service's name: `refused access`."""
    if isinstance(error, ClientError):
        code = str(error.response.get("Error", {}).get("Code", ""))
        if code in _DENIED:
            return "refused access"
        return f"did not answer ({''.join(c for c in code if c.isprintable())[:60]})"
    if isinstance(error, NoCredentialsError):
        return "was not asked for want of AWS credentials"
    if isinstance(error, WillNeverWork):
        return "was not what answered"
    return f"did not answer ({type(error).__name__})"


def fix(error: Exception) -> str:
    """What a person does about it."""
    off = "or set prices.price_list_api to false"
    if isinstance(error, NoCredentialsError):
        return f"Give AWS credentials (role, profile or environment variables), {off}."
    if why(error) == "refused access":
        return f"Allow the IAM action pricing:GetProducts, {off}."
    return f"Let this host reach the pricing service in {PRICING_REGION}, {off}."
