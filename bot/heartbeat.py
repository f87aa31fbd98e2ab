"""Keeping a lease while its work goes on, however long that takes.

A lease is short, so that the work of a process that died is soon taken over; work that is still
going on must not be taken over at all.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from finops.domain.errors import FinOpsError

log = logging.getLogger(__name__)


@contextmanager
def kept(renew: Callable[[], object], *, every_seconds: float) -> Iterator[None]:
    """Call `renew` again and again beside the block, until it ends or the process dies."""
    done = threading.Event()

    def beat() -> None:
        while not done.wait(every_seconds):
            try:
                renew()
            except FinOpsError as error:
                log.warning("a lease could not be renewed: %s", error)

    thread = threading.Thread(target=beat, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
