"""Runs examinations side by side, each on a thread of its own with a time limit, in order."""

import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from finops.domain.checks import Area, Check
from finops.domain.errors import FinOpsError
from finops.ports import Checked

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
    """Start all at once and give each result in the given order, as soon as it may be shown.

    A thread that hangs is left behind: it is a daemon and ends with the process.
    """
    started = [(each, _started(each), time.monotonic()) for each in examinations]
    for examination, answer, begin in started:
        left = examination.patience_seconds - (time.monotonic() - begin)
        try:
            checks = answer.get(timeout=max(left, 0.01))
        except queue.Empty:
            checks = (_hanging(examination),)
        yield Examined(examination, checks)


def _started(examination: Examination) -> "queue.Queue[tuple[Check, ...]]":
    answer: queue.Queue[tuple[Check, ...]] = queue.Queue(maxsize=1)
    threading.Thread(
        target=lambda: answer.put(_checks(examination)),
        name=f"doctor {examination.area}",
        daemon=True,
    ).start()
    return answer


def _checks(examination: Examination) -> tuple[Check, ...]:
    try:
        return tuple(examination.build().check())
    except FinOpsError as error:
        return (_failed(examination, str(error), fix="See the sentence above."),)
    except Exception as error:  # noqa: BLE001 - one broken check must not take the others with it
        sentence = f"this check itself failed: {error!r}"
        return (_failed(examination, sentence, fix="Report it, with `finops --verbose doctor`."),)


def _hanging(examination: Examination) -> Check:
    return _failed(
        examination,
        f"no answer within {examination.patience_seconds:.0f} s",
        fix="Check address, network policy and firewall between here and there.",
    )


def _failed(examination: Examination, detail: str, *, fix: str) -> Check:
    return Area(examination.area).failed("examination", detail, fix=fix)
