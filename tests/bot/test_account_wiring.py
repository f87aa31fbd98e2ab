"""Which adapters a configuration gets."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.configuration import load_configuration
from bot.estate_sections import AccountSection, AwsSection, PrometheusSection, Section
from bot.estate_wiring import prometheus_usage
from bot.settings import Settings
from bot.wiring import build_engine
from finops.sources.aws.account import AccountReader
from finops.sources.aws.clients import Clients
from finops.sources.aws.cluster import AwsInventory
from finops.sources.estate import EstateReader
from tests.finops.usage_store import MemoryUsageStore

ROLE = "arn:aws:iam::123456789012:role/finops-bot"

CLUSTER = """
clusters:
  - name: prod
    kubernetes: {context: prod}
    aws: {regions: [eu-west-1]}
"""
ACCOUNTS = """
accounts:
  - name: data
    role_arn: arn:aws:iam::123456789012:role/finops-bot
    external_id: secret
    regions: [eu-west-1, eu-central-1]
    metric_days: 7
"""


def sources(folder: Path, text: str) -> dict[str, object]:
    config = folder / "finops.yml"
    config.write_text(text)
    settings = Settings(
        config_path=config,
        database_url=f"sqlite:///{folder}/finops.db",
        slack_base_url="http://127.0.0.1:1",
        slack_bot_token="xoxb-1",
        slack_app_token="",
    )
    engine = build_engine(settings, load_configuration(config))
    engine.ledger.close()
    return dict(engine.parts.snapshots)


def test_accounts_stand_beside_clusters_and_take_the_disks_of_no_cluster(tmp_path: Path) -> None:
    found = sources(tmp_path, CLUSTER + ACCOUNTS)
    cluster, account = found["prod"], found["data"]

    assert isinstance(cluster, EstateReader)
    assert isinstance(cluster.inventory, AwsInventory)
    assert cluster.inventory.only_own_volumes
    assert isinstance(account, AccountReader)
    assert (account.regions, account.metric_days) == (["eu-west-1", "eu-central-1"], 7)
    assert account.home_region == "eu-west-1"
    assert account.claims == [cluster.inventory.claim]


def test_without_accounts_a_cluster_reports_every_disk(tmp_path: Path) -> None:
    cluster = sources(tmp_path, CLUSTER)["prod"]

    assert isinstance(cluster, EstateReader)
    assert isinstance(cluster.inventory, AwsInventory)
    assert not cluster.inventory.only_own_volumes


def test_a_cluster_of_another_account_is_read_by_its_role(tmp_path: Path) -> None:
    text = CLUSTER.replace("]}", f"], role_arn: {ROLE}, external_id: secret}}")
    cluster = sources(tmp_path, text)["prod"]

    assert isinstance(cluster, EstateReader)
    assert isinstance(cluster.inventory, AwsInventory)
    clients = cluster.inventory.clients
    assert isinstance(clients, Clients)
    assert clients.session.region_name == "eu-west-1"


def test_requests_to_another_accounts_prometheus_are_signed_by_its_role(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    section = PrometheusSection.model_validate(
        {"url": "http://127.0.0.1:2", "sigv4": {"region": "eu-west-1", "role_arn": ROLE}}
    )
    usage = prometheus_usage("prod", section, MemoryUsageStore())
    [reach] = usage.check()

    # The role is asked for first; without it nothing is signed with the bot's own credentials.
    assert "AWS gave no credentials to sign with" in reach.detail
    assert "127.0.0.1:1" in reach.detail


@pytest.mark.parametrize("section", [AwsSection, AccountSection])
def test_no_region_at_all_is_refused(section: type[Section]) -> None:
    with pytest.raises(ValidationError, match="regions"):
        section.model_validate({"name": "x", "regions": []})
