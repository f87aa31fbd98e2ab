"""Pull requests for programs: opened where a person has approved, drafted where nobody has."""

from dataclasses import dataclass

from finops.domain.errors import Refused
from finops.domain.lifecycle import Status
from finops.domain.opportunity import Opportunity, OpportunityRecord
from finops.domain.pull_request import branch_for
from finops.engine import pull_requests
from finops.engine.parts import Parts
from finops.pr_generator import render_title


@dataclass(frozen=True, slots=True)
class PullRequestDraft:
    """A pull request as it would be or is.

    `url` is empty until it is open and `note` says why; without a repository that declares the
    resource there is no file to edit, and so no body.
    """

    opportunity_id: str
    branch: str
    title: str
    body: str
    url: str = ""
    note: str = ""


def draft(parts: Parts, opportunity: Opportunity) -> PullRequestDraft:
    """Open the pull request of an approved opportunity; say of any other why it is not open."""
    record = parts.ledger.get(opportunity.id)
    note = ""
    if record.status is Status.APPROVED:
        pull_requests.open_pull_request(parts, record.id, revision=record.opportunity.revision)
        record = parts.ledger.get(opportunity.id)
    elif record.status is not Status.PULL_REQUEST_OPEN:
        note = f"Not opened: it is {record.status.words}, and only approved ones are opened."
    title, body, problem = _planned(parts, record)
    return PullRequestDraft(
        opportunity_id=record.id,
        branch=branch_for(record.id),
        title=title,
        body=body,
        url=record.pull_request_url,
        note=" ".join(part for part in (note, problem) if part),
    )


def _planned(parts: Parts, record: OpportunityRecord) -> tuple[str, str, str]:
    """Title, body, and why there is no body."""
    opportunity = record.opportunity
    problem = "No repository is configured, so the file to edit is not known."
    if parts.pull_requests is not None:
        try:
            _host, proposed, _proof = parts.pull_requests.plan(
                opportunity,
                approved_by=record.decided_by,
                now=parts.now(),
                currency=parts.currency,
            )
        except Refused as error:
            problem = str(error)
        else:
            return proposed.title, proposed.body, ""
    return render_title(opportunity), "", problem
