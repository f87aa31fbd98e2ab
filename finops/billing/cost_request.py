"""What somebody asks who types `shop by service last month`, at a terminal or in Slack. Pure."""

import difflib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from finops.billing.periods import WORDS, find_period, near_period
from finops.domain.cost_pieces import CostBy
from finops.domain.errors import InvalidInput

# What one wants to know first of a thing.
_NEXT = {
    CostBy.TEAM: CostBy.WORKLOAD,
    CostBy.NAMESPACE: CostBy.WORKLOAD,
    CostBy.WORKLOAD: CostBy.ITEM,
    CostBy.SERVICE: CostBy.ITEM,
    CostBy.ACCOUNT: CostBy.SERVICE,
    CostBy.CLUSTER: CostBy.NAMESPACE,
    CostBy.ITEM: CostBy.SERVICE,
}
# Whose is looked for first when a name is more than one thing.
_ORDER = (
    CostBy.TEAM,
    CostBy.NAMESPACE,
    CostBy.CLUSTER,
    CostBy.ACCOUNT,
    CostBy.WORKLOAD,
    CostBy.SERVICE,
)
_WORDS = "|".join(by.value for by in CostBy)
_BY = re.compile(rf"(?:^|\s)by\s+({_WORDS})s?$", re.IGNORECASE)
_BY_WHAT = re.compile(r"(?:^|\s)by\s+(\S+)$", re.IGNORECASE)
_KIND = re.compile(rf"({_WORDS})s?(?:\s+(.+))?", re.IGNORECASE)
# What people call services, and what is in the name that the bill gives them.
_SHORT_FOR = {
    "ec2": "elastic compute cloud",
    "ebs": "elastic block store",
    "ecr": "container registry",
    "ecs": "elastic container service",
    "eks": "kubernetes",
    "efs": "elastic file system",
    "elb": "load balancing",
    "kms": "key management",
    "msk": "managed streaming",
    "rds": "relational database",
    "s3": "simple storage",
    "sns": "simple notification",
    "sqs": "simple queue",
    "vpc": "virtual private cloud",
}
_NOBODY = {"no team", "nobody", "unknown"}
Names = Mapping[CostBy, Collection[str]]


@dataclass(frozen=True, slots=True)
class CostRequest:
    """Words taken apart: a period still as typed, what gets a line, what everything is of."""

    period: str
    by: CostBy
    scope: Mapping[CostBy, str] = field(default_factory=dict)


def read_request(words: str, names: Names, aliases: Mapping[str, str] | None = None) -> CostRequest:
    """Take `[team|namespace|…] [name] [by what] [period]` apart.

    A name alone is looked up in `names`: teams first (also by `aliases`, in lower case, of a team),
    then namespaces, clusters, accounts, workloads, and services, for which a part of the name will
    do (`ec2`). Raises InvalidInput with the nearest names for one that nobody has.
    """
    period, rest = find_period(words)
    found = _BY.search(rest)
    by = CostBy(found[1].lower()) if found else None
    rest = rest[: found.start()].strip() if found else rest
    if wrong := _BY_WHAT.search(rest):
        raise InvalidInput(f"Cost is shown by {', '.join(CostBy)}, not by {wrong[1][:40]!r}.")
    kind = _KIND.fullmatch(rest)
    if not rest or (kind and not kind[2]):
        return CostRequest(period, by or (CostBy(kind[1].lower()) if kind else CostBy.TEAM))
    place = CostBy(kind[1].lower()) if kind else None
    dimension, name = _found(place, kind[2] if kind else rest, names, aliases or {})
    return CostRequest(period, by or _NEXT[dimension], {dimension: name})


def _found(
    dimension: CostBy | None, asked: str, names: Names, aliases: Mapping[str, str]
) -> tuple[CostBy, str]:
    wanted = asked.strip("`'\" ").casefold()
    if wanted in _NOBODY and dimension in (None, CostBy.TEAM):
        return CostBy.TEAM, ""
    wanted = aliases.get(wanted, wanted).casefold() if dimension in (None, CostBy.TEAM) else wanted
    places = _ORDER if dimension is None else (dimension,)
    for place in places:
        for name in names.get(place, ()):
            if name and name.casefold() == wanted:
                return place, name
    for place in places:
        parts = _containing(wanted, names.get(place, ())) if place is CostBy.SERVICE else []
        if len(parts) == 1:
            return place, parts[0]
    raise InvalidInput(_unknown(dimension, asked, names))


def _containing(wanted: str, names: Collection[str]) -> list[str]:
    """Services whose name has that in it, or what that is short for."""
    words = _SHORT_FOR.get(wanted, wanted)
    found = [name for name in names if words in name.casefold()]
    return found or [name for name in names if len(wanted) >= 2 and wanted in name.casefold()]


def _unknown(dimension: CostBy | None, asked: str, names: Names) -> str:
    tail = " ".join(asked.split()[-2:])
    if period := near_period(tail):
        return f"The period {tail!r} is none I know. Did you mean {period}?"
    places = list(CostBy) if dimension is None else [dimension]
    known = {name.casefold(): name for place in places for name in names.get(place, ()) if name}
    wanted = asked.casefold()
    near = difflib.get_close_matches(wanted, known, n=3, cutoff=0.5)
    near += [name for name in known if wanted in name and name not in near][:3]
    what = (
        "team, namespace, workload, service, account or cluster" if dimension is None else dimension
    )
    if near:
        hint = f"Did you mean {', '.join(known[name][:60] for name in near[:3])}?"
    else:
        hint = f"`cost by {dimension or 'team'}` lists them, and a period is {WORDS}."
    return f"The bill has no {what} {asked[:60]!r} in that time. {hint}"
