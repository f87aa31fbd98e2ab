"""Which nodes can leave: a plan in which every pod of a node that leaves has another place.

Several plans are made and the best is kept (dollars first, then nodes). Each begins with the nodes
to keep, ranked, as many as offer what all pods ask for plus a little; all others are closed and
their pods are placed largest first. A pod without a place opens its own node again, with everything
that stood on it. Then every node that is still open is tried once more by itself, emptiest first.
Pods of staying nodes stay where they are: nothing moves that does not have to.
"""

from dataclasses import replace

from finops.rightsizing.packing.model import Amounts, ClusterModel, Consolidation
from finops.rightsizing.packing.rankings import Order, rankings
from finops.rightsizing.packing.search import Search

# How much more room than asked for the kept nodes offer at first; packing is never perfect.
_SLACKS = (0.0, 0.03)


def consolidate(
    model: ClusterModel,
    requests_after: Amounts | None = None,
    *,
    headroom: float = 0.0,
    known: Consolidation | None = None,
) -> Consolidation:
    """The best plan found, with the requests given (by default those of today).

    `headroom` is the share of CPU and memory that a node must keep free to receive a pod. `known`
    is a plan for requests that were larger or equal: where it is better than what was found, it is
    kept, so that smaller requests never need more nodes.
    """
    requests = model.requests if requests_after is None else requests_after
    search = Search(model, requests, headroom)
    plans = [
        _plan(model, search, order, slack)
        for order in rankings(search.model, requests, search.load)
        for slack in _SLACKS
    ]
    best = max(plans, key=lambda plan: plan.worth)
    if known is None or known.worth <= best.worth or (known.requests < requests).any():
        return best
    stays = tuple(stay for stay in best.stays if stay.node not in known.leaving_names)
    return replace(known, requests=requests, stays=stays)


def _plan(model: ClusterModel, search: Search, order: Order, slack: float) -> Consolidation:
    occupancy, stays = search.plan(order, slack)
    return Consolidation(
        model=model,
        requests=search.requests,
        placed=occupancy.placed,
        leaving=tuple(int(node) for node in order[::-1] if not occupancy.open[node]),
        stays=stays,
    )
