"""The door to waste detection: all detectors over one snapshot, in a stable order."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from finops.detectors.detector import Detector, Finding
from finops.detectors.idle_node import IdleNodeDetector
from finops.detectors.orphan_volume import OrphanVolumeDetector
from finops.detectors.over_requested_cpu import OverRequestedCPUDetector
from finops.detectors.over_requested_memory import OverRequestedMemoryDetector
from finops.detectors.owner_rules import owner_rules, with_owner_evidence
from finops.domain.errors import FinOpsError
from finops.domain.estate import UNKNOWN_TEAM, Snapshot
from finops.domain.opportunity import Opportunity, Skipped
from finops.rightsizing.modes import ModeChoice

__all__ = [
    "Detection",
    "Detector",
    "IdleNodeDetector",
    "OrphanVolumeDetector",
    "OverRequestedCPUDetector",
    "OverRequestedMemoryDetector",
    "WasteDetectionEngine",
    "default_detectors",
]


@dataclass(frozen=True, slots=True)
class Detection:
    """What one cycle found: opportunities, largest saving first, and every reasoned no."""

    opportunities: tuple[Opportunity, ...] = ()
    skipped: tuple[Skipped, ...] = ()


def default_detectors(modes: ModeChoice | None = None) -> tuple[Detector, ...]:
    """One of each, with their documented thresholds; `modes` says how lean requests may be."""
    chosen = modes or ModeChoice()
    return (
        OverRequestedCPUDetector(modes=chosen),
        OverRequestedMemoryDetector(modes=chosen),
        IdleNodeDetector(),
        OrphanVolumeDetector(),
    )


class WasteDetectionEngine:
    """Runs detectors over a snapshot; a detector that fails does not stop the others."""

    def __init__(self, detectors: Iterable[Detector] | None = None) -> None:
        self.detectors: Sequence[Detector] = (
            default_detectors() if detectors is None else tuple(detectors)
        )

    def detect(self, snapshot: Snapshot) -> Detection:
        """Every finding once, opportunities by saving and then by id.

        A detector that raises a `FinOpsError` becomes a `Skipped` with its sentence, and what it
        had found before that counts. A resource that appears twice is judged once.
        """
        opportunities: dict[str, Opportunity] = {}
        skipped: list[Skipped] = []
        rules = owner_rules(snapshot)
        for detector in self.detectors:
            for finding in _findings(detector, snapshot):
                if isinstance(finding, Skipped):
                    skipped.append(finding)
                elif finding.id in opportunities:
                    skipped.append(_seen_twice(detector, finding))
                else:
                    opportunities[finding.id] = with_owner_evidence(finding, rules)
        ranked = sorted(opportunities.values(), key=_largest_saving_first)
        return Detection(tuple(ranked), tuple(skipped))


def _findings(detector: Detector, snapshot: Snapshot) -> Iterator[Finding]:
    """All findings; after a failure once more resource by resource, so that only one is lost."""
    try:
        yield from list(detector.find(snapshot))
    except FinOpsError:
        for key, team, part in _resources_alone(snapshot):
            try:
                yield from list(detector.find(part))
            except FinOpsError as error:
                reason = f"It could not be judged: {error}"
                yield Skipped(detector.name, resource_key=key, reason=reason, team=team)


def _resources_alone(snapshot: Snapshot) -> Iterator[tuple[str, str, Snapshot]]:
    """Key, team and a snapshot of each workload, volume, node group, and the nodes left over."""
    empty = replace(snapshot, workloads=(), nodes=(), node_groups=(), volumes=())
    for workload in snapshot.workloads:
        place = f"{workload.cluster}/{workload.namespace}/{workload.kind}/{workload.name}"
        yield place, workload.team, replace(empty, workloads=(workload,))
    for volume in snapshot.volumes:
        place = f"{volume.cluster or snapshot.cluster}/Volume/{volume.volume_id}"
        yield place, volume.team, replace(empty, volumes=(volume,))
    grouped: set[str] = set()
    for group in snapshot.node_groups:
        nodes = tuple(n for n in snapshot.nodes if n.node_group == group.name)
        grouped |= {node.name for node in nodes}
        place = f"{group.cluster}/NodeGroup/{group.name}"
        yield place, UNKNOWN_TEAM, replace(empty, nodes=nodes, node_groups=(group,))
    rest = tuple(node for node in snapshot.nodes if node.name not in grouped)
    yield snapshot.cluster, UNKNOWN_TEAM, replace(empty, nodes=rest)


def _seen_twice(detector: Detector, finding: Opportunity) -> Skipped:
    reason = "It is in the snapshot twice; the first one counts."
    return Skipped(detector.name, finding.resource.key, reason, finding.team)


def _largest_saving_first(opportunity: Opportunity) -> tuple[Decimal, str]:
    return -opportunity.saving.larger_usd_per_month, opportunity.id
