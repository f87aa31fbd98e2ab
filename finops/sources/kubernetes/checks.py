"""What `finops doctor` asks of a cluster: reach, version, clock, and each list it needs."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from finops.domain.checks import Check, Outcome
from finops.domain.errors import OutsideWorldFailed
from finops.sources.kubernetes.api import Answer, Denied, KubernetesApi, NotServed, Patience
from finops.sources.kubernetes.connection import Connect
from finops.sources.kubernetes.discovery import Served, discover
from finops.sources.kubernetes.resources import (
    ALLOWED,
    ENDPOINT_SLICES,
    ENDPOINTS,
    POD_METRICS,
    Resource,
    fix_of,
)
from finops.sources.raw_objects import at, listing, text, whole

# Tokens are valid from and until a second; samples older than 10 minutes are dropped.
_MOST_SKEW_SECONDS = 60
# A person waits in front of it.
_HURRY = Patience(timeout_seconds=10, tries=1, total_seconds=120)


def check_cluster(cluster: str, connect: Connect, patience: Patience) -> Sequence[Check]:
    """One check for each thing that is needed; never raises for what the outside does."""
    area = f"Kubernetes {cluster}"
    hurry = Patience(
        timeout_seconds=min(patience.timeout_seconds, _HURRY.timeout_seconds),
        tries=_HURRY.tries,
        total_seconds=min(patience.total_seconds, _HURRY.total_seconds),
    )
    try:
        with closing(KubernetesApi(connect, hurry)) as api:
            version = api.get("/version")
            served = discover(api, ALLOWED)
            clock = _clock(area, version, datetime.now(UTC))
            return [_reached(area, version), clock, *_lists(area, api, served)]
    except OutsideWorldFailed as error:
        return [
            Check(
                area=area,
                subject="reach",
                outcome=Outcome.FAILED,
                detail=str(error)[:300],
                fix="check the address, the network and the credentials: `kubectl get --raw "
                "/version` with the same kubeconfig must answer",
            )
        ]


def _reached(area: str, answer: Answer) -> Check:
    version = text(answer.body.get("gitVersion"))[:60]
    if version:
        return Check(area=area, subject="reach", outcome=Outcome.OK, detail=f"version {version}")
    return Check(
        area=area,
        subject="reach",
        outcome=Outcome.WARNING,
        detail="it answers /version without a gitVersion",
        fix="check that the address is an API server's",
    )


def _clock(area: str, answer: Answer, now: datetime) -> Check:
    try:
        said = parsedate_to_datetime(answer.headers.get("Date", ""))
        skew = (now - said).total_seconds()
    except (ValueError, TypeError):
        detail = "its answers carry no date"
        return Check(area=area, subject="clock", outcome=Outcome.SKIPPED, detail=detail)
    if abs(skew) <= _MOST_SKEW_SECONDS:
        detail = f"within {_MOST_SKEW_SECONDS} s"
        return Check(area=area, subject="clock", outcome=Outcome.OK, detail=detail)
    return Check(
        area=area,
        subject="clock",
        outcome=Outcome.WARNING,
        detail=f"this machine is {abs(skew):,.0f} s {'ahead of' if skew > 0 else 'behind'} it",
        fix="synchronise both clocks (chrony or the cloud's time service)",
    )


def _lists(area: str, api: KubernetesApi, served: Served) -> Iterator[Check]:
    for resource in ALLOWED:
        if resource == ENDPOINTS and ENDPOINT_SLICES in served.versions:
            continue
        if resource == ENDPOINT_SLICES and resource not in served.versions:
            continue  # Endpoints are counted instead
        yield _list(area, api, resource, served)


def _list(area: str, api: KubernetesApi, resource: Resource, served: Served) -> Check:
    subject = f"list {resource.name}"
    if resource in served.unknown:
        detail = served.unknown[resource]
        return _bad(area, subject, resource, (detail, "look at the API service's own health"))
    if resource not in served.versions:
        return _absent(area, subject, resource)
    try:
        answer = api.get(resource.path(served.versions[resource]), limit=1)
    except Denied as error:
        return _bad(area, subject, resource, (str(error), fix_of(resource)))
    except NotServed:
        return _absent(area, subject, resource)
    except OutsideWorldFailed as error:
        return _bad(area, subject, resource, (str(error), "try again; then look at the server"))
    detail = f"{served.versions[resource]}, {_count(answer)}"
    return Check(area=area, subject=subject, outcome=Outcome.OK, detail=detail)


def _bad(area: str, subject: str, resource: Resource, said: tuple[str, str]) -> Check:
    outcome = Outcome.WARNING if resource.is_optional else Outcome.FAILED
    detail, fix = said
    return Check(area=area, subject=subject, outcome=outcome, detail=detail[:300], fix=fix)


def _absent(area: str, subject: str, resource: Resource) -> Check:
    if resource.is_optional:
        use = "no metrics-server" if resource == POD_METRICS else "not installed"
        return Check(area=area, subject=subject, outcome=Outcome.SKIPPED, detail=use)
    return Check(
        area=area,
        subject=subject,
        outcome=Outcome.FAILED,
        detail=f"the server serves none of {', '.join(resource.versions)}",
        fix="report the server's version: the bot understands 1.20 and newer",
    )


def _count(answer: Answer) -> str:
    """The items of this page and `remainingItemCount`, which servers give where they know it."""
    here = len(listing(answer.body.get("items")))
    left = whole(at(answer.body, "metadata", "remainingItemCount"), most=10_000_000)
    more = bool(at(answer.body, "metadata", "continue"))
    return f"{here + (left or 0):,} {'or more ' if more and left is None else ''}seen"
