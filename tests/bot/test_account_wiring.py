"""Which adapters a configuration gets."""

from pathlib import Path

from bot.configuration import load_configuration
from bot.settings import Settings
from bot.wiring import build_engine
from finops.sources.aws.account import AccountReader
from finops.sources.aws.cluster import AwsInventory
from finops.sources.estate import EstateReader

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
