import socket
from pathlib import Path

import pytest
from pytest_socket import SocketConnectBlockedError

from tests.real_parts.needs import needs


def test_a_part_that_is_there_is_named_by_its_path() -> None:
    assert Path(needs("git", "it is always there")).is_absolute()


def test_a_missing_part_skips_on_a_laptop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)

    with pytest.raises(pytest.skip.Exception, match="no-such-part is not here: it is needed"):
        needs("no-such-part", "it is needed")


def test_a_missing_part_fails_in_ci(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CI", "true")

    with pytest.raises(pytest.fail.Exception, match="is not here: it is needed"):
        needs(tmp_path / "no-such-file", "it is needed")


def test_no_test_reaches_beyond_this_machine() -> None:
    with socket.socket() as outward, pytest.raises(SocketConnectBlockedError):
        outward.connect(("192.0.2.1", 80))  # an address kept for documentation: nobody is there
