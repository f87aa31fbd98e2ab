"""What a pull request will be, before anything is written: repository, files, words, reviewers."""

from dataclasses import dataclass, replace

from finops.domain.identities import Identities
from finops.domain.opportunity import OpportunityRecord
from finops.domain.pull_request import ProposedPullRequest
from finops.engine import rights
from finops.engine.eyes import agreed_to
from finops.engine.identities import identities_in
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
        known_as = identities_in(parts, tx.connection)
        names = " and ".join(_called(known_as, rights.name_of(tx, p), p) for p in people)
    host, proposed, _proof = parts.pull_requests.plan(
        known, approved_by=names, choices=choices, now=parts.now(), currency=parts.currency
    )
    return Planned(host, proposed, (known,))


def dressed(parts: Parts, planned: Planned) -> Planned:
    """With the repository's labels and draft mode, and whoever is to review it."""
    manners = parts.manners_of(planned.host.name)
    proposed = planned.proposed
    reviewers: tuple[str, ...] = ()
    if manners.reviewers_from_codeowners:
        reviewers = _reviewers(parts, planned)
    proposed = replace(proposed, is_draft=manners.draft, labels=manners.labels, reviewers=reviewers)
    return replace(planned, proposed=proposed)


def _reviewers(parts: Parts, planned: Planned) -> tuple[str, ...]:
    team = parts.directory.team(planned.records[0].opportunity.team)
    approvers = parts.directory.approvers_of(team.name).users
    with parts.ledger.reading() as tx:
        return reviewers_of(
            planned.host.read_files(),
            planned.proposed.files,
            identities=identities_in(parts, tx.connection),
            agreed=frozenset().union(*(agreed_to(tx, each) for each in planned.records)),
            team=(*team.owners, *approvers),
        )


def _called(known_as: Identities, name: str, person: str) -> str:
    """What a person is called in the pull request, with the login that its readers know."""
    login = known_as.login_of(person)
    return f"{name} (@{login})" if login and login != name else name


def name_of(parts: Parts, person: str) -> str:
    """What a person is called; their id where nobody said."""
    with parts.ledger.reading() as tx:
        return rights.name_of(tx, person)
