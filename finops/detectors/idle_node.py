"""Idle nodes: a node group that holds more machines than its pods need.

How many may leave: the fewest nodes k are kept for which, for CPU and memory, both the sum of the
pods' requests and the sum of the nodes' highest usage stay within 80 % of k · allocatable, where
allocatable is the smallest node's, or 94 % of its capacity where it says none. Worked: six
nodes of 4 cores whose pods ask for 8 cores: 3 nodes offer 0.8 · 3 · 3.76 = 9.02, so 3 may leave;
at $0.192 an hour each that is 3 · 0.192 · 730 = $420.48 a month (of the cheapest node's price).
It is cash, but for machines that a Savings Plan or a reservation pays (see `MachinePrice`).
0.8 is Kubecost's target and leaves room for what does not pack without gaps.

Where pods were seen, that estimate gives way to a simulation (`rightsizing.packing`): as many may
leave as find places for their pods on the rest, whichever the cloud takes, with every rule of the
scheduler kept and 20 % left free. The peak of usage must fit as above. A node that must not be
drained stays, and the card says that it must be protected first, because the cloud chooses.

Confidence: that the group's usage stays within 80 % of what remains, as for a CPU request; 0.45
without history. Risk (0-1), how bad if not, pods wait for a new machine:
`0.2 + 0.4 · share of the nodes that leave`, 0.1 more where usage was not measured, and 0.2 more
where some of its nodes must be protected from leaving first.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from finops.detectors.detector import Finding, skipped
from finops.detectors.node_evidence import caveats_of, evidence_of, summary_of
from finops.detectors.node_packing import GroupCase, blockers_sentence, nodes_needed
from finops.detectors.simulated_groups import SimulatedGroups
from finops.domain.changes import Change, Setting
from finops.domain.estate import NodeGroup, Snapshot
from finops.domain.money import Saving, format_usd
from finops.domain.opportunity import (
    Effort,
    Opportunity,
    Resource,
    Skipped,
    WasteKind,
    fingerprint_of,
    opportunity_id,
)
from finops.rightsizing.confidence import CPU, WITHOUT_HISTORY, confidence_that_it_holds
from finops.rightsizing.requests import at_most_one_step


@dataclass(frozen=True, slots=True)
class IdleNodeDetector:
    """Proposes a smaller size for each node group whose pods fit on fewer nodes.

    Without pods, a group with a node that must not be drained is left alone, because the cloud
    chooses which node leaves. The declared minimum and at least one node stay. Nodes outside a
    declared group give a `Skipped`: there is nothing to edit.
    """

    @property
    def kind(self) -> WasteKind:
        """Idle node."""
        return WasteKind.IDLE_NODE

    @property
    def name(self) -> str:
        """The kind in words."""
        return self.kind.words

    def find(self, snapshot: Snapshot) -> Iterator[Finding]:
        """One finding for each declared group and for each node outside of them."""
        declared = {(group.cluster, group.name) for group in snapshot.node_groups}
        simulated = SimulatedGroups(snapshot) if snapshot.pods else None
        for group in snapshot.node_groups:
            yield _judge(group, snapshot, simulated)
        for node in snapshot.nodes:
            if (node.cluster, node.node_group) not in declared:
                key = Resource(cluster=node.cluster, kind="Node", name=node.name).key
                reason = "Nothing to edit: the node is not in a declared group."
                yield skipped(self.name, key, reason, team=node.team)


def _judge(group: NodeGroup, snapshot: Snapshot, simulated: SimulatedGroups | None) -> Finding:
    nodes = tuple(
        node
        for node in snapshot.nodes
        if (node.cluster, node.node_group) == (group.cluster, group.name)
    )
    case = GroupCase(group=group, nodes=nodes)

    def no(reason: str) -> Skipped:
        return skipped(WasteKind.IDLE_NODE.words, _resource(case).key, reason, team=case.team)

    if simulated is not None and group.manager == "karpenter":
        return no(simulated.karpenters_sentence(nodes))
    if simulated is not None:
        case = simulated.drained(case)
    reason = _why_not_judged(case)
    if reason:
        return no(reason)
    needed = nodes_needed(case)
    kept = at_most_one_step(len(nodes), max(needed, group.min_size, 1))
    if kept >= len(nodes):
        return no(_why_all_stay(case, needed))
    return _opportunity(case, needed, kept, snapshot)


def _why_not_judged(case: GroupCase) -> str:
    """The first reason not to pack the group at all, or an empty text."""
    group, nodes = case.group, case.nodes
    unpriced = sum(node.price_usd_per_hour is None for node in nodes)
    free = bool(nodes) and not unpriced and case.price_usd_per_month <= 0
    reasons = (
        (group.manager == "karpenter", "Karpenter sizes it by itself: no file declares a size."),
        (not nodes, "No node of this group was seen."),
        (
            len(nodes) != group.desired_size,
            f"The group is changing: {group.desired_size} nodes declared, {len(nodes)} seen.",
        ),
        (
            case.drain is None and any(node.blockers for node in nodes),
            blockers_sentence(case),
        ),
        (len(case.blocked) == len(nodes), blockers_sentence(case)),
        (
            not any(node.requested_cpu_millicores + node.requested_memory_bytes for node in nodes),
            "The requests of its pods are unknown, so nobody can say what would still fit.",
        ),
        (bool(unpriced), f"The price of {unpriced} of its nodes is unknown."),
        (free, "Its nodes cost nothing."),
    )
    return next((sentence for applies, sentence in reasons if applies), "")


def _why_all_stay(case: GroupCase, needed: int) -> str:
    group, size = case.group, len(case.nodes)
    if needed < size and group.min_size >= size:
        possible = max(needed, 1)
        return (
            f"The declared minimum of {group.min_size} holds it; {possible} would do, worth "
            f"{format_usd(case.price_usd_per_month * (size - possible))}/month."
        )
    if size == 1:
        return "It is the group's only node."
    if case.drain is not None and case.drain.next_fails:
        return f"All {size} nodes are needed with 20 % kept free: {case.drain.next_fails}."
    return f"All {size} nodes are needed: fewer would be over 80 % full."


def _opportunity(case: GroupCase, needed: int, kept: int, snapshot: Snapshot) -> Opportunity:
    resource, size = _resource(case), len(case.nodes)
    fingerprint = fingerprint_of(WasteKind.IDLE_NODE, resource)
    leaving = size - kept
    cash = case.cashable_usd_per_month(leaving)
    saving = Saving(cash, case.price_usd_per_month * leaving - cash)
    pods = sum(node.pods for node in case.nodes)
    return Opportunity(
        id=opportunity_id(fingerprint),
        fingerprint=fingerprint,
        kind=WasteKind.IDLE_NODE,
        resource=resource,
        changes=(Change(Setting.DESIRED_SIZE, size, kept),),
        saving=saving,
        confidence=_confidence(case, kept),
        risk=_risk(case, leaving / size),
        effort=Effort.HIGH if case.blocked else Effort.MEDIUM,
        restart_needed=True,
        rollback_possible=True,
        summary=summary_of(case, kept, saving),
        rollback=f"Revert the pull request: the group returns to {size} nodes in a few minutes.",
        detected_at=snapshot.taken_at,
        evidence=evidence_of(case, kept),
        caveats=caveats_of(case, needed, kept),
        team=case.team,
        tags=case.tags,
        blast_replicas=max(leaving, -(-pods * leaving // size)),
    )


def _risk(case: GroupCase, leaving_share: float) -> float:
    risk = 0.2 + 0.4 * leaving_share + 0.1 * (not case.is_usage_known) + 0.2 * bool(case.blocked)
    return round(risk, 3)


def _confidence(case: GroupCase, kept: int) -> float:
    """The lower of CPU's and memory's; 0.45 where either has no history."""
    found = []
    for use in (case.cpu, case.memory):
        if use.window_days <= 0:
            return WITHOUT_HISTORY
        found.append(
            confidence_that_it_holds(
                use.room_on(kept), use.daily_peaks, window_days=use.window_days, base=CPU
            )
        )
    return min(found)


def _resource(case: GroupCase) -> Resource:
    group = case.group
    return Resource(cluster=group.cluster, kind="NodeGroup", name=group.name, cloud_tags=case.tags)
