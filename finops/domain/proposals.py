"""When a finding is the proposal people were shown, and when it is another one."""

from collections.abc import Sequence

from finops.domain.changes import Change, Setting
from finops.domain.lifecycle import REVISABLE, Status
from finops.domain.opportunity import Opportunity, OpportunityRecord

# A proposal that wanders less than this is the same proposal: measurements breathe every day.
NEW_REVISION_SHARE = 0.10
# People who said no are asked again only when the offer is clearly another one.
ASK_AGAIN_SHARE = 0.25

# Whole machines or a yes and no, where a share of the number says nothing.
_COUNTED = (Setting.DESIRED_SIZE, Setting.MIN_SIZE, Setting.MAX_SIZE, Setting.PRESENT)


def is_another_proposal(known: OpportunityRecord, found: Opportunity) -> bool:
    """Whether a finding differs enough to put a new revision before people.

    >>> # 200m → 120m proposed before, 118m found today: the same proposal
    """
    if known.status not in REVISABLE:
        return False
    # What people said no to, or agreed to and have before them in a pull request.
    declined = known.status in (Status.DENIED, Status.EXPIRED, Status.PULL_REQUEST_OPEN)
    # Another team has other approvers: what the former one was shown is not theirs to approve.
    has_moved = known.opportunity.team != found.team and not declined
    share = ASK_AGAIN_SHARE if declined else NEW_REVISION_SHARE
    # A cycle that found another proposal than the person had edited comes without the edit.
    is_overtaken = bool(known.opportunity.edited_by) and not found.edited_by and not declined
    return has_moved or is_overtaken or differ(known.opportunity.changes, found.changes, share)


def differ(known: Sequence[Change], found: Sequence[Change], share: float) -> bool:
    """Whether two proposals set other things, or values that are apart by more than `share`."""
    before = {c.setting: c for c in known}
    after = {c.setting: c for c in found}
    if before.keys() != after.keys():
        return True
    return any(
        before[setting].current != after[setting].current
        or _moved(before[setting], after[setting], share)
        for setting in after
    )


def _moved(before: Change, after: Change, share: float) -> bool:
    if after.setting.is_text or after.setting in _COUNTED:
        return before.proposed != after.proposed
    return abs(after.number - before.number) > share * max(before.number, 1)
