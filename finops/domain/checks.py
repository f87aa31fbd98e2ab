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


@dataclass(frozen=True, slots=True)
class Area:
    """Makes the checks of one area."""

    name: str

    def ok(self, subject: str, detail: str = "") -> Check:
        """All is well."""
        return Check(area=self.name, subject=subject, outcome=Outcome.OK, detail=detail)

    def warning(self, subject: str, detail: str, *, fix: str) -> Check:
        """It works, but less well."""
        return self._with_fix(Outcome.WARNING, subject, detail, fix)

    def failed(self, subject: str, detail: str, *, fix: str) -> Check:
        """It does not work."""
        return self._with_fix(Outcome.FAILED, subject, detail, fix)

    def skipped(self, subject: str, detail: str, *, fix: str = "") -> Check:
        """It could not be tried, and why."""
        return self._with_fix(Outcome.SKIPPED, subject, detail, fix)

    def _with_fix(self, outcome: Outcome, subject: str, detail: str, fix: str) -> Check:
        return Check(area=self.name, subject=subject, outcome=outcome, detail=detail, fix=fix)
