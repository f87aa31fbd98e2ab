"""What the benchmarks of edits count, and the opportunity that a target is planned as."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from finops.domain.changes import Change
from finops.domain.money import Saving
from finops.domain.opportunity import (
    Effort,
    Opportunity,
    Resource,
    WasteKind,
    fingerprint_of,
    opportunity_id,
)

_NOW = datetime(2026, 1, 5, tzinfo=UTC)


TEMPLATE, GENERATED = "template", "generated file"
_COUNTERS = (
    "targets",
    "exact",
    "refused",
    "templates",
    "asked",
    "picks",
    "wrong",
    "unintended_bytes",
)


@dataclass(slots=True)
class Tally:
    """Counts over all targets; `named` says which file was refused or wrong, and why."""

    targets: int = 0
    exact: int = 0
    refused: int = 0
    templates: int = 0
    asked: int = 0
    picks: int = 0
    wrong: int = 0
    unintended_bytes: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    named: list[str] = field(default_factory=list)

    def refuse(self, reason: str, where: str, count: int = 1) -> None:
        """Count targets that were refused for one reason; templates and generated files apart."""
        self.targets += count
        self.refused += count
        self.templates += count if reason in (TEMPLATE, GENERATED) else 0
        self.reasons[reason] += count
        self.named.append(f"refused ({reason}): {where}")

    def judge(self, *, is_right: bool, unintended: int, where: str) -> None:
        """Count an edit that was made."""
        self.targets += 1
        self.exact += is_right and not unintended
        self.wrong += not is_right
        self.unintended_bytes += unintended
        if not is_right or unintended:
            self.named.append(f"wrong ({unintended} unintended bytes): {where}")

    def add(self, other: "Tally") -> None:
        """Add the counters of another benchmark, and its names."""
        for name in _COUNTERS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.reasons.update(other.reasons)
        self.seconds += other.seconds
        self.named += other.named

    def share(self, count: int) -> float:
        """Of all targets, 0-1."""
        return round(count / self.targets, 4) if self.targets else 0.0

    def as_json(self) -> dict[str, Any]:
        """The figures; milliseconds are the mean over all edits that were planned.

        `refused_share` is of all targets, templates and generated files too; how many of the
        refused these are stands in `refused_templates_and_generated`. `asked` are exact edits that
        wait for a person to pick one of the places offered, all of which were judged (`picks`).
        """
        return {
            "targets": self.targets,
            "exact": self.exact,
            "refused": self.refused,
            "refused_share": self.share(self.refused),
            "refused_templates_and_generated": self.templates,
            "asked": self.asked,
            "picks": self.picks,
            "refused_or_asked_share": self.share(self.refused + self.asked),
            "refused_reasons": dict(self.reasons.most_common()),
            "wrong": self.wrong,
            "unintended_bytes": self.unintended_bytes,
            "ms_per_edit": round(1000 * sum(self.seconds) / max(len(self.seconds), 1), 2),
        }


def opportunity_for(
    resource: Resource, changes: tuple[Change, ...], tags: Mapping[str, str] | None = None
) -> Opportunity:
    """An opportunity that proposes these changes; its money is not looked at."""
    kind = WasteKind.OVER_REQUESTED_CPU
    fingerprint = fingerprint_of(kind, resource)
    return Opportunity(
        id=opportunity_id(fingerprint),
        fingerprint=fingerprint,
        kind=kind,
        resource=resource,
        changes=changes,
        saving=Saving(Decimal(0), Decimal(1)),
        confidence=0.9,
        risk=0.1,
        effort=Effort.LOW,
        restart_needed=True,
        rollback_possible=True,
        summary="A benchmark.",
        rollback="Revert.",
        detected_at=_NOW,
        tags=dict(tags or {}),
    )
