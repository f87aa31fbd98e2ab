"""The one line of an opportunity's evidence that says whose it is and how that is known."""

from dataclasses import replace

from finops.domain.opportunity import Evidence, Opportunity
from finops.domain.people import UNKNOWN_TEAM

OWNER = "owner"
_SOURCE = "owners"


def with_owner(opportunity: Opportunity, team: str, rule: str) -> Opportunity:
    """The opportunity with that team, and `owner | shop, by team=shop on the Deployment`.

    For an unknown team `rule` says why nobody was found.
    """
    value = f"nobody: {rule}" if team == UNKNOWN_TEAM else f"{team}, {rule}"
    return replace(
        opportunity,
        team=team,
        evidence=(
            *(fact for fact in opportunity.evidence if fact.label != OWNER),
            *([Evidence(OWNER, value, _SOURCE)] if rule else []),
        ),
    )


def owner_rule(opportunity: Opportunity) -> str:
    """What `with_owner` was given; empty for an opportunity that came without."""
    for fact in opportunity.evidence:
        if fact.label == OWNER:
            team = "nobody: " if opportunity.team == UNKNOWN_TEAM else f"{opportunity.team}, "
            return fact.value.removeprefix(team)
    return ""
