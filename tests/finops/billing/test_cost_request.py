"""What somebody asks who types a few words."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops.billing.cost_request import CostRequest, read_request
from finops.domain.cost_pieces import CostBy
from finops.domain.errors import InvalidInput

NAMES = {
    CostBy.TEAM: ["", "shop", "data"],
    CostBy.NAMESPACE: ["shop", "payments", "kube-system"],
    CostBy.CLUSTER: ["shop-prod"],
    CostBy.ACCOUNT: ["210987654321"],
    CostBy.SERVICE: ["Amazon Elastic Compute Cloud", "AmazonRDS", "Amazon Simple Storage Service"],
    CostBy.WORKLOAD: ["shop/frontend"],
}
ALIASES = {"shop team": "shop"}


def read(words: str) -> CostRequest:
    return read_request(words, NAMES, ALIASES)


@pytest.mark.parametrize(
    ("words", "by", "scope", "period"),
    [
        ("", CostBy.TEAM, {}, ""),
        ("last month", CostBy.TEAM, {}, "last month"),
        ("services", CostBy.SERVICE, {}, ""),
        ("by namespace 7d", CostBy.NAMESPACE, {}, "7d"),
        ("shop", CostBy.WORKLOAD, {CostBy.TEAM: "shop"}, ""),
        ("SHOP by service", CostBy.SERVICE, {CostBy.TEAM: "shop"}, ""),
        ("Shop Team last month", CostBy.WORKLOAD, {CostBy.TEAM: "shop"}, "last month"),
        ("namespace shop", CostBy.WORKLOAD, {CostBy.NAMESPACE: "shop"}, ""),
        ("payments 2026-10", CostBy.WORKLOAD, {CostBy.NAMESPACE: "payments"}, "2026-10"),
        ("shop-prod", CostBy.NAMESPACE, {CostBy.CLUSTER: "shop-prod"}, ""),
        ("210987654321", CostBy.SERVICE, {CostBy.ACCOUNT: "210987654321"}, ""),
        ("ec2", CostBy.ITEM, {CostBy.SERVICE: "Amazon Elastic Compute Cloud"}, ""),
        ("S3", CostBy.ITEM, {CostBy.SERVICE: "Amazon Simple Storage Service"}, ""),
        ("service rds", CostBy.ITEM, {CostBy.SERVICE: "AmazonRDS"}, ""),
        ("shop/frontend", CostBy.ITEM, {CostBy.WORKLOAD: "shop/frontend"}, ""),
        ("no team", CostBy.WORKLOAD, {CostBy.TEAM: ""}, ""),
    ],
)
def test_words_are_taken_apart(
    words: str, by: CostBy, scope: dict[CostBy, str], period: str
) -> None:
    assert read(words) == CostRequest(period, by, scope)


@pytest.mark.parametrize(
    ("words", "part"),
    [
        ("shopp", "Did you mean shop"),
        ("namespace data", "no namespace 'data' in that time"),
        ("service amazon", "Did you mean Amazon"),
        ("zzz", "`cost by team` lists them, and a period is this month"),
        ("shop last mnth", "The period 'last mnth' is none I know. Did you mean last month?"),
        ("yesterdy", "Did you mean yesterday?"),
        ("shop by colour", "not by 'colour'"),
    ],
)
def test_what_nobody_has_is_refused_with_the_nearest(words: str, part: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read(words)

    assert part in str(refused.value)


@given(st.text(max_size=60))
def test_any_text_is_a_request_or_a_sentence(words: str) -> None:
    with suppress(InvalidInput):
        found = read(words)

        assert set(found.scope) <= set(CostBy)
