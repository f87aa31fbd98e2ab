"""Whether two people saw what was merged, and what to say where a team wants that."""

from finops.domain.identities import Eyes, FourEyes, four_eyes
from finops.domain.opportunity import OpportunityRecord
from finops.domain.pull_request import PullRequest
from finops.engine.approving import POLICY
from finops.engine.identities import identities_in
from finops.engine.parts import Parts
from finops.ledger import approvals
from finops.savings_ledger import LedgerTransaction

_MEND = (
    " This team wants four eyes: somebody else should look at it now, or take it back with Revert."
)
_NAME = " The login can be stated in the personal settings, or under people in finops.yaml."


def seen_by(
    tx: LedgerTransaction, parts: Parts, known: OpportunityRecord, pull_request: PullRequest
) -> FourEyes:
    """Whose eyes saw a merged pull request."""
    return four_eyes(
        identities_in(parts, tx.connection),
        agreed=agreed_to(tx, known),
        merger=pull_request.merged_by,
        committers=pull_request.committers,
    )


def agreed_to(tx: LedgerTransaction, known: OpportunityRecord) -> frozenset[str]:
    """The Slack ids of who approved the present revision or set its value."""
    given = approvals.given(tx.connection, [known.id]).get(known.id, ())
    people = {one.approver for one in given} | {known.decided_by, known.opportunity.edited_by}
    return frozenset(people - {"", POLICY})


def lacks_a_second(tx: LedgerTransaction, parts: Parts, known: OpportunityRecord) -> bool:
    """Whether a team that wants four eyes would not have them if the host merged by itself."""
    rules = parts.guardrails.settings.rules_for(known.opportunity.team)
    return rules.approvals.four_eyes and len(agreed_to(tx, known)) < 2


def words_of(parts: Parts, known: OpportunityRecord, found: FourEyes) -> str:
    """What the card says of it: nothing unless the team wants four eyes and they were not seen."""
    rules = parts.guardrails.settings.rules_for(known.opportunity.team)
    if not rules.approvals.four_eyes or found.eyes is Eyes.TWO:
        return ""
    return f" {found.sentence}{_NAME if found.eyes is Eyes.UNKNOWN else ''}{_MEND}"
