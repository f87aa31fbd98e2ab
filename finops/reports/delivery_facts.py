"""What an engineering leader checks: who decides how fast, what hangs, what was taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from statistics import median

from finops.domain.lifecycle import WAITING, Status
from finops.domain.money import Saving
from finops.reports.lines import ReportLine, RiskClass, Stage

# A pull request that nobody merged for a week has lost its reviewer's attention.
STUCK_AFTER_DAYS = 7
_DECLINED = frozenset({Status.DENIED, Status.SNOOZED})


@dataclass(frozen=True, slots=True)
class RiskRow:
    """What waits and what is on its way of one class of risk."""

    risk: RiskClass
    offered_count: int
    offered: Saving
    in_flight_count: int
    in_flight: Saving


@dataclass(frozen=True, slots=True)
class TeamRow:
    """How one team gets along with its opportunities; `median_days` is None without a decision."""

    name: str
    waiting: int
    oldest_waiting_days: float
    decided: int
    median_days: float | None
    open_pull_requests: int
    stuck: int
    reversed: int
    declined: int


@dataclass(frozen=True, slots=True)
class StuckPullRequest:
    """An open pull request that has not moved for `days`."""

    line: ReportLine
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryFacts:
    """Times in days; `raises` are proposals that cost money for reliability."""

    waiting: int
    decided: int
    median_days: float | None
    slow_days: float | None
    teams: tuple[TeamRow, ...] = ()
    risks: tuple[RiskRow, ...] = ()
    stuck: tuple[StuckPullRequest, ...] = ()
    raises: tuple[ReportLine, ...] = ()
    raises_cost_usd_per_month: Decimal = Decimal(0)
    reversed: tuple[ReportLine, ...] = ()


def delivery_facts(lines: Sequence[ReportLine], *, now: datetime) -> DeliveryFacts:
    """The facts of all lines as they stand at `now`."""
    days = sorted(days_to_decide(line) for line in lines if line.was_decided)
    raises = _raises(lines)
    return DeliveryFacts(
        waiting=sum(line.status in WAITING for line in lines),
        decided=len(days),
        median_days=median(days) if days else None,
        slow_days=days[min(len(days) - 1, int(0.9 * len(days)))] if days else None,
        teams=_team_rows(lines, now),
        risks=_risk_rows(lines),
        stuck=_stuck(lines, now),
        raises=raises,
        raises_cost_usd_per_month=sum((r.cost_usd_per_month for r in raises), Decimal(0)),
        reversed=tuple(line for line in lines if line.was_reversed),
    )


def days_to_decide(line: ReportLine) -> float:
    """From the day its owner was asked, or else from its discovery, to the yes or no."""
    asked = line.asked_at or line.detected_at
    return max(0.0, ((line.decided_at or asked) - asked) / timedelta(days=1))


def days_open(line: ReportLine, now: datetime) -> int:
    """Whole days since it came to stand where it stands."""
    return max(0, (now - line.status_changed_at).days)


def is_stuck(line: ReportLine, now: datetime) -> bool:
    """Whether it is a pull request that has been open for a week and more."""
    return line.status is Status.PULL_REQUEST_OPEN and days_open(line, now) >= STUCK_AFTER_DAYS


def _stuck(lines: Sequence[ReportLine], now: datetime) -> tuple[StuckPullRequest, ...]:
    found = [StuckPullRequest(line, days_open(line, now)) for line in lines if is_stuck(line, now)]
    return tuple(sorted(found, key=lambda one: (-one.days, one.line.opportunity_id)))


def _raises(lines: Sequence[ReportLine]) -> tuple[ReportLine, ...]:
    found = [x for x in lines if x.is_for_reliability and x.stage is not Stage.NOT_COUNTED]
    return tuple(sorted(found, key=lambda x: (-x.cost_usd_per_month, x.opportunity_id)))


def _risk_rows(lines: Sequence[ReportLine]) -> tuple[RiskRow, ...]:
    return tuple(_risk_row(risk, [x for x in lines if x.risk_class is risk]) for risk in RiskClass)


def _risk_row(risk: RiskClass, lines: Sequence[ReportLine]) -> RiskRow:
    offered = [line for line in lines if line.stage is Stage.OFFERED]
    in_flight = [line for line in lines if line.stage is Stage.IN_FLIGHT]
    return RiskRow(risk, len(offered), _sum(offered), len(in_flight), _sum(in_flight))


def _team_rows(lines: Sequence[ReportLine], now: datetime) -> tuple[TeamRow, ...]:
    """Those with the most waiting first."""
    by_team: dict[str, list[ReportLine]] = {}
    for line in lines:
        by_team.setdefault(line.team, []).append(line)
    rows = [_team_row(name, own, now) for name, own in by_team.items()]
    return tuple(sorted(rows, key=lambda row: (-row.waiting, -row.stuck, row.name)))


def _team_row(name: str, lines: Sequence[ReportLine], now: datetime) -> TeamRow:
    waiting = [line for line in lines if line.status in WAITING]
    decided = [days_to_decide(line) for line in lines if line.was_decided]
    return TeamRow(
        name=name,
        waiting=len(waiting),
        oldest_waiting_days=max(((now - x.detected_at) / timedelta(days=1) for x in waiting),
                                default=0.0),
        decided=len(decided),
        median_days=median(decided) if decided else None,
        open_pull_requests=sum(line.status is Status.PULL_REQUEST_OPEN for line in lines),
        stuck=sum(is_stuck(line, now) for line in lines),
        reversed=sum(line.was_reversed for line in lines),
        declined=sum(line.status in _DECLINED for line in lines),
    )  # fmt: skip


def _sum(lines: Sequence[ReportLine]) -> Saving:
    return sum((line.counted for line in lines), Saving())
