"""Runtimes that size a heap themselves: memory that was not used yet may be taken any time.

A request and a limit are never below the heap that the runtime was told, plus what is outside it:

| hint | heap | outside |
|---|---|---|
| `-Xmx2g` | 2 GiB | a quarter, at least 256 MiB |
| `-XX:MaxRAMPercentage=75` | 75 % of the memory limit | the same |
| `-XX:MaxRAMFraction=2` | half of the memory limit | the same |
| `--max-old-space-size=512` (Node, MiB) | 512 MiB | 15 %, at least 64 MiB |
| `GOMEMLIMIT=1GiB` | 1 GiB, all that the Go runtime takes | 5 % for what is not Go's |

The allowances are ours and not measured: beside a JVM's heap stand a code cache of up to 240 MiB,
classes, 1 MiB a thread and direct buffers; beside Node's old space the young one, code and buffers.
A JVM takes its heap as a share of the container's *limit* (25 % when nothing is said), so there the
limit must not fall: each fall would shrink the heap, and the next one follow from that.

Worked: 4Gi asked, 1.2Gi at most so far, `-Xmx2g`: 2 + 0.5 = 2.5Gi is asked, not 1.15 · 1.2.

Where it is allowed (`rightsizing.scale_jvm_heap`) the one `-Xmx` falls with the request instead, in
the same change. It stays as large as all that the container ever held, as if that had been heap
alone, and takes what then fits: 8Gi asked, 1.5Gi held, `-Xmx6g`: a heap of 1.5Gi needs 1.875Gi.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from finops.domain.changes import Change, Setting
from finops.domain.estate import Container, Workload
from finops.domain.heaps import LEAST_HEAP, floor_of, heap_in, largest_in
from finops.domain.quantities import GIB, MIB
from finops.rightsizing.rules.measure import MEMORY
from finops.rightsizing.rules.proposal import Proposal, RequestCase

_JVM_WORDS = (
    *("java", "jvm", "jdk", "jre", "spring", "tomcat", "jenkins", "keycloak", "spark", "flink"),
    *("kafka", "zookeeper", "cassandra", "elasticsearch", "opensearch", "solr", "logstash"),
)
_UNITS = {"": 1, "k": 1024, "m": MIB, "g": GIB, "t": 1024 * GIB}
_XMX = re.compile(r"-Xmx([0-9]+)([kKmMgGtT]?)")
_RAM_SHARE = re.compile(r"-XX:MaxRAM(Percentage|Fraction)=([0-9]+(?:\.[0-9]+)?)")
_OLD_SPACE = re.compile(r"--max[-_]old[-_]space[-_]size=([0-9]+)")
_GO_LIMIT = re.compile(r"GOMEMLIMIT=([0-9]+)(?:([KMGT])i)?B?")


@dataclass(frozen=True, slots=True)
class Heap:
    """A heap that a hint names: its size in bytes, and the lowest request that holds it."""

    hint: str
    size_bytes: int
    floor_bytes: int


def apply(case: RequestCase, proposal: Proposal) -> Proposal:
    """Raise the request to the largest heap named, and hold the limit of a JVM that reads it."""
    if case.measure is not MEMORY:
        return proposal
    heap = largest_heap(case.container)
    least = _least_heap(case)
    if least is not None:
        proposal = proposal.at_least(MEMORY.rounded_up(floor_of(least)))
    elif heap is not None and heap.floor_bytes > proposal.request:
        proposal = proposal.at_least(heap.floor_bytes).noting(
            f"{heap.hint} lets its heap grow to {case.written(heap.size_bytes)}; with what is "
            f"outside the heap that is {case.written(heap.floor_bytes)}."
        )
    if case.limit is not None and _reads_its_limit(case.workload, case.container):
        stays = "Its heap is a share of its memory limit, so the limit must not fall."
        return replace(proposal, limit_stays=stays)
    return proposal


def follow(case: RequestCase, proposal: Proposal) -> Proposal:
    """Lower the heap to what fits into the final request."""
    named = heap_in(" ".join(case.container.runtime_hints))
    if _least_heap(case) is None or named is None or proposal.request >= case.current:
        return proposal
    fits = largest_in(proposal.request)
    if fits >= named:
        return proposal
    return replace(proposal, heap=Change(Setting.HEAP, named, fits)).noting(
        f"Its Java heap falls from {case.written(named)} to {case.written(fits)} in the same "
        f"change, which holds all of the {case.written(round(case.usage.maximum))} that the "
        "container ever held."
    )


def _least_heap(case: RequestCase) -> int | None:
    """What a heap that may be lowered has to hold; None where it stays as it is."""
    named = heap_in(" ".join(case.container.runtime_hints))
    heap = largest_heap(case.container)
    is_the_one = heap is not None and heap.hint.startswith("-Xmx") and heap.size_bytes == named
    if case.measure is not MEMORY or not case.scales_heap or named is None or not is_the_one:
        return None
    least = max(LEAST_HEAP, -(-round(case.usage.maximum) // MIB) * MIB)
    is_a_fall = least < named and floor_of(least) < case.current
    return least if is_a_fall else None


def largest_heap(container: Container) -> Heap | None:
    """The largest heap that its hints name; the largest because which one wins is the runtime's."""
    found = [heap for hint in container.runtime_hints for heap in _heaps(hint, container)]
    return max(found, key=lambda heap: heap.floor_bytes, default=None)


def is_unbounded_jvm(workload: Workload, container: Container) -> bool:
    """Whether it looks like a JVM by name, image or tag, and no hint says how large its heap is."""
    texts = (
        workload.name,
        container.name,
        container.image,
        *workload.tags,
        *workload.tags.values(),
    )
    named = any(word in text.lower() for text in texts for word in _JVM_WORDS)
    return named and largest_heap(container) is None


def _reads_its_limit(workload: Workload, container: Container) -> bool:
    shares = any(_RAM_SHARE.fullmatch(hint) for hint in container.runtime_hints)
    fixed = any(_XMX.fullmatch(hint) for hint in container.runtime_hints)
    return not fixed and (shares or is_unbounded_jvm(workload, container))


def _heaps(hint: str, container: Container) -> Iterator[Heap]:
    if match := _XMX.fullmatch(hint):
        yield _jvm(hint, int(match[1]) * _UNITS[match[2].lower()])
    elif match := _OLD_SPACE.fullmatch(hint):
        yield _heap(hint, int(match[1]) * MIB, outside=0.15, least_outside=64 * MIB)
    elif match := _GO_LIMIT.fullmatch(hint):
        size = int(match[1]) * _UNITS[(match[2] or "").lower()]
        yield _heap(hint, size, outside=0.05, least_outside=0)
    elif match := _RAM_SHARE.fullmatch(hint):
        limit, number = container.memory_limit_bytes, float(match[2])
        if limit is not None and number > 0:
            share = number / 100 if match[1] == "Percentage" else 1 / number
            yield _jvm(hint, round(limit * min(share, 1.0)))


def _jvm(hint: str, size_bytes: int) -> Heap:
    return Heap(hint, size_bytes, MEMORY.rounded_up(floor_of(size_bytes)))


def _heap(hint: str, size_bytes: int, *, outside: float, least_outside: int) -> Heap:
    floor = size_bytes + max(least_outside, size_bytes * outside)
    return Heap(hint, size_bytes, MEMORY.rounded_up(floor))
