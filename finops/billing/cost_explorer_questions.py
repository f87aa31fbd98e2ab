"""What is asked of AWS Cost Explorer, as values, and the request that each becomes. Pure.

Answers are effective cost (`AmortizedCost`: commitments spread over the hours they cover), what was
billed (`UnblendedCost`), and how much was used. Discounts and credits are lines of their own in all
of them, so the sums are right without the `Net…` metrics, which not every account has.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from finops.domain.errors import InvalidInput

EFFECTIVE, BILLED, USED = "AmortizedCost", "UnblendedCost", "UsageQuantity"
# Who sets them: EKS itself on what it makes, EKS for managed node groups, eksctl, the cloud
# provider and Karpenter on machines, the load balancer controller on load balancers.
CLUSTER_TAGS = ("aws:eks:cluster-name", "eks:cluster-name", "alpha.eksctl.io/cluster-name")
CLUSTER_TAGS_OF_OTHERS = ("KubernetesCluster", "eks:eks-cluster-name", "elbv2.k8s.aws/cluster")
_LONGEST_TAG_KEY = 128


class Step(StrEnum):
    """How finely an answer is cut."""

    DAILY = "DAILY"
    MONTHLY = "MONTHLY"


class Dimension(StrEnum):
    """What Cost Explorer can group by besides tags."""

    SERVICE = "SERVICE"
    ACCOUNT = "LINKED_ACCOUNT"
    REGION = "REGION"
    USAGE_TYPE = "USAGE_TYPE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What `start <= day < end` cost, by one dimension or tag and by usage type.

    `tag` groups by the values of a tag key instead of `dimension`; `cluster` takes only what
    carries one of the tags that name that cluster. `is_open` is for the month that is not over: its
    answer is kept in the place of yesterday's, which reached to another day.
    """

    start: date
    end: date
    step: Step = Step.DAILY
    dimension: Dimension = Dimension.SERVICE
    tag: str = ""
    cluster: str = ""
    is_open: bool = False

    def request(self) -> dict[str, Any]:
        """Arguments of `get_cost_and_usage`. Raises InvalidInput for what AWS could not take."""
        if not self.start < self.end:
            raise InvalidInput(f"From {self.start} to {self.end} is no period.")
        first = (
            {"Type": "TAG", "Key": _checked_key(self.tag)}
            if self.tag
            else {"Type": "DIMENSION", "Key": self.dimension.value}
        )
        second = {"Type": "DIMENSION", "Key": Dimension.USAGE_TYPE.value}
        asked: dict[str, Any] = {
            "TimePeriod": {"Start": self.start.isoformat(), "End": self.end.isoformat()},
            "Granularity": self.step.value,
            "Metrics": [EFFECTIVE, BILLED, USED],
            "GroupBy": [first, second],
        }
        return asked | ({"Filter": cluster_filter(self.cluster)} if self.cluster else {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What `start <= day < end` will cost, with an interval that holds 80 times of 100."""

    start: date
    end: date
    cluster: str = ""

    def request(self) -> dict[str, Any]:
        """Arguments of `get_cost_forecast`."""
        asked: dict[str, Any] = {
            "TimePeriod": {"Start": self.start.isoformat(), "End": self.end.isoformat()},
            "Granularity": Step.MONTHLY.value,
            "Metric": "AMORTIZED_COST",
            "PredictionIntervalLevel": 80,
        }
        return asked | ({"Filter": cluster_filter(self.cluster)} if self.cluster else {})


def cluster_filter(cluster: str) -> Mapping[str, Any]:
    """One filter for every tag by which something says that it is of that cluster.

    A thing with several of them counts once, and the control plane of EKS is among them. Only what
    the cluster *owns*: a tag `kubernetes.io/cluster/NAME: shared` is on what others use too.
    """
    if not 0 < len(cluster) <= 100 or not cluster.isprintable():
        raise InvalidInput(f"{cluster[:40]!r} is no name of a cluster.")
    named = [_tag(key, cluster) for key in (*CLUSTER_TAGS, *CLUSTER_TAGS_OF_OTHERS)]
    return {"Or": [*named, _tag(f"kubernetes.io/cluster/{cluster}", "owned")]}


def key_of(question: Usage | Forecast, *, account: str) -> str:
    """Under what an answer is kept: the request and whose credentials asked it."""
    request = question.request()
    if isinstance(question, Usage) and question.is_open:
        request["TimePeriod"]["End"] = "open"
    asked = json.dumps([type(question).__name__, account, request], sort_keys=True)
    return hashlib.sha256(asked.encode()).hexdigest()


def _tag(key: str, value: str) -> Mapping[str, Any]:
    return {"Tags": {"Key": key, "Values": [value], "MatchOptions": ["EQUALS"]}}


def _checked_key(key: str) -> str:
    if len(key) > _LONGEST_TAG_KEY or not key.isprintable():
        raise InvalidInput(f"{key[:40]!r} is no tag key: AWS takes 1 to 128 printable characters.")
    return key
