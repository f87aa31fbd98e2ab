"""The guardrail settings of an installation, with what single teams have different."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from finops.guardrail_policies.decision import GuardrailVerdict
from finops.guardrail_policies.windows import ChangeWindow

_STRICT = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
# 02:00-06:00 is the quiet time of most estates; prod is how half of them write production.
_QUIET_HOURS = (ChangeWindow(hours="02:00-06:00"),)
_PROTECTED = {
    "production": GuardrailVerdict.REQUIRE_APPROVAL,
    "prod": GuardrailVerdict.REQUIRE_APPROVAL,
    "critical": GuardrailVerdict.DENY,
}


class ChangeWindows(BaseModel):
    """When changes are welcome, and what happens at other times; no windows means no limit."""

    model_config = _STRICT

    windows: tuple[ChangeWindow, ...] = _QUIET_HOURS
    outside: GuardrailVerdict = GuardrailVerdict.REQUIRE_APPROVAL

    @field_validator("outside")
    @classmethod
    def _outside_objects(cls, value: GuardrailVerdict) -> GuardrailVerdict:
        if value is GuardrailVerdict.ALLOW:
            raise ValueError("should be require_approval or deny; for no limit write windows: []")
        return value


class ApprovalRules(BaseModel):
    """How many people must agree: `required` always, and two from these dollars or risk on.

    Dollars are a month's saving or cost, the risk is 0-1; unset keys ask for nobody more. With
    `four_eyes` whoever merges must be another person than the one who approved.
    """

    model_config = _STRICT

    required: int = Field(default=1, ge=1, le=5)
    two_from_usd_per_month: Decimal | None = Field(default=None, ge=0)
    two_from_risk: float | None = Field(default=None, ge=0, le=1)
    four_eyes: bool = False


class GuardrailRules(BaseModel):
    """The limits of one team. The name of a field is its name in the file and in each sentence.

    Dollars are a month's saving, cashable or freed, whichever is larger. Shares, confidence and
    risk are 0-1. A protected tag matches a tag key of that name unless its value says no, and a
    tag value of that name, whatever the case: `critical: "true"`, `tier=critical`.
    """

    model_config = _STRICT

    max_changes_per_day: int = Field(default=10, ge=0)
    max_saving_usd_per_day: Decimal = Field(default=Decimal(5000), ge=0)
    max_single_change_usd_per_month: Decimal = Field(default=Decimal(1000), ge=0)
    max_single_change_percent: float = Field(default=75, ge=0, le=100)
    protected_tags: Mapping[str, GuardrailVerdict] = _PROTECTED
    change_windows: ChangeWindows = ChangeWindows()
    min_confidence: float = Field(default=0.6, ge=0, le=1)
    max_risk: float = Field(default=0.7, ge=0, le=1)
    max_risk_without_approval: float = Field(default=0.4, ge=0, le=1)
    max_replicas_per_change: int = Field(default=50, ge=0)
    max_share_of_team_workloads_per_day: float = Field(default=0.25, ge=0, le=1)
    max_namespaces_per_day: int = Field(default=5, ge=0)
    max_evidence_age_hours: float = Field(default=48, gt=0)
    auto_approve: bool = False
    approvals: ApprovalRules = ApprovalRules()
    # Let the code host merge by itself once every required check has passed; only for what no
    # policy objects to, and never where the main branch requires no check.
    auto_merge: bool = False

    @field_validator("protected_tags")
    @classmethod
    def _tags_in_small_letters(
        cls, value: Mapping[str, GuardrailVerdict]
    ) -> Mapping[str, GuardrailVerdict]:
        tags = [tag.strip().lower() for tag in value]
        if "" in tags:
            raise ValueError("should not name an empty tag: it would protect every empty value")
        if twice := next((tag for tag in tags if tags.count(tag) > 1), ""):
            raise ValueError(f"names the tag {twice} twice; capitals make no difference")
        return dict(zip(tags, value.values(), strict=True))


class GuardrailSettings(GuardrailRules):
    """The limits for everybody, and under `teams` only what is different for a team."""

    teams: Mapping[str, GuardrailRules] = {}

    def rules_for(self, team: str) -> GuardrailRules:
        """The team's rules: defaults, overlaid by the file, overlaid by the team's named keys.

        Mappings are merged key by key, so a file with one more protected tag keeps the others;
        `critical: allow` takes one off. Lists are replaced whole.
        """
        merged = overlaid(GuardrailRules().model_dump(), _named(self, without="teams"))
        if team in self.teams:
            merged = overlaid(merged, _named(self.teams[team]))
        return GuardrailRules.model_validate(merged)


DEFAULT = GuardrailSettings()


def _named(rules: BaseModel, *, without: str = "") -> dict[str, Any]:
    """Only what somebody wrote down, at every depth."""
    return rules.model_dump(exclude_unset=True, exclude={without} if without else None)


def overlaid(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """`above` over `below`, key by key at every depth; lists are replaced whole."""
    merged = dict(below)
    for key, value in above.items():
        under = merged.get(key)
        both = isinstance(under, Mapping) and isinstance(value, Mapping)
        merged[key] = overlaid(under, value) if both and under is not None else value
    return merged
