"""What every test may ask for.

The real parts live in `tests/real_parts`, one module a part; asking for one of their fixtures
marks the test `real` or `browser`, which sorts it into the second half of `make test`.
"""

import os

import pytest
from hypothesis import settings

pytest_plugins = [
    "tests.real_parts.aws",
    "tests.real_parts.athena",
    "tests.real_parts.aws_in_front",
    "tests.real_parts.bare_repository",
    "tests.real_parts.chromium",
    "tests.real_parts.databases",
    "tests.real_parts.github_emulator",
    "tests.real_parts.prometheus",
]

MARK_OF_FIXTURE = {
    "athena": "real",
    "chromium": "browser",
    "github_server": "real",
    "moto_server": "real",
    "postgres_server": "real",
    "prometheus": "real",
}

# A deadline measures the neighbours on a two-core machine. In CI the same examples come every
# time, so that a red run is about the change.
settings.register_profile("steady", deadline=None, derandomize=os.environ.get("CI") == "true")
settings.load_profile("steady")


@pytest.hookimpl(tryfirst=True)  # before -m chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        asked_for = getattr(item, "fixturenames", ())
        for fixture, mark in MARK_OF_FIXTURE.items():
            if fixture in asked_for:
                item.add_marker(mark)


@pytest.fixture(autouse=True)
def no_real_account(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the developer is logged in to, a test is not."""
    for name in list(os.environ):
        if name.startswith(("AWS_", "FINOPS_", "GITHUB_", "GH_", "SLACK_", "KUBE")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("KUBECONFIG", os.devnull)
