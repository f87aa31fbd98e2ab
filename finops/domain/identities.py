"""Who is who across Slack and a code host, and whether two pairs of eyes saw a change.

A login that nobody has named is *unknown*: it is never taken for another person, because the one
who approved may merge under it.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

# GitHub's logins; those of managed users hold an underscore.
_LOGIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,62})")
# The local code host knows people by their Slack ids.
_SLACK_ID = re.compile(r"[UW][A-Z0-9]{5,20}")


@dataclass(frozen=True, slots=True)
class Person:
    """One person: the Slack user id, and the login on the code host."""

    user: str
    login: str


@dataclass(frozen=True, slots=True)
class Identities:
    """The logins of people by their Slack ids, and what they are called in Slack."""

    logins: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    def login_of(self, user: str) -> str:
        """The person's login on the code host; empty where nobody has said it."""
        return self.logins.get(user, "")

    def user_of(self, login: str) -> str:
        """The Slack id of whoever has that login, whatever the case; empty: unknown."""
        if _SLACK_ID.fullmatch(login):
            return login
        wanted = login.casefold()
        found = (user for user, each in self.logins.items() if each.casefold() == wanted)
        return next(found, "")

    def may_be(self, user: str, login: str) -> bool:
        """Whether the login is the person's, or is spelled like the name they have in Slack."""
        spelled = {self.logins.get(user, ""), self.names.get(user, ""), user}
        return login.casefold() in {each.casefold() for each in spelled if each}


class Eyes(StrEnum):
    """Whether two different people saw a change before it was merged."""

    TWO = "two"
    ONE = "one"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class FourEyes:
    """The finding, and one sentence that says whose eyes they were."""

    eyes: Eyes
    sentence: str


def is_login(text: str) -> bool:
    """Whether the text may be a login of GitHub."""
    return _LOGIN.fullmatch(text) is not None


def four_eyes(
    identities: Identities, *, agreed: Collection[str], merger: str, committers: Collection[str]
) -> FourEyes:
    """Whose eyes saw what was merged.

    `agreed` are the Slack ids of who approved or set the value, `merger` the login that merged
    (empty: nobody is known to have), `committers` the logins of people who added commits. What a
    person added nobody has approved in Slack, so only somebody else who merged it has seen it.
    """
    if committers:
        return _of_added_commits(committers, merger)
    if len(set(agreed)) > 1:
        return FourEyes(Eyes.TWO, f"{len(set(agreed))} people agreed to it in Slack.")
    if not merger:
        return FourEyes(Eyes.ONE, "It was merged without a second person.")
    return _of_merger(identities, agreed, merger)


def _of_merger(identities: Identities, agreed: Collection[str], merger: str) -> FourEyes:
    user = identities.user_of(merger)
    if user in agreed or any(identities.may_be(each, merger) for each in agreed):
        return FourEyes(Eyes.ONE, f"{merger} has approved it too, so one person alone saw it.")
    if not user:
        return FourEyes(
            Eyes.UNKNOWN,
            f"Whether {merger} is another person than who approved it is not known: nobody in "
            "Slack has that login.",
        )
    if not agreed:
        return FourEyes(Eyes.ONE, f"Nobody but {merger} saw it.")
    return FourEyes(Eyes.TWO, f"{merger} merged it, and somebody else approved it.")


def _of_added_commits(committers: Collection[str], merger: str) -> FourEyes:
    named = ", ".join(sorted(committers))
    others = {each.casefold() for each in committers} - {merger.casefold()}
    if merger and len(others) == len({each.casefold() for each in committers}):
        return FourEyes(Eyes.TWO, f"{named} added commits to it, and {merger} merged it.")
    return FourEyes(Eyes.ONE, f"{named} added commits to it that nobody else has approved.")
