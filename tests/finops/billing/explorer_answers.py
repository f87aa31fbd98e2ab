"""Answers of Cost Explorer in the documented format, and a store in memory."""

import json
from collections import Counter
from datetime import date, timedelta
from typing import Any

from finops.domain.cost_answers import KeptAnswer

# service, usage type, unit, quantity, cost
Group = tuple[str, str, str, str, str]
EC2 = "Amazon Elastic Compute Cloud - Compute"
EKS = "Amazon Elastic Container Service for Kubernetes"
GROUPS: tuple[Group, ...] = (
    (EC2, "EUC1-BoxUsage:m5.large", "Hrs", "24", "2.304"),
    (EKS, "EUC1-AmazonEKS-Hours:perCluster", "Hrs", "24", "2.4"),
    ("Tax", "NoUsageType", "N/A", "0", "0.9"),
)


def amount(number: str, unit: str) -> dict[str, str]:
    return {"Amount": number, "Unit": unit}


def group(made: Group, currency: str = "USD") -> dict[str, Any]:
    name, usage_type, unit, quantity, cost = made
    return {
        "Keys": [name, usage_type],
        "Metrics": {
            "AmortizedCost": amount(cost, currency),
            "UnblendedCost": amount(cost, currency),
            "UsageQuantity": amount(quantity, unit),
        },
    }


def day_result(day: date, groups: tuple[Group, ...] = GROUPS) -> dict[str, Any]:
    following = day + timedelta(days=1)
    return {
        "TimePeriod": {"Start": day.isoformat(), "End": following.isoformat()},
        "Total": {},
        "Groups": [group(one) for one in groups],
        "Estimated": True,
    }


def page(
    first: date, days: int, *, token: str = "", groups: tuple[Group, ...] = GROUPS
) -> dict[str, Any]:
    found = {
        "GroupDefinitions": [
            {"Type": "DIMENSION", "Key": "SERVICE"},
            {"Type": "DIMENSION", "Key": "USAGE_TYPE"},
        ],
        "ResultsByTime": [day_result(first + timedelta(days=n), groups) for n in range(days)],
        "DimensionValueAttributes": [],
    }
    return found | ({"NextPageToken": token} if token else {})


FORECAST = json.dumps(
    {
        "Total": {"Amount": "61.5", "Unit": "USD"},
        "ForecastResultsByTime": [
            {
                "TimePeriod": {"Start": "2026-11-29", "End": "2026-12-01"},
                "MeanValue": "61.5",
                "PredictionIntervalLowerBound": "55.25",
                "PredictionIntervalUpperBound": "70",
            }
        ],
    }
)


class MemoryStore:
    """An AnswerStore."""

    def __init__(self) -> None:
        self.kept: dict[str, KeptAnswer] = {}
        self.requests: Counter[date] = Counter()

    def find(self, key: str) -> KeptAnswer | None:
        return self.kept.get(key)

    def save(self, answer: KeptAnswer) -> None:
        self.kept[answer.key] = answer

    def count_request(self, day: date, *, most: int) -> bool:
        if self.requests[day] >= most:
            return False
        self.requests[day] += 1
        return True

    def requests_on(self, day: date) -> int:
        return self.requests[day]
