"""The configuration file `finops.yml`: estate, repositories, teams, guardrails, schedule.

A wrong file is refused whole, naming line and key (see `finops.config_file`).
"""

from datetime import time
from decimal import Decimal
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, ValidationInfo, field_validator, model_validator

from bot.bill_section import BillSection
from bot.cost_sections import CostExplorerSection, UnitCostSection
from bot.currency_section import CurrencySection
from bot.estate_sections import (
    AccountSection,
    ClusterSection,
    OwnersSection,
    PricesSection,
    RepositorySection,
    Section,
)
from bot.timetable import Timetable
from finops.config_file import load_checked
from finops.domain.errors import InvalidInput
from finops.domain.identities import Person
from finops.domain.people import ApprovalLevel, Approvers, Directory, Team
from finops.domain.sending import SendingHours
from finops.finops_engine import Pace
from finops.guardrails import GuardrailSettings
from finops.rightsizing.modes import Mode, ModeChoice

_QUIET_HOURS = r"^(([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d)?$"


class ApproversSection(Section):
    """Who may approve: Slack user ids and user group ids."""

    users: list[str] = []
    user_groups: list[str] = []

    def to_domain(self) -> Approvers:
        """As the domain knows them."""
        return Approvers(tuple(self.users), tuple(self.user_groups))


class ApprovalLevelSection(Section):
    """Who approves what saves at least so much or is at least so risky, instead of the team."""

    from_usd_per_month: Decimal = Field(default=Decimal(0), ge=0)
    from_risk: float = Field(default=0, ge=0, le=1)
    approvers: ApproversSection

    def to_domain(self) -> ApprovalLevel:
        """As the domain knows it."""
        return ApprovalLevel(
            approvers=self.approvers.to_domain(),
            from_usd_per_month=self.from_usd_per_month,
            from_risk=self.from_risk,
        )


def _known_zone(name: str) -> str:
    """The name as it is, or an error that names an example."""
    try:
        ZoneInfo(name or "UTC")
    except (KeyError, ValueError, OSError) as error:
        raise ValueError("no IANA time zone such as Europe/Berlin") from error
    return name


class TeamSection(Section):
    """One team; its name is the key, as the estate's labels write it."""

    channel: str = ""
    # Mentioned on the team's cards; without a channel they go to the triage channel and name it.
    user_group: str = Field(default="", pattern=r"^(S[A-Z0-9]{5,20})?$")
    owners: list[str] = []
    approvers: ApproversSection = ApproversSection()
    approval_levels: list[ApprovalLevelSection] = []
    namespaces: list[str] = []
    # Other spellings of its name in labels, tags, CODEOWNERS and Backstage.
    aliases: list[str] = []
    # Its wall clock, for quiet hours and weekly messages; the schedule's where nothing is said.
    time_zone: Annotated[str, AfterValidator(_known_zone)] = ""


class PersonSection(Section):
    """One person; the Slack user id is the key."""

    # As it stands in the address of the profile.
    github: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$")


class ScheduleSection(Section):
    """When cycles, digests and plans are due, and when nobody is written to unasked.

    Hours are local to `time_zone`, or to the team's own. `quiet_hours: ""` means none.
    """

    cycle_every_hours: int = Field(default=24, ge=1, le=168)
    digest_weekday: int = Field(default=0, ge=0, le=6, description="0 is Monday")
    digest_hour: int = Field(default=9, ge=0, le=23)
    plan_weekday: int = Field(default=0, ge=0, le=6, description="0 is Monday")
    plan_hour: int = Field(default=9, ge=0, le=23)
    quiet_hours: str = Field(default="20:00-07:00", pattern=_QUIET_HOURS)
    time_zone: Annotated[str, Field(min_length=1), AfterValidator(_known_zone)] = "UTC"
    # Of channels whose clock is another one.
    time_zones: dict[Annotated[str, Field(pattern=r"^[CG][A-Z0-9]{5,20}$")], str] = {}
    weekly_digest: bool = True
    # On the first working day, of the calendar month before.
    monthly_digest: bool = True

    def timetable(self) -> Timetable:
        """When cycles and digests are due."""
        return Timetable(
            cycle_every_hours=self.cycle_every_hours,
            digest_weekday=self.digest_weekday,
            digest_hour=self.digest_hour,
            time_zone=self.time_zone,
            time_zones=self.time_zones,
            weekly_digest=self.weekly_digest,
            monthly_digest=self.monthly_digest,
        )

    def hours(self) -> SendingHours:
        """When people may be written to, as the engine knows it."""
        begin, _, end = (self.quiet_hours or "00:00-00:00").partition("-")
        return SendingHours(
            time_zone=self.time_zone,
            quiet_from=time.fromisoformat(begin),
            quiet_until=time.fromisoformat(end),
            plan_weekday=self.plan_weekday,
            plan_hour=self.plan_hour,
        )

    @field_validator("time_zones")
    @classmethod
    def _known_zones(cls, zones: dict[str, str]) -> dict[str, str]:
        for name in zones.values():
            _known_zone(name)
        return zones


class RightsizingSection(Section):
    """How lean requests may be: `safe` or `lean`, for everybody, a team or a kind of workload."""

    mode: Mode = Mode.SAFE
    teams: dict[str, Mode] = {}
    kinds: dict[str, Mode] = {}
    # Let a heap that -Xmx names fall with the memory around it, in the same pull request.
    scale_jvm_heap: bool = False

    def to_domain(self) -> ModeChoice:
        """As detectors know it."""
        return ModeChoice(
            default=self.mode,
            teams=self.teams,
            kinds=self.kinds,
            scales_heap=self.scale_jvm_heap,
        )


class PaceSection(Section):
    """How long the engine waits, and how much it says a day."""

    verify_after_days: int = Field(default=7, ge=1, le=60)
    give_up_verifying_after_days: int = Field(default=35, ge=7, le=120)
    expire_after_days: int = Field(default=14, ge=1, le=90)
    forget_after_days: int = Field(default=7, ge=1, le=60)
    cards_per_channel_per_day: int = Field(default=10, ge=1, le=100)
    cooldown_days: int = Field(default=14, ge=0, le=90)
    # Smaller proposals wait for the plan of the week; 0 gives each a card of its own.
    card_from_usd_per_month: Decimal = Field(default=Decimal(50), ge=0)
    pause_team_after_days: int = Field(default=90, ge=0, le=365)


class Configuration(Section):
    """The whole file."""

    instance: str = Field(default="default", min_length=1, max_length=40)
    clusters: list[ClusterSection] = []
    accounts: list[AccountSection] = []
    prices: PricesSection = PricesSection()
    owners: OwnersSection = OwnersSection()
    repositories: list[RepositorySection] = []
    teams: dict[Annotated[str, Field(min_length=1, max_length=100)], TeamSection] = {}
    # Who is who on the code host; people may state their own login in Slack where nothing is said.
    people: dict[Annotated[str, Field(pattern=r"^[UW][A-Z0-9]{5,20}$")], PersonSection] = {}
    default_approvers: ApproversSection = ApproversSection()
    approval_levels: list[ApprovalLevelSection] = []
    # Platform engineers: they may change in Slack what this file leaves open.
    platform: ApproversSection = ApproversSection()
    # Members of user groups for workspaces on a plan without user groups.
    user_group_members: dict[str, list[str]] = {}
    triage_channel: str = ""
    leadership_channel: str = ""
    # The digest's other editions, each in a channel of its readers.
    cfo_channel: str = ""
    cto_channel: str = ""
    guardrails: GuardrailSettings = GuardrailSettings()
    schedule: ScheduleSection = ScheduleSection()
    pace: PaceSection = PaceSection()
    currency: CurrencySection = CurrencySection()
    rightsizing: RightsizingSection = RightsizingSection()
    bill: BillSection | None = None
    cost_explorer: CostExplorerSection | None = None
    unit_costs: list[UnitCostSection] = []

    @field_validator("clusters", "accounts")
    @classmethod
    def _each_has_its_name(
        cls, sections: list[ClusterSection] | list[AccountSection], info: ValidationInfo
    ) -> list[ClusterSection] | list[AccountSection]:
        names = [section.name for section in sections]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"two {info.field_name} have the name {', '.join(twice)}")
        return sections

    @model_validator(mode="after")
    def _names_differ(self) -> "Configuration":
        both = {c.name for c in self.clusters} & {a.name for a in self.accounts}
        if both:
            raise ValueError(f"a cluster and an account have the name {', '.join(sorted(both))}")
        return self

    @model_validator(mode="after")
    def _repositories_are_known(self) -> "Configuration":
        names = {r.name or r.github or r.local for r in self.repositories}
        for cluster in self.clusters:
            if cluster.repository and cluster.repository not in names:
                raise ValueError(
                    f"cluster {cluster.name} names the repository {cluster.repository!r}, which is "
                    f"not under repositories: {', '.join(sorted(names)) or 'there is none'}"
                )
        return self

    @model_validator(mode="after")
    def _nobody_shares(self) -> "Configuration":
        """A spelling or a namespace of two teams would go to whichever stands first."""
        names = ((n, name) for name, t in self.teams.items() for n in (name, *t.aliases))
        namespaces = ((n, name) for name, t in self.teams.items() for n in t.namespaces)
        for what, pairs in (("are called", names), ("have the namespace", namespaces)):
            seen: dict[str, str] = {}
            for word, team in pairs:
                other = seen.setdefault(word.strip().casefold(), team)
                if other != team:
                    raise ValueError(f"teams {other} and {team} both {what} {word!r}")
        return self

    @model_validator(mode="after")
    def _nobody_shares_a_login(self) -> "Configuration":
        """One login of two people would make one of them invisible."""
        seen: dict[str, str] = {}
        for user, person in self.people.items():
            other = seen.setdefault(person.github.casefold(), user)
            if other != user:
                raise ValueError(f"people {other} and {user} both have the login {person.github}")
        return self

    def team_spellings(self) -> dict[str, str]:
        """Every name and alias of a team, and the team."""
        return {word: n for n, team in self.teams.items() for word in (n, *team.aliases)}

    def to_pace(self) -> Pace:
        """How long the engine waits, and what it says when."""
        return Pace(**self.pace.model_dump(), hours=self.schedule.hours())

    def directory(self) -> Directory:
        """Teams and channels as the domain knows them."""
        return Directory(
            teams=tuple(
                Team(
                    name=name,
                    channel=team.channel,
                    user_group=team.user_group,
                    owners=tuple(team.owners),
                    approvers=team.approvers.to_domain(),
                    approval_levels=tuple(each.to_domain() for each in team.approval_levels),
                    aliases=tuple(team.aliases),
                    namespaces=tuple(team.namespaces),
                    time_zone=team.time_zone,
                )
                for name, team in self.teams.items()
            ),
            default_approvers=self.default_approvers.to_domain(),
            approval_levels=tuple(each.to_domain() for each in self.approval_levels),
            platform=self.platform.to_domain(),
            triage_channel=self.triage_channel,
            leadership_channel=self.leadership_channel,
            cfo_channel=self.cfo_channel,
            cto_channel=self.cto_channel,
            people=tuple(Person(user, each.github) for user, each in self.people.items()),
        )


def load_configuration(path: Path | None) -> Configuration:
    """Read `finops.yml`; without a file the defaults, with which nobody may approve anything."""
    if path is None:
        return Configuration()
    try:
        text = path.read_bytes()
    except OSError as error:
        raise InvalidInput(
            f"The configuration file {path} cannot be read: {error.strerror}. Set FINOPS_CONFIG to "
            "a readable file."
        ) from error
    return load_checked(text, Configuration, source=str(path))
