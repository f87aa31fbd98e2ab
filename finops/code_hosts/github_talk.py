"""What finops-bot says and sets on a pull request besides its files; each step recognises itself.

Decoration (labels, reviewers) never stops a pull request: without the permission it is logged.
"""

import logging
from collections.abc import Callable
from functools import partial

from github import GithubException
from github.PullRequest import PullRequest as GitHubPullRequest

from finops.code_hosts.github_graphql import NoGraphQL
from finops.domain.pull_request import ProposedPullRequest

_MARK = "<!-- finops-bot says {key} -->"
_OURS = "<!-- finops-bot"
# GitHub takes 15 at once; more reviewers than this is nobody.
_MOST_REVIEWERS = 10
_log = logging.getLogger(__name__)


def decorate(pull: GitHubPullRequest, proposed: ProposedPullRequest) -> None:
    """Labels and reviewers."""
    if proposed.labels:
        _tried(pull, "got no label", lambda: pull.add_to_labels(*proposed.labels))
    people, teams = _reviewers(proposed.reviewers)
    author = pull.user.login.lower()
    # One by one: GitHub refuses all of them for one who may not see the repository.
    for name in people:
        if name.lower() != author:
            _tried(pull, f"did not ask {name}", partial(pull.create_review_request, [name]))
    for name in teams:
        ask = partial(pull.create_review_request, team_reviewers=[name])
        _tried(pull, f"did not ask the team {name}", ask)


def say_once(pull: GitHubPullRequest, words: str, *, key: str) -> None:
    """A comment, unless one with that key stands there."""
    mark = _MARK.format(key=key)
    if not any(mark in (comment.body or "") for comment in pull.get_issue_comments()):
        pull.create_issue_comment(f"{words}\n\n{mark}")


def has_people(pull: GitHubPullRequest) -> bool:
    """Whether a person has commented or reviewed, so that a silent change would surprise them."""
    comments = pull.get_issue_comments()
    if any(_OURS not in (each.body or "") and not _is_bot(each) for each in comments):
        return True
    return any(not _is_bot(each) for each in pull.get_reviews())


def make_draft(pull: GitHubPullRequest) -> None:
    """A draft cannot be merged by mistake; where there are none, the words have to do."""
    if pull.draft:
        return
    try:
        pull.convert_to_draft()
    except (GithubException, NoGraphQL) as error:
        _log.info("pull request %s did not become a draft: %s", pull.number, error)


def make_ready(pull: GitHubPullRequest) -> None:
    """Take the draft back that was made to hold it."""
    if not pull.draft:
        return
    try:
        pull.mark_ready_for_review()
    except (GithubException, NoGraphQL) as error:
        _log.info("pull request %s stays a draft: %s", pull.number, error)


def _reviewers(owners: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """People and team slugs; addresses name nobody whom GitHub's API could ask."""
    named = [owner.removeprefix("@") for owner in owners if owner.startswith("@")][:_MOST_REVIEWERS]
    people = [name for name in named if "/" not in name]
    return people, [name.partition("/")[2] for name in named if "/" in name]


def _is_bot(said: object) -> bool:
    user = getattr(said, "user", None)
    return user is None or user.type == "Bot" or str(user.login).endswith("[bot]")


def _tried(pull: GitHubPullRequest, failure: str, do: Callable[[], object]) -> None:
    try:
        do()
    except GithubException as error:
        _log.warning("Pull request %s %s: %s", pull.number, failure, error)
