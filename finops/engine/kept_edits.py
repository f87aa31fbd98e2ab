"""A value that a person has set stays until the proposal it was set against clearly changes."""

from collections.abc import Sequence

from finops.domain.errors import InvalidInput
from finops.domain.opportunity import Opportunity, OpportunityRecord
from finops.domain.proposals import NEW_REVISION_SHARE, differ
from finops.engine.parts import Parts
from finops.ledger import opportunities
from finops.rightsizing.edited import with_value


def with_kept_edits(
    parts: Parts, found: Sequence[Opportunity], *, cluster: str
) -> list[Opportunity]:
    """What a cycle found, with people's values in it, judged by today's evidence."""
    edited = parts.ledger.read(
        lambda connection: opportunities.edited_by_people(connection, cluster=cluster)
    )
    return [_kept(edited.get(each.fingerprint), each) for each in found]


def _kept(known: OpportunityRecord | None, found: Opportunity) -> Opportunity:
    if known is None:
        return found
    before = known.opportunity
    if differ(before.found_changes, found.changes, NEW_REVISION_SHARE):
        return found
    try:
        return with_value(found, before.changes[0].number, by=before.edited_by)
    except InvalidInput:
        return found  # the evidence has grown past what the person set
