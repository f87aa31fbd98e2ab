"""Bills become daily rows: read whole, placed, held against the bill, and only then written."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import groupby

from finops.billing.snapshot_hours import with_hours, with_snapshot
from finops.domain.billed_rates import BillRates
from finops.domain.costs import BillChange, BillDay, ContainerDay
from finops.domain.errors import InvalidInput, OutsideWorldFailed
from finops.domain.estate import Snapshot
from finops.engine.bill_history import PastPiece, pieces_left, read_piece
from finops.engine.closing import batches
from finops.engine.parts import Parts
from finops.ledger import bill_rates, bill_writing, container_hours, costs, history
from finops.ports import AllocatingBill, BillReading

# Corrections come late: as far back as verification looks, and whole months until they are final.
READ_DAYS = 35
BATCH = 2_000
HOURS_A_DAY = 24

log = logging.getLogger(__name__)


def read_bills(parts: Parts, *, since: date | None = None) -> list[BillChange]:
    """Read every bill again as far back as it may still change; returns what was corrected.

    From the month of `since` on, where somebody asks for it, also what is final. Each day is
    written in one transaction, and none before all that is read with it adds up. Raises
    InvalidInput for a bill that does not; the others are read all the same.
    """
    changes: list[BillChange] = []
    failed: list[InvalidInput] = []
    for bill in parts.bills:
        try:
            start, end = _open_days(parts, bill)
            changes += _read_newest(parts, bill, start, end)
            asked = bill.pieces(start=since.replace(day=1), end=start) if since else ()
            for first, last in asked:
                changes += read_days(parts, bill, first, last)
        except InvalidInput as error:
            failed.append(error)
    if failed:
        raise failed[0]
    return changes


def past_left(parts: Parts) -> list[PastPiece]:
    """The next piece of each bill whose past has not been read."""
    return list(pieces_left(parts, lambda bill: _open_days(parts, bill)[0]))


def read_past(parts: Parts, piece: PastPiece) -> None:
    """Read one of them; raises what `TryAgainLater` says, and nothing for a broken month."""
    read_piece(parts, piece, read=read_days)


def read_new_bills(parts: Parts) -> None:
    """The newest days of what has never been read, so that a first cycle is priced by it.

    Raises InvalidInput as `read_bills` does.
    """
    for bill in _unread(parts):
        _read_newest(parts, bill, *_open_days(parts, bill))


def has_unread(parts: Parts) -> bool:
    """Whether there is a bill that nobody has read yet, so that nothing is priced by it."""
    return bool(_unread(parts))


def _unread(parts: Parts) -> list[AllocatingBill]:
    with parts.ledger.reading() as tx:
        return [b for b in parts.bills if bill_rates.learnt_at(tx.connection, b.name) is None]


def _open_days(parts: Parts, bill: AllocatingBill) -> tuple[date, date]:
    """The days that may still change: to today, and beyond it nothing is read."""
    today = parts.now().date()
    end = today + timedelta(days=1)
    return first_day(_known_days(parts, bill, date.min, end), today=today), end


def _read_newest(parts: Parts, bill: AllocatingBill, start: date, end: date) -> list[BillChange]:
    """What may still change, and what is learnt from it: verdicts and prices."""
    with _reading(parts, bill, start, end) as reading:
        changes = _write(parts, bill.name, reading)
        now = parts.now()
        for batch in batches(list(reading.judged()), BATCH):
            with parts.ledger.bookkeeping() as connection:
                history.save_costs(connection, batch, now=now)
        _keep_rates(parts, bill.name, reading.rates(), now=now)
        return changes


def read_days(parts: Parts, bill: AllocatingBill, start: date, end: date) -> list[BillChange]:
    """Read and write the days with `start <= day < end`."""
    with _reading(parts, bill, start, end) as reading:
        return _write(parts, bill.name, reading)


@contextmanager
def _reading(parts: Parts, bill: AllocatingBill, start: date, end: date) -> Iterator[BillReading]:
    """What is read has every day that was known before."""
    known = _known_days(parts, bill, start, end)
    with parts.ledger.reading() as tx:
        usage = container_hours.known_days(tx.connection, start=start, end=end)
    with bill.read(start=start, end=end, usage=usage, today=parts.now().date()) as reading:
        check_not_shrunk(known, reading.days, bill=bill.name)
        yield reading


def _known_days(parts: Parts, bill: AllocatingBill, start: date, end: date) -> list[BillDay]:
    with parts.ledger.reading() as tx:
        found = costs.bill_days(tx.connection, start=start, end=end)
    return [day for name, day in found if name == bill.name]


def first_day(known: Sequence[BillDay], *, today: date) -> date:
    """The first of the month in which reading begins: no older month may still change."""
    open_days = [day.day for day in known if not day.is_final]
    oldest = min([*open_days, today - timedelta(days=READ_DAYS)])
    return oldest.replace(day=1)


def check_not_shrunk(known: Sequence[BillDay], found: Sequence[BillDay], *, bill: str) -> None:
    """Raises InvalidInput when days are gone that were there before: an export half written."""
    gone = sorted({day.day for day in known} - {day.day for day in found})
    if gone:
        raise InvalidInput(
            f"The bill {bill!r} has lost {len(gone)} days that were in it before ({gone[0]} to "
            f"{gone[-1]}); its export may be half written. Nothing was changed."
        )


def _write(parts: Parts, name: str, reading: BillReading) -> list[BillChange]:
    changes: list[BillChange] = []
    now = parts.now()
    for day, totals in groupby(reading.days, key=lambda one: one.day):
        with parts.ledger.bookkeeping() as connection:
            rows = reading.rows(day)
            corrected = bill_writing.replace_days(connection, name, list(totals), rows, now=now)
        for one in corrected:
            log.info(
                "%s: %s was corrected from %s to %s %s",
                name,
                one.day,
                one.billed_before,
                one.billed_after,
                one.currency,
            )
        changes += corrected
    return changes


def _keep_rates(parts: Parts, name: str, rates: BillRates, *, now: datetime) -> None:
    for batch in batches(list(bill_rates.rows_of(rates)), BATCH):
        with parts.ledger.bookkeeping() as connection:
            bill_rates.save(connection, name, batch, now=now)
    with parts.ledger.bookkeeping() as connection:
        bill_rates.finish(connection, name, rates, now=now)


def keep_hours(parts: Parts, snapshot: Snapshot) -> None:
    """Remember who ran where, for the bill that will come; without a bill nobody will ask."""
    if not parts.bills or not (snapshot.pods or snapshot.nodes):
        return
    today = snapshot.taken_at.astimezone(UTC).date()
    _keep(parts, with_snapshot(_known(parts, snapshot.cluster, today), snapshot))
    source, yesterday = parts.hours.get(snapshot.cluster), today - timedelta(days=1)
    known = _known(parts, snapshot.cluster, yesterday)
    if source is None or (known is not None and known.hours >= HOURS_A_DAY):
        return
    try:
        rows = source.hours(snapshot.workloads, day=yesterday)
    except OutsideWorldFailed as error:
        # The hours that cycles saw do until the next one asks again.
        log.warning("the hours of %s on %s: %s", snapshot.cluster, yesterday, error)
        return
    if rows:
        _keep(parts, with_hours(known, snapshot, rows, day=yesterday))


def _known(parts: Parts, cluster: str, day: date) -> ContainerDay | None:
    with parts.ledger.reading() as tx:
        return container_hours.known_day(tx.connection, cluster, day)


def _keep(parts: Parts, day: ContainerDay) -> None:
    with parts.ledger.bookkeeping() as connection:
        container_hours.save_day(connection, day, now=parts.now())
