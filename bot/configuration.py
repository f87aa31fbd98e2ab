"""The configuration file `finops.yml`: estate, repositories, teams, guardrails, schedule.

A wrong file is refused whole, naming line and key (see `finops.config_file`).
"""

from decimal import Decimal
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator, model_validator

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
from bot.people_sections import (
    ApprovalLevelSection,
    ApproversSection,
    PersonSection,
    TeamSection,
)
from bot.schedule_section import ScheduleSection
from finops.config_file import load_checked
from finops.domain.errors import InvalidInput
from finops.domain.identities import Person
from finops.domain.people import Directory, Team
from finops.finops_engine import Pace
from finops.guardrails import GuardrailSettings
from finops.rightsizing.modes import Mode, ModeChoice


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
