"""The two things a container asks for: how each is read from it and written for people."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from finops.domain.estate import Container, UsageSummary
from finops.domain.quantities import GIB, MIB, format_memory
from finops.rightsizing.requests import round_up_cpu


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """CPU in millicores or memory in bytes.

    `word` is Kubernetes' name of the resource, `noun` people's. `step` is what a step of 75 % is
    rounded to, `per_unit` what one priced unit holds (1000 millicores, 2^30 bytes), `rounded_up`
    the figure that people would write.
    """

    word: str
    noun: str
    step: int
    per_unit: int
    request_of: Callable[[Container], int | None]
    limit_of: Callable[[Container], int | None]
    usage_of: Callable[[Container], UsageSummary | None]
    rounded_up: Callable[[float], int]
    written: Callable[[int], str]


def _whole_mib(size_bytes: float) -> int:
    # A hair is taken off first, so that 1.2 · 400 arithmetic does not cost a whole MiB.
    return math.ceil(size_bytes / MIB - 1e-9) * MIB


def _written_memory(size_bytes: int) -> str:
    """Whole MiB and GiB as manifests write them; a measured figure rounded to a tenth of a MiB."""
    exact = format_memory(size_bytes)
    return exact if exact.endswith(("Mi", "Gi", "Ti")) else f"{size_bytes / MIB:.1f}Mi"


CPU = Measure(
    word="cpu",
    noun="CPU",
    step=1,
    per_unit=1000,
    request_of=lambda container: container.cpu_request_millicores,
    limit_of=lambda container: container.cpu_limit_millicores,
    usage_of=lambda container: container.cpu_usage,
    rounded_up=round_up_cpu,
    # One unit in a sentence: `1000m to 250m` reads better than `1 to 250m`.
    written=lambda millicores: f"{millicores}m",
)
MEMORY = Measure(
    word="memory",
    noun="memory",
    step=MIB,
    per_unit=GIB,
    request_of=lambda container: container.memory_request_bytes,
    limit_of=lambda container: container.memory_limit_bytes,
    usage_of=lambda container: container.memory_usage,
    rounded_up=_whole_mib,
    written=_written_memory,
)
