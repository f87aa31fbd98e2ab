"""What right-sizings are worth together: cash that none of them frees alone.

One smaller request only makes room; many of them empty nodes. Each cycle simulates all that may
still be applied and tells each card its part, beside its own saving and never inside of it.
"""

from collections.abc import Sequence
from dataclasses import replace

from finops.domain.estate import Snapshot
from finops.domain.lifecycle import Status
from finops.domain.opportunity import JointCash, Opportunity
from finops.engine.parts import Parts
from finops.rightsizing.packing.joint import JointSaving, joint_saving

_DECLINED = (Status.DENIED, Status.EXPIRED)
_MOST_NAMES = 3


def simulated_together(
    parts: Parts, snapshot: Snapshot, found: Sequence[Opportunity]
) -> tuple[list[Opportunity], JointSaving | None]:
    """The opportunities with what they are part of, and the whole; None where nobody can say.

    What somebody declined counts for nothing: nobody will apply it.
    """
    declined = {
        record.opportunity.fingerprint
        for record in parts.ledger.find(statuses=_DECLINED, cluster=snapshot.cluster)
    }
    counting = [each for each in found if each.fingerprint not in declined]
    joint = joint_saving(snapshot, counting) if counting else None
    if joint is None:
        return list(found), None
    return [replace(each, joint=_part(joint, each)) for each in found], joint


def _part(joint: JointSaving, opportunity: Opportunity) -> JointCash | None:
    share = joint.shares.get(opportunity.id)
    if share is None or share.cashable_usd_per_month <= 0:
        return None
    sharing = [one for one in joint.shares.values() if one.cashable_usd_per_month > 0]
    return JointCash(
        usd_per_month=joint.by_requests.cashable_usd_per_month,
        share_usd_per_month=share.cashable_usd_per_month,
        proposals=len(sharing),
        nodes=len(joint.leaving_by_requests),
        node_names=joint.leaving_by_requests[:_MOST_NAMES],
    )
