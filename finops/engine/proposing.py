"""What a pull request will be, before anything is written: repository, files, words, reviewers."""

from dataclasses import dataclass, replace

from finops.domain.opportunity import OpportunityRecord
from finops.domain.pull_request import ProposedPullRequest
from finops.engine import rights
from finops.engine.parts import Parts
from finops.engine.reviewers import reviewers_of
from finops.ledger import approvals, sources
from finops.ports import CodeHost


@dataclass(frozen=True, slots=True)
class Planned:
    """A proposal for one repository, and the opportunities that stand in it."""

    host: CodeHost
    proposed: ProposedPullRequest
    records: tuple[OpportunityRecord, ...]


def plan_one(parts: Parts, known: OpportunityRecord) -> Planned:
    """The pull request of one opportunity, with what its owner picked. Raises as `plan` does."""
    assert parts.pull_requests is not None  # noqa: S101 - every caller has looked
    with parts.ledger.reading() as tx:
        choices = sources.choices(tx.connection, known.opportunity.resource.key)
        agreed = approvals.given(tx.connection, [known.id]).get(known.id, ())
        people = [one.approver for one in agreed] or [known.decided_by]
        names = " and ".join(rights.name_of(tx, person) for person in people)
    host, proposed, _proof = parts.pull_requests.plan(
        known, approved_by=names, choices=choices, now=parts.now()
    )
    return Planned(host, proposed, (known,))


def dressed(parts: Parts, planned: Planned) -> Planned:
    """With the repository's labels and draft mode, and the reviewers that CODEOWNERS names."""
    manners = parts.manners_of(planned.host.name)
    proposed = planned.proposed
    reviewers: tuple[str, ...] = ()
    if manners.reviewers_from_codeowners:
        approver = name_of(parts, planned.records[0].decided_by)
        reviewers = reviewers_of(planned.host.read_files(), proposed.files, approver=approver)
    proposed = replace(proposed, is_draft=manners.draft, labels=manners.labels, reviewers=reviewers)
    return replace(planned, proposed=proposed)


def name_of(parts: Parts, person: str) -> str:
    """What a person is called; their id where nobody said."""
    with parts.ledger.reading() as tx:
        return rights.name_of(tx, person)
