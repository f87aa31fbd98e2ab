"""The dashboard issue: everything finops-bot does in one repository, with boxes to tick."""

from collections.abc import Callable, Sequence

from finops.domain.lifecycle import Status
from finops.domain.opportunity import OpportunityRecord
from finops.pr_body import action_words, short_figures
from finops.pr_markdown import escape, shortened

REOPEN = "reopen"
REBASE = "rebase"
_MOST_LINES = 100

_Line = Callable[[OpportunityRecord], str]


def dashboard_body(records: Sequence[OpportunityRecord], *, repository: str) -> str:
    """Markdown that says the same for the same records, so that it is written only on change."""
    by_status: dict[Status, list[OpportunityRecord]] = {}
    for record in sorted(records, key=lambda each: each.id):
        by_status.setdefault(record.status, []).append(record)
    declined = [*by_status.get(Status.DENIED, ()), *by_status.get(Status.EXPIRED, ())]
    anew = [*by_status.get(Status.DETECTED, ()), *by_status.get(Status.NOTIFIED, ())]
    closed = [each for each in declined if each.pull_request_number is not None]
    sections = [
        f"What finops-bot does in {escape(repository)}. Approving is done in Slack; ticking a box "
        "below is for people who may write here. Close this issue and it is no longer updated.",
        _section("Approved, waiting for their turn", by_status.get(Status.APPROVED, ()), _plain),
        _section("Open; tick to rebase", by_status.get(Status.PULL_REQUEST_OPEN, ()), _open),
        _section("Changed since, waiting for approval", anew, _plain),
        _section("Merged, not yet seen in the estate", by_status.get(Status.MERGED, ()), _plain),
        _section("Closed without a merge; tick to have it asked again", closed, _closed),
    ]
    shown = [section for section in sections if section]
    if len(shown) == 1:
        shown.append("Nothing is under way.")
    return shortened(_joined(shown))


def _section(title: str, records: Sequence[OpportunityRecord], line: _Line) -> str:
    lines = [f"- {line(record)}" for record in records[:_MOST_LINES]]
    if len(records) > _MOST_LINES:
        lines.append(f"- … and {len(records) - _MOST_LINES} more")
    return f"### {title}\n\n" + "\n".join(lines) if lines else ""


def _plain(record: OpportunityRecord) -> str:
    number = f"#{record.pull_request_number} " if record.pull_request_number else ""
    opportunity = record.opportunity
    saving = short_figures(str(opportunity.saving))
    return f"{number}{escape(action_words(opportunity))} · {escape(saving)}{_note(record.note)}"


def _open(record: OpportunityRecord) -> str:
    return f"{_box(REBASE, record)} {_plain(record)}"


def _closed(record: OpportunityRecord) -> str:
    return f"{_box(REOPEN, record)} {_plain(record)}{_note(record.status_reason)}"


def _box(action: str, record: OpportunityRecord) -> str:
    return f"[ ] <!-- finops-bot {action} {record.id} -->"


def _note(words: str) -> str:
    return f"<br>{escape(words[:300])}" if words else ""


def _joined(sections: Sequence[str]) -> str:
    return "\n\n".join(sections)
