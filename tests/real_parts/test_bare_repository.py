import pytest

from tests.real_parts.bare_repository import BareRepositoryFactory, git

FILES = {"apps/api.yaml": b"\xef\xbb\xbfreplicas: 3\r\n", ".gitignore": b"*.yaml\n"}


def test_bytes_arrive_as_they_are(bare_repository: BareRepositoryFactory) -> None:
    bare = bare_repository(FILES)

    assert git(bare, "show", "main:apps/api.yaml") == FILES["apps/api.yaml"]
    assert git(bare, "rev-list", "--count", "main") == b"1\n"


def test_the_developers_own_git_settings_do_not_matter(
    bare_repository: BareRepositoryFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = git(bare_repository(FILES, "before"), "rev-parse", "main")
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Somebody else")

    assert git(bare_repository(FILES, "after"), "rev-parse", "main") == before
