"""Work that waits for the outside world, side by side, without keeping the process from ending."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


def started(
    work: Callable[[], T], *, name: str, turns: threading.Semaphore | None = None
) -> "Future[T]":
    """Run `work` on a thread of its own; what it returns or raises is in the future.

    The thread is a daemon: one that hangs ends with the process, where an executor would wait for
    it. `turns` limits how many work at once.
    """
    future: Future[T] = Future()

    def run() -> None:
        if turns is not None:
            turns.acquire()
        try:
            future.set_result(work())
        except BaseException as error:  # noqa: BLE001 - nothing is swallowed: whoever asks gets it
            future.set_exception(error)
        finally:
            if turns is not None:
                turns.release()

    threading.Thread(target=run, name=name, daemon=True).start()
    return future
