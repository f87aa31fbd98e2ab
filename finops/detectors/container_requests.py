"""What over-requested CPU and over-requested memory have in common: one container, one request.

Whoever looks for too much sees too little too: a request that is too small becomes an opportunity
of the opposite kind, for reliability, with a cost and without a saving.

History proposes, the rules in `finops.rightsizing.rules` amend (their order is documented in
`order`), and what is left is priced by the room that the pod really gives back.

Risk (0-1), how bad it is if the proposal does not hold, documented here for both:

    risk = severity + 0.3 · share by which the request falls + 0.1 if there is one replica only
           + 0.1 if the evidence is a single figure + 0.1 if the limit falls too
           + 0.1 if an autoscaler waits for more than is asked (a target above 100 %)
           + 0.1 if it looks like a JVM whose heap nobody named (memory)

A request that rises takes nothing away: 0.1, and 0.1 more if its only replica restarts for it.

`severity` is 0.15 for CPU (it gets slow) and 0.30 for memory (it is killed). Worked: memory falling
by half on three replicas: 0.30 + 0.15 = 0.45, which the default guardrails let an approver decide.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import ClassVar

from finops.detectors.cluster_costs import cluster_caveats
from finops.detectors.detector import Finding, skipped
from finops.detectors.over_request import OverRequest, RequestRule
from finops.detectors.request_basis import basis_of
from finops.detectors.request_evidence import caveats_of, evidence_of, opening_of, summary_of
from finops.detectors.request_reasons import why_next, why_not_changed, why_not_judged
from finops.domain.cluster_objects import NamespacePolicy
from finops.domain.estate import Container, Snapshot, Workload
from finops.domain.money import Saving
from finops.domain.opportunity import (
    Effort,
    Opportunity,
    Resource,
    WasteKind,
    fingerprint_of,
    opportunity_id,
)
from finops.rightsizing.confidence import confidence_that_it_holds
from finops.rightsizing.modes import Mode, ModeChoice
from finops.rightsizing.rules import heap
from finops.rightsizing.rules.measure import MEMORY
from finops.rightsizing.rules.order import propose
from finops.rightsizing.rules.pod_room import effective_request
from finops.rightsizing.rules.proposal import RequestCase

MIN_HISTORY_DAYS = 1.0
WHOLE_PERCENT = 100


@dataclass(frozen=True, slots=True)
class OverRequestDetector:
    """What both detectors of requests do; each adds its rule.

    `min_history_days` holds for sources with history; a single figure is judged with the widest
    margin and a confidence under one half. `modes` says how lean a team or kind wants to be.
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
    policies = {policy.namespace: policy for policy in snapshot.namespaces}
    for workload in snapshot.workloads:
        judged = _Judged(
            snapshot,
            rule,
            policies.get(workload.namespace),
            min_history_days,
            modes.of(workload.team, workload.kind),
            modes.scales_heap,
        )
        for finding in judged.findings(workload):
            if isinstance(finding, Opportunity) and not finding.kind.is_for_reliability:
                finding = replace(finding, caveats=(*finding.caveats, *caveats))
            yield finding


@dataclass(frozen=True, slots=True)
class _Judged:
    """What judging one workload's containers needs."""

    snapshot: Snapshot
    rule: RequestRule
    policy: NamespacePolicy | None
    min_history_days: float
    mode: Mode
    scales_heap: bool

    def findings(self, workload: Workload) -> Iterator[Finding]:
        """Containers in order, each priced on top of what was proposed for those before it.

        Two that fall under one init container would else both claim the same room.
        """
        if not workload.containers:
            yield self._no(workload, "", "No container is declared.")
        changed: dict[str, int] = {}
        moves_target = ""
        for container in workload.containers:
            found = self._held_against(workload, container, changed)
            reason = found if isinstance(found, str) else why_not_changed(found)
            if isinstance(found, str) or reason:
                yield self._no(workload, container.name, reason)
            elif found.shares_target and moves_target:
                yield self._no(workload, container.name, why_next(found, moves_target))
            else:
                changed[container.name] = found.proposal.request
                moves_target = container.name if found.shares_target else moves_target
                yield _opportunity(found, self.snapshot)

    def _held_against(
        self, workload: Workload, container: Container, changed: Mapping[str, int]
    ) -> OverRequest | str:
        """The container with all rules applied, or the reason why it is not judged."""
        rule, measure = self.rule, self.rule.measure
        current, usage = measure.request_of(container), measure.usage_of(container)
        reason = why_not_judged(
            measure, workload, container, usage, min_history_days=self.min_history_days
        )
        if reason or not current or usage is None:
            return reason
        case = RequestCase(
            measure=measure,
            workload=workload,
            container=container,
            usage=usage,
            current=current,
            percentile=rule.propose(usage, self.mode),
            policy=self.policy,
            mode=self.mode,
            scales_heap=self.scales_heap,
        )
        proposal = propose(case)
        before = effective_request(workload.containers, measure, changed)
        after = {**changed, container.name: proposal.request}
        return OverRequest(
            rule=rule,
            mode=self.mode,
            case=case,
            proposal=proposal,
            resource=_resource(workload, container.name),
            prices=self.snapshot.unit_prices,
            moved_per_pod=before - effective_request(workload.containers, measure, after),
            changed_before=dict(changed),
        )

    def _no(self, workload: Workload, container: str, reason: str) -> Finding:
        key = _resource(workload, container).key
        return skipped(self.rule.kind.words, key, reason, team=workload.team)


def _opportunity(found: OverRequest, snapshot: Snapshot) -> Opportunity:
    rule, case, usd = found.rule, found.case, found.usd_per_month
    workload, usage = case.workload, case.usage
    fingerprint = fingerprint_of(found.kind, found.resource)
    is_scheduled = workload.kind == "CronJob"
    return Opportunity(
        id=opportunity_id(fingerprint),
        fingerprint=fingerprint,
        kind=found.kind,
        resource=found.resource,
        changes=found.changes,
        saving=Saving() if found.rises else Saving(freed_usd_per_month=usd),
        confidence=confidence_that_it_holds(
            found.proposal.request,
            usage.daily_peaks,
            window_days=usage.window_days,
            base=rule.base_rate,
        ),
        risk=_risk(found),
        effort=Effort.LOW,
        restart_needed=not is_scheduled,
        rollback_possible=True,
        summary=summary_of(found),
        rollback=_way_back(found),
        detected_at=snapshot.taken_at,
        evidence=evidence_of(found),
        caveats=caveats_of(found),
        team=workload.team,
        tags=workload.tags,
        blast_replicas=workload.replicas,
        cost_usd_per_month=usd if found.rises else Decimal(0),
        basis=basis_of(found, opening_of(found)),
    )


def _way_back(found: OverRequest) -> str:
    case, target = found.case, found.proposal.target
    when = "with its next run" if case.workload.kind == "CronJob" else "with one rolling restart"
    what = f"the {case.measure.noun} request returns to {case.written(case.current)}"
    if target is not None:
        what += f", and its autoscaler's target to {target.current} %,"
    if found.proposal.heap is not None:
        what += f", and its Java heap to {case.written(found.proposal.heap.current_number or 0)},"
    return f"Revert the pull request: {what} {when}."


def _risk(found: OverRequest) -> float:
    case = found.case
    if found.rises:
        return 0.2 if case.workload.replicas == 1 else 0.1
    dangers = (
        case.workload.replicas == 1,
        case.usage.window_days <= 0,
        found.lowers_limit,
        found.proposal.target is not None and found.proposal.target.number > WHOLE_PERCENT,
        case.measure is MEMORY and heap.is_unbounded_jvm(case.workload, case.container),
        found.proposal.heap is not None,
    )
    risk = found.rule.severity + 0.3 * found.fall_share + 0.1 * sum(dangers)
    return round(min(1.0, risk), 3)


def _resource(workload: Workload, container: str) -> Resource:
    return Resource(
        cluster=workload.cluster,
        namespace=workload.namespace,
        kind=workload.kind,
        name=workload.name,
        container=container,
    )
