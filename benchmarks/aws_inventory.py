"""A whole AWS account, read by the real reader from a real HTTP API, and what that costs.

    python -m benchmarks.aws_inventory --volumes 2000 --snapshots 500 --addresses 200 \\
        --balancers 100 --instances 300 --json

moto is filled over its HTTP API and inventoried by the `AccountReader` that production wires,
metrics included. Every request is counted where botocore sends it, retries too. Then the same calls
are made again by bare boto3 paginators, as many at once, with nothing done to the answers: what is
left is the price of the program itself. Reader and bare calls take turns, and the faster of each
counts, because moto's speed varies more than theirs.
"""

import argparse
import json
import re
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
from botocore import xform_name

from bot.settings import forget_proxies
from finops.aws_cost_integration import AwsCostIntegration
from finops.domain.cloud import CloudKind
from finops.sources.aws.account import AccountReader, AccountReading
from finops.sources.aws.clients import Clients
from finops.sources.aws.region import CALLS_AT_ONCE
from tests.real_parts.aws import aws_server

REGION = "eu-central-1"
ROUNDS = 3
FILLERS = 8
IMAGE = "ami-12c6146b"
_SCOPE = re.compile(r"/([a-z0-9-]+)/([a-z0-9-]+)/aws4_request")


@dataclass(slots=True)
class Recorder:
    """What botocore was asked to do, and what it sent."""

    sent: Counter[tuple[str, ...]] = field(default_factory=Counter)
    asked: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)

    def watch(self, session: Any) -> None:
        """Listen to everything that clients of the session do."""
        session.events.register("before-send.*.*", self._send)
        session.events.register("provide-client-params.*.*", self._ask)

    def _send(self, request: Any, event_name: str, **_: Any) -> None:
        authorization = str(request.headers.get("Authorization"))
        region = _SCOPE.search(authorization)
        body = request.body if isinstance(request.body, bytes) else str(request.body).encode()
        key = (event_name, region[1] if region else "", request.url, body.decode())
        self.sent[key] += 1

    def _ask(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        self.asked.append((model.service_model.service_name, xform_name(model.name), dict(params)))


def main() -> int:
    """Run the benchmark and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    for kind, count in DEFAULTS.items():
        parser.add_argument(f"--{kind}", type=int, default=count)
    parser.add_argument("--json", action="store_true", help="print only the JSON object")
    arguments = vars(parser.parse_args())
    say = not arguments.pop("json")
    forget_proxies()
    with (
        tempfile.TemporaryDirectory(prefix="finops-bench-") as folder,
        aws_server(Path(folder)) as url,
    ):
        print(json.dumps(run(url, arguments, say=say)))
    return 0


DEFAULTS = {"volumes": 2000, "snapshots": 500, "addresses": 200, "balancers": 100, "instances": 300}


def run(url: str, counts: dict[str, int], *, say: bool) -> dict[str, Any]:
    """Fill, read, compare; returns the figures."""
    started = time.monotonic()
    fill(url, **counts)
    if say:
        print(f"filled in {time.monotonic() - started:.1f} s")
    recorder = Recorder()
    reading, first = timed(lambda: read(url, recorder))
    seconds, bare = [first], []
    for number in range(ROUNDS):
        bare.append(timed(lambda: replay(url, recorder))[1])
        if number:
            seconds.append(timed(lambda: read(url, Recorder()))[1])
    if say:
        tell(reading, recorder, seconds=seconds, bare=bare)
    kinds = Counter(found.kind for found in reading.resources)
    return {
        "volumes": len(reading.volumes),
        "snapshots": kinds[CloudKind.SNAPSHOT],
        "addresses": kinds[CloudKind.ADDRESS],
        "balancers": kinds[CloudKind.LOAD_BALANCER],
        "instances": kinds[CloudKind.INSTANCE],
        "calls": recorder.sent.total(),
        "calls_repeated": recorder.sent.total() - len(recorder.sent),
        "metrics_asked": reading.metrics_asked,
        "gaps": len(reading.gaps),
        "seconds": round(min(seconds), 2),
        "bare_seconds": round(min(bare), 2),
        "ratio_to_bare": round(min(seconds) / min(bare), 2),
        "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """(what came of it, how many seconds it took)."""
    started = time.monotonic()
    return work(), time.monotonic() - started


def session() -> Any:
    """Credentials that moto takes."""
    return boto3.Session(
        aws_access_key_id="testing",
        aws_secret_access_key="testing",  # noqa: S106 # opens nothing but moto
        region_name=REGION,
    )


def read(url: str, recorder: Recorder) -> AccountReading:
    """The account as production reads it, with a session and clients of its own."""
    made = session()
    recorder.watch(made)
    account = AccountReader(
        name="benchmark",
        clients=Clients(made, url),
        prices=AwsCostIntegration(),
        regions=[REGION],
    )
    return account.read(now=datetime.now(UTC))


def replay(url: str, recorder: Recorder) -> None:
    """The same calls by bare paginators, as many at once, with nothing done to the answers."""
    made, lines = session(), first_pages(recorder.asked)
    services = sorted({service for service, _, _ in lines})
    clients = {service: made.client(service, endpoint_url=url) for service in services}

    def call(line: tuple[str, str, dict[str, Any]]) -> None:
        service, operation, params = line
        client = clients[service]
        if client.can_paginate(operation):
            for _ in client.get_paginator(operation).paginate(**params):
                pass
        else:
            getattr(client, operation)(**params)

    with ThreadPoolExecutor(CALLS_AT_ONCE) as pool:
        list(pool.map(call, lines))


def first_pages(
    asked: Sequence[tuple[str, str, dict[str, Any]]],
) -> list[tuple[str, str, dict[str, Any]]]:
    """The calls without those that only ask for a further page."""
    tokens = {"NextToken", "nextToken", "Marker", "ContinuationToken", "PaginationToken"}
    return [(service, name, params) for service, name, params in asked if not tokens & set(params)]


def fill(
    url: str, *, volumes: int, snapshots: int, addresses: int, balancers: int, instances: int
) -> None:
    """The account; the root disk of each instance is one of the volumes."""
    made = session()
    ec2, elb = (made.client(service, endpoint_url=url) for service in ("ec2", "elbv2"))
    if instances:
        ec2.run_instances(
            ImageId=IMAGE, InstanceType="m5.large", MinCount=instances, MaxCount=instances
        )
    [first, *_] = ids = many(
        max(1, volumes - instances),
        lambda _: ec2.create_volume(AvailabilityZone=f"{REGION}a", Size=100, VolumeType="gp3"),
    )
    assert ids
    many(snapshots, lambda _: ec2.create_snapshot(VolumeId=first["VolumeId"]))
    many(addresses, lambda _: ec2.allocate_address(Domain="vpc"))
    place = ec2.describe_subnets()["Subnets"][0]
    many(balancers, lambda number: balancer(elb, place, number))


def many(count: int, make: Callable[[int], Any]) -> list[Any]:
    """`count` of something, several at once."""
    with ThreadPoolExecutor(FILLERS) as pool:
        return list(pool.map(make, range(count)))


def balancer(elb: Any, place: dict[str, str], number: int) -> None:
    """A network balancer with a target group, which is what costs one more call each."""
    made = elb.create_load_balancer(
        Name=f"balancer-{number}", Subnets=[place["SubnetId"]], Type="network"
    )
    group = elb.create_target_group(
        Name=f"group-{number}", Protocol="TCP", Port=80, VpcId=place["VpcId"]
    )
    forward = {"Type": "forward", "TargetGroupArn": group["TargetGroups"][0]["TargetGroupArn"]}
    elb.create_listener(
        LoadBalancerArn=made["LoadBalancers"][0]["LoadBalancerArn"],
        Protocol="TCP",
        Port=80,
        DefaultActions=[forward],
    )


def tell(
    reading: AccountReading, recorder: Recorder, *, seconds: list[float], bare: list[float]
) -> None:
    """What a person wants to read."""
    calls: Counter[str] = Counter()
    for (event, *_), count in recorder.sent.items():
        calls[event.removeprefix("before-send.")] += count
    for name, count in calls.most_common():
        print(f"{count:6} {name}")
    for key, count in recorder.sent.items():
        if count > 1:
            print(f"repeated {count} times: {key}")
    for gap in reading.gaps:
        print(f"gap: {gap.sentence}")
    print(f"reader {[round(s, 2) for s in seconds]} s, bare {[round(s, 2) for s in bare]} s")
    print(f"metrics cost ${reading.metrics_usd:.4f}")


if __name__ == "__main__":
    sys.exit(main())
