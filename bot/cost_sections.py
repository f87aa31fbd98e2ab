"""The sections of `finops.yml` about cost: Cost Explorer, and what a unit is."""

from typing import Self

from pydantic import Field, model_validator

from bot.estate_sections import AwsLogin, Section


class CostExplorerSection(AwsLogin):
    """Cost Explorer of an account, for an organisation the management account: $0.01 a request."""

    requests_per_day: int = Field(default=50, ge=1, le=1000)
    # The activated cost allocation tag whose values are teams.
    team_tag: str = Field(default="team", min_length=1, max_length=128)


class UnitCostSection(Section):
    """What a team or namespace serves, so that cost is also told for `per` of it.

    `query` is PromQL that counts the day before the moment it is evaluated at:
    `sum(increase(http_requests_total{namespace="shop"}[1d]))`. `cluster` names whose Prometheus is
    asked, where several have one.
    """

    name: str = Field(min_length=1, max_length=60)
    query: str = Field(min_length=1, max_length=2000)
    per: int = Field(default=1000, ge=1, le=1_000_000_000)
    team: str = ""
    namespace: str = ""
    cluster: str = ""

    @model_validator(mode="after")
    def _of_one(self) -> Self:
        if self.team and self.namespace:
            raise ValueError(f"unit cost {self.name} has a team and a namespace; give one of them")
        return self
