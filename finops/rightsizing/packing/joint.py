"""All proposals of a cluster together: which nodes leave, what that is worth, whose it is.

Each card about a request frees room; only together do they empty nodes. Three plans tell it apart:
today's requests, today's requests with what the node cards take, and all requests lowered. What
only the lowered requests make possible is theirs; the node cards keep their own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from finops.domain.estate import Node, Snapshot
from finops.domain.money import Saving
from finops.domain.opportunity import Opportunity, WasteKind
from finops.rightsizing.packing.consolidation import consolidate
from finops.rightsizing.packing.from_snapshot import model_of
from finops.rightsizing.packing.model import Consolidation
from finops.rightsizing.packing.requests_after import requests_after
from finops.rightsizing.packing.risk import MoveRisk, risk_of
from finops.rightsizing.packing.saving import split, worth_of

# Like the idle-node detector: what a node must keep free to receive a pod.
HEADROOM = 0.2
_REQUESTS = (WasteKind.OVER_REQUESTED_CPU, WasteKind.OVER_REQUESTED_MEMORY)


@dataclass(frozen=True, slots=True, kw_only=True)
class JointSaving:
    """What all proposals are worth together, never a dollar twice.

    `leaving` names the nodes that leave with everything applied, `leaving_today` how many could
    with today's requests, `leaving_by_requests` those that only lowered requests let go. `total` is
    the node cards' saving, and `by_requests`, what the lowered requests add to it: cash for the
    nodes that leave only because of them, freed for the room that empties none. `shares` splits
    `by_requests` over the request cards by id, to the cent. What could leave today but no card
    claims is in `unclaimed`. `stays` says why each other node stays.
    """

    nodes_before: int
    leaving: tuple[str, ...]
    leaving_today: int
    leaving_by_requests: tuple[str, ...]
    by_nodes: Saving
    by_requests: Saving
    unclaimed: Saving
    shares: Mapping[str, Saving]
    risk: MoveRisk
    stays: tuple[tuple[str, tuple[str, ...]], ...]
    notes: tuple[str, ...]

    @property
    def nodes_after(self) -> int:
        """How many nodes remain."""
        return self.nodes_before - len(self.leaving)

    @property
    def total(self) -> Saving:
        """Of all cards together."""
        return self.by_nodes + self.by_requests


def joint_saving(
    snapshot: Snapshot, opportunities: Sequence[Opportunity], *, headroom: float = HEADROOM
) -> JointSaving | None:
    """Simulate all proposals together; None where no pods were seen, so that nobody can say."""
    if not snapshot.pods or not snapshot.nodes:
        return None
    model = model_of(snapshot)
    today = consolidate(model, headroom=headroom)
    lowered = requests_after(model, snapshot, opportunities)
    after = consolidate(model, lowered, headroom=headroom, known=today)
    nodes = {node.name: node for node in snapshot.nodes}
    could, can = _worth(today, nodes), _worth(after, nodes)
    by_nodes = _sum([o.saving for o in opportunities if o.kind is WasteKind.IDLE_NODE])
    freed = {o.id: o.saving.freed_usd_per_month for o in opportunities if o.kind in _REQUESTS}
    shares = _shares(_beyond(can, _larger(could, by_nodes)), freed)
    return JointSaving(
        nodes_before=len(model.nodes),
        leaving=after.leaving_names,
        leaving_today=len(today.leaving),
        leaving_by_requests=_more(after, today),
        by_nodes=by_nodes,
        by_requests=_sum(list(shares.values())),
        unclaimed=_beyond(could, by_nodes),
        shares=shares,
        risk=risk_of(after),
        stays=tuple((stay.node, stay.reasons) for stay in after.stays),
        notes=model.notes,
    )


def _more(after: Consolidation, today: Consolidation) -> tuple[str, ...]:
    """The nodes that leave beyond as many as could today; which of equals leaves is no matter."""
    more = len(after.leaving) - len(today.leaving)
    could = set(today.leaving_names)
    new = [name for name in after.leaving_names if name not in could]
    return tuple(new[: max(0, more)])


def _worth(plan: Consolidation, nodes: Mapping[str, Node]) -> Saving:
    return worth_of(nodes[name] for name in plan.leaving_names)


def _sum(savings: Sequence[Saving]) -> Saving:
    return sum(savings, Saving())


def _larger(one: Saving, other: Saving) -> Saving:
    """The larger of each part."""
    return Saving(
        max(one.cashable_usd_per_month, other.cashable_usd_per_month),
        max(one.freed_usd_per_month, other.freed_usd_per_month),
    )


def _beyond(whole: Saving, taken: Saving) -> Saving:
    """What is left of each part, never under zero."""
    zero = Decimal(0)
    return Saving(
        max(zero, whole.cashable_usd_per_month - taken.cashable_usd_per_month),
        max(zero, whole.freed_usd_per_month - taken.freed_usd_per_month),
    )


def _shares(nodes_only_by_requests: Saving, freed: Mapping[str, Decimal]) -> dict[str, Saving]:
    """Each card's part of the cash, in proportion to what it frees; the rest of that stays freed.

    Worked: cards free $60 and $40 and a node of $70 leaves only because of both: $42 cash and $18
    freed, $28 cash and $12 freed. A node may be worth more than what the cards freed to empty it:
    then all they have is cash.
    """
    cash = split(nodes_only_by_requests.cashable_usd_per_month, freed)
    return {
        name: Saving(cash[name], max(Decimal(0), amount - cash[name]))
        for name, amount in freed.items()
    }
