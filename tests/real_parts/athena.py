"""Athena and its S3 and Glue, as ministack serves them: real SELECTs over files in its buckets.

It is not Athena: the SQL is DuckDB's, so that what runs here runs in Trino only as far as both know
it, and a result's file lies where no client looks for it.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.real_parts.aws import Aws
from tests.real_parts.needs import needs
from tests.real_parts.servers import free_port, running

_BINARIES = Path(__file__).parents[1] / "athena_emulator" / ".venv" / "bin"


@pytest.fixture(scope="session")
def athena(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    """An account with Athena; everything in it stays for the session."""
    command = needs(_BINARIES / "ministack", "the bill's SQL is run in Athena with it")
    folder, port = tmp_path_factory.mktemp("ministack"), free_port()
    environment = {
        "BIND_HOST": "127.0.0.1",
        "IOT_MTLS_ENABLED": "0",
        "GATEWAY_PORT": str(port),
        "HOME": str(folder),
        "PATH": os.environ["PATH"],
    }
    with running(
        [command],
        port=port,
        ready_path="/_ministack/health",
        log=folder / "ministack.log",
        environment=environment,
    ):
        yield Aws(f"http://127.0.0.1:{port}", region="us-east-1")
