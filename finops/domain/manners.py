"""How finops-bot behaves in one repository: how much at once, how it asks, when it gives up.

Renovate's defaults are the starting point (10 open, 2 an hour, rebase on conflict, reviewers by
CODEOWNERS). Its 2 an hour is for pull requests that nobody asked for; each of ours was asked for
by a person, so an hour may hold more.
"""

from dataclasses import dataclass
from enum import StrEnum


class RebaseWhen(StrEnum):
    """When an open pull request is laid on the newest main branch."""

    CONFLICTED = "conflicted"  # its own files moved on
    BEHIND = "behind"  # anything moved on: for branches that must be up to date to be merged


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """The rules of one repository. Days are whole days, 0 switches that rule off."""

    max_open: int = 10
    max_per_hour: int = 5
    group_by_team: bool = False
    draft: bool = False
    labels: tuple[str, ...] = ("finops",)
    reviewers_from_codeowners: bool = True
    rebase_when: RebaseWhen = RebaseWhen.CONFLICTED
    # Nobody has touched it for a month: the evidence is older than what the proposal looked at.
    stale_after_days: int = 30
    dashboard: bool = True


DEFAULT_MANNERS = Manners()
