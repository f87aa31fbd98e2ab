from dataclasses import dataclass, field

import pytest

from finops.code_hosts.local_git import LocalGitHost
from finops.domain.errors import WillNeverWork
from finops.domain.lifecycle import Status
from finops.ports import Ticked
from finops.pr_generator import PullRequestGenerator
from tests.finops.engine.conftest import World
from tests.finops.engine.test_good_manners import behave, push


@dataclass
class Issue:
    """What stands in the dashboard issue, and who has ticked what."""

    body: str = ""
    written: int = 0
    ticks: list[Ticked] = field(default_factory=list)


class WithIssue(LocalGitHost):
    """A local repository that has an issue."""

    issue: Issue

    def read_dashboard(self, number: int) -> tuple[Ticked, ...]:
        ticks, self.issue.ticks = tuple(self.issue.ticks), []
        return ticks if number == 7 else ()

    def publish_dashboard(self, number: int, body: str) -> int:
        assert number in (0, 7)
        if body != self.issue.body:
            self.issue.body = body
            self.issue.written += 1
        return 7


@pytest.fixture
def issue(world: World) -> Issue:
    host = WithIssue(world.host._git.path, "acme/platform", lambda n: f"http://git/{n}")
    host.issue = Issue()
    parts = world.engine.parts
    assert parts.pull_requests is not None
    from dataclasses import replace

    world.engine.parts = replace(parts, pull_requests=PullRequestGenerator((host,)))
    world.host = host
    return host.issue


def test_it_shows_what_is_open_waiting_and_closed(world: World, issue: Issue) -> None:
    behave(world, max_open=1, max_per_hour=0)
    first = world.opened("frontend")
    second = world.approved("cart")
    with pytest.raises(Exception, match="Waits"):
        world.engine.open_pull_request(second.id, revision=1)
    world.engine.update_dashboards()
    early = issue.body
    world.host.close(first.pull_request_number or 0, by="U0CLOSER", at=world.estate.now)
    world.engine.watch_pull_requests()
    world.engine.update_dashboards()

    assert f"[ ] <!-- finops-bot rebase {first.id} --> #1 Lower CPU request" in early
    assert "### Approved, waiting for their turn" in early
    assert "1 is its limit" in early
    assert f"[ ] <!-- finops-bot reopen {first.id} --> #1" in issue.body


def test_an_idle_tick_writes_nothing(world: World, issue: Issue) -> None:
    world.opened()
    for _ in range(4):
        world.engine.update_dashboards()

    assert issue.written == 1


def test_a_tick_asks_the_team_again_as_a_new_revision(world: World, issue: Issue) -> None:
    record = world.opened()
    world.host.close(1, by="U0CLOSER", at=world.estate.now)
    world.engine.watch_pull_requests()
    world.engine.update_dashboards()
    issue.ticks = [Ticked("reopen", record.id, "maria")]
    world.pass_days(0.01)
    world.engine.update_dashboards()

    after = world.engine.ledger.get(record.id)

    assert (after.status, after.opportunity.revision) == (Status.DETECTED, 2)
    assert after.status_reason == "Asked for again by maria on the dashboard of acme/platform."
    assert world.engine.ledger.history_of(record.id)[-1].actor == "maria on acme/platform"


def test_ticks_of_what_is_not_closed_or_not_there_do_nothing(world: World, issue: Issue) -> None:
    record = world.opened()
    world.engine.update_dashboards()
    issue.ticks = [
        Ticked("reopen", record.id, "maria"),
        Ticked("reopen", "op-0000000000", "maria"),
        Ticked("approve", record.id, "maria"),
    ]
    world.engine.update_dashboards("acme/platform")

    assert world.engine.ledger.get(record.id).status is Status.PULL_REQUEST_OPEN


def test_a_rebase_tick_lays_it_on_the_newest_commit(world: World, issue: Issue) -> None:
    record = world.opened()
    push(world, "main", "README.md", b"moved\n")
    world.engine.update_dashboards()
    issue.ticks = [Ticked("rebase", record.id, "maria")]
    world.engine.update_dashboards("acme/platform")

    [kept] = world.host._read_shelf().records.values()

    assert kept.base_commit == world.host.newest_commit()


def test_a_repository_without_permission_is_left_and_the_rest_goes_on(
    world: World, issue: Issue, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(*_: object) -> int:
        raise WillNeverWork("GitHub forbids writing the dashboard.")

    monkeypatch.setattr(WithIssue, "publish_dashboard", forbidden)

    assert world.engine.update_dashboards() == 0
    assert issue.written == 0


def test_switched_off_it_is_not_written(world: World, issue: Issue) -> None:
    behave(world, dashboard=False)
    world.opened()

    assert world.engine.update_dashboards() == 0
    assert issue.written == 0


def test_words_of_an_estate_make_no_box_and_ping_nobody(world: World, issue: Issue) -> None:
    record = world.opened()
    with world.engine.ledger.transaction() as tx:
        note = "x\n- [x] <!-- finops-bot reopen op-0123456789 --> @everyone"
        tx.annotate(record, note, now=world.estate.now, actor="test")
    world.engine.update_dashboards()

    assert "<!-- finops-bot reopen" not in issue.body
    assert "@everyone" not in issue.body
