"""Every code host keeps these promises, whatever it is made of."""

from dataclasses import replace

import pytest

from finops.domain.errors import Refused, TryAgainLater, WillNeverWork
from finops.domain.manners import RebaseWhen
from finops.domain.pull_request import FileChange, ProposedPullRequest, PullRequestState
from tests.finops.code_hosts.hosts import AFTER, BEFORE, BRANCH, FILES, PATH, Platform, proposal


def test_files_arrive_byte_for_byte(platform: Platform) -> None:
    files = platform.host().read_files().files

    assert files[PATH] == BEFORE
    assert files["infra/main.tf"] == FILES["infra/main.tf"]
    assert files[".github/CODEOWNERS"] == FILES[".github/CODEOWNERS"]


def test_a_pull_request_holds_the_new_bytes_on_its_own_branch(platform: Platform) -> None:
    host = platform.host()

    opened = host.open_pull_request(proposal(host))

    assert (opened.branch, opened.state) == (BRANCH, PullRequestState.OPEN)
    assert opened.url.endswith(f"/pull/{opened.number}")
    assert platform.read(BRANCH, PATH) == AFTER
    assert platform.read("main", PATH) == BEFORE
    assert platform.read(BRANCH, "README.md") == FILES["README.md"]


def test_opening_twice_gives_one_pull_request(platform: Platform) -> None:
    proposed = proposal(platform.host())

    first = platform.host().open_pull_request(proposed)
    second = platform.host().open_pull_request(proposed)

    assert first == second == platform.host().find_pull_request(BRANCH)
    assert platform.count() == 1


def test_a_crash_after_the_branch_is_finished_by_the_next_call(platform: Platform) -> None:
    proposed = proposal(platform.host())
    platform.branch_without_pull_request(proposed)
    before = platform.host().find_pull_request(BRANCH)

    opened = platform.host().open_pull_request(proposed)

    assert before is None
    assert opened.state is PullRequestState.OPEN
    assert platform.read(BRANCH, PATH) == AFTER


def test_an_own_branch_of_an_older_plan_gives_way(platform: Platform) -> None:
    host = platform.host()
    platform.branch_without_pull_request(proposal(host, after=b"cpu: 300m\n"))

    host.open_pull_request(proposal(host, revision=2))

    assert platform.read(BRANCH, PATH) == AFTER


def test_a_file_that_moved_on_is_planned_again(platform: Platform) -> None:
    host = platform.host()
    proposed = proposal(host)
    platform.push("main", PATH, b"cpu: 400m\n")

    with pytest.raises(TryAgainLater, match="has changed on the main branch"):
        host.open_pull_request(proposed)

    assert platform.count() == 0


def test_another_file_that_moved_on_does_not_matter(platform: Platform) -> None:
    host = platform.host()
    proposed = proposal(host)
    platform.push("main", "README.md", b"# New\n")

    host.open_pull_request(proposed)

    assert platform.read(BRANCH, "README.md") == b"# New\n"


def test_a_branch_a_person_worked_on_is_left_alone(platform: Platform) -> None:
    host = platform.host()
    proposed = proposal(host)
    platform.branch_without_pull_request(proposed)
    platform.push(BRANCH, PATH, b"cpu: 450m\n")

    with pytest.raises(Refused, match="A person has worked on the branch finops/op-1"):
        host.open_pull_request(proposed)

    assert platform.read(BRANCH, PATH) == b"cpu: 450m\n"


def test_a_merge_is_seen_with_its_time(platform: Platform) -> None:
    host = platform.host()
    number = host.open_pull_request(proposal(host)).number

    platform.merge(number)

    merged = host.pull_request(number)
    assert merged.state is PullRequestState.MERGED
    assert merged.merged_at is not None
    assert merged.merged_at.tzinfo is not None
    assert merged.merged_by != ""
    assert host.read_files().files[PATH] == AFTER


def test_a_no_is_taken_for_an_answer(platform: Platform) -> None:
    host = platform.host()
    proposed = proposal(host)
    number = host.open_pull_request(proposed).number
    platform.close(number)

    again = host.open_pull_request(proposed)

    assert (again.number, again.state) == (number, PullRequestState.CLOSED)
    assert again.merged_at is None
    assert platform.count() == 1


def test_a_new_revision_may_ask_again(platform: Platform) -> None:
    host = platform.host()
    platform.close(host.open_pull_request(proposal(host)).number)
    after = BEFORE.replace(b"500m", b"150m")

    again = host.open_pull_request(proposal(host, after=after, revision=2))

    assert again.state is PullRequestState.OPEN
    assert platform.read(BRANCH, PATH) == after
    assert host.find_pull_request(BRANCH) == again


def test_two_opportunities_have_two_pull_requests(platform: Platform) -> None:
    host = platform.host()

    one = host.open_pull_request(proposal(host))
    other = host.open_pull_request(proposal(host, branch="finops/op-2"))

    assert one.number != other.number
    assert host.find_pull_request(BRANCH) == one


def test_an_open_one_follows_a_file_that_moved_on(platform: Platform) -> None:
    host = platform.host()
    number = host.open_pull_request(proposal(host)).number
    moved, wanted = BEFORE + b"# a neighbour\n", AFTER + b"# a neighbour\n"
    platform.push("main", PATH, moved)
    again = replace(proposal(host), files=(FileChange(PATH, moved, wanted),))

    refreshed = host.refresh_pull_request(number, again, when=RebaseWhen.CONFLICTED)

    assert (refreshed.number, refreshed.state) == (number, PullRequestState.OPEN)
    assert platform.read(BRANCH, PATH) == wanted
    assert platform.count() == 1


def test_an_open_one_stays_when_only_other_files_moved_on(platform: Platform) -> None:
    host = platform.host()
    number = host.open_pull_request(proposal(host)).number
    platform.push("main", "README.md", b"# New\n")

    host.refresh_pull_request(number, proposal(host), when=RebaseWhen.CONFLICTED)

    assert platform.read(BRANCH, "README.md") == FILES["README.md"]


def test_a_persons_work_is_not_refreshed_away(platform: Platform) -> None:
    host = platform.host()
    number = host.open_pull_request(proposal(host)).number
    platform.push(BRANCH, PATH, b"cpu: 450m\n")
    moved = BEFORE + b"# a neighbour\n"
    platform.push("main", PATH, moved)
    again = replace(proposal(host), files=(FileChange(PATH, moved, AFTER),))

    with pytest.raises(Refused, match="A person has worked"):
        host.refresh_pull_request(number, again, when=RebaseWhen.CONFLICTED)

    assert platform.read(BRANCH, PATH) == b"cpu: 450m\n"


def test_an_unknown_pull_request_is_a_sentence(platform: Platform) -> None:
    with pytest.raises(WillNeverWork, match="9999"):
        platform.host().pull_request(9999)


@pytest.mark.parametrize(
    "path", ["../a.yaml", "/etc/passwd", ".git/config", "a/.GIT/hooks/x", "a//b", "a\nb", ""]
)
def test_no_path_leaves_the_work_tree(platform: Platform, path: str) -> None:
    proposed = ProposedPullRequest(
        branch=BRANCH,
        title="t",
        body="b",
        commit_message="m",
        base_commit="c",
        files=(FileChange(path, b"", b"x"),),
    )

    with pytest.raises(WillNeverWork, match="no path finops-bot writes to"):
        platform.host().open_pull_request(proposed)


@pytest.mark.parametrize("branch", ["", "-f", "a..b", "a b", "finops/../main", "a/"])
def test_no_branch_name_is_an_option_or_an_escape(platform: Platform, branch: str) -> None:
    with pytest.raises(WillNeverWork, match="no branch name"):
        platform.host().open_pull_request(proposal(platform.host(), branch=branch))
