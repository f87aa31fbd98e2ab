"""The dashboard issue: everything finops-bot does in one repository, with boxes to tick."""

from collections.abc import Callable, Sequence

from finops.domain.currency import DOLLARS, Currency
from finops.domain.lifecycle import Status
from finops.domain.opportunity import OpportunityRecord
from finops.domain.retelling import status_reason_in
from finops.pr_body import action_words
from finops.pr_markdown import escape, shortened

REOPEN = "reopen"
REBASE = "rebase"
_MOST_LINES = 100

_Line = Callable[[OpportunityRecord, Currency], str]


def dashboard_body(
    records: Sequence[OpportunityRecord], *, repository: str, currency: Currency = DOLLARS
) -> str:
    """Markdown that says the same for the same records, so that it is written only on change."""
    by_status: dict[Status, list[OpportunityRecord]] = {}
    for record in sorted(records, key=lambda each: each.id):
        by_status.setdefault(record.status, []).append(record)
    declined = [*by_status.get(Status.DENIED, ()), *by_status.get(Status.EXPIRED, ())]
    anew = [*by_status.get(Status.DETECTED, ()), *by_status.get(Status.NOTIFIED, ())]
    closed = [each for each in declined if each.pull_request_number is not None]
    parts: tuple[tuple[str, Sequence[OpportunityRecord], _Line], ...] = (
        ("Approved, waiting for their turn", by_status.get(Status.APPROVED, ()), _plain),
        ("Open; tick to rebase", by_status.get(Status.PULL_REQUEST_OPEN, ()), _open),
        ("Changed since, waiting for approval", anew, _plain),
        ("Merged, not yet seen in the estate", by_status.get(Status.MERGED, ()), _plain),
        ("Closed without a merge; tick to have it asked again", closed, _closed),
    )
    sections = [_section(title, found, line, currency) for title, found, line in parts]
    shown = [
        f"What finops-bot does in {escape(repository)}. Approving is done in Slack; ticking a box "
        "below is for people who may write here. Close this issue and it is no longer updated.",
        *([section for section in sections if section] or ["Nothing is under way."]),
        *([escape(currency.rate_sentence)] if currency.rate_sentence else []),
    ]
    return shortened(_joined(shown))


def _section(
    title: str, records: Sequence[OpportunityRecord], line: _Line, currency: Currency
) -> str:
    lines = [f"- {line(record, currency)}" for record in records[:_MOST_LINES]]
    if len(records) > _MOST_LINES:
        lines.append(f"- … and {len(records) - _MOST_LINES} more")
    return f"### {title}\n\n" + "\n".join(lines) if lines else ""


def _plain(record: OpportunityRecord, currency: Currency) -> str:
    number = f"#{record.pull_request_number} " if record.pull_request_number else ""
    opportunity = record.opportunity
    saving = currency.told_saving(opportunity.saving)
    note = _note(currency.beside(record.note))
    return f"{number}{escape(action_words(opportunity))} · {escape(saving)}{note}"


def _open(record: OpportunityRecord, currency: Currency) -> str:
    return f"{_box(REBASE, record)} {_plain(record, currency)}"


def _closed(record: OpportunityRecord, currency: Currency) -> str:
    reason = _note(status_reason_in(record, currency))
    return f"{_box(REOPEN, record)} {_plain(record, currency)}{reason}"


def _box(action: str, record: OpportunityRecord) -> str:
    return f"[ ] <!-- finops-bot {action} {record.id} -->"


def _note(words: str) -> str:
    return f"<br>{escape(words[:300])}" if words else ""


def _joined(sections: Sequence[str]) -> str:
    return "\n\n".join(sections)
