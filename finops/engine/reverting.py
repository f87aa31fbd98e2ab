"""Taking a merged change back: asked for by one click, planned and proved like any edit.

The opportunity keeps its state until the revert is merged. Then it is obsolete, or, when the bill
had proved it, verified as reversed: its saving no longer counts either way.
"""

from datetime import datetime
from decimal import Decimal

from finops.domain.errors import AlreadyDecided, Refused, WillNeverWork
from finops.domain.intents import IntentKind
from finops.domain.lifecycle import REVERTIBLE, Status
from finops.domain.opportunity import OpportunityRecord
from finops.domain.people import Actor
from finops.domain.pull_request import (
    Member,
    ProposedPullRequest,
    PullRequest,
    PullRequestState,
    Purpose,
    Stage,
    TrackedPullRequest,
    revert_branch_for,
)
from finops.domain.verdict import Verdict
from finops.edits import AlreadyApplied
from finops.edits.restore import plan_restore
from finops.engine import announce
from finops.engine.decisions import checked_reason
from finops.engine.guarding import guardrail_context
from finops.engine.parts import Parts
from finops.engine.pausing import note_answer
from finops.engine.proposing import Planned, dressed, name_of
from finops.engine.refusals import PATIENCE_SECONDS, audited_refusals
from finops.engine.rights import remember_name, require_any_approver
from finops.ledger import pull_requests as rows
from finops.ledger import sources
from finops.ports import CodeHost
from finops.pr_bodies.reverts import revert_body, revert_commit_message, revert_title
from finops.savings_ledger import LedgerTransaction

_UNDER_WAY = (Stage.ASKED, Stage.CLAIMED, Stage.OPEN)
_NO_SAVING = {"cashable_usd_per_month": "0", "freed_usd_per_month": "0"}


def revert(parts: Parts, opportunity_id: str, *, actor: Actor, reason: str) -> OpportunityRecord:
    """Ask for the revert; the worker opens its pull request.

    Raises NotPermitted unless the person approves for the team, and Refused when nothing is merged,
    when it was asked for before, or when a guardrail protects the resource.
    """
    now, words = parts.now(), checked_reason(reason, is_required=False)
    with (
        audited_refusals(parts, opportunity_id, actor=actor, action="revert"),
        parts.ledger.transaction(patience_seconds=PATIENCE_SECONDS) as tx,
    ):
        known = tx.get(opportunity_id)
        # Going back is for whoever may go forward with anything, also with a value of his own.
        require_any_approver(parts.directory, known.opportunity.team, actor, "revert")
        _require_revertible(tx, parts, known, now=now)
        rows.put(tx.connection, _asked(known, actor, words, now=now))
        sentence = "The revert's pull request is being opened."
        tx.annotate(known, sentence, now=now, actor=actor.id)
        tx.audit(
            at=now, actor=actor.id, action="revert asked", subject=known.id,
            detail={"reason": words, "pull_request": known.pull_request_number},
        )  # fmt: skip
        tx.announce(
            kind=IntentKind.OPEN_REVERT,
            subject=announce.pull_request_subject(known.id),
            about=f"revert:{known.id}",
            payload={"opportunity": known.id},
        )
        after = tx.get(known.id)
        announce.changed(tx, after, actor=actor.id, sentence=f"Revert asked for. {words}".strip())
        remember_name(tx, actor, now=now)
        note_answer(tx, known.opportunity.team, now=now)
        return after


def can_revert(parts: Parts, record: OpportunityRecord) -> bool:
    """Whether a button makes sense: merged by a pull request of ours, and not on its way back."""
    if not _is_revertible(record):
        return False
    found = parts.ledger.read(lambda connection: rows.revert_of(connection, record.id))
    return found is None or found.stage is Stage.CLOSED


def open_revert(parts: Parts, opportunity_id: str) -> None:
    """Plan the inverse, prove it and open its pull request; safe to repeat.

    What a person can mend ends the revert with its reason on the card; a passing failure raises
    TryAgainLater.
    """
    known = parts.ledger.get(opportunity_id)
    asked = parts.ledger.read(lambda connection: rows.revert_of(connection, opportunity_id))
    if asked is None or asked.stage is not Stage.ASKED:
        return
    try:
        host, proposed = plan_revert(parts, known, asked)
        pull_request = host.open_pull_request(proposed)
    except AlreadyApplied as error:
        end_revert(parts, asked, f"Nothing to revert: {error}", is_reversed=True)
    except (Refused, WillNeverWork) as error:
        end_revert(parts, asked, f"No revert was opened: {error}")
    else:
        _note_open(parts, known, asked, pull_request)


def plan_revert(
    parts: Parts, known: OpportunityRecord, asked: TrackedPullRequest
) -> tuple[CodeHost, ProposedPullRequest]:
    """The repository and the proved proposal. Raises Refused where there is no certain way back."""
    host = parts.pull_requests.host(asked.repository) if parts.pull_requests else None
    if host is None:
        raise Refused(f"The repository {asked.repository} is no longer configured.")
    with parts.ledger.reading() as tx:
        choices = sources.choices(tx.connection, known.opportunity.resource.key)
        is_alone = _is_alone(tx, known)
    files = host.read_files()
    # A group's files hold its neighbours' changes too: only this one's value goes back.
    merged = host.merged_files(known.pull_request_number or 0) if is_alone else ()
    edit = plan_restore(files, merged, known.opportunity, choices=choices)
    proposed = ProposedPullRequest(
        branch=asked.branch,
        title=revert_title(known),
        body=revert_body(
            known, edit, asked, asked_by=name_of(parts, asked.asked_by), now=parts.now()
        ),
        commit_message=revert_commit_message(known),
        base_commit=files.commit,
        files=edit.files,
    )
    return host, dressed(parts, Planned(host, proposed, (known,))).proposed


def end_revert(
    parts: Parts, asked: TrackedPullRequest, sentence: str, *, is_reversed: bool = False
) -> None:
    """The revert came to nothing, or there was nothing left to revert; whoever asked is told."""
    now = parts.now()
    with parts.ledger.transaction() as tx:
        if not rows.change(tx.connection, asked, stage=Stage.CLOSED, decided_at=now):
            return
        known = tx.get(asked.members[0].opportunity)
        if is_reversed:
            _reverse(tx, known, sentence, now=now)
            return
        tx.annotate(known, sentence, now=now, actor="worker")
        announce.changed(tx, tx.get(known.id), actor="worker", sentence=sentence)
        announce.tell_person(
            tx, user=asked.asked_by, sentence=f"{known.opportunity.resource.label}: {sentence}",
            about=f"revert/{known.id}/{now.isoformat()}",
        )  # fmt: skip


def follow_revert(parts: Parts, row: TrackedPullRequest, pull_request: PullRequest) -> bool:
    """What became of the revert's pull request; False when somebody wrote it down before."""
    now, by = parts.now(), pull_request.merged_by or "somebody"
    is_merged = pull_request.state is PullRequestState.MERGED
    stage = Stage.MERGED if is_merged else Stage.CLOSED
    with parts.ledger.transaction() as tx:
        if not rows.change(tx.connection, row, stage=stage, decided_at=now):
            return False
        known = tx.get(row.members[0].opportunity)
        note_answer(tx, known.opportunity.team, now=now)
        if is_merged:
            sentence = f"Reverted: pull request #{row.number} was merged by {by}."
            sentence += f" Reason: {row.reason}" if row.reason else ""
            _reverse(tx, known, sentence, now=now)
            announce.ask_for_cycle(tx, why=f"reverted:{known.id}", now=now)
        else:
            words = row.closing_reason or f"The revert #{row.number} was closed without a merge."
            tx.annotate(known, words, now=now, actor="code host")
            announce.changed(tx, tx.get(known.id), actor="code host", sentence=words)
    return True


def _is_revertible(record: OpportunityRecord) -> bool:
    is_reversed = record.verdict.get("verdict") == Verdict.REVERSED.value
    has_one = record.pull_request_number is not None
    return record.status in REVERTIBLE and has_one and not is_reversed


def _require_revertible(
    tx: LedgerTransaction, parts: Parts, known: OpportunityRecord, *, now: datetime
) -> None:
    if not _is_revertible(known):
        raise Refused(
            f"{known.opportunity.resource.label} is {known.status.words}; only what a pull request "
            "of finops-bot has merged can be reverted, once."
        )
    found = rows.revert_of(tx.connection, known.id)
    if found is not None and found.stage in _UNDER_WAY:
        raise AlreadyDecided(
            f"Its revert was asked for by {found.asked_by} already; nothing was changed.",
            decided_by=found.asked_by,
        )
    context = guardrail_context(tx, known, now=now)
    objection = parts.guardrails.objection_to_revert(known.opportunity, context)
    if objection:
        raise Refused(objection)


def _asked(
    known: OpportunityRecord, actor: Actor, reason: str, *, now: datetime
) -> TrackedPullRequest:
    return TrackedPullRequest(
        repository=known.repository,
        branch=revert_branch_for(known.id),
        purpose=Purpose.REVERT,
        stage=Stage.ASKED,
        team=known.opportunity.team,
        members=(Member(known.id, known.opportunity.revision),),
        asked_by=actor.id,
        reason=reason,
        claimed_at=now,
    )


def _is_alone(tx: LedgerTransaction, known: OpportunityRecord) -> bool:
    merged = rows.find(tx.connection, stages=[Stage.MERGED], purpose=Purpose.CHANGE)
    mine = [r for r in merged if r.number == known.pull_request_number]
    return all(len(r.members) == 1 for r in mine if r.repository == known.repository)


def _note_open(
    parts: Parts, known: OpportunityRecord, asked: TrackedPullRequest, pull_request: PullRequest
) -> None:
    now = parts.now()
    sentence = f"Revert: pull request #{pull_request.number} is open: {pull_request.url}"
    with parts.ledger.transaction() as tx:
        is_ours = rows.change(
            tx.connection, asked, stage=Stage.OPEN, opened_at=now,
            number=pull_request.number, url=pull_request.url,
        )  # fmt: skip
        if is_ours:
            tx.annotate(tx.get(known.id), sentence, now=now, actor="worker")
            announce.changed(tx, tx.get(known.id), actor="worker", sentence=sentence)


def _reverse(tx: LedgerTransaction, known: OpportunityRecord, why: str, *, now: datetime) -> None:
    """Its saving no longer counts. The wait for a next step counts from here: this is the newest
    change of the setting, and offering it again tomorrow would not take the revert for an answer.
    """
    if known.status not in REVERTIBLE:
        return
    is_verified = known.status is Status.VERIFIED
    verdict = dict(known.verdict) | {
        "verdict": Verdict.REVERSED.value,
        "sentence": why,
        "realised": _NO_SAVING,
    }
    done = tx.move(
        known, Status.VERIFIED if is_verified else Status.OBSOLETE,
        now=now, actor="code host", reason=why, verdict=verdict, implemented_at=now,
        realised_cashable_usd_per_month=Decimal(0), realised_freed_usd_per_month=Decimal(0),
    )  # fmt: skip
    if done:
        announce.changed(tx, tx.get(known.id), actor="code host", sentence=why)
