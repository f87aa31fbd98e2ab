"""The months of a bill from before the bot came: read once, so that there is a trend.

How far a bill has been read back is a setting of the ledger, which moves with each piece, so that a
reading that dies goes on where it was. What is in the ledger already is not read again.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import date

from finops.domain.costs import BillChange
from finops.domain.errors import InvalidInput, NoBill
from finops.engine.parts import Parts
from finops.ledger import costs, history
from finops.ports import AllocatingBill

log = logging.getLogger(__name__)

# Reads and writes the days of a bill with `start <= day < end`.
ReadDays = Callable[[Parts, AllocatingBill, date, date], list[BillChange]]


def read_history(
    parts: Parts, bill: AllocatingBill, *, before: date, since: date | None, read: ReadDays
) -> list[BillChange]:
    """Read back what has not been read yet, or from `since` on what has been read too.

    `before` is where the days begin that each reading reads anyway. A piece that cannot be read is
    logged and passed over, since nobody mends the past of an export; where somebody has asked for
    it, InvalidInput is raised.
    """
    if since is not None:
        pieces = bill.pieces(start=since.replace(day=1), end=before)
        return [change for start, end in pieces for change in read(parts, bill, start, end)]
    wanted = months_before(parts.now().date(), bill.history_months)
    for start, end in _left(parts, bill, wanted, before):
        try:
            read(parts, bill, start, end)
        except NoBill:
            start = wanted  # an export begins somewhere; what is older will not come
        except InvalidInput as error:
            log.warning("%s: %s to %s is passed over: %s", bill.name, start, end, error)
        _remember(parts, bill, start)
        if start == wanted:
            break
    return []


def months_before(day: date, months: int) -> date:
    """The first day of the month so many before the day's."""
    number = day.year * 12 + day.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)


def _left(
    parts: Parts, bill: AllocatingBill, start: date, end: date
) -> Sequence[tuple[date, date]]:
    """Pieces of these days that nobody has read, the newest first."""
    with parts.ledger.reading() as tx:
        kept = history.setting(tx.connection, _key(bill))
        found = costs.bill_days(tx.connection, start=start, end=end)
    # A bot that has been here for long knows its months; what is before the first is history.
    known = [day.day.replace(day=1) for name, day in found if name == bill.name]
    ends = [end, *known, *([date.fromisoformat(kept)] if kept is not None else [])]
    return bill.pieces(start=start, end=min(ends)) if start < min(ends) else ()


def _remember(parts: Parts, bill: AllocatingBill, start: date) -> None:
    now = parts.now()
    with parts.ledger.bookkeeping() as connection:
        history.put_setting(connection, _key(bill), start.isoformat(), by="engine", now=now)


def _key(bill: AllocatingBill) -> str:
    return f"bill_read_back_to/{bill.name}"
