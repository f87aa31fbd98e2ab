"""What `finops doctor` finds: one check a line, green or red, with the exact fix."""

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """How a check ended; a warning works but less well, a skipped one could not be tried."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was tried. `area` groups (`Kubernetes prod`), `subject` names what was tried.

    `detail` says what was seen; `fix` what a person does about it, empty when all is well.
    """

    area: str
    subject: str
    outcome: Outcome
    detail: str = ""
    fix: str = ""
