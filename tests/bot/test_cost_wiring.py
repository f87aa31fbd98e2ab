"""Where questions about cost meet their adapters, from the keys of `finops.yaml`."""

from pathlib import Path

import pytest

from bot.configuration import Configuration, load_configuration
from bot.cost_wiring import build_cost_explorer, build_unit_metrics
from finops.domain.errors import InvalidInput
from finops.savings_ledger import SavingsLedger

CLUSTERS = """
clusters:
  - name: eu
    kubernetes: {in_cluster: true}
    prometheus: {url: "http://eu:9090"}
  - name: us
    kubernetes: {context: us}
    prometheus: {url: "http://us:9090", headers: {X-Scope-OrgID: shop}}
"""
METRIC = """
unit_costs:
  - {name: requests, query: "sum(increase(http_requests_total[1d]))", team: shop%s}
"""


def configured(tmp_path: Path, text: str) -> Configuration:
    file = tmp_path / "finops.yaml"
    file.write_text(text)
    return load_configuration(file)


def test_a_unit_cost_asks_the_prometheus_of_its_cluster(tmp_path: Path) -> None:
    [metric] = build_unit_metrics(configured(tmp_path, CLUSTERS + METRIC % ", cluster: us"))

    assert (metric.name, metric.per, metric.team) == ("requests", 1000, "shop")
    assert getattr(metric.source, "base_url") == "http://us:9090"  # noqa: B009 - it is a port
    assert getattr(metric.source, "session").headers["X-Scope-OrgID"] == "shop"  # noqa: B009


@pytest.mark.parametrize(
    ("text", "part"),
    [
        (CLUSTERS + METRIC % "", "requests names no cluster; clusters with a Prometheus to ask"),
        (METRIC % "", "to ask: none has one"),
        (CLUSTERS + METRIC % ", cluster: asia", "names cluster 'asia'"),
        (CLUSTERS + METRIC % ", namespace: web", "has a team and a namespace"),
        (CLUSTERS + METRIC % ", per: 0", "per"),
        ("cost_explorer: {requests_per_day: 0}", "requests_per_day"),
    ],
)
def test_what_cannot_be_asked_is_refused(tmp_path: Path, text: str, part: str) -> None:
    with pytest.raises(InvalidInput, match=part):
        build_unit_metrics(configured(tmp_path, text))


def test_cost_explorer_is_asked_only_where_it_is_configured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = SavingsLedger(f"sqlite:///{tmp_path}/finops.db")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    explorer = build_cost_explorer(
        configured(tmp_path, "cost_explorer: {requests_per_day: 7, team_tag: owner}"),
        ledger.engine,
    )

    assert build_cost_explorer(Configuration(), ledger.engine) is None
    assert explorer is not None
    assert (explorer.requests_per_day, explorer.team_tag) == (7, "owner")
    ledger.close()
