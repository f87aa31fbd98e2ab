"""Who owns and who may decide: teams, approvers and the person behind a click."""

from dataclasses import dataclass, field
from decimal import Decimal

from finops.domain.identities import Person

UNKNOWN_TEAM = "unknown"


@dataclass(frozen=True, slots=True)
class Approvers:
    """People and user groups who may approve. Both empty means nobody may."""

    users: tuple[str, ...] = ()
    user_groups: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.users or self.user_groups)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalLevel:
    """Who approves what is large or risky, instead of the team's approvers.

    It is about changes of at least so many dollars a month and at least this risk (0-1).
    """

    approvers: Approvers
    from_usd_per_month: Decimal = Decimal(0)
    from_risk: float = 0.0

    def is_about(self, usd_per_month: Decimal, risk: float) -> bool:
        """Whether a change of that size and risk is one of them."""
        return usd_per_month >= self.from_usd_per_month and risk >= self.from_risk


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """A team as the estate's labels name it, and where it is found in chat.

    `aliases` are other spellings of its name in labels, tags and files; `namespaces` are its own
    where nothing on an object says more. `user_group` is mentioned on its cards. `time_zone` is the
    IANA name of its wall clock; empty for the installation's.
    """

    name: str
    channel: str = ""
    user_group: str = ""
    owners: tuple[str, ...] = ()
    approvers: Approvers = field(default_factory=Approvers)
    approval_levels: tuple[ApprovalLevel, ...] = ()
    aliases: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()
    time_zone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Where a team is reached: in a channel, or one person in direct messages. Both may be empty.

    `user_group` is whom a card there mentions, or empty.
    """

    channel: str = ""
    person: str = ""
    user_group: str = ""

    @property
    def place(self) -> str:
        """The id of the channel or the person."""
        return self.channel or self.person


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """All teams, plus where unowned waste and leaders' digests go."""

    teams: tuple[Team, ...] = ()
    default_approvers: Approvers = field(default_factory=Approvers)
    approval_levels: tuple[ApprovalLevel, ...] = ()
    # Who sets channels, teams and limits.
    platform: Approvers = field(default_factory=Approvers)
    triage_channel: str = ""
    leadership_channel: str = ""
    cfo_channel: str = ""
    cto_channel: str = ""
    # Whose login on the code host the configuration file says.
    people: tuple[Person, ...] = ()

    @property
    def digest_channels(self) -> tuple[tuple[str, str], ...]:
        """Each channel that gets a digest with the name of its edition."""
        places = (
            (self.leadership_channel, "leaders"),
            (self.cfo_channel, "cfo"),
            (self.cto_channel, "cto"),
        )
        return tuple(place for place in places if place[0])

    def team(self, name: str) -> Team:
        """The team of that name; an unknown one goes to the triage channel, never dropped."""
        for team in self.teams:
            if team.name == name:
                return team
        return Team(name=name, channel=self.triage_channel)

    def approvers_of(self, team_name: str) -> Approvers:
        """The team's own approvers, else the default ones; empty means nobody may."""
        return self.team(team_name).approvers or self.default_approvers

    def approvers_at(self, team_name: str, *, usd_per_month: Decimal, risk: float) -> Approvers:
        """Who approves a change of this size and risk: the last level that is about it decides.

        A team's own levels come after everybody's, and without any its approvers do.
        """
        about = [each for each in self._levels(team_name) if each.is_about(usd_per_month, risk)]
        return about[-1].approvers if about else self.approvers_of(team_name)

    def every_approver_of(self, team_name: str) -> Approvers:
        """Whoever may approve anything of a team: its approvers, and those of every level."""
        levels = [level.approvers for level in self._levels(team_name)]
        everybody = (self.approvers_of(team_name), *levels)
        users = (user for each in everybody for user in each.users)
        groups = (group for each in everybody for group in each.user_groups)
        return Approvers(tuple(dict.fromkeys(users)), tuple(dict.fromkeys(groups)))

    def _levels(self, team_name: str) -> tuple[ApprovalLevel, ...]:
        return (*self.approval_levels, *self.team(team_name).approval_levels)

    def knows(self, team_name: str) -> bool:
        """Whether a team of that name is configured."""
        return any(team.name == team_name for team in self.teams)

    def knows_whatever_case(self, team_name: str) -> bool:
        """The same for a name that a person has typed."""
        return any(team.name.casefold() == team_name.casefold() for team in self.teams)

    def contact_of(self, team_name: str) -> Contact:
        """Its channel, its user group in the triage channel, its first owner, or triage.

        In this order. A card has one place: of several owners without a channel it has the first.
        """
        team = self.team(team_name)
        if team.channel or (team.user_group and self.triage_channel):
            channel = team.channel or self.triage_channel
            return Contact(channel=channel, user_group=team.user_group)
        if team.owners:
            return Contact(person=team.owners[0])
        return Contact(channel=self.triage_channel)


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a person has chosen for themselves: daily messages, and the IANA name of their clock.

    `home` names the view of their start page; empty, it follows from what they do for their teams.
    """

    wants_messages: bool = True
    time_zone: str = ""
    home: str = ""


@dataclass(frozen=True, slots=True)
class Actor:
    """The person behind a click or command, with the user groups they were just seen in.

    `name` is what pull requests call them; empty when nobody said.
    """

    id: str
    user_groups: frozenset[str] = frozenset()
    name: str = ""

    def is_among(self, approvers: Approvers) -> bool:
        """Whether this person is one of them, by name or by group."""
        return self.id in approvers.users or bool(
            self.user_groups.intersection(approvers.user_groups)
        )
