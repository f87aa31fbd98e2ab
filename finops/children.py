"""Programs that run for us, each in a process of its own: within limits, and after our own work.

Somebody may wait for a click on the same processors; nobody waits for a rendered chart.
"""

import os
import resource
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

# Of 19; an idle machine runs them as fast as ever.
NICENESS = 10


@dataclass(frozen=True, slots=True)
class Ended:
    """What a program left: its exit status, its output and what it said on the side."""

    status: int
    output: bytes
    said: bytes


def run_child(
    command: Sequence[str],
    content: bytes,
    *,
    environment: Mapping[str, str],
    timeout_seconds: float,
    folder: Path | None = None,
    most_memory_bytes: int | None = None,
) -> Ended:
    """Run a program to its end with `content` on its standard input.

    Raises subprocess.TimeoutExpired, after ending it, and OSError when it cannot be started.
    """
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=folder,
        env=environment,
    ) as child:
        _bound(child.pid, most_memory_bytes)
        try:
            output, said = child.communicate(content, timeout=timeout_seconds)
        except subprocess.TimeoutExpired:
            child.kill()
            raise
    return Ended(child.returncode, output, said)


def _bound(pid: int, most_memory_bytes: int | None) -> None:
    """Set limits from outside: a fork hook is unsafe beside threads, and it may have ended.

    Only Linux can bound the memory of another process; elsewhere the time limit stands alone.
    """
    with suppress(ProcessLookupError, PermissionError):
        os.setpriority(os.PRIO_PROCESS, pid, NICENESS)
    if most_memory_bytes is not None and hasattr(resource, "prlimit"):
        with suppress(ProcessLookupError):
            _, ours = resource.prlimit(pid, resource.RLIMIT_DATA)
            # Who is bound more tightly already may not be given more, unless we are root.
            is_bound = ours != resource.RLIM_INFINITY
            most = min(most_memory_bytes, ours) if is_bound else most_memory_bytes
            resource.prlimit(pid, resource.RLIMIT_DATA, (most, most))
