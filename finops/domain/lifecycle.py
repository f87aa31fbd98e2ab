"""The lifecycle of an opportunity as a state machine.

    detected → notified → approved | denied | snoozed | expired
    approved → pull request open → merged → implemented → verified
    every state before verified → obsolete, with a reason

A changed proposal is a new revision: it takes a waiting, declined or expired opportunity back to
*detected*, and one whose pull request is open too; approved anew, it goes into the same pull
request. An approval that fails its second guardrail check goes back to *notified*. What is verified
stays so, with another verdict when the setting is taken back.
"""

from enum import StrEnum

from finops.domain.errors import IllegalMove


class Status(StrEnum):
    """Where an opportunity stands."""

    DETECTED = "detected"
    NOTIFIED = "notified"
    APPROVED = "approved"
    DENIED = "denied"
    SNOOZED = "snoozed"
    EXPIRED = "expired"
    PULL_REQUEST_OPEN = "pull_request_open"
    MERGED = "merged"
    IMPLEMENTED = "implemented"
    VERIFIED = "verified"
    OBSOLETE = "obsolete"

    @property
    def words(self) -> str:
        """The status as people read it: `pull request open`."""
        return self.value.replace("_", " ")


_S = Status
MOVES: dict[Status, frozenset[Status]] = {
    _S.DETECTED: frozenset({_S.DETECTED, _S.NOTIFIED, _S.OBSOLETE}),
    _S.NOTIFIED: frozenset(
        {_S.DETECTED, _S.APPROVED, _S.DENIED, _S.SNOOZED, _S.EXPIRED, _S.OBSOLETE}
    ),
    _S.APPROVED: frozenset({_S.NOTIFIED, _S.PULL_REQUEST_OPEN, _S.OBSOLETE}),
    _S.DENIED: frozenset({_S.DETECTED, _S.OBSOLETE}),
    _S.SNOOZED: frozenset({_S.DETECTED, _S.NOTIFIED, _S.OBSOLETE}),
    _S.EXPIRED: frozenset({_S.DETECTED, _S.OBSOLETE}),
    _S.PULL_REQUEST_OPEN: frozenset({_S.MERGED, _S.DENIED, _S.EXPIRED, _S.OBSOLETE}),
    _S.MERGED: frozenset({_S.IMPLEMENTED, _S.OBSOLETE}),
    _S.IMPLEMENTED: frozenset({_S.VERIFIED, _S.OBSOLETE}),
    # Judged again: what was taken back later is no longer counted.
    _S.VERIFIED: frozenset({_S.VERIFIED}),
    _S.OBSOLETE: frozenset(),
}

CLOSED = frozenset({Status.VERIFIED, Status.OBSOLETE})
WAITING = frozenset({Status.DETECTED, Status.NOTIFIED, Status.SNOOZED})
IN_FLIGHT = frozenset(
    {Status.APPROVED, Status.PULL_REQUEST_OPEN, Status.MERGED, Status.IMPLEMENTED}
)
OFFERED = WAITING | {Status.EXPIRED}
# A new revision may reopen these; an approved or merged one keeps the proposal people agreed to.
REVISABLE = frozenset(
    {
        Status.DETECTED,
        Status.NOTIFIED,
        Status.DENIED,
        Status.SNOOZED,
        Status.EXPIRED,
        Status.PULL_REQUEST_OPEN,
    }
)
# What was merged can be taken back.
REVERTIBLE = frozenset({Status.MERGED, Status.IMPLEMENTED, Status.VERIFIED})


def check_move(current: Status, target: Status, *, subject: str) -> None:
    """Raise IllegalMove with a sentence unless `current → target` is in the lifecycle."""
    if target in MOVES[current]:
        return
    allowed = ", ".join(sorted(s.words for s in MOVES[current])) or "nothing: it is closed"
    raise IllegalMove(
        f"{subject} is {current.words} and cannot become {target.words}; from here it can become "
        f"{allowed}."
    )
