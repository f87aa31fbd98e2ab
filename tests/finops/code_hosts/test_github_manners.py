"""GitHub as a good bot uses it: signed commits, leases, words said once, drafts, auto-merge."""

import json
from dataclasses import replace

import pytest
from github.Repository import Repository

from finops.code_hosts.github import GitHubHost
from finops.code_hosts.github_branch import head_of
from finops.domain.errors import Refused, TryAgainLater
from finops.domain.manners import RebaseWhen
from finops.domain.pull_request import FileChange, PullRequestState
from tests.finops.code_hosts.conftest import GitHubPlatform
from tests.finops.code_hosts.github_in_front import Answer, BadDay, GraphQL, said
from tests.finops.code_hosts.hosts import AFTER, BEFORE, BRANCH, FILES, NOW, PATH, proposal
from tests.real_parts.github_emulator import GitHubPart

JSON = {"Content-Type": "application/json"}
OTHER = BEFORE.replace(b"500m", b"300m")


@pytest.fixture
def graphql(day: BadDay, repository: Repository) -> GraphQL:
    """A GitHub with GraphQL."""
    day.graphql = GraphQL(repository)
    return day.graphql


@pytest.fixture
def person(github: GitHubPart, repository: Repository) -> GitHubPlatform:
    return GitHubPlatform(github, repository)


def comments_of(repository: Repository, number: int) -> int:
    return repository.get_pull(number).get_issue_comments().totalCount


# Commits


def test_a_new_branch_gets_a_commit_that_github_signs(
    host: GitHubHost, graphql: GraphQL, repository: Repository, person: GitHubPlatform
) -> None:
    host.open_pull_request(proposal(host))

    head = head_of(repository, BRANCH)

    assert graphql.calls == ["createCommitOnBranch"]
    assert person.read(BRANCH, PATH) == AFTER
    assert head is not None
    assert head.is_own
    assert head.parents == (repository.get_branch("main").commit.sha,)


def test_without_graphql_the_git_data_api_does_it(
    host: GitHubHost, repository: Repository, person: GitHubPlatform
) -> None:
    host.open_pull_request(proposal(host))

    head = head_of(repository, BRANCH)

    assert person.read(BRANCH, PATH) == AFTER
    assert head is not None
    assert head.is_own


def test_an_executable_file_keeps_its_mode_and_so_its_unsigned_way(
    host: GitHubHost, graphql: GraphQL, repository: Repository
) -> None:
    from github import InputGitTreeElement

    tip = repository.get_branch("main").commit.sha
    blob = repository.create_git_blob("#!/bin/sh\ncpu: 500m\n", "utf-8")
    element = InputGitTreeElement("run.yaml", "100755", "blob", sha=blob.sha)
    tree = repository.create_git_tree([element], repository.get_git_tree(tip))
    commit = repository.create_git_commit("Mode", tree, [repository.get_git_commit(tip)])
    graphql._point("main", commit.sha)
    change = FileChange("run.yaml", b"#!/bin/sh\ncpu: 500m\n", b"#!/bin/sh\ncpu: 120m\n")

    host.open_pull_request(replace(proposal(host), files=(change,)))

    modes = {e.path: e.mode for e in repository.get_git_tree(BRANCH, recursive=True).tree}
    assert modes["run.yaml"] == "100755"
    assert graphql.calls == []


def test_a_crash_before_the_commit_leaves_a_branch_that_is_taken_up(
    host: GitHubHost, day: BadDay, graphql: GraphQL, person: GitHubPlatform
) -> None:
    proposed = proposal(host)
    day.graphql = None
    day.refuse["POST", "graphql"] = (502, {}, b"bad gateway")
    with pytest.raises(TryAgainLater):
        host.open_pull_request(proposed)
    day.graphql = graphql
    person.push("main", "README.md", b"# Moved\n")

    host.open_pull_request(proposed)

    assert person.read(BRANCH, PATH) == AFTER


def test_an_update_replaces_the_commit_and_never_shows_an_empty_branch(
    host: GitHubHost, graphql: GraphQL, repository: Repository, person: GitHubPlatform
) -> None:
    number = host.open_pull_request(proposal(host)).number

    updated = host.update_pull_request(
        number, proposal(host, after=OTHER, revision=2), told="Changed."
    )

    head = head_of(repository, BRANCH)
    assert (updated.number, updated.state) == (number, PullRequestState.OPEN)
    assert '"revision": 2' in updated.body
    assert person.read(BRANCH, PATH) == OTHER
    assert graphql.calls == ["createCommitOnBranch", "createCommitOnBranch", "updateRefs"]
    assert head is not None
    assert head.is_own
    assert len(head.parents) == 1
    assert head_of(repository, f"{BRANCH}-scratch") is None


def test_a_push_between_looking_and_moving_is_not_overwritten(
    host: GitHubHost, graphql: GraphQL, person: GitHubPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = host.open_pull_request(proposal(host)).number
    real = GraphQL.updateRefs

    def pushed_first(self: GraphQL, wanted: dict[str, object]) -> object:
        person.push(BRANCH, PATH, b"cpu: 450m\n")
        return real(self, wanted)

    monkeypatch.setattr(GraphQL, "updateRefs", pushed_first)

    with pytest.raises(TryAgainLater, match="moved meanwhile"):
        host.update_pull_request(number, proposal(host, after=OTHER, revision=2), told="x")

    assert person.read(BRANCH, PATH) == b"cpu: 450m\n"


def test_a_branch_that_moved_under_the_commit_is_looked_at_again(
    host: GitHubHost, graphql: GraphQL, person: GitHubPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = GraphQL.createCommitOnBranch

    def pushed_first(self: GraphQL, wanted: dict[str, object]) -> object:
        person.push(BRANCH, "README.md", b"mine\n")
        return real(self, wanted)

    monkeypatch.setattr(GraphQL, "createCommitOnBranch", pushed_first)
    proposed = proposal(host)

    with pytest.raises(TryAgainLater, match="moved meanwhile"):
        host.open_pull_request(proposed)
    with pytest.raises(Refused, match="A person has worked"):
        host.open_pull_request(proposed)


def test_behind_means_laid_on_the_newest_commit(
    host: GitHubHost, graphql: GraphQL, repository: Repository, person: GitHubPlatform
) -> None:
    number = host.open_pull_request(proposal(host)).number
    person.push("main", "README.md", b"# Moved\n")

    host.refresh_pull_request(number, proposal(host), when=RebaseWhen.BEHIND)

    head = head_of(repository, BRANCH)
    assert head is not None
    assert head.parents == (repository.get_branch("main").commit.sha,)
    assert person.read(BRANCH, PATH) == AFTER


# Words


def test_a_comment_is_said_once_for_each_key(host: GitHubHost, repository: Repository) -> None:
    number = host.open_pull_request(proposal(host)).number
    for key in ("touched", "touched", "other"):
        host.comment(number, "A word.", key=key)

    found = [c.body for c in repository.get_pull(number).get_issue_comments()]

    assert len(found) == 2
    assert all(body.startswith("A word.") for body in found)


def test_an_update_is_told_only_where_a_person_took_part(
    host: GitHubHost, repository: Repository
) -> None:
    number = host.open_pull_request(proposal(host)).number
    host.update_pull_request(number, proposal(host, after=OTHER, revision=2), told="Silent.")
    host.comment(number, "Our own word is nobody's.", key="x")
    host.update_pull_request(number, proposal(host, revision=3), told="Silent too.")
    repository.get_pull(number).create_issue_comment("What is this?")
    for _ in range(2):
        host.update_pull_request(number, proposal(host, after=OTHER, revision=4), told="Told.")

    bodies = [c.body for c in repository.get_pull(number).get_issue_comments()]

    assert [b.split("\n")[0] for b in bodies] == [
        "Our own word is nobody's.", "What is this?", "Told.",
    ]  # fmt: skip


def test_closing_says_why_and_closing_twice_is_one_close(
    host: GitHubHost, repository: Repository
) -> None:
    number = host.open_pull_request(proposal(host)).number
    closed = [host.close_pull_request(number, "Stale.", key="c", at=NOW) for _ in range(2)]

    assert {each.state for each in closed} == {PullRequestState.CLOSED}
    assert [c.body.split("\n")[0] for c in repository.get_pull(number).get_issue_comments()] == [
        "Stale."
    ]


def test_holding_makes_a_draft_and_says_why(
    host: GitHubHost, graphql: GraphQL, repository: Repository
) -> None:
    number = host.open_pull_request(proposal(host)).number

    host.hold_pull_request(number, "Please wait.", key="held")

    assert graphql.drafts == [True]
    assert comments_of(repository, number) == 1


def test_a_server_without_drafts_gets_the_words(host: GitHubHost, repository: Repository) -> None:
    number = host.open_pull_request(proposal(host)).number

    host.hold_pull_request(number, "Please wait.", key="held")

    assert comments_of(repository, number) == 1


def test_a_persons_commit_is_seen_and_asked_about_once(
    host: GitHubHost, day: BadDay, repository: Repository, person: GitHubPlatform
) -> None:
    number = host.open_pull_request(proposal(host)).number
    before = host.pull_request(number).is_touched
    person.push(BRANCH, "README.md", b"mine\n")
    # The emulator's pull request keeps the commit that it was opened with; GitHub's follows.
    raw = repository.get_pull(number).raw_data
    moved = raw["head"] | {"sha": repository.get_branch(BRANCH).commit.sha}
    answer = json.dumps(raw | {"head": moved}).encode()
    day.refuse["GET", str(number)] = (200, {"Content-Type": "application/json"}, answer)
    after = host.pull_request(number).is_touched
    day.seen.clear()
    host.pull_request(number)

    assert (before, after) == (False, True)
    assert len(day.seen) == 1


def test_a_draft_with_labels_and_reviewers(
    host: GitHubHost, day: BadDay, repository: Repository
) -> None:
    proposed = replace(
        proposal(host), is_draft=True, labels=("money",), reviewers=("@maria", "@acme/web", "a@b.c")
    )

    opened = host.open_pull_request(proposed)

    asked = [key for key in day.seen if key == ("POST", "requested_reviewers")]
    labels = [each.name for each in repository.get_pull(opened.number).labels]
    assert opened.is_draft
    assert labels == ["money"]
    assert len(asked) == 2


def test_a_plan_without_drafts_gets_an_open_one(
    host: GitHubHost, day: BadDay, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = said("Draft pull requests are not supported in this repository.")
    real = BadDay.answer

    def no_drafts(  # noqa: PLR0917 - as what it stands in for
        self: BadDay, method: str, path: str, headers: dict[str, str], body: bytes | None
    ) -> Answer:
        if method == "POST" and path.endswith("/pulls") and b'"draft": true' in (body or b""):
            return 422, {}, words
        return real(self, method, path, headers, body)

    monkeypatch.setattr(BadDay, "answer", no_drafts)

    opened = host.open_pull_request(replace(proposal(host), is_draft=True))

    assert (opened.state, opened.is_draft) == (PullRequestState.OPEN, False)


def test_a_reviewer_that_may_not_be_asked_stops_nothing(host: GitHubHost, day: BadDay) -> None:
    day.refuse["POST", "requested_reviewers"] = (422, {}, said("not a collaborator"))

    opened = host.open_pull_request(replace(proposal(host), reviewers=("@nobody", "@acme/x")))

    assert opened.state is PullRequestState.OPEN


# Merges


def test_what_was_merged_is_read_back_byte_for_byte(
    host: GitHubHost, person: GitHubPlatform
) -> None:
    number = host.open_pull_request(proposal(host)).number
    with pytest.raises(Refused, match="is not merged"):
        host.merged_files(number)
    person.merge(number)

    assert host.merged_files(number) == (FileChange(PATH, BEFORE, AFTER),)


def test_auto_merge_needs_a_check_that_could_fail(host: GitHubHost, graphql: GraphQL) -> None:
    number = host.open_pull_request(proposal(host)).number

    with pytest.raises(Refused, match="requires no status check on main"):
        host.merge_when_green(number)

    assert graphql.merging == []


def test_auto_merge_waits_for_the_commit_that_was_approved(
    host: GitHubHost, day: BadDay, graphql: GraphQL, repository: Repository
) -> None:
    repository.edit(allow_auto_merge=True)
    number = host.open_pull_request(proposal(host)).number
    tip = repository.get_branch("main").raw_data
    protection = {"required_status_checks": {"contexts": ["ci"]}}
    answer = json.dumps(tip | {"protected": True, "protection": protection}).encode()
    day.refuse["GET", "main"] = (200, {"Content-Type": "application/json"}, answer)

    host.merge_when_green(number)

    head = head_of(repository, BRANCH)
    assert head is not None
    assert graphql.merging[0]["expectedHeadOid"] == head.commit


# Names that change


def test_a_renamed_main_branch_is_found_again(
    host: GitHubHost, graphql: GraphQL, repository: Repository
) -> None:
    host.read_files()
    tip = repository.get_branch("main").commit.sha
    repository.create_git_ref("refs/heads/trunk", tip)
    repository.edit(default_branch="trunk")
    url = f"{repository.url}/git/refs/heads/main"
    repository.requester.requestJsonAndCheck("DELETE", url)

    assert host.newest_commit() == tip
    assert host.read_files().files[PATH] == FILES[PATH]


# The dashboard


TICKED = "- [x] <!-- finops-bot reopen op-0123456789 --> #1 Lower CPU"


def test_a_dashboard_is_one_issue_written_in_place(
    host: GitHubHost, repository: Repository, day: BadDay
) -> None:
    number = host.publish_dashboard(0, "First.")
    again = host.publish_dashboard(0, "Second.")
    day.seen.clear()
    host.publish_dashboard(number, "Second.")

    [issue] = list(repository.get_issues())
    assert number == again == issue.number
    assert issue.body.startswith("Second.")
    assert ("PATCH", str(number)) not in day.seen


def test_a_closed_dashboard_stays_closed(host: GitHubHost, repository: Repository) -> None:
    number = host.publish_dashboard(0, "First.")
    repository.get_issue(number).edit(state="closed")

    host.publish_dashboard(number, "Second.")

    issue = repository.get_issue(number)
    assert (issue.state, issue.body.split("\n")[0]) == ("closed", "First.")


@pytest.mark.parametrize("status", [404, 410])
def test_a_deleted_dashboard_is_made_anew(host: GitHubHost, day: BadDay, status: int) -> None:
    day.refuse["GET", "99"] = (status, {}, said("This issue was deleted"))

    ticks = host.read_dashboard(99)
    number = host.publish_dashboard(99, "First.")

    assert (ticks, number > 0) == ((), True)


@pytest.mark.parametrize(
    "by",
    [
        ({"login": "maria", "__typename": "User"}, "write", 1),
        ({"login": "maria", "__typename": "User"}, "admin", 1),
        ({"login": "eve", "__typename": "User"}, "read", 0),
        ({"login": "eve", "__typename": "User"}, "none", 0),
        ({"login": "other[bot]", "__typename": "Bot"}, "write", 0),
        (None, "write", 0),
    ],
)
def test_ticks_count_only_from_people_who_may_write(
    host: GitHubHost, day: BadDay, graphql: GraphQL, by: tuple[dict[str, str] | None, str, int]
) -> None:
    editor, permission, count = by
    number = host.publish_dashboard(0, TICKED)
    graphql.editor = editor
    answer = json.dumps({"permission": permission}).encode()
    day.refuse["GET", "permission"] = (200, {"Content-Type": "application/json"}, answer)

    ticks = host.read_dashboard(number)

    assert len(ticks) == count


def test_without_knowing_who_ticked_nothing_is_done(host: GitHubHost) -> None:
    number = host.publish_dashboard(0, TICKED)

    assert host.read_dashboard(number) == ()


# Who added to it


def test_a_merged_pull_request_names_who_added_commits(
    host: GitHubHost, day: BadDay, repository: Repository, person: GitHubPlatform
) -> None:
    number = host.open_pull_request(proposal(host)).number
    ours = repository.get_branch(BRANCH).commit.sha
    person.push(BRANCH, PATH, AFTER + b"# by hand\n")
    theirs = repository.get_branch(BRANCH).commit.sha
    person.merge(number)
    # The emulator's pull request keeps the commit that it was opened with; GitHub's follows.
    raw = repository.get_pull(number).raw_data
    moved = json.dumps(raw | {"head": raw["head"] | {"sha": theirs}}).encode()
    commits = [_listed(repository, sha) for sha in (ours, theirs)]
    day.refuse["GET", "commits"] = (200, JSON, json.dumps(commits).encode())
    day.refuse["GET", str(number)] = (200, JSON, moved)

    assert host.pull_request(number).committers == ("maria",)


def _listed(repository: Repository, sha: str) -> dict[str, object]:
    """A commit as GitHub lists it in a pull request."""
    commit = repository.get_git_commit(sha)
    inner = {
        "message": commit.message,
        "tree": {"sha": commit.tree.sha},
        "author": {"name": "Maria", "email": "maria@x.io", "date": "2026-01-05T00:00:00Z"},
    }
    parents = [{"sha": parent.sha} for parent in commit.parents]
    return {"sha": sha, "commit": inner, "author": {"login": "maria"}, "parents": parents}


def test_nobody_is_named_where_only_finops_bot_committed(
    host: GitHubHost, person: GitHubPlatform
) -> None:
    number = host.open_pull_request(proposal(host)).number
    person.merge(number)

    assert host.pull_request(number).committers == ()
