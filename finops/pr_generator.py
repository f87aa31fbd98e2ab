"""The pull request of an opportunity: which repository and which edit. `pr_body` writes it."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from finops.domain.currency import DOLLARS, Currency
from finops.domain.errors import Refused
from finops.domain.opportunity import Opportunity, OpportunityRecord
from finops.domain.pull_request import ProposedPullRequest, RepositoryFiles, branch_for
from finops.edits import (
    AlreadyApplied,
    AmbiguousSource,
    Candidate,
    PlannedEdit,
    PointsElsewhere,
    Proof,
    SourceNotFound,
    is_in_terraform,
    plan_edit,
    pointed_to,
    pointer_of,
)
from finops.edits.gitops.source_index import SourceIndex
from finops.edits.plan import NO_CHOICES
from finops.ports import CodeHost
from finops.pr_body import (
    Metadata,
    parse_metadata,
    render_body,
    render_commit_message,
    render_title,
)

__all__ = [
    "Metadata",
    "PullRequestGenerator",
    "parse_metadata",
    "render_body",
    "render_commit_message",
    "render_title",
]


# Open pull requests are planned again every minute; more than these are rarely open at once.
_REMEMBERED_EDITS = 256


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What planning one opportunity in one repository gave at one commit."""

    commit: str
    opportunity: Opportunity
    choice: str
    edit: PlannedEdit | Refused


class PullRequestGenerator:
    """Finds the one repository that declares a resource and writes the pull request for it.

    An edit that was planned at the same commit for the same opportunity is not planned again.
    """

    def __init__(self, repositories: Sequence[CodeHost]) -> None:
        self._repositories = tuple(repositories)
        self._outcomes: OrderedDict[tuple[str, str], _Outcome] = OrderedDict()
        self._indexes: dict[str, tuple[RepositoryFiles, SourceIndex]] = {}

    @property
    def repositories(self) -> tuple[CodeHost, ...]:
        """All repositories, in the order they were given."""
        return self._repositories

    def host(self, name: str) -> CodeHost | None:
        """The repository of that name, or None when it is no longer configured."""
        return next((host for host in self._repositories if host.name == name), None)

    def plan(
        self,
        subject: Opportunity | OpportunityRecord,
        *,
        approved_by: str = "",
        guardrail_reasons: Sequence[str] = (),
        choices: Mapping[str, str] = NO_CHOICES,
        now: datetime,
        currency: Currency = DOLLARS,
    ) -> tuple[CodeHost, ProposedPullRequest, Proof]:
        """The repository, the proposal and the proof; nothing is written anywhere.

        The same arguments and files give the same proposal, but for the time of `now` in the
        body. `choices` holds what owners picked where the source was ambiguous: the
        `Candidate.choice` by `Resource.key`.

        Raises Refused with every repository's reason when none declares the resource,
        AmbiguousSource with candidates to pick from when several places or repositories do,
        AlreadyApplied when the file says it already, and what the hosts raise.
        """
        opportunity = subject.opportunity if isinstance(subject, OpportunityRecord) else subject
        if isinstance(subject, OpportunityRecord):
            approved_by = approved_by or subject.decided_by
            guardrail_reasons = guardrail_reasons or subject.guardrail_reasons
        host, commit, edit = self._source(opportunity, choices)
        body = render_body(
            opportunity,
            edit,
            approved_by=approved_by,
            guardrail_reasons=guardrail_reasons,
            now=now,
            currency=currency,
        )
        proposed = ProposedPullRequest(
            branch=branch_for(opportunity.id),
            title=render_title(opportunity),
            body=body,
            commit_message=render_commit_message(opportunity, edit.proof, currency=currency),
            base_commit=commit,
            files=edit.files,
        )
        return host, proposed, edit.proof

    def _source(
        self, opportunity: Opportunity, choices: Mapping[str, str]
    ) -> tuple[CodeHost, str, PlannedEdit]:
        """The one repository with an edit; one that declares the resource but refuses counts."""
        edits: list[tuple[CodeHost, str, PlannedEdit]] = []
        refusals: list[tuple[CodeHost, Refused]] = []
        choice = choices.get(opportunity.resource.key, "")
        for host in self._named(opportunity) or self._chosen(choice):
            outcome = self._outcome(host, opportunity, choice)
            if isinstance(outcome.edit, PointsElsewhere):
                return self._source(pointed_to(opportunity, outcome.edit.pointer), choices)
            if isinstance(outcome.edit, Refused):
                refusals.append((host, outcome.edit))
            else:
                edits.append((host, outcome.commit, outcome.edit))
        declared = [(host, each) for host, each in refusals if not isinstance(each, SourceNotFound)]
        if len(edits) + len(declared) > 1:
            raise _several_repositories(opportunity, edits, declared)
        if edits:
            return edits[0]
        raise _refusal(declared or refusals, opportunity)

    def _named(self, opportunity: Opportunity) -> Sequence[CodeHost]:
        """The repository that the annotation names; nothing where it names none."""
        pointer = None if is_in_terraform(opportunity.resource) else pointer_of(opportunity)
        if pointer is None or not pointer.repository:
            return ()
        host = self.host(pointer.repository)
        if host is None:
            known = ", ".join(each.name for each in self._repositories)
            raise Refused(
                f"{pointer.words}, and finops-bot knows no repository {pointer.repository}: "
                f"{known or 'it knows none'}."
            )
        return (host,)

    def _chosen(self, choice: str) -> Sequence[CodeHost]:
        """The repository that an owner picked, or all of them."""
        host = self.host(choice.partition(":")[0])
        return (host,) if host else self._repositories

    def _outcome(self, host: CodeHost, opportunity: Opportunity, choice: str) -> _Outcome:
        """The edit or the refusal of one repository, remembered until a commit changes it."""
        files, key = host.read_files(), (host.name, opportunity.id)
        known = self._outcomes.get(key)
        question = (files.commit, opportunity, choice)
        if known and (known.commit, known.opportunity, known.choice) == question:
            return known
        index = self._index(host.name, files)
        outcome = _Outcome(*question, _edit_or_refusal(files, opportunity, choice, index))
        self._outcomes[key] = outcome
        while len(self._outcomes) > _REMEMBERED_EDITS:
            self._outcomes.popitem(last=False)
        return outcome

    def _index(self, name: str, files: RepositoryFiles) -> SourceIndex:
        """The index of a repository's newest commit, made once for all opportunities."""
        known = self._indexes.get(name)
        if known is None or known[0] is not files:
            self._indexes[name] = known = (files, SourceIndex(files.files))
        return known[1]


def _edit_or_refusal(
    files: RepositoryFiles, opportunity: Opportunity, choice: str, index: SourceIndex
) -> PlannedEdit | Refused:
    choices = {opportunity.resource.key: choice}
    try:
        return plan_edit(files, opportunity, choices=choices, index=index)
    except Refused as error:
        # Without its traceback, which would keep every frame and file of the planning alive.
        return error.with_traceback(None)


def _several_repositories(
    opportunity: Opportunity,
    edits: Sequence[tuple[CodeHost, str, PlannedEdit]],
    declared: Sequence[tuple[CodeHost, Refused]],
) -> AmbiguousSource:
    names = [each[0].name for each in edits] + [host.name for host, _ in declared]
    found = [Candidate(edit.proof.path, repository=host.name) for host, _, edit in edits]
    return AmbiguousSource(
        f"{opportunity.resource.label} is declared in several repositories: "
        f"{', '.join(names)}. Which one is deployed cannot be told; pick one, or edit it by hand.",
        [*found, *_candidates(declared)],
    )


def _candidates(refusals: Sequence[tuple[CodeHost, Refused]]) -> list[Candidate]:
    return [
        replace(candidate, repository=host.name)
        for host, error in refusals
        if isinstance(error, AmbiguousSource)
        for candidate in error.candidates
    ]


def _refusal(refusals: Sequence[tuple[CodeHost, Refused]], opportunity: Opportunity) -> Refused:
    reasons = " ".join(f"{host.name}: {error}" for host, error in refusals)
    if any(isinstance(error, AlreadyApplied) for _, error in refusals):
        return AlreadyApplied(reasons)
    sentence = (
        f"No pull request for {opportunity.resource.label}. "
        f"{reasons or 'No repository is configured; name one in the settings.'}"
    )
    candidates = _candidates(refusals)
    questions = [each for _, each in refusals if isinstance(each, AmbiguousSource)]
    reason = questions[0].reason if len(questions) == 1 else ""
    return AmbiguousSource(sentence, candidates, reason=reason) if candidates else Refused(sentence)
