"""Merging on GitHub: what a merge changed, and whether GitHub may merge by itself."""

import base64
from urllib.parse import quote

from github import GithubException
from github.PullRequest import PullRequest as GitHubPullRequest
from github.Repository import Repository

from finops.code_hosts.github_branch import head_at
from finops.code_hosts.github_files import list_files
from finops.domain.errors import Refused
from finops.domain.pull_request import FileChange

_METHODS = (("allow_squash_merge", "SQUASH"), ("allow_merge_commit", "MERGE"),
            ("allow_rebase_merge", "REBASE"))  # fmt: skip


def merged_files(repository: Repository, pull: GitHubPullRequest) -> tuple[FileChange, ...]:
    """The files of a merged pull request, before and after.

    Our own commit says it exactly. Where a person added commits, the merge commit against the main
    branch before it does. Raises Refused when it is not merged, or added or removed files.
    """
    where = f"Pull request {pull.number} of {repository.full_name}"
    if not pull.merged:
        raise Refused(f"{where} is not merged.")
    head = head_at(repository, pull.head.sha)
    if not head.is_own and pull.merge_commit_sha:
        head = head_at(repository, pull.merge_commit_sha)
    if not head.parents:
        raise Refused(f"{where} has no commit before it; revert it by hand.")
    before = {p: e.sha for p, e in list_files(repository, head.parents[0]).items()}
    after = {p: e.sha for p, e in list_files(repository, head.commit).items()}
    changed = sorted(path for path in before | after if before.get(path) != after.get(path))
    if any(path not in before or path not in after for path in changed):
        raise Refused(f"{where} added or removed files, so it is taken back by hand: revert it.")
    return tuple(
        FileChange(p, _content(repository, before[p]), _content(repository, after[p]))
        for p in changed
    )


def merge_when_green(repository: Repository, pull: GitHubPullRequest) -> None:
    """Turn auto-merge on. Raises Refused where the main branch requires no check."""
    if (pull.raw_data.get("auto_merge") or None) is not None or pull.merged:
        return
    branch = repository.default_branch
    if not requires_checks(repository, branch):
        raise Refused(
            f"{repository.full_name} requires no status check on {branch}, so nothing would hold "
            "an automatic merge back; require one, or merge by hand."
        )
    if repository.raw_data.get("allow_auto_merge") is False:
        raise Refused(
            f"{repository.full_name} does not allow auto-merge; switch it on under Settings > "
            "General > Pull Requests."
        )
    pull.enable_automerge(merge_method=_method(repository), expected_head_oid=pull.head.sha)


def requires_checks(repository: Repository, branch: str) -> bool:
    """Whether branch protection or a ruleset asks for at least one status check."""
    protection = repository.get_branch(branch).raw_data.get("protection") or {}
    required = protection.get("required_status_checks") or {}
    if required.get("contexts") or required.get("checks"):
        return True
    url = f"{repository.url}/rules/branches/{quote(branch, safe='')}"
    try:
        _, rules = repository.requester.requestJsonAndCheck("GET", url)
    except GithubException:
        return False  # older servers have no rulesets
    return isinstance(rules, list) and any(
        rule.get("type") == "required_status_checks"
        and (rule.get("parameters") or {}).get("required_status_checks")
        for rule in rules
    )


def _method(repository: Repository) -> str:
    allowed = [name for key, name in _METHODS if repository.raw_data.get(key)]
    return allowed[0] if allowed else "MERGE"


def _content(repository: Repository, blob: str) -> bytes:
    return base64.b64decode(repository.get_git_blob(blob).content)
