"""The simulated world, as the page meets it."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest

from finops.code_hosts.local_git import LocalGitHost
from finops.domain.errors import Refused
from finops.domain.pull_request import FileChange, ProposedPullRequest
from sandbox.estate.clock import EstateClock
from sandbox.estate.repository import create_repository, files_below
from sandbox.estate.world import REPOSITORY, SEED, SimulatedWorld

FILE = "apps/shop/catalog.yaml"


@pytest.fixture
def host(tmp_path: Path) -> LocalGitHost:
    path = tmp_path / "platform.git"
    create_repository(path, files_below(SEED), at=EstateClock().now())
    return LocalGitHost(path, name=REPOSITORY, public_url_of=lambda number: f"http://h/{number}")


@pytest.fixture
def world(host: LocalGitHost) -> SimulatedWorld:
    return SimulatedWorld(host, EstateClock())


def propose(host: LocalGitHost, after: Sequence[str]) -> list[int]:
    """Pull requests that all write the same line of the same file."""
    found = host.read_files()
    before = found.files[FILE]
    proposals = [
        ProposedPullRequest(
            branch=f"finops/{cpu}",
            title="t",
            body="b",
            commit_message="m",
            base_commit=found.commit,
            files=(FileChange(FILE, before, before.replace(b"cpu: 800m", f"cpu: {cpu}".encode())),),
        )
        for cpu in after
    ]
    return [host.open_pull_request(proposal).number for proposal in proposals]


def test_a_conflict_says_that_the_bot_is_on_it(host: LocalGitHost, world: SimulatedWorld) -> None:
    first, second = propose(host, ["300m", "275m"])
    world.merge(first, "U0AARON0001")

    with pytest.raises(Refused, match="press Merge again in a few seconds"):
        world.merge(second, "U0AARON0001")


def test_a_closed_one_is_refused_in_words(host: LocalGitHost, world: SimulatedWorld) -> None:
    [number] = propose(host, ["300m"])
    world.close(number, "U0AARON0001")

    with pytest.raises(Refused, match="is closed"):
        world.merge(number, "U0AARON0001")


def test_a_pull_request_has_a_date_that_the_page_can_show_and_that_stays(
    host: LocalGitHost, world: SimulatedWorld
) -> None:
    propose(host, ["300m"])
    [seen] = world.state()["pull_requests"]
    world.advance(3)
    [later] = world.state()["pull_requests"]

    assert datetime.fromisoformat(seen["created_at"]).tzinfo is not None
    assert later["created_at"] == seen["created_at"]


def test_the_headlines_are_made_from_the_bill(world: SimulatedWorld) -> None:
    world.show_headlines(lambda bill: [{"label": "Bill", "value": str(bill > 1000)}])

    assert world.state()["headlines"] == [{"label": "Bill", "value": "True"}]
