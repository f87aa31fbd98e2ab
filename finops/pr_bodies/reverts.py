"""The pull request that takes a merged change back."""

from datetime import UTC, datetime

from finops.domain.changes import Setting
from finops.domain.opportunity import OpportunityRecord
from finops.domain.pull_request import TrackedPullRequest
from finops.edits import PlannedEdit
from finops.pr_body import action_words, metadata_line
from finops.pr_markdown import count, escape, one_line, shortened, table

_MAX_TITLE = 200


def revert_title(record: OpportunityRecord) -> str:
    """`Revert: Lower CPU request of shop/frontend (server) from 500m to 120m`."""
    return f"Revert: {one_line(action_words(record.opportunity))}"[:_MAX_TITLE]


def revert_commit_message(record: OpportunityRecord) -> str:
    """Subject, what it takes back, and a trailer that names the opportunity."""
    return (
        f"{revert_title(record)}\n\nTakes pull request #{record.pull_request_number} back.\n\n"
        f"Finops-Reverts: {record.id}\n"
    )


def revert_body(
    record: OpportunityRecord,
    edit: PlannedEdit,
    asked: TrackedPullRequest,
    *,
    asked_by: str,
    now: datetime,
) -> str:
    """Who asked and why, what comes back, the proof, and what merging it means."""
    proof = edit.proof
    why = f" Reason: {escape(asked.reason)}" if asked.reason else ""
    rows = [(e.path or proof.path, e.where, e.before or "—", e.after or "—") for e in proof.entries]
    pods = count(record.opportunity.blast_replicas, "pod")
    restart = f" {pods} restart when it is applied." if record.opportunity.restart_needed else ""
    sections = [
        f"Takes #{record.pull_request_number} back: {escape(action_words(record.opportunity))}.",
        f"Asked for by {escape(asked_by)} on {now.astimezone(UTC):%Y-%m-%d %H:%M} UTC.{why}",
        f"Merging this means that its saving is no longer counted.{restart} Closing it without a "
        "merge leaves the change in place.",
        _what_is_lost(record),
        "### Proof",
        table(("File", "Place", "Before", "After"), rows),
        f"{count(proof.lines_changed, 'line')} changed, {proof.unintended_lines_changed} "
        "unintended.",
    ]
    shown = [section for section in sections if section]
    return f"{shortened(_joined(shown))}\n\n{metadata_line(record.opportunity)}\n"


def _what_is_lost(record: OpportunityRecord) -> str:
    """A deletion that was applied is not undone by declaring the thing again."""
    if not any(c.setting is Setting.PRESENT for c in record.opportunity.changes):
        return ""
    return (
        "**Where the deletion has been applied, it comes back empty:** its data is only in a "
        "snapshot, if one was made."
    )


def _joined(sections: list[str]) -> str:
    return "\n\n".join(sections)
