"""The dashboard issue of a GitHub repository: written in place, its checkboxes read back safely.

Who may edit somebody else's issue may write to the repository, GitHub says; who it was is asked all
the same, and checked against their permission. Where GitHub cannot say, nothing is done.
"""

import logging
import re

from github import GithubException
from github.Issue import Issue
from github.Repository import Repository

from finops.code_hosts.github_graphql import NoGraphQL, ask
from finops.ports import Ticked

TITLE = "finops-bot dashboard"
MARK = "<!-- finops-bot dashboard -->"
_TICK = re.compile(
    r"^\s*- \[[xX]\] <!-- finops-bot (?P<action>[a-z]{1,20}) (?P<id>op-[0-9a-f]{10}) -->",
    re.MULTILINE,
)
_MAY_WRITE = frozenset({"admin", "maintain", "write"})
_EDITOR = """
query($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) {
    issue(number: $number) { lastEditedAt editor { login __typename } }
  }
}
"""
_log = logging.getLogger(__name__)


def read_dashboard(repository: Repository, number: int) -> tuple[Ticked, ...]:
    """What somebody with write permission has ticked since the issue was written."""
    issue = _issue(repository, number)
    found = list(_TICK.finditer(issue.body or "")) if issue else []
    if issue is None or issue.state != "open" or not found:
        return ()
    by = _editor(repository, number)
    if not by or not _may_write(repository, by):
        _log.warning("ticks on the dashboard of %s are not followed", repository.full_name)
        return ()
    return tuple(Ticked(tick["action"], tick["id"], by) for tick in found)


def publish_dashboard(repository: Repository, number: int, body: str) -> int:
    """Write it in place, or make it; gives its number, 0 where issues are switched off."""
    if not repository.has_issues:
        return 0
    text = f"{body.rstrip()}\n\n{MARK}\n"
    issue = (_issue(repository, number) if number else None) or _standing(repository)
    if issue is None:
        return repository.create_issue(TITLE, body=text).number
    if issue.state == "open" and _plain(issue.body or "") != _plain(text):
        issue.edit(body=text)
    return issue.number


def _issue(repository: Repository, number: int) -> Issue | None:
    """The issue of that number, or None when somebody has deleted it."""
    try:
        return repository.get_issue(number)
    except GithubException as error:
        if error.status in (404, 410):
            return None
        raise


def _standing(repository: Repository) -> Issue | None:
    """One that an earlier try made before it could be remembered, open or closed."""
    for issue in repository.get_issues(state="all", sort="created", direction="desc"):
        if issue.title == TITLE and MARK in (issue.body or "") and issue.pull_request is None:
            return issue
    return None


def _editor(repository: Repository, number: int) -> str:
    """The login of the person who edited last; empty for a bot, or when GitHub does not say."""
    owner, _, name = repository.full_name.partition("/")
    try:
        data = ask(repository, _EDITOR, {"owner": owner, "name": name, "number": number})
    except (NoGraphQL, GithubException) as error:
        _log.info("who edited the dashboard of %s is not known: %s", repository.full_name, error)
        return ""
    editor = ((data.get("repository") or {}).get("issue") or {}).get("editor") or {}
    return "" if editor.get("__typename") == "Bot" else str(editor.get("login") or "")


def _may_write(repository: Repository, login: str) -> bool:
    try:
        return repository.get_collaborator_permission(login) in _MAY_WRITE
    except GithubException as error:
        _log.info("what %s may in %s is not known: %s", login, repository.full_name, error)
        return False


def _plain(body: str) -> str:
    return body.replace("\r\n", "\n").strip()
