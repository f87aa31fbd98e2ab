"""From `finops.yml` to a reading of a cluster: the adapters that the configuration names."""

from pathlib import Path

import pytest
import yaml

from bot.configuration import load_configuration
from bot.settings import read_settings
from bot.wiring import build_engine
from finops.domain.errors import WillNeverWork
from finops.finops_engine import FinOpsEngine
from tests.finops.sources.kubernetes.estates import shop
from tests.real_parts.kubernetes_api import kubernetes_api


def engine_of(folder: Path, cluster: str) -> FinOpsEngine:
    path = folder / "finops.yml"
    path.write_text(f"clusters:\n- name: prod\n  {cluster}\n")
    settings = read_settings({"FINOPS_DATABASE_URL": f"sqlite:///{folder / 'finops.db'}"})
    return build_engine(settings, load_configuration(path))


def kubeconfig(folder: Path, server: str) -> Path:
    path = folder / "kubeconfig.yaml"
    path.write_text(
        yaml.safe_dump(
            {
                "contexts": [{"name": "prod", "context": {"cluster": "c"}}],
                "clusters": [{"name": "c", "cluster": {"server": server}}],
            }
        )
    )
    return path


def test_a_cluster_without_a_repository_is_scanned_through_its_api(tmp_path: Path) -> None:
    with kubernetes_api(shop("1.33")) as server:
        config = kubeconfig(tmp_path, server.url)
        engine = engine_of(
            tmp_path, f"kubernetes: {{context: prod, kubeconfig: {config}, page_size: 10}}"
        )
        snapshot = engine.read("prod")
        result = engine.run_cycle(snapshot)
        engine.ledger.close()

    (web,) = (each for each in snapshot.workloads if each.key == ("shop", "Deployment", "web"))
    assert web.autoscaler is not None
    assert any("/Deployment/web/" in each.resource_key for each in result.skipped)
    assert server.asked("/api/v1/pods") == ["/api/v1/pods?limit=10"]


@pytest.mark.parametrize(
    ("cluster", "reason"),
    [
        ("kubernetes: {context: prod, kubeconfig: /nowhere/at/all}", "context prod"),
        ("kubernetes: {in_cluster: true}", "service account"),
        ("kubernetes: {eks: {name: prod, region: eu-central-1}}", "EKS cluster prod"),
        ("kubernetes: {}", "current context"),
    ],
)
def test_a_cluster_that_cannot_be_reached_fails_when_it_is_read_and_not_at_the_start(
    tmp_path: Path, cluster: str, reason: str
) -> None:
    engine = engine_of(tmp_path, cluster)
    with pytest.raises(WillNeverWork, match=reason):
        engine.scan("prod")
    engine.ledger.close()
