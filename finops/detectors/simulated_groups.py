"""Node groups of a snapshot with pods, judged by simulating where the pods would go."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from finops.detectors.detector import plural
from finops.detectors.node_packing import FILL_SHARE, GroupCase
from finops.domain.estate import Node, Snapshot
from finops.domain.money import format_usd
from finops.rightsizing.packing.consolidation import consolidate
from finops.rightsizing.packing.drains import GroupDrains
from finops.rightsizing.packing.from_snapshot import model_of
from finops.rightsizing.packing.saving import worth_of

_BY_ITSELF = "Karpenter sizes it by itself: no file declares a size."


class SimulatedGroups:
    """One model of the cluster for all of its groups."""

    def __init__(self, snapshot: Snapshot) -> None:
        """The snapshot must have pods."""
        self.model = model_of(snapshot)
        self.numbers = {name: number for number, name in enumerate(self.model.nodes)}
        self.drains = GroupDrains(self.model, round(1 - FILL_SHARE, 6))

    def drained(self, case: GroupCase) -> GroupCase:
        """The case with how many of its nodes may leave, and what holds the others."""
        members = [self.numbers[node.name] for node in case.nodes]
        standing = np.isin(self.model.home, members)
        return replace(
            case,
            drain=self.drains.most_leaving(members, len(members) - 1),
            blocked={
                self.model.nodes[number]: self.model.blocked[number]
                for number in members
                if self.model.blocked[number]
            },
            losing_files=int(self.model.loses_files[standing].sum()),
        )

    def karpenters_sentence(self, nodes: Sequence[Node]) -> str:
        """Why nothing is proposed for a pool of Karpenter's, and what it could take by itself."""
        own = {node.name: node for node in nodes}
        others = tuple(
            reasons if name in own else ("not of this pool",)
            for name, reasons in zip(self.model.nodes, self.model.blocked, strict=True)
        )
        plan = consolidate(replace(self.model, blocked=others))
        if not plan.leaving:
            return f"{_BY_ITSELF} With today's requests none of its nodes could leave."
        worth = worth_of(own[name] for name in plan.leaving_names).cashable_usd_per_month
        return (
            f"{_BY_ITSELF} With today's requests {len(plan.leaving)} of "
            f"{plural(len(nodes), 'node')} could leave, worth {format_usd(worth)}/month: where "
            "they do not, look at the pool's consolidation policy and budgets."
        )
