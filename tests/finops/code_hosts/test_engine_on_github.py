"""From approval to the end on GitHub, on its bad days: a clear sentence, and nothing doubled."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from github.Repository import Repository

from finops.code_hosts.github import GitHubHost
from finops.domain.errors import TryAgainLater
from finops.domain.lifecycle import Status
from finops.domain.opportunity import OpportunityRecord
from finops.finops_engine import FinOpsEngine
from finops.pr_generator import PullRequestGenerator
from finops.savings_ledger import SavingsLedger
from tests.finops.code_hosts.conftest import GitHubPlatform
from tests.finops.code_hosts.github_in_front import BadDay, GraphQL, said
from tests.finops.code_hosts.hosts import github_host
from tests.finops.engine.conftest import APPROVER, DIRECTORY, MANIFEST, NAMES, Estate
from tests.real_parts.github_emulator import GitHubPart

PATH = "apps/frontend.yaml"
FILES = {f"apps/{name}.yaml": MANIFEST.format(name=name).encode() for name in NAMES}


@pytest.fixture
def repository(github: GitHubPart) -> Repository:
    return github.new_repository(FILES | {"CODEOWNERS": b"/apps/ @acme\n"})


@pytest.fixture
def host(bad_day: tuple[BadDay, str], repository: Repository) -> Iterator[GitHubHost]:
    host = github_host(bad_day[1], repository.full_name)
    bad_day[0].graphql = GraphQL(repository)
    yield host
    host.close()


@pytest.fixture
def person(github: GitHubPart, repository: Repository) -> GitHubPlatform:
    return GitHubPlatform(github, repository)


@pytest.fixture
def engine(ledger: SavingsLedger, host: GitHubHost) -> FinOpsEngine:
    estate = Estate()
    return FinOpsEngine(
        ledger,
        directory=DIRECTORY,
        snapshots={"shop": estate},
        pull_requests=PullRequestGenerator((host,)),
        now=lambda: estate.now,
    )


@pytest.fixture
def approved(engine: FinOpsEngine) -> OpportunityRecord:
    engine.scan("shop")
    [found] = [r for r in engine.ledger.find() if r.opportunity.resource.name == "frontend"]
    engine.card_posted(found.id, channel="C0WEB", message_id="1.0", render_hash="h")
    return engine.approve(found.id, revision=1, actor=APPROVER)


def count(repository: Repository) -> int:
    return repository.get_pulls(state="all").totalCount


def test_from_approval_over_a_merge_to_a_merged_revert(
    engine: FinOpsEngine,
    approved: OpportunityRecord,
    repository: Repository,
    person: GitHubPlatform,
) -> None:
    engine.open_pull_request(approved.id, revision=1)
    person.merge(1)
    engine.watch_pull_requests()
    merged = engine.ledger.get(approved.id)
    changed = person.read("main", PATH)
    engine.revert(approved.id, actor=APPROVER, reason="Slow.")
    engine.open_revert(approved.id)
    numbers = [pull.number for pull in repository.get_pulls(state="open")]
    person.merge(numbers[0])
    engine.watch_pull_requests()

    after = engine.ledger.get(approved.id)

    assert merged.status is Status.MERGED
    assert changed != FILES[PATH]
    assert person.read("main", PATH) == FILES[PATH]
    assert (after.status, "Reason: Slow." in after.status_reason) == (Status.OBSOLETE, True)


@pytest.mark.parametrize("status", [422, 502, 504])
def test_an_answer_lost_after_the_pull_request_was_made_is_one_pull_request(  # noqa: PLR0917
    engine: FinOpsEngine,
    approved: OpportunityRecord,
    day: BadDay,
    repository: Repository,
    status: int,
) -> None:
    day.lose["POST", "pulls"] = (status, {}, said("It may exist"))

    engine.open_pull_request(approved.id, revision=1)
    engine.open_pull_request(approved.id, revision=1)

    assert engine.ledger.get(approved.id).status is Status.PULL_REQUEST_OPEN
    assert count(repository) == 1


@pytest.mark.parametrize(
    "case",
    [
        (("POST", "trees"), (401, {}, said("Bad credentials")), "renew the token"),
        (("POST", "trees"), (403, {}, said("Resource not accessible")), "Pull requests: write"),
        (
            ("POST", "trees"),
            (403, {}, said("Repository was archived so is read-only.")),
            "is archived",
        ),
        (
            ("POST", "refs"),
            (403, {}, said("Cannot create ref: branch is protected")),
            "protects branches named finops/*",
        ),
        (("POST", "pulls"), (404, {}, said("Not Found")), "GitHub shows no"),
    ],
)
def test_what_a_person_has_to_mend_goes_back_with_its_sentence(  # noqa: PLR0917
    engine: FinOpsEngine,
    approved: OpportunityRecord,
    day: BadDay,
    repository: Repository,
    case: Any,
) -> None:
    key, answer, sentence = case
    day.refuse[key] = answer

    engine.open_pull_request(approved.id, revision=1)

    after = engine.ledger.get(approved.id)
    assert after.status is Status.NOTIFIED
    assert sentence in after.status_reason
    assert count(repository) == 0


def test_a_mended_host_gets_one_pull_request_at_the_next_approval(
    engine: FinOpsEngine, approved: OpportunityRecord, day: BadDay, repository: Repository
) -> None:
    day.refuse["POST", "pulls"] = (403, {}, said("Resource not accessible by integration"))
    engine.open_pull_request(approved.id, revision=1)
    day.refuse.clear()
    engine.approve(approved.id, revision=1, actor=APPROVER)
    engine.open_pull_request(approved.id, revision=1)

    assert engine.ledger.get(approved.id).status is Status.PULL_REQUEST_OPEN
    assert count(repository) == 1


def test_a_secondary_limit_is_obeyed_to_the_second_and_nothing_sleeps(
    engine: FinOpsEngine, approved: OpportunityRecord, day: BadDay
) -> None:
    limit = said("You have exceeded a secondary rate limit")
    day.refuse["POST", "pulls"] = (403, {"Retry-After": "1800"}, limit)

    with pytest.raises(TryAgainLater) as caught:
        engine.open_pull_request(approved.id, revision=1)

    assert caught.value.after_seconds == 1800
    assert engine.ledger.get(approved.id).status is Status.APPROVED


def test_a_file_that_changed_since_the_scan_is_planned_anew(
    engine: FinOpsEngine, approved: OpportunityRecord, person: GitHubPlatform
) -> None:
    person.push("main", PATH, FILES[PATH] + b"# moved\n")

    engine.open_pull_request(approved.id, revision=1)

    assert person.read(f"finops/{approved.id}", PATH).endswith(b"# moved\n")


def test_a_repository_that_was_deleted_is_said_on_the_card(
    engine: FinOpsEngine, approved: OpportunityRecord, day: BadDay
) -> None:
    engine.open_pull_request(approved.id, revision=1)
    day.refuse["GET", "main"] = (404, {}, said("Not Found"))
    day.refuse["GET", day.target.rsplit("/", 1)[-1]] = (404, {}, said("Not Found"))
    engine.watch_pull_requests()

    note = engine.ledger.get(approved.id).note

    assert note.startswith("The code host cannot be asked about its pull request: GitHub shows no")


def test_the_dashboard_shows_it_and_a_tick_of_somebody_who_may_write_asks_again(
    engine: FinOpsEngine, approved: OpportunityRecord, day: BadDay, repository: Repository
) -> None:
    engine.open_pull_request(approved.id, revision=1)
    repository.get_pull(1).edit(state="closed")
    engine.watch_pull_requests()
    engine.update_dashboards()
    [issue] = [i for i in repository.get_issues() if i.title == "finops-bot dashboard"]
    issue.edit(body=issue.body.replace("- [ ]", "- [x]"))
    assert day.graphql is not None
    day.graphql.editor = {"login": "acme", "__typename": "User"}
    engine.update_dashboards(repository.full_name)

    after = engine.ledger.get(approved.id)

    permission = json.dumps(repository.get_collaborator_permission("acme"))
    assert permission == '"admin"'
    assert (after.status, after.opportunity.revision) == (Status.DETECTED, 2)
    assert "- [x]" not in repository.get_issue(issue.number).body
