"""How far a scan is: one line a cluster on a terminal, plain lines elsewhere, on standard error."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, Task, TextColumn, TimeElapsedColumn

# A log needs to see that something goes on, not each of a thousand steps.
SECONDS_BETWEEN_LINES = 5.0
LONGEST_NAME = 30


class ScanProgress:
    """Gives each cluster or account its own line; used from the threads that read."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bars = Progress(
            TextColumn("{task.fields[name]}", style="bold"),
            BarColumn(
                20, complete_style="cyan", finished_style="green", pulse_style="bright_black"
            ),
            TextColumn("{task.description}"),
            TimeElapsedColumn(),
            console=console,
        )
        self._lines: dict[str, Bar | PlainLine] = {}
        self._lock = threading.Lock()

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Show the bars while the block runs; they stay as they ended."""
        if not self._console.is_terminal:
            yield
            return
        with self._bars:
            yield
        self._console.print()

    def of(self, cluster: str) -> "Bar | PlainLine":
        """Who is told how far the reading of that cluster is; the same one each time."""
        with self._lock:
            if cluster not in self._lines:
                self._lines[cluster] = self._new(cluster)
            return self._lines[cluster]

    def _new(self, cluster: str) -> "Bar | PlainLine":
        if not self._console.is_terminal:
            return PlainLine(self._console, cluster)
        name = cluster if len(cluster) <= LONGEST_NAME else f"{cluster[: LONGEST_NAME - 1]}…"
        self._bars.add_task("waiting for its turn", total=None, name=name)
        return Bar(self._bars, self._bars.tasks[-1])


class Bar:
    """One line with a bar."""

    def __init__(self, bars: Progress, task: Task) -> None:
        self._bars = bars
        self._task = task

    def step(self, what: str, done: int, total: int) -> None:
        """Move the bar; it swings while nobody knows the total."""
        # Not through update(): there a total of None means "as before".
        self._task.total = total or None
        self._task.finished_time = None
        counted = f"{what} {done} of {total}" if total > 1 else what
        self._bars.update(self._task.id, description=counted, completed=done)


class PlainLine:
    """Lines for a log: a new stage at once, counts every few seconds."""

    def __init__(self, console: Console, cluster: str) -> None:
        self._console = console
        self._cluster = cluster
        self._what = ""
        self._said_at = 0.0

    def step(self, what: str, done: int, total: int) -> None:
        """Say a new stage, or how far the old one is when the last word is old."""
        now = time.monotonic()
        if what == self._what and now - self._said_at < SECONDS_BETWEEN_LINES:
            return
        self._what, self._said_at = what, now
        counted = f" {done} of {total}" if total > 1 else ""
        self._console.print(f"{self._cluster}: {what}{counted}")
