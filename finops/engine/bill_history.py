"""The months of a bill from before the bot came: read once, so that there is a trend.

They are read in pieces, the newest first, so that nothing else waits for a year of a large bill.
How far back a bill has been read is a setting of the ledger, which moves with each piece: a reading
that dies goes on where it was, and what is in the ledger already is not read again.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from finops.domain.costs import BillChange
from finops.domain.errors import InvalidInput, NoBill
from finops.engine.parts import Parts
from finops.ledger import costs, history
from finops.ports import AllocatingBill

log = logging.getLogger(__name__)

# Reads and writes the days of a bill with `start <= day < end`.
ReadDays = Callable[[Parts, AllocatingBill, date, date], list[BillChange]]


@dataclass(frozen=True, slots=True)
class PastPiece:
    """Days with `start <= day < end` of a bill, not read yet; before `wanted` none is read."""

    bill: AllocatingBill
    start: date
    end: date
    wanted: date

    @property
    def unit(self) -> str:
        """What it is called among units of work that one replica does."""
        return f"{self.bill.name} {self.start}"


def pieces_left(parts: Parts, open_from: Callable[[AllocatingBill], date]) -> Iterator[PastPiece]:
    """The next piece of each bill that has a past to read.

    `open_from` tells where the days of a bill begin that each reading reads anyway.
    """
    for bill in parts.bills:
        wanted = months_before(parts.now().date(), bill.history_months)
        end = _read_back_to(parts, bill, wanted, open_from)
        pieces = bill.pieces(start=wanted, end=end) if wanted < end else ()
        for start, end in pieces[:1]:
            yield PastPiece(bill, start, end, wanted)


def read_piece(parts: Parts, piece: PastPiece, *, read: ReadDays) -> None:
    """Read one piece, and remember that.

    One that cannot be read is logged and passed over, since nobody mends the past of an export.
    """
    start = piece.start
    try:
        read(parts, piece.bill, start, piece.end)
    except NoBill:
        start = piece.wanted  # an export begins somewhere; what is older will not come
    except InvalidInput as error:
        log.warning("%s: %s to %s is passed over: %s", piece.bill.name, start, piece.end, error)
    _remember(parts, piece.bill, start)


def months_before(day: date, months: int) -> date:
    """The first day of the month so many before the day's."""
    number = day.year * 12 + day.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)


def _read_back_to(
    parts: Parts, bill: AllocatingBill, wanted: date, open_from: Callable[[AllocatingBill], date]
) -> date:
    """The first day that is read; a bot that has been here for long knows its months."""
    with parts.ledger.reading() as tx:
        kept = history.setting(tx.connection, _key(bill))
    if kept is not None:
        return date.fromisoformat(kept)
    end = open_from(bill)
    with parts.ledger.reading() as tx:
        found = costs.bill_days(tx.connection, start=wanted, end=end)
    first = min([end, *(day.day.replace(day=1) for name, day in found if name == bill.name)])
    # Before a piece is read: days that a reading wrote before it died are no end.
    if wanted < first:
        _remember(parts, bill, first)
    return first


def _remember(parts: Parts, bill: AllocatingBill, start: date) -> None:
    now = parts.now()
    with parts.ledger.bookkeeping() as connection:
        history.put_setting(connection, _key(bill), start.isoformat(), by="engine", now=now)


def _key(bill: AllocatingBill) -> str:
    return f"bill_read_back_to/{bill.name}"
