"""What GitHub does on bad days: a proxy before the emulator refuses, loses and limits."""

import json

import pytest
from github import GithubException
from github.Repository import Repository

from finops.code_hosts.github import GitHubHost
from finops.code_hosts.github_errors import failure_of
from finops.domain.errors import OutsideWorldFailed, TryAgainLater, WillNeverWork
from finops.domain.manners import RebaseWhen
from tests.finops.code_hosts.conftest import GitHubPlatform
from tests.finops.code_hosts.github_in_front import Answer, BadDay, said
from tests.finops.code_hosts.hosts import AFTER, BRANCH, PATH, github_host, proposal
from tests.real_parts.github_emulator import GitHubPart

# GitHub itself answers a second POST with 422; a gateway's 502 hides what became of the first.
LOST = [422, 502, 503, 504]


@pytest.mark.parametrize("status", LOST)
def test_an_answer_lost_after_the_pull_request_was_made_makes_no_second(
    host: GitHubHost, day: BadDay, repository: Repository, status: int
) -> None:
    proposed = proposal(host)
    day.lose["POST", "pulls"] = (status, {}, said("It may exist"))

    opened = host.open_pull_request(proposed)
    again = host.open_pull_request(proposed)

    assert opened.number == again.number
    assert day.seen.count(("POST", "pulls")) == 1
    assert repository.get_pulls(state="all").totalCount == 1


@pytest.mark.parametrize("status", LOST)
def test_a_lost_answer_to_a_new_branch_is_read_back(
    host: GitHubHost, day: BadDay, repository: Repository, status: int
) -> None:
    proposed = proposal(host)
    day.lose["POST", "refs"] = (status, {}, said("It may exist"))

    opened = host.open_pull_request(proposed)

    assert opened.branch == BRANCH
    assert day.seen.count(("POST", "refs")) == 1
    assert repository.get_pulls(state="all").totalCount == 1


def test_a_pull_request_that_was_not_made_is_made_by_the_next_try(
    host: GitHubHost, day: BadDay, repository: Repository
) -> None:
    proposed = proposal(host)
    day.refuse["POST", "pulls"] = (502, {}, b"bad gateway")
    with pytest.raises(TryAgainLater, match="502"):
        host.open_pull_request(proposed)
    day.refuse.clear()

    opened = host.open_pull_request(proposed)

    assert opened.branch == BRANCH
    assert repository.get_pulls(state="all").totalCount == 1


def test_labels_that_may_not_be_set_do_not_stop_it(host: GitHubHost, day: BadDay) -> None:
    proposed = proposal(host)
    day.refuse["POST", "labels"] = (403, {}, said("Resource not accessible by integration"))

    opened = host.open_pull_request(proposed)

    assert opened.branch == BRANCH


def test_a_server_error_is_tried_again_later(host: GitHubHost, day: BadDay) -> None:
    proposed = proposal(host)
    day.refuse["POST", "trees"] = (502, {}, b"bad gateway")

    with pytest.raises(TryAgainLater, match="opening a pull request in"):
        host.open_pull_request(proposed)


@pytest.mark.parametrize(
    "answer",
    [
        (403, {"Retry-After": "3000"}, said("You have exceeded a secondary rate limit")),
        (429, {"Retry-After": "3000"}, said("Too many requests")),
    ],
)
def test_a_long_rate_limit_does_not_sleep_here(
    host: GitHubHost, day: BadDay, answer: Answer
) -> None:
    day.refuse["GET", "main"] = answer

    with pytest.raises(TryAgainLater) as caught:
        host.read_files()

    assert caught.value.after_seconds == 3000


def test_a_cut_listing_is_refused(host: GitHubHost, day: BadDay, repository: Repository) -> None:
    tip = repository.get_branch("main").commit.sha
    tree = json.dumps({"sha": tip, "tree": [], "truncated": True}).encode()
    day.refuse["GET", tip] = (200, {"Content-Type": "application/json"}, tree)

    with pytest.raises(WillNeverWork, match="has more files than GitHub lists"):
        host.read_files()


def test_one_request_asks_whether_anything_is_new(host: GitHubHost, day: BadDay) -> None:
    first = host.read_files()
    day.seen.clear()

    second = host.read_files()

    assert first == second
    assert set(first.files) == {PATH, "infra/main.tf", ".github/CODEOWNERS"}
    assert day.seen == [("GET", "main")]


def test_after_a_push_only_new_contents_are_fetched(
    host: GitHubHost, day: BadDay, github: GitHubPart, repository: Repository
) -> None:
    host.read_files()
    GitHubPlatform(github, repository).push("main", PATH, AFTER)
    day.seen.clear()

    files = host.read_files()

    assert files.files[PATH] == AFTER
    assert len(day.seen) == 3  # the tip, the listing, one content


def test_an_open_pull_request_is_compared_once_a_commit(host: GitHubHost, day: BadDay) -> None:
    proposed = proposal(host)
    number = host.open_pull_request(proposed).number
    first = host.refresh_pull_request(number, proposed, when=RebaseWhen.CONFLICTED)
    day.seen.clear()

    second = host.refresh_pull_request(number, proposed, when=RebaseWhen.CONFLICTED)

    assert first == second
    assert day.seen == []


def test_terraform_in_json_is_read_because_it_may_use_what_is_removed(
    bad_day: tuple[BadDay, str], github: GitHubPart
) -> None:
    repository = github.new_repository(
        {"infra/more.tf.json": b"{}\n", "infra/a.tfvars": b"a = 1\n", "infra/a.md": b"a\n"}
    )

    files = github_host(bad_day[1], repository.full_name).read_files()

    assert set(files.files) == {"infra/more.tf.json", "infra/a.tfvars"}


def test_no_connection_is_tried_again_later() -> None:
    with pytest.raises(TryAgainLater, match="did not answer while reading acme/shop"):
        github_host("http://localhost:9", "acme/shop").read_files()


@pytest.mark.parametrize(
    ("status", "message", "kind", "sentence"),
    [
        (401, "Bad credentials", WillNeverWork, "renew the token"),
        (403, "Resource not accessible by integration", WillNeverWork, "Pull requests: write"),
        (403, "Repository was archived so is read-only.", WillNeverWork, "is archived"),
        (403, "Cannot create; branch is protected", WillNeverWork, "A rule of acme/shop protects"),
        (404, "Not Found", WillNeverWork, "GitHub shows no acme/shop"),
        (422, "Validation Failed", WillNeverWork, "Validation Failed"),
        (409, "Conflict", TryAgainLater, "409"),
        (429, "Slow down", TryAgainLater, "limits requests for acme/shop"),
        (503, "Unavailable", TryAgainLater, "503"),
    ],
)
def test_every_answer_is_a_sentence(
    status: int, message: str, kind: type[OutsideWorldFailed], sentence: str
) -> None:
    failure = failure_of(GithubException(status, {"message": message}), "acme/shop", "reading")

    assert isinstance(failure, kind)
    assert sentence in str(failure)
