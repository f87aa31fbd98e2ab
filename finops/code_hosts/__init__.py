"""Where pull requests are opened: GitHub, or a bare git repository on disk."""

from finops.code_hosts.github import GitHubHost
from finops.code_hosts.local_git import LocalGitHost

__all__ = ["GitHubHost", "LocalGitHost"]
