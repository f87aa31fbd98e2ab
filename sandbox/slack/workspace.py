"""Who and what a sandbox workspace consists of: values only, fixed when the sandbox starts."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

BOT_SCOPES = frozenset(
    {
        "commands",
        "chat:write",
        "im:write",
        "usergroups:read",
        "users:read",
        "users:read.email",
        "files:read",
        "files:write",
    }
)
"""What an app with every optional feature of finops-bot switched on is granted."""


def slack_id(prefix: str, *seed: str) -> str:
    """An id that looks like Slack's (`U0A1B2C3D4`), the same for the same seed."""
    number = int.from_bytes(hashlib.sha256("/".join(seed).encode()).digest()[:8], "big")
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    letters = ""
    for _ in range(9):
        number, rest = divmod(number, 36)
        letters += alphabet[rest]
    return f"{prefix}0{letters}"


@dataclass(frozen=True, slots=True)
class User:
    """A person; `role` is the sentence the persona switcher shows, `tz` an IANA name."""

    id: str
    name: str
    real_name: str
    role: str = ""
    title: str = ""
    tz: str = "Etc/UTC"
    color: str = "4a6fa5"
    email: str = ""
    is_bot: bool = False
    deleted: bool = False
    is_admin: bool = False
    is_owner: bool = False

    @property
    def email_address(self) -> str:
        """The address `users.lookupByEmail` knows this person by."""
        return self.email or f"{self.name}@example.com"


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel. `members` are user ids; nobody listed means that everybody is in it."""

    id: str
    name: str
    is_private: bool = False
    bot_is_member: bool = True
    members: tuple[str, ...] = ()
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class UserGroup:
    """A user group such as @finops-approvers; `handle` is without the @."""

    id: str
    handle: str
    name: str
    user_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Workspace:
    """A whole workspace with one app installed in it."""

    team_id: str
    name: str
    users: tuple[User, ...]
    channels: tuple[Channel, ...]
    user_groups: tuple[UserGroup, ...] = ()
    bot_user_id: str = "U0FINOPSBOT"
    bot_name: str = "finops-bot"
    scopes: frozenset[str] = field(default=BOT_SCOPES)

    @property
    def domain(self) -> str:
        """The part before `.slack.com` in a real workspace."""
        return "".join(c if c.isalnum() else "-" for c in self.name.lower()).strip("-")

    @property
    def app_id(self) -> str:
        """The id of the app, as interaction payloads carry it."""
        return slack_id("A", self.team_id, "app")

    @property
    def bot_id(self) -> str:
        """The id of the bot that posts for the app (`B…`, not a user id)."""
        return slack_id("B", self.team_id, "bot")

    @property
    def bot(self) -> User:
        """The bot as a user."""
        return User(self.bot_user_id, self.bot_name, self.bot_name, "app", is_bot=True)

    def user(self, user_id: str) -> User | None:
        """The person or bot with this id."""
        return _first(self.everybody, user_id)

    @property
    def everybody(self) -> tuple[User, ...]:
        """All people, and the bot."""
        return (*self.users, self.bot)

    def channel(self, channel_id: str) -> Channel | None:
        """The channel with this id."""
        return next((c for c in self.channels if c.id == channel_id), None)

    def channel_named(self, name: str) -> Channel | None:
        """The channel with this name, with or without a leading #."""
        return next((c for c in self.channels if c.name == name.removeprefix("#")), None)

    def members(self, channel: Channel) -> tuple[str, ...]:
        """The people in a channel, without the bot."""
        return channel.members or tuple(u.id for u in self.users if not u.deleted)

    def dm_id(self, user_id: str) -> str:
        """The id of the direct message channel between this person and the bot, always the same."""
        return slack_id("D", self.team_id, user_id)

    def dm_user(self, channel_id: str) -> User | None:
        """The person a direct message channel belongs to."""
        return next((u for u in self.users if self.dm_id(u.id) == channel_id), None)


def _first(users: Iterable[User], user_id: str) -> User | None:
    return next((u for u in users if u.id == user_id), None)


def example_workspace() -> Workspace:
    """Five people, three channels and an approver group: enough to try every part of the page."""
    team = "T0SANDBOX01"
    dana = User("U0DANA00001", "dana", "Dana Okafor", "owner", "Payments engineer", color="c05621")
    priya = User("U0PRIYA0001", "priya", "Priya Raman", "approver", "FinOps lead", color="2b6cb0")
    liam = User("U0LIAM00001", "liam", "Liam Berg", "leader", "VP Engineering", color="6b46c1")
    mei = User(
        "U0MEI000001",
        "mei",
        "Mei Tanaka",
        "platform",
        "Platform engineer",
        color="2f855a",
        is_admin=True,
    )
    omar = User("U0OMAR00001", "omar", "Omar Haddad", "outsider", "Marketing", color="97266d")
    return Workspace(
        team_id=team,
        name="Sandbox workspace",
        users=(dana, priya, liam, mei, omar),
        channels=(
            Channel("C0GENERAL01", "general", bot_is_member=False, purpose="Everybody"),
            Channel("C0PAYMENTS1", "payments", purpose="Payments team"),
            Channel(
                "C0FINOPS001",
                "finops",
                is_private=True,
                members=(dana.id, priya.id, liam.id, mei.id),
                purpose="Spend and savings",
            ),
        ),
        user_groups=(
            UserGroup("S0APPROVERS", "finops-approvers", "FinOps approvers", (priya.id,)),
        ),
    )
