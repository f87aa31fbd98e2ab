"""Starting and stopping the whole process, against the sandbox's Slack."""

import socket
import threading
import time
import urllib.request
from pathlib import Path

import pytest

from bot.configuration import Configuration
from bot.process import run_process
from bot.settings import Settings, forget_proxies
from finops.domain.errors import InvalidInput
from sandbox.company import acorn
from sandbox.slack.server import SlackSandbox


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def settings(tmp_path: Path, slack: SlackSandbox, port: int) -> Settings:
    return Settings(
        database_url=f"sqlite:///{tmp_path}/finops.db",
        slack_base_url=slack.api_url,
        slack_bot_token=slack.bot_token,
        slack_app_token=slack.app_token,
        http_host="127.0.0.1",
        http_port=port,
    )


def test_it_serves_until_it_is_asked_to_stop_and_leaves_no_thread_behind(tmp_path: Path) -> None:
    slack = SlackSandbox(acorn(frozenset({"chat:write"}))).start()
    before = {thread.ident for thread in threading.enumerate()}
    port, stop = free_port(), threading.Event()
    process = threading.Thread(
        target=run_process, args=(settings(tmp_path, slack, port), Configuration()),
        kwargs={"stop": stop},
    )  # fmt: skip
    process.start()
    status = _status(f"http://127.0.0.1:{port}/healthz")
    stop.set()
    process.join(20)
    left = [
        thread.name
        for thread in threading.enumerate()
        if thread.ident not in before and not thread.daemon and "pool" not in thread.name.lower()
    ]
    slack.stop()

    assert status == 200
    assert not process.is_alive()
    assert [n for n in left if not n.startswith(("listener", "slack", "user-groups"))] == []


def test_a_port_that_is_taken_is_a_sentence_and_starts_nothing(tmp_path: Path) -> None:
    forget_proxies()
    slack = SlackSandbox(acorn(frozenset({"chat:write"}))).start()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = int(taken.getsockname()[1])

        with pytest.raises(InvalidInput, match="FINOPS_HTTP_PORT"):
            run_process(settings(tmp_path, slack, port), Configuration(), stop=threading.Event())

    slack.stop()


def _status(url: str) -> int:
    deadline = time.monotonic() + 20
    while True:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                return int(answer.status)
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
