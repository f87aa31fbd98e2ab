"""Which uploaded picture shows a revision's use: written by the worker, read by forms and cards."""

from finops.domain.opportunity import OpportunityRecord
from finops.finops_engine import FinOpsEngine
from finops.ledger.history import Message
from finops.reports.usage_chart import usage_alt_text
from handlers.blocks.digest import Picture

# A picture beside a card's first lines, and the one under Why.
SMALL, WIDE = "small", "wide"
# Uploads stand in no channel.
_PLACE = "files"


def kept_picture(engine: FinOpsEngine, record: OpportunityRecord, size: str) -> Picture | None:
    """The picture of this very revision, if one was uploaded."""
    found = engine.ledger.messages(subject=record.id, purpose=_purpose(record, size))
    return Picture(found[0].message_id, usage_alt_text(record.opportunity)) if found else None


def keep_picture(
    engine: FinOpsEngine, record: OpportunityRecord, size: str, picture: Picture
) -> None:
    """Remember an upload for this revision."""
    message = Message(record.id, _purpose(record, size), _PLACE, picture.file_id, "")
    engine.ledger.save_message(message, now=engine.now())


def _purpose(record: OpportunityRecord, size: str) -> str:
    return f"{size} picture r{record.opportunity.revision}"
