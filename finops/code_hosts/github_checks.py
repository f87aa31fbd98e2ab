"""What `finops doctor` asks of a GitHub repository; only reads.

What a token may do is known for classic tokens (their scopes stand in a header) and for Apps (the
installation lists its permissions). A fine-grained token does not say, so only the role of its
owner in the repository can be seen.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

from github import Auth, Consts, Github, GithubException
from github.Repository import Repository

from finops.code_hosts.github_errors import outside_failures
from finops.domain.checks import Area, Check
from finops.domain.clock_skew import clock_check, date_of_header
from finops.domain.errors import OutsideWorldFailed, TryAgainLater

TIMEOUT_SECONDS = 10
NEEDED = {"contents": "write", "pull_requests": "write"}
# A cycle with twenty open pull requests asks about a hundred times.
FEW_REQUESTS = 200
_TOKEN_FIX = "Give a token of somebody with write access, with Contents and Pull requests: write."  # noqa: S105 - a sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class GitHubChecks:
    """Access, permissions, main branch and rate limit of one repository (Checked).

    `app` is the App's own authentication where `auth` is an installation of it.
    """

    name: str
    auth: Auth.Auth
    base_url: str = Consts.DEFAULT_BASE_URL
    app: Auth.AppAuth | None = None
    installation_id: int = 0
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def check(self) -> Sequence[Check]:
        """One repository, six lines at most."""
        area = Area(f"GitHub {self.name}")
        with _client(self.auth, self.base_url) as github:
            try:
                with outside_failures(self.name, "reading"):
                    return tuple(self._checks(area, github))
            except TryAgainLater as error:
                fix = "Try again; if it stays so, check base_url and the network to GitHub."
                return (area.failed("access", str(error), fix=fix),)
            except OutsideWorldFailed as error:
                return (area.failed("access", str(error), fix=""),)  # its sentence names the fix

    def _checks(self, area: Area, github: Github) -> Iterator[Check]:
        repository = github.get_repo(self.name)
        headers = {k.lower(): str(v) for k, v in repository.raw_headers.items()}
        yield _access(area, repository)
        if self.app is not None:
            yield self._installation_check(area)
        else:
            yield role_check(area, repository.raw_data.get("permissions"))
            yield token_check(area, headers.get("x-oauth-scopes"), is_private=repository.private)
        yield _branch_check(area, repository)
        yield rate_check(area, *github.rate_limiting)
        moment = date_of_header(headers.get("date", ""))
        if moment is not None:
            yield clock_check(area, whose="GitHub", theirs=moment, ours=self.now())

    def _installation_check(self, area: Area) -> Check:
        with _client(self.app, self.base_url) as github:
            url = f"/app/installations/{self.installation_id}"
            _, found = github.requester.requestJsonAndCheck("GET", url)
        return permissions_check(area, found.get("permissions") or {})


def _client(auth: Auth.Auth | None, base_url: str) -> Github:
    # No second try: doctor is asked again by the person who sits before it.
    return Github(
        auth=auth, base_url=base_url, timeout=TIMEOUT_SECONDS, retry=None,
        seconds_between_requests=0,
    )  # fmt: skip


def _access(area: Area, repository: Repository) -> Check:
    if repository.archived:
        fix = "Unarchive it, or name another repository."
        return area.failed("access", "it is archived, so it takes no pull requests", fix=fix)
    visibility = "private" if repository.private else "public"
    return area.ok("access", f"{visibility}, main branch {repository.default_branch}")


def role_check(area: Area, permissions: Mapping[str, bool] | None) -> Check:
    """The role of the token's owner, as the repository's `permissions` say."""
    if permissions is None:
        return area.skipped(
            "role", "GitHub does not say what this token's owner may", fix=_TOKEN_FIX
        )
    if not permissions.get("push"):
        return area.failed(
            "role", "may read but not write, so no branch can be made", fix=_TOKEN_FIX
        )
    return area.ok("role", "may write")


def token_check(area: Area, scopes: str | None, *, is_private: bool) -> Check:
    """A classic token's scopes; None for a fine-grained one, which does not say."""
    if scopes is None:
        detail = "a fine-grained token does not say what it may"
        fix = "See at github.com/settings/tokens that it has Contents and Pull requests: write."
        return area.skipped("token", detail, fix=fix)
    granted = {scope.strip() for scope in scopes.split(",")}
    if "repo" in granted or ("public_repo" in granted and not is_private):
        return area.ok("token", "classic, with the scope repo")
    fix = "Add the scope repo at github.com/settings/tokens; a fine-grained token may less."
    return area.failed("token", "classic, without the scope repo", fix=fix)


def permissions_check(area: Area, granted: Mapping[str, str]) -> Check:
    """An App installation's permissions against what opening a pull request takes."""
    missing = [f"{name}: {level}" for name, level in NEEDED.items() if granted.get(name) != level]
    if not missing and granted.get("issues") != "write":
        fix = "Grant Issues: write, or set dashboard: false under the repository's pull_requests."
        return area.warning("permissions", "no issues: write, so there is no dashboard", fix=fix)
    if not missing:
        return area.ok("permissions", "contents: write, pull_requests: write, issues: write")
    fix = (
        "Change the App at Settings > Developer settings > GitHub Apps > Permissions; then its "
        "owner accepts the new permissions at the installation."
    )
    return area.failed("permissions", f"missing: {', '.join(missing)}", fix=fix)


def _branch_check(area: Area, repository: Repository) -> Check:
    name = repository.default_branch
    try:
        branch = repository.get_branch(name)
        is_protected = branch.protected or _has_rules(repository, name)
    except GithubException as error:
        if error.status != 404:
            raise
        fix = f"Push a first commit to {name}."
        return area.failed("main branch", f"{name} has no commit", fix=fix)
    if is_protected:
        return area.ok("main branch", f"{name} is protected")
    fix = "Protect it and require a review: then nobody, and no stolen token, changes it alone."
    return area.warning("main branch", f"{name} is not protected", fix=fix)


def _has_rules(repository: Repository, branch: str) -> bool:
    """Whether a ruleset covers the branch; older servers do not know rulesets."""
    url = f"{repository.url}/rules/branches/{quote(branch, safe='')}"
    try:
        _, rules = repository.requester.requestJsonAndCheck("GET", url)
    except GithubException:
        return False
    return bool(rules)


def rate_check(area: Area, remaining: int, limit: int) -> Check:
    """How many requests are left this hour; Enterprise servers may have no limit."""
    if limit <= 0:
        return area.ok("rate limit", "none")
    detail = f"{remaining:,} of {limit:,} requests left this hour"
    if remaining < FEW_REQUESTS:
        fix = "Find who else uses this token, or use a GitHub App: it has a limit of its own."
        return area.warning("rate limit", detail, fix=fix)
    return area.ok("rate limit", detail)
