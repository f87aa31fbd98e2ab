"""The GitHub repository that a folder was cloned from."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

GITHUB = "github.com"
API = "https://api.github.com"
# git@host:owner/name.git, ssh://git@host:22/owner/name, https://user:token@host/owner/name.git
_REMOTE = re.compile(
    r"(?:(?:https?|ssh|git)://(?:[^@/]+@)?(?P<host>[^/:]+)(?::\d+)?/|(?:[^@/]+@)(?P<scp>[^/:]+):)"
    r"(?P<owner>[A-Za-z0-9][A-Za-z0-9-]*)/(?P<name>[A-Za-z0-9._-]+?)(?:\.git)?/?"
)


@dataclass(frozen=True, slots=True)
class GitHubRemote:
    """`owner/name`, and the API's address where it is an Enterprise server."""

    name: str
    base_url: str = API


def github_remote(folder: Path) -> GitHubRemote | None:
    """What `origin` of the folder's repository names, if that may be a GitHub."""
    command = ["git", "-C", str(folder), "config", "--get", "remote.origin.url"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=5, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return parse_remote(done.stdout.strip())


def parse_remote(address: str) -> GitHubRemote | None:
    """The repository behind an address; other hosts than GitHub give None.

    >>> parse_remote("git@github.com:acme/platform.git")
    GitHubRemote(name='acme/platform', base_url='https://api.github.com')
    """
    found = _REMOTE.fullmatch(address)
    if found is None:
        return None
    host = (found["host"] or found["scp"]).lower()
    name = f"{found['owner']}/{found['name']}"
    if host in (GITHUB, f"ssh.{GITHUB}"):
        return GitHubRemote(name)
    if "github" in host:  # Enterprise servers are called so; anything else cannot be told
        return GitHubRemote(name, f"https://{host}/api/v3")
    return None
