"""All rules over one proposal, in the one order in which they hold.

1. `memory_kills`, `heap` and `startup` raise what history asks for: they know of memory that no
   sample shows, and of starts that are kept apart.
2. `throttling` (and `heap`) say whether the limit may fall, before anything follows it.
3. `scale_point` keeps an autoscaled pod able to reach the point at which others come.
4. `guaranteed` makes the request as large as its limit must be; it may refuse.
5. `one_step` holds the fall to 75 %: what is asked later only makes the fall smaller.
6. `scale_point` moves the request to one whose target is a whole per cent.
7. `limit_follows` sets the limit that goes with that request.
8. `namespace_bounds` has the last word on both figures: nothing outside them would start.
9. `heap` lowers a heap, where that is allowed, and `scale_point` adds the autoscaler's target, or
   refuses: both pairs need the final request.
10. `quota_room` refuses a raise for which there is no room.
11. `limit_follows` explains the limit, now that it is final.

The rest is asked around it: `vertical_autoscaler` and `running_time` before anything else,
`pod_room` for the price.
"""

from finops.rightsizing.rules import (
    guaranteed,
    heap,
    limit_follows,
    memory_kills,
    namespace_bounds,
    one_step,
    quota_room,
    scale_point,
    startup,
    throttling,
)
from finops.rightsizing.rules.proposal import Proposal, RequestCase

_IN_ORDER = (
    memory_kills.apply,
    heap.apply,
    startup.apply,
    throttling.apply,
    scale_point.keep_reach,
    guaranteed.apply,
    one_step.apply,
    scale_point.fit,
    limit_follows.apply,
    namespace_bounds.apply,
    heap.follow,
    scale_point.pair,
    quota_room.apply,
    limit_follows.explain,
)


def propose(case: RequestCase) -> Proposal:
    """What the request and the limit should become; after a refusal no further rule is asked."""
    proposal = Proposal(request=case.percentile, wanted=case.percentile, limit=case.limit)
    for rule in _IN_ORDER:
        proposal = rule(case, proposal)
        if proposal.refusal:
            return proposal
    return proposal
