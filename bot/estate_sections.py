"""The sections of `finops.yml` that say what the estate is and where it is read."""

import re
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from finops.domain.manners import DEFAULT_MANNERS, Manners, RebaseWhen
from finops.owners.owner import OwnerRules
from finops.sources.aws.clients import Login
from finops.sources.prometheus.usage import STARTUP_MINUTES

_OWNER_AND_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+")
_ROLE = r"^(arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]+)?$"


class Section(BaseModel):
    """What all sections share: no unknown keys, no change after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class MannersSection(Section):
    """How finops-bot behaves in a repository; 0 switches a limit or a rule off.

    `finops/domain/manners.py` has the reasons for the defaults.
    """

    max_open: int = Field(default=DEFAULT_MANNERS.max_open, ge=0, le=1000)
    max_per_hour: int = Field(default=DEFAULT_MANNERS.max_per_hour, ge=0, le=1000)
    # One pull request for what a team has approved, instead of one for each.
    group_by_team: bool = DEFAULT_MANNERS.group_by_team
    draft: bool = DEFAULT_MANNERS.draft
    labels: list[Annotated[str, Field(min_length=1, max_length=50)]] = list(DEFAULT_MANNERS.labels)
    reviewers_from_codeowners: bool = DEFAULT_MANNERS.reviewers_from_codeowners
    # conflicted: when its own files moved on; behind: when anything did.
    rebase_when: RebaseWhen = DEFAULT_MANNERS.rebase_when
    stale_after_days: int = Field(default=DEFAULT_MANNERS.stale_after_days, ge=0, le=365)
    dashboard: bool = DEFAULT_MANNERS.dashboard

    def to_domain(self) -> Manners:
        """As the engine takes them."""
        return Manners(**self.model_dump() | {"labels": tuple(self.labels)})


class RepositorySection(Section):
    """A repository with the estate's source: `github: owner/name` or `local: path`.

    `base_url` is another one for GitHub Enterprise: `https://github.example.com/api/v3`.
    """

    name: str = ""
    github: str = ""
    local: str = ""
    base_url: str = Field(default="https://api.github.com", pattern=r"^https?://[^\s/]+")
    pull_requests: MannersSection = MannersSection()

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if bool(self.github) == bool(self.local):
            raise ValueError("give either github: owner/name or local: a path")
        if self.github and not _OWNER_AND_NAME.fullmatch(self.github):
            raise ValueError(f"github is {self.github!r}; write owner/name, without an address")
        if self.local and not Path(self.local).is_dir():
            raise ValueError(f"local is {self.local!r}, which is no folder here")
        return self


class SigV4Section(Section):
    """Signing for Amazon Managed Prometheus; credentials come from AWS's own chain."""

    region: str = Field(min_length=1)
    service: str = "aps"
    role_arn: str = Field(default="", pattern=_ROLE)


class PrometheusSection(Section):
    """A PromQL endpoint: Prometheus, Thanos, Mimir, VictoriaMetrics, Amazon Managed Prometheus."""

    url: str = Field(pattern=r"^https?://[^\s/]+")
    headers: dict[str, str] = {}
    # Label matchers where one server holds several clusters, such as cluster: prod.
    matchers: dict[str, str] = {}
    sigv4: SigV4Section | None = None
    # How many questions at once; a shared server has other users.
    concurrency: int = Field(default=2, ge=1, le=16)
    timeout_seconds: float = Field(default=60, ge=1, le=600)
    # What a container uses in its first minutes does not size its CPU request; 0: it does.
    startup_minutes: int = Field(default=STARTUP_MINUTES, ge=0, le=60)


class EksSection(Section):
    """A cluster reached through the EKS API instead of a kubeconfig."""

    name: str = Field(min_length=1)
    region: str = Field(min_length=1)
    role_arn: str = Field(default="", pattern=_ROLE)


class KubernetesSection(Section):
    """How the API server is reached: a kubeconfig context, from inside, or through EKS."""

    context: str = ""
    kubeconfig: str = ""
    in_cluster: bool = False
    eks: EksSection | None = None
    page_size: int = Field(default=500, ge=10, le=5000)
    timeout_seconds: float = Field(default=60, ge=1, le=600)
    # Sample metrics.k8s.io where there is no Prometheus.
    metrics_api: bool = False

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        ways = [bool(self.context or self.kubeconfig), self.in_cluster, self.eks is not None]
        if sum(ways) > 1:
            raise ValueError("give one of context (with kubeconfig), in_cluster, or eks")
        return self


class AwsLogin(Section):
    """Whose AWS account: AWS's own chain or a profile, then a role where one is named."""

    role_arn: str = Field(default="", pattern=_ROLE)
    external_id: str = ""
    profile: str = ""
    endpoint_url: str = ""

    def login(self, region: str) -> Login:
        """As the AWS adapters know it; `region` is where STS is asked."""
        return Login(
            profile=self.profile,
            role_arn=self.role_arn,
            external_id=self.external_id,
            region=region,
            endpoint_url=self.endpoint_url,
        )


class AwsSection(AwsLogin):
    """Which AWS regions of a cluster to read."""

    regions: list[str] = Field(default=["us-east-1"], min_length=1)
    # What EKS calls the cluster, where that is not its name here.
    eks_name: str = Field(default="", max_length=100)


class AccountSection(AwsLogin):
    """An AWS account whose resources are read; `regions: [all]` asks which ones are enabled."""

    name: str = Field(min_length=1, max_length=100)
    regions: list[str] = Field(default=["all"], min_length=1)
    # How many days of CloudWatch metrics decide what is idle; 0 asks for none.
    metric_days: int = Field(default=14, ge=0, le=60)


class ClusterSection(Section):
    """One cluster: where its manifests, what runs, its usage and its machines are read."""

    name: str = Field(min_length=1, max_length=100)
    repository: str = ""
    default_namespace: str = "default"
    # Parts of the repository that belong to this cluster, such as clusters/prod; empty: all of it.
    folders: list[str] = []
    kubernetes: KubernetesSection | None = None
    prometheus: PrometheusSection | None = None
    aws: AwsSection | None = None
    window_days: int = Field(default=14, ge=1, le=90)

    @model_validator(mode="after")
    def _has_workloads(self) -> Self:
        if not self.repository and self.kubernetes is None:
            raise ValueError(
                f"cluster {self.name} needs kubernetes: (what runs), repository: (what is "
                "declared), or both"
            )
        return self


class PricesSection(Section):
    """Where prices come from when the bill does not say, and what is taken off them."""

    # Ask the AWS Price List API; answers are kept with their date.
    price_list_api: bool = False
    # A private discount on everything (EDP), in percent of the list price.
    discount_percent: float = Field(default=0, ge=0, lt=100)


class OwnersSection(Section):
    """How the owner of a resource is found; `finops/owners` has the rules and their order."""

    label_keys: list[str] = ["team"]
    tag_keys: list[str] = ["team", "owner"]
    codeowners: bool = True
    backstage: bool = True

    def to_domain(self) -> OwnerRules:
        """As the engine takes them."""
        return OwnerRules(
            label_keys=tuple(self.label_keys),
            tag_keys=tuple(self.tag_keys),
            codeowners=self.codeowners,
            backstage=self.backstage,
        )
