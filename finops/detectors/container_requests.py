"""What over-requested CPU and over-requested memory have in common: one container, one request.

Risk (0-1), how bad it is if the proposal does not hold, documented here for both:

    risk = severity + 0.3 · share by which the request falls + 0.1 if there is one replica only
           + 0.1 if the evidence is a single figure

`severity` is 0.15 for CPU (it gets slow) and 0.30 for memory (it is killed). Worked: memory falling
by half on three replicas: 0.30 + 0.15 = 0.45, which the default guardrails let an approver decide.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import ClassVar

from finops.detectors.cluster_costs import cluster_caveats
from finops.detectors.detector import Finding, plural, skipped
from finops.detectors.over_request import OverRequest, RequestRule
from finops.detectors.request_evidence import caveats_of, evidence_of, summary_of
from finops.domain.estate import Container, ContainerRole, Snapshot, UsageSummary, Workload
from finops.domain.money import Saving, format_usd
from finops.domain.opportunity import (
    Change,
    Effort,
    Opportunity,
    Resource,
    WasteKind,
    fingerprint_of,
    opportunity_id,
)
from finops.rightsizing.confidence import confidence_that_it_holds
from finops.rightsizing.modes import Mode, ModeChoice
from finops.rightsizing.requests import at_most_one_step

# Under a dollar a month a pull request costs more attention than it frees.
LEAST_SAVING_USD_PER_MONTH = Decimal(1)
MIN_HISTORY_DAYS = 1.0
_RUNS_ONLY_SOMETIMES = frozenset({"Job", "CronJob"})
_NO = frozenset({"", "0", "false", "no", "none", "off"})


@dataclass(frozen=True, slots=True)
class OverRequestDetector:
    """What both detectors of requests do; each adds its rule.

    `min_history_days` holds for sources with history; a single figure is judged with the widest
    margin and a confidence under one half.
    """

    rule: ClassVar[RequestRule]
    min_history_days: float = MIN_HISTORY_DAYS
    modes: ModeChoice = field(default_factory=ModeChoice)

    @property
    def kind(self) -> WasteKind:
        """The kind of its rule."""
        return self.rule.kind

    @property
    def name(self) -> str:
        """The kind in words."""
        return self.rule.kind.words

    def find(self, snapshot: Snapshot) -> Iterator[Finding]:
        """One finding for each container."""
        return find_over_requests(
            snapshot, self.rule, min_history_days=self.min_history_days, modes=self.modes
        )


def find_over_requests(
    snapshot: Snapshot, rule: RequestRule, *, min_history_days: float, modes: ModeChoice
) -> Iterator[Finding]:
    """One finding for each container of each workload; a workload without any gives a `Skipped`."""
    caveats = cluster_caveats(snapshot)
    for workload in snapshot.workloads:
        if not workload.containers:
            key = _resource(workload, "").key
            yield skipped(rule.kind.words, key, "No container is declared.", team=workload.team)
        for container in workload.containers:
            finding = _judge(
                snapshot,
                rule,
                workload,
                container,
                min_history_days=min_history_days,
                mode=modes.of(workload.team, workload.kind),
            )
            if isinstance(finding, Opportunity):
                finding = replace(finding, caveats=(*finding.caveats, *caveats))
            yield finding


def _judge(
    snapshot: Snapshot,
    rule: RequestRule,
    workload: Workload,
    container: Container,
    *,
    min_history_days: float,
    mode: Mode,
) -> Finding:
    resource = _resource(workload, container.name)
    current, usage = rule.request_of(container), rule.usage_of(container)
    if container.role is ContainerRole.INIT:
        reason = "An init container has ended before the others start, so it holds nothing."
        return skipped(rule.kind.words, resource.key, reason, team=workload.team)
    reason = _why_not_judged(rule, workload, current, usage, min_history_days=min_history_days)
    if not reason and current is not None and usage is not None:
        wanted = rule.propose(usage, mode)
        case = OverRequest(
            rule=rule,
            workload=workload,
            container=container,
            resource=resource,
            usage=usage,
            mode=mode,
            prices=snapshot.unit_prices,
            current=current,
            wanted=wanted,
            proposed=at_most_one_step(current, wanted, unit=rule.step),
        )
        reason = _why_not_changed(case)
        if not reason:
            return _opportunity(case, snapshot)
    return skipped(rule.kind.words, resource.key, reason, team=workload.team)


def _why_not_judged(
    rule: RequestRule,
    workload: Workload,
    current: int | None,
    usage: UsageSummary | None,
    *,
    min_history_days: float,
) -> str:
    """The first reason not to look at usage at all, or an empty text."""
    short = usage is not None and 0 < usage.window_days < min_history_days
    reasons = (
        (
            workload.kind in _RUNS_ONLY_SOMETIMES,
            f"A {workload.kind} holds its request only while "
            "it runs, so a month's saving cannot be priced.",
        ),
        (workload.replicas <= 0, "It is scaled to zero and holds nothing."),
        (not current, f"No {rule.noun} request is set, so there is nothing to lower."),
        (
            _is_scaled_on(workload, rule.hpa_word),
            f"A HorizontalPodAutoscaler scales it on "
            f"{rule.hpa_word}: a smaller request would only add replicas.",
        ),
        (
            not workload.is_scaling_known,
            "Whether a HorizontalPodAutoscaler scales it is unknown: they could not be listed.",
        ),
        (usage is None, f"No {rule.noun} usage was found for this container."),
        (
            short,
            f"{usage.window_days if usage else 0:.2g} of {plural(min_history_days, 'day')} of "
            "history.",
        ),
    )
    return next((sentence for applies, sentence in reasons if applies), "")


def _why_not_changed(case: OverRequest) -> str:
    """Why the request stays as it is, or an empty text."""
    rule, asks = case.rule, case.rule.written(case.current)
    if case.wanted >= case.current:
        return _why_not_lower(case)
    least = rule.least_fall_share(case.current)
    if case.fall_share < least:
        return (
            f"The change is too small: {asks} to {rule.written(case.proposed)} is "
            f"{case.fall_share:.0%}, and {least:.0%} is worth a restart at this size."
        )
    if case.freed_usd_per_month < LEAST_SAVING_USD_PER_MONTH:
        return (
            f"The change is too small: it frees {format_usd(case.freed_usd_per_month)}/month, "
            f"under {format_usd(LEAST_SAVING_USD_PER_MONTH)}."
        )
    return ""


def _why_not_lower(case: OverRequest) -> str:
    rule, used = case.rule, case.rule.steady_use(case.usage)
    asks, wanted = rule.written(case.current), rule.written(case.wanted)
    if used > case.current:
        return (
            f"It uses more {rule.noun} than it asks for ({rule.written(round(used))} used, {asks} "
            f"asked): raise it to {wanted}."
        )
    if case.wanted > case.current:
        return f"There is nothing to lower: {asks} is asked and {wanted} would be right."
    return f"The request of {asks} is already right."


def _opportunity(case: OverRequest, snapshot: Snapshot) -> Opportunity:
    rule, workload = case.rule, case.workload
    fingerprint = fingerprint_of(rule.kind, case.resource)
    back = rule.written(case.current)
    return Opportunity(
        id=opportunity_id(fingerprint),
        fingerprint=fingerprint,
        kind=rule.kind,
        resource=case.resource,
        changes=(Change(rule.setting, case.current, case.proposed),),
        saving=Saving(freed_usd_per_month=case.freed_usd_per_month),
        confidence=confidence_that_it_holds(
            case.proposed,
            case.usage.daily_peaks,
            window_days=case.usage.window_days,
            base=rule.base_rate,
        ),
        risk=_risk(case),
        effort=Effort.LOW,
        restart_needed=True,
        rollback_possible=True,
        summary=summary_of(case),
        rollback=f"Revert the pull request: the {rule.noun} request returns to {back} with one "
        "rolling restart.",
        detected_at=snapshot.taken_at,
        evidence=evidence_of(case),
        caveats=caveats_of(case),
        team=workload.team,
        tags=workload.tags,
        blast_replicas=workload.replicas,
    )


def _risk(case: OverRequest) -> float:
    single_replica = 0.1 * (case.workload.replicas == 1)
    single_figure = 0.1 * (case.usage.window_days <= 0)
    risk = case.rule.severity + 0.3 * case.fall_share + single_replica + single_figure
    return round(min(1.0, risk), 3)


def _resource(workload: Workload, container: str) -> Resource:
    return Resource(
        cluster=workload.cluster,
        namespace=workload.namespace,
        kind=workload.kind,
        name=workload.name,
        container=container,
    )


def _is_scaled_on(workload: Workload, resource_word: str) -> bool:
    """Whether its autoscaler or a tag `hpa` (or `…/hpa`) says so: `cpu`, `memory`; else both."""
    if workload.autoscaler is not None:
        return workload.autoscaler.scales_on(resource_word)
    for key, value in workload.tags.items():
        said = value.strip().lower()
        if key.rsplit("/", 1)[-1].lower() != "hpa" or said in _NO:
            continue
        named = {word for word in ("cpu", "memory") if word in said}
        return not named or resource_word in named
    return False
