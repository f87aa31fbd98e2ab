"""Which configuration file counts, and where kubeconfig files are."""

from pathlib import Path

import pytest

from bot.settings import kubeconfig_files, read_settings
from finops.domain.errors import InvalidInput


@pytest.fixture(autouse=True)
def somewhere_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", ["finops.yml", "finops.yaml"])
def test_either_ending_is_found(name: str) -> None:
    Path(name).touch()

    assert read_settings({}).config_path == Path(name)


def test_without_a_file_there_is_none() -> None:
    assert read_settings({}).config_path is None


def test_two_files_are_refused_because_one_would_be_ignored() -> None:
    Path("finops.yml").touch()
    Path("finops.yaml").touch()

    with pytest.raises(InvalidInput, match=r"Both finops\.yaml and finops\.yml"):
        read_settings({})


def test_a_named_file_wins_over_both() -> None:
    Path("finops.yml").touch()
    Path("finops.yaml").touch()

    assert read_settings({"FINOPS_CONFIG": "other.yml"}).config_path == Path("other.yml")


def test_kubeconfig_may_name_several_files() -> None:
    assert kubeconfig_files({"KUBECONFIG": "/a:/b:"}) == [Path("/a"), Path("/b")]
    assert kubeconfig_files({}) == [Path.home() / ".kube" / "config"]
