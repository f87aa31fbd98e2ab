"""Runs examinations side by side, each on a thread of its own with a time limit, in order."""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from enum import StrEnum

from bot.side_by_side import started
from finops.domain.checks import Area, Check
from finops.domain.errors import FinOpsError
from finops.ports import Checked

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 30.0


class Topic(StrEnum):
    """What `--only` chooses by."""

    CONFIGURATION = "configuration"
    SLACK = "slack"
    DATABASE = "database"
    KUBERNETES = "kubernetes"
    PROMETHEUS = "prometheus"
    AWS = "aws"
    PRICES = "prices"
    GITHUB = "github"
    GIT = "git"
    BILL = "bill"


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """One adapter to be asked. `build` runs inside the time limit too: it may import and connect.

    `area` heads its lines (`Kubernetes prod`); what hangs for `patience_seconds` is a red line.
    """

    topic: Topic
    area: str
    build: Callable[[], Checked]
    patience_seconds: float = PATIENCE_SECONDS


@dataclass(frozen=True, slots=True)
class Examined:
    """One examination's result."""

    examination: Examination
    checks: tuple[Check, ...]


def examine(examinations: Sequence[Examination]) -> Iterator[Examined]:
    """Start all at once and give each result in the given order, as soon as it may be shown."""
    begin = time.monotonic()
    asked = [(each, _asked(each)) for each in examinations]
    for examination, answer in asked:
        left = begin + examination.patience_seconds - time.monotonic()
        yield Examined(examination, _checks(examination, answer, seconds=max(left, 0.0)))


def _asked(examination: Examination) -> "Future[Sequence[Check]]":
    return started(lambda: examination.build().check(), name=f"doctor {examination.area}")


def _checks(
    examination: Examination, answer: "Future[Sequence[Check]]", *, seconds: float
) -> tuple[Check, ...]:
    area = Area(examination.area)
    try:
        error = answer.exception(timeout=seconds)
    except TimeoutError:
        return (_hanging(area, examination.patience_seconds),)
    if error is None:
        return tuple(answer.result())
    if isinstance(error, FinOpsError):  # its sentence names the fix
        return (area.failed("setup", str(error), fix=""),)
    log.error("the check of %s failed", examination.area, exc_info=error)
    detail = f"this check itself failed: {type(error).__name__}: {error}"
    return (area.failed("setup", detail, fix="It is a bug of finops-bot: please report it."),)


def _hanging(area: Area, seconds: float) -> Check:
    fix = "Check address, network policy and firewall between here and there."
    return area.failed("reach", f"no answer within {seconds:.0f} s", fix=fix)
