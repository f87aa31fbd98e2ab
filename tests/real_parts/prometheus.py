"""Prometheus itself, holding whatever history a test writes down."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.real_parts.needs import needs
from tests.real_parts.servers import free_port, running

PrometheusFactory = Callable[[str], str]


@pytest.fixture
def prometheus(tmp_path: Path) -> Iterator[PrometheusFactory]:
    """`prometheus(openmetrics) -> base_url`: a server whose past is that text.

    Every sample carries a time stamp in seconds; counters end in `_total`; the closing `# EOF`
    is added where it is missing. Each call starts a server of its own: under a second for a day of
    history, 3 s for fourteen (promtool writes one block for each two hours).
    """
    with ExitStack() as servers:

        def start(openmetrics: str) -> str:
            folder = tmp_path / f"prometheus-{free_port()}"
            folder.mkdir()
            return servers.enter_context(prometheus_server(openmetrics, folder))

        yield start


@contextmanager
def prometheus_server(openmetrics: str, folder: Path) -> Iterator[str]:
    """A running server whose past is that text; the benchmarks start it without pytest."""
    _write_blocks(openmetrics, folder)
    port = free_port()
    log = folder / "prometheus.log"
    with running(_command(folder, port), port=port, ready_path="/-/ready", log=log):
        yield f"http://127.0.0.1:{port}"


def _write_blocks(openmetrics: str, folder: Path) -> None:
    promtool = needs("promtool", "it writes history into Prometheus blocks")
    source = folder / "history.txt"
    source.write_text(openmetrics.removesuffix("# EOF\n").rstrip("\n") + "\n# EOF\n")
    subprocess.run(
        [promtool, "tsdb", "create-blocks-from", "openmetrics", source, folder / "data"],
        check=True,
        capture_output=True,
    )


def _command(folder: Path, port: int) -> list[str]:
    configuration = folder / "prometheus.yml"
    configuration.write_text("global: {}\n")
    return [
        needs("prometheus", "PromQL is asked of the real engine"),
        f"--config.file={configuration}",
        f"--storage.tsdb.path={folder / 'data'}",
        "--storage.tsdb.retention.time=100y",  # a test's past may lie anywhere
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=warn",
    ]
