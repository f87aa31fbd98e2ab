"""Cost Explorer: moto and a server in front of it, over HTTP, through an unmodified boto3."""

import json
import urllib.request
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from finops.billing.cost_explorer import BudgetIsSpent, CostExplorer
from finops.billing.cost_explorer_questions import Dimension, Forecast, Usage
from finops.domain.checks import Outcome
from finops.domain.errors import TryAgainLater, WillNeverWork
from finops.sources.aws.clients import Clients
from tests.finops.billing.explorer_answers import EC2, FORECAST, MemoryStore, page
from tests.real_parts.aws import Aws
from tests.real_parts.aws_in_front import InFront, Rule

NOW = datetime(2026, 11, 29, 9, 12, tzinfo=UTC)
OCTOBER = Usage(start=date(2026, 10, 1), end=date(2026, 11, 1))
NOVEMBER = Usage(start=date(2026, 11, 1), end=date(2026, 11, 29), is_open=True)
COMING = Forecast(start=date(2026, 11, 29), end=date(2026, 12, 1))


class Clock:
    def __init__(self) -> None:
        self.now = NOW
        self.slept: list[float] = []

    def __call__(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def explorer(aws: Aws, aws_in_front: InFront, clock: Clock, store: MemoryStore) -> CostExplorer:
    clients = Clients(aws.session(), aws_in_front.endpoint_url, tries=1)
    return CostExplorer(
        clients, store, requests_per_day=5, clock=clock, sleep=clock.sleep, account="role"
    )


@pytest.fixture
def canned(moto_server: str) -> Callable[..., None]:
    """Puts answers into moto's queue."""

    def put(*pages: dict[str, Any]) -> None:
        body = json.dumps({"results": list(pages)}).encode()
        url = f"{moto_server}/moto-api/static/ce/cost-and-usage-results"
        request = urllib.request.Request(
            url, data=body, headers={"Content-Type": "application/json"}
        )
        urllib.request.urlopen(request, timeout=10).close()

    return put


def test_an_answer_is_read_and_says_what_it_cost(
    explorer: CostExplorer, canned: Any, aws_in_front: InFront
) -> None:
    canned(page(date(2026, 10, 1), 31))
    rows, receipt = explorer.usage(OCTOBER)
    asked = json.loads(aws_in_front.bodies[-1])

    assert sum(row.effective_cost for row in rows) == Decimal("5.604") * 31
    assert {row.family for row in rows} == {"BoxUsage", "Hours", ""}
    assert [row.names_a_resource for row in rows[:3]] == [True, True, False]
    assert receipt.sentence == (
        "Asked AWS Cost Explorer at 09:12 UTC; 1 request to Cost Explorer, $0.01 today."
    )
    assert asked == OCTOBER.request()
    assert asked["Metrics"] == ["AmortizedCost", "UnblendedCost", "UsageQuantity"]


def test_a_closed_month_is_asked_once_and_an_open_one_every_six_hours(
    explorer: CostExplorer, canned: Any, clock: Clock, aws_in_front: InFront
) -> None:
    canned(page(date(2026, 10, 1), 31), page(date(2026, 11, 1), 28), page(date(2026, 11, 1), 27))
    for question in (OCTOBER, NOVEMBER):
        explorer.usage(question)
    clock.now += timedelta(hours=5, minutes=59)
    again = [explorer.usage(question)[1] for question in (OCTOBER, NOVEMBER)]
    asked = len(aws_in_front.seen)
    clock.now += timedelta(minutes=2)
    later = [explorer.usage(question)[1].from_cache for question in (OCTOBER, NOVEMBER)]
    clock.now += timedelta(days=900)

    assert [receipt.from_cache for receipt in again] == [True, True]
    assert asked == 2
    assert again[0].sentence == (
        "Answered from cache of 09:12 UTC; 2 requests to Cost Explorer, $0.02 today."
    )
    assert later == [True, False]
    assert explorer.usage(OCTOBER)[1].from_cache


def test_a_month_is_open_until_its_bill_is_closed(
    explorer: CostExplorer, canned: Any, clock: Clock, store: MemoryStore
) -> None:
    canned(page(date(2026, 10, 1), 31))
    clock.now = datetime(2026, 11, 10, tzinfo=UTC)
    explorer.usage(OCTOBER)

    assert [kept.is_final for kept in store.kept.values()] == [False]


def test_all_pages_are_read_and_each_is_counted(
    explorer: CostExplorer, canned: Any, store: MemoryStore, aws_in_front: InFront
) -> None:
    canned(
        page(date(2026, 10, 1), 10, token="two"),
        page(date(2026, 10, 11), 10, token="three"),
        page(date(2026, 10, 21), 11),
    )
    rows, receipt = explorer.usage(OCTOBER)

    assert len({row.day for row in rows}) == 31
    assert (receipt.requests, store.requests_on(NOW.date())) == (3, 3)
    assert json.loads(aws_in_front.bodies[-1])["NextPageToken"] == "three"


def test_a_page_that_points_to_itself_ends_and_nothing_is_kept(
    explorer: CostExplorer, canned: Any, store: MemoryStore
) -> None:
    same = page(date(2026, 10, 1), 1, token="again")
    canned(same, same)

    with pytest.raises(WillNeverWork, match="same page twice"):
        explorer.usage(OCTOBER)
    assert store.kept == {}


def test_over_the_budget_nothing_is_asked_and_an_old_answer_says_its_age(
    explorer: CostExplorer, canned: Any, clock: Clock, store: MemoryStore
) -> None:
    canned(page(date(2026, 11, 1), 28))
    explorer.usage(NOVEMBER)
    clock.now += timedelta(days=1)
    store.requests[clock.now.date()] = 5
    _, receipt = explorer.usage(NOVEMBER)
    with pytest.raises(BudgetIsSpent) as refused:
        explorer.usage(OCTOBER)

    assert sum(store.requests.values()) == 1 + 5
    assert receipt.from_cache
    assert "Answered from cache of Nov 29, 09:12 UTC; 5 requests" in receipt.sentence
    assert str(refused.value) == (
        "Today's 5 requests to Cost Explorer ($0.05) are made, so it is asked again after midnight "
        "UTC; cost_explorer.requests_per_day in finops.yaml is the limit."
    )


def test_throttling_is_waited_for_twice_and_then_said(
    explorer: CostExplorer, aws_in_front: InFront, clock: Clock, canned: Any
) -> None:
    aws_in_front.once = [Rule("ce", code="LimitExceededException", status=400)] * 2
    canned(page(date(2026, 10, 1), 31))
    _, receipt = explorer.usage(OCTOBER)
    aws_in_front.rules = [Rule("ce", code="ThrottlingException", status=400)]
    explorer.requests_per_day = 50

    assert (receipt.requests, clock.slept) == (3, [2.0, 4.0])
    with pytest.raises(TryAgainLater, match="AWS throttles Cost Explorer") as failed:
        explorer.usage(NOVEMBER)
    assert failed.value.after_seconds == 60


@pytest.mark.parametrize(
    ("rule", "part"),
    [
        (
            Rule("ce", code="AccessDeniedException", status=400, message="not authorized"),
            "allow the IAM action ce:GetCostAndUsage (deploy/aws-iam-policy.json)",
        ),
        (
            Rule("ce", code="AccessDeniedException", status=400, message="with an explicit deny"),
            "A policy denies ce:GetCostAndUsage explicitly",
        ),
        (
            Rule(
                "ce",
                code="AccessDeniedException",
                status=400,
                message="User not enabled for cost explorer access",
            ),
            "Cost Explorer is not enabled in this account",
        ),
        (Rule("ce", code="UnrecognizedClientException", status=400), "AWS took no credentials"),
        (Rule("ce", code="DataUnavailableException", status=400), "has no data for that"),
        (Rule("ce", code="BillExpirationException", status=400), "it keeps 14 months"),
        (Rule("ce", body="<html>login</html>"), "Cost Explorer"),
        (Rule("ce", body='{"ResultsByTime": [{"Groups": 7}]}'), "What answered is not"),
        (
            Rule("ce", body=json.dumps(page(date(2026, 10, 1), 1)).replace("2.304", "NaN")),
            "out of range",
        ),
    ],
)
def test_what_goes_wrong_is_a_sentence_and_is_not_kept(
    explorer: CostExplorer, aws_in_front: InFront, rule: Rule, part: str
) -> None:
    aws_in_front.rules = [rule]
    for _ in range(2):
        with pytest.raises(WillNeverWork) as failed:
            explorer.usage(OCTOBER)

        assert part in str(failed.value)
    assert len(aws_in_front.seen) == 2


def test_a_server_that_does_not_answer_is_asked_again_later(
    explorer: CostExplorer, aws_in_front: InFront
) -> None:
    aws_in_front.rules = [Rule("ce", code="ServiceUnavailableException", status=503)]

    with pytest.raises(TryAgainLater, match="did not answer"):
        explorer.usage(OCTOBER)


def test_a_forecast_has_a_mean_and_a_range(explorer: CostExplorer, aws_in_front: InFront) -> None:
    aws_in_front.rules = [Rule("ce", operation="GetCostForecast", body=FORECAST)]
    found, receipt = explorer.forecast(COMING)
    asked = json.loads(aws_in_front.bodies[-1])

    assert (found.mean, found.low, found.high) == (Decimal("61.5"), Decimal("55.25"), Decimal(70))
    assert receipt.requests == 1
    assert (asked["Metric"], asked["PredictionIntervalLevel"]) == ("AMORTIZED_COST", 80)


def test_doctor_tries_both_actions_and_the_second_time_from_the_cache(
    explorer: CostExplorer, aws_in_front: InFront, canned: Any
) -> None:
    canned(page(date(2026, 10, 31), 1))
    aws_in_front.rules = [
        Rule("ce", operation="GetCostForecast", code="AccessDeniedException", status=400)
    ]
    first = explorer.check()
    aws_in_front.rules = [Rule("ce", operation="GetCostForecast", body=FORECAST)]
    second = explorer.check()

    assert [check.outcome for check in first] == [Outcome.OK, Outcome.FAILED]
    assert first[1].fix == "Allow ce:GetCostForecast, or take cost_explorer out of finops.yaml."
    assert [check.outcome for check in second] == [Outcome.OK, Outcome.OK]
    assert "Answered from cache" in second[0].detail


def test_by_tag_the_value_stands_behind_the_key(explorer: CostExplorer, canned: Any) -> None:
    tagged = page(
        date(2026, 10, 1),
        1,
        groups=(
            ("team$shop", "EUC1-BoxUsage:m5.large", "Hrs", "24", "2"),
            ("team$", "EUC1-BoxUsage:m5.large", "Hrs", "24", "3"),
        ),
    )
    canned(tagged)
    rows, _ = explorer.usage(Usage(start=OCTOBER.start, end=OCTOBER.end, tag="team"))

    assert [(row.name, row.effective_cost) for row in rows] == [
        ("shop", Decimal(2)),
        ("", Decimal(3)),
    ]


def test_a_cluster_is_found_by_every_tag_that_names_it_in_one_request() -> None:
    asked = Usage(
        start=OCTOBER.start, end=OCTOBER.end, dimension=Dimension.SERVICE, cluster="shop-prod"
    ).request()
    tags = {one["Tags"]["Key"]: one["Tags"]["Values"] for one in asked["Filter"]["Or"]}

    assert tags["aws:eks:cluster-name"] == ["shop-prod"]
    assert tags["kubernetes.io/cluster/shop-prod"] == ["owned"]
    assert tags["elbv2.k8s.aws/cluster"] == ["shop-prod"]


def test_answers_of_two_logins_and_two_questions_are_kept_apart(
    explorer: CostExplorer, canned: Any, store: MemoryStore
) -> None:
    canned(page(date(2026, 10, 1), 1), page(date(2026, 10, 1), 1), page(date(2026, 10, 1), 1))
    explorer.usage(OCTOBER)
    explorer.usage(Usage(start=OCTOBER.start, end=OCTOBER.end, cluster="shop-prod"))
    explorer.account = "another role"
    explorer.usage(OCTOBER)

    assert len(store.kept) == 3
    assert {row.name for row in explorer.usage(OCTOBER)[0]} >= {EC2, "Tax"}
