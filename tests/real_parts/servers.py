"""Starts a server process on loopback, waits until it answers, and stops it."""

import http.client
import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

SECONDS_TO_START = 60  # moto imports for 3 s on an idle machine; CI's two cores are rarely idle
SECONDS_TO_STOP = 10


class DidNotStart(Exception):
    """The process ended, or never answered. The message ends with what it had logged."""


def free_port() -> int:
    """A loopback port nobody listens on now. Somebody else may take it before its server does."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def running(
    command: Sequence[str],
    *,
    port: int,
    ready_path: str,
    log: Path,
    environment: Mapping[str, str] | None = None,
) -> Iterator[None]:
    """Runs the command until the block ends; the block starts when `ready_path` answers < 500."""
    with (
        log.open("wb") as sink,
        subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(environment or {})},
            start_new_session=True,  # Ctrl-C is for pytest, which then stops the server itself
        ) as process,
    ):
        try:
            _wait_until_ready(process, port, ready_path, log)
            yield
        finally:
            _stop(process)


def _wait_until_ready(
    process: subprocess.Popen[bytes], port: int, ready_path: str, log: Path
) -> None:
    give_up = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < give_up and process.poll() is None:
        if _answers(port, ready_path):
            return
        time.sleep(0.05)
    raise DidNotStart(f"{process.args!r}\n{log.read_text(errors='replace')[-4000:]}")


def _answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status < http.HTTPStatus.INTERNAL_SERVER_ERROR
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(SECONDS_TO_STOP)
    except subprocess.TimeoutExpired:
        process.kill()
