"""People and teams of `finops.yml`: who owns, who approves from when on, and who is who."""

from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, Field

from bot.estate_sections import Section
from bot.schedule_section import known_zone
from finops.domain.people import ApprovalLevel, Approvers


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
    time_zone: Annotated[str, AfterValidator(known_zone)] = ""


class PersonSection(Section):
    """One person; the Slack user id is the key."""

    # As it stands in the address of the profile.
    github: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$")
