"""Who is behind a click: the person and the user groups they were just seen in.

Fail closed: when Slack cannot say who is in a group and what it said last is too old, nobody is
let through as a member of it.
"""

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from finops.domain.errors import NotPermitted
from finops.domain.people import Actor, Approvers
from handlers.slack_client import quick_client

# The ack is due within 3 s, and the decision itself needs its part.
PATIENCE_SECONDS = 1.5
REQUEST_TIMEOUT_SECONDS = 1
# Free plans have no user groups; `team_access_not_granted` comes from some org installs.
_NO_GROUPS_HERE = frozenset({"plan_upgrade_required", "team_access_not_granted"})


@dataclass(frozen=True, slots=True)
class _Seen:
    members: frozenset[str]
    at: float


class Membership:
    """Members of user groups, asked of Slack and kept for `max_age_seconds`.

    `fallback` maps group ids to users for workspaces whose plan has no user groups. Safe to use
    from many threads.
    """

    def __init__(
        self,
        client: WebClient,
        *,
        max_age_seconds: float = 300,
        fallback: Mapping[str, Iterable[str]] | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = quick_client(client, timeout_seconds=REQUEST_TIMEOUT_SECONDS)
        self._max_age = max_age_seconds
        self._fallback = {g: frozenset(users) for g, users in (fallback or {}).items()}
        self._now = now
        self._seen: dict[str, _Seen] = {}
        self._lock = threading.Lock()
        self._executor = ThreadPoolExecutor(max_workers=8, thread_name_prefix="user-groups")

    def actor_of(self, body: Mapping[str, Any], approvers: Approvers) -> Actor:
        """The person of a Slack payload with those of the approvers' groups they are in.

        Asks Slack only when the person is not named and no fresh answer lets them through. Raises
        NotPermitted when they are found in no group and one of them could not be asked.
        """
        user = user_of(body)
        name = name_of(body)
        if user in approvers.users:
            return Actor(user, name=name)
        wanted = tuple(dict.fromkeys(approvers.user_groups))
        known = self._known(wanted)
        if not any(user in members for members in known.values()):
            known |= self._ask([g for g in wanted if g not in known])
        inside = frozenset(group for group, members in known.items() if user in members)
        unknown = tuple(group for group in wanted if group not in known)
        if unknown and not inside:
            raise _cannot_check(unknown)
        return Actor(user, inside, name)

    def actor_in(self, body: Mapping[str, Any], groups: Iterable[str]) -> Actor:
        """The person with every one of these groups they are in; for rules that count against them.

        Raises NotPermitted when one could not be asked: who is not known to be in a group must not
        pass as somebody who is not.
        """
        user = user_of(body)
        wanted = list(dict.fromkeys(groups))
        known = self._known(wanted)
        known |= self._ask([group for group in wanted if group not in known])
        unknown = tuple(group for group in wanted if group not in known)
        if unknown:
            raise _cannot_check(unknown)
        inside = frozenset(group for group, members in known.items() if user in members)
        return Actor(user, inside, name_of(body))

    @property
    def fallback(self) -> Mapping[str, Sequence[str]]:
        """Who stands in for user groups on a plan without them."""
        return {group: sorted(users) for group, users in self._fallback.items()}

    def refresh(self, groups: Iterable[str] = ()) -> None:
        """Ask again before answers grow old: those asked for so far, and `groups`.

        For the bot's schedule, about once a minute, so that clicks find a warm cache.
        """
        soon = self._now() - 0.7 * self._max_age
        with self._lock:
            known = dict(self._seen)
        wanted = {*known, *groups}
        self._ask([g for g in wanted if g not in known or known[g].at < soon])

    def _known(self, groups: Iterable[str]) -> dict[str, frozenset[str]]:
        oldest = self._now() - self._max_age
        with self._lock:
            return {
                group: self._seen[group].members
                for group in groups
                if group in self._seen and self._seen[group].at >= oldest
            }

    def _ask(self, groups: list[str]) -> dict[str, frozenset[str]]:
        """All at once; who has not answered in time is left out, but may still warm the cache."""
        asked = {self._executor.submit(self._fetch, group): group for group in groups}
        done, _ = wait(asked, timeout=PATIENCE_SECONDS)
        answers = {asked[future]: future.result() for future in done}
        return {group: members for group, members in answers.items() if members is not None}

    def _fetch(self, group: str) -> frozenset[str] | None:
        at = self._now()
        try:
            answer = self._client.usergroups_users_list(usergroup=group)
            members = frozenset(map(str, answer.get("users") or ()))
        except SlackApiError as error:
            if error.response.get("error") not in _NO_GROUPS_HERE or group not in self._fallback:
                return None
            members = self._fallback[group]
        except (SlackClientError, OSError):
            return None
        with self._lock:
            self._seen[group] = _Seen(members, at)
        return members


def _cannot_check(groups: tuple[str, ...]) -> NotPermitted:
    return NotPermitted(
        f"I cannot check the members of {', '.join(groups)} right now, so nothing was changed; try "
        "again in a minute.",
        user_groups=groups,
    )


def name_of(body: Mapping[str, Any]) -> str:
    """What the person of a payload is called; empty where Slack does not say."""
    user = body.get("user")
    name = user.get("username") or user.get("name") if isinstance(user, dict) else None
    return str(name or body.get("user_name") or "")


def user_of(body: Mapping[str, Any]) -> str:
    """The id of the person behind any payload: a command, an interaction or an event."""
    user = body.get("user")
    if isinstance(user, dict):
        return str(user.get("id", ""))
    event = body.get("event")
    if isinstance(event, dict):
        return str(event.get("user", ""))
    return str(body.get("user_id", ""))
