"""AWS's price services on loopback: answers by their real wire formats, and every way to fail.

moto has no pricing. The products are cut down to what the bot reads; names, units and nesting are
those of `GetProducts` (format `aws_v1`) and of `DescribeSpotPriceHistory`.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import boto3

from finops.billing.price_service import Clients, price_clients
from finops.domain.errors import TryAgainLater
from finops.domain.prices import PriceFact

# Reading the services' models takes longer than all questions; the server looks at no signature.
SESSION = boto3.Session(aws_access_key_id="a", aws_secret_access_key="b")


@dataclass(frozen=True)
class Reply:
    """What is sent back, after how many seconds."""

    body: str
    status: int = 200
    seconds: float = 0.0


@dataclass
class PriceServer:
    """Answers from `reply`; `asked` keeps every question, as filters or as query parameters."""

    reply: Callable[[dict[str, str]], Reply]
    asked: list[dict[str, str]] = field(default_factory=list)
    url: str = ""

    def clients(self, *, timeout_seconds: float = 5) -> Clients:
        """Clients of this server that ask once."""
        return price_clients(
            SESSION, endpoint_url=self.url, timeout_seconds=timeout_seconds, tries=1
        )


@contextmanager
def serving(reply: Callable[[dict[str, str]], Reply]) -> Iterator[PriceServer]:
    """A server on a free port until the block ends."""
    served = PriceServer(reply)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            question = _question(body)
            served.asked.append(question)
            answer = served.reply(question)
            time.sleep(answer.seconds)
            with suppress(BrokenPipeError, ConnectionResetError):
                self.send_response(answer.status)
                self.send_header("Content-Length", str(len(answer.body.encode())))
                self.end_headers()
                self.wfile.write(answer.body.encode())

        def log_message(self, format: str, *args: object) -> None:
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    served.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _question(body: str) -> dict[str, str]:
    if not body.startswith("{"):
        return {name: values[0] for name, values in parse_qs(body).items()}
    asked = json.loads(body)
    filters = {one["Field"]: one["Value"] for one in asked.get("Filters", ())}
    return {"ServiceCode": asked["ServiceCode"], **filters}


def price_list(*products: dict[str, Any]) -> Reply:
    """A page of `GetProducts`."""
    texts = [json.dumps(product) for product in products]
    return Reply(json.dumps({"FormatVersion": "aws_v1", "PriceList": texts}))


def product(
    usage_type: str,
    usd: str,
    *,
    unit: str = "Hrs",
    tiers: dict[str, str] | None = None,
    **attributes: str,
) -> dict[str, Any]:
    """One product with its on-demand term; `tiers` maps beginRange to price."""
    dimensions = {
        f"T.{begin}": {
            "unit": unit,
            "beginRange": begin,
            "endRange": "Inf",
            "pricePerUnit": {"USD": price},
        }
        for begin, price in (tiers or {"0": usd}).items()
    }
    return {
        "product": {"sku": "S", "attributes": {"usagetype": usage_type, **attributes}},
        "terms": {"OnDemand": {"S.T": {"priceDimensions": dimensions}}},
    }


def m5_large(usd: str = "0.115") -> Reply:
    """The product of an m5.large in Frankfurt."""
    return price_list(product("EUC1-BoxUsage:m5.large", usd, vcpu="2", memory="8 GiB"))


def spot_history(*entries: tuple[str, str, str]) -> Reply:
    """(zone, price, time) as EC2 tells them."""
    items = "".join(
        f"<item><availabilityZone>{zone}</availabilityZone><spotPrice>{usd}</spotPrice>"
        f"<timestamp>{at}</timestamp><instanceType>m5.large</instanceType></item>"
        for zone, usd, at in entries
    )
    return Reply(
        '<DescribeSpotPriceHistoryResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">'
        f"<spotPriceHistorySet>{items}</spotPriceHistorySet></DescribeSpotPriceHistoryResponse>"
    )


def refusal(code: str, status: int = 400) -> Reply:
    """An error as the JSON protocol writes it."""
    return Reply(json.dumps({"__type": code, "message": "no"}), status)


@dataclass
class Memory:
    """A price cache that forgets with the test; `is_busy` fails as a locked database does."""

    facts: dict[str, PriceFact] = field(default_factory=dict)
    is_busy: bool = False

    def find(self, key: str) -> PriceFact | None:
        self._wait()
        return self.facts.get(key)

    def save(self, fact: PriceFact) -> None:
        self._wait()
        self.facts[fact.key] = fact

    def fetch_times(self) -> Sequence[datetime]:
        return sorted(fact.fetched_at for fact in self.facts.values())

    def _wait(self) -> None:
        if self.is_busy:
            raise TryAgainLater("The database is busy.")
