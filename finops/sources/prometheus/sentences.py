"""What a reading could not learn, in sentences that name server, namespaces and what is missing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from finops.domain.errors import OutsideWorldFailed
from finops.sources.prometheus.tables import Table

WORDS = {
    "cpu": "CPU",
    "memory": "memory",
    "startup": "CPU of starts",
    "stability": "restarts and throttling",
    "replicas": "replicas over time",
}
_NAMED = 3


def places(namespaces: Sequence[str]) -> str:
    """`namespace shop`, `namespaces a and b`, `20 namespaces (a, b, c and 17 more)`."""
    names = [_plain(name) for name in namespaces]
    if len(names) == 1:
        return f"namespace {names[0]}"
    if len(names) <= _NAMED:
        return f"namespaces {', '.join(names[:-1])} and {names[-1]}"
    named = ", ".join(names[:_NAMED])
    return f"{len(names)} namespaces ({named} and {len(names) - _NAMED} more)"


def failures(
    server: str, namespaces: Sequence[str], failed: Mapping[str, OutsideWorldFailed]
) -> Iterator[str]:
    """One sentence for each different failure, naming what it concerns."""
    by_reason: dict[str, list[str]] = {}
    for resource, error in failed.items():
        by_reason.setdefault(str(error).rstrip("."), []).append(WORDS[resource])
    for reason, what in by_reason.items():
        yield (
            f"{server} did not answer for {places(namespaces)} ({', '.join(what)}): {reason}. What "
            "is kept from before still counts for three days."
        )


def warnings(server: str, namespaces: Sequence[str], tables: Iterable[Table]) -> Iterator[str]:
    """What the server warned about, and samples that were no use."""
    found = list(tables)
    for text in sorted({text for table in found for text in table.warnings}):
        yield f"{server} warned about {places(namespaces)}: {text}; its figures may be too low."
    unfit = sum(table.unfit for table in found)
    if unfit:
        yield (
            f"{server} sent {unfit} samples for {places(namespaces)} that are negative, absurd or "
            "no number; they are left out."
        )


def silence(server: str, namespaces: Sequence[str]) -> Iterator[str]:
    """Namespaces of which nothing is known at all."""
    if namespaces:
        yield f"{server} knows no container of the workloads in {places(namespaces)}."


def _plain(text: str) -> str:
    return "".join(c for c in text if c.isprintable())[:63]
