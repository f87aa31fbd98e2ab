"""`finops scan` as a person or a script runs it."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.cli import main
from tests.real_parts.bare_repository import BareRepositoryFactory

DEPLOYMENT = b"""
apiVersion: apps/v1
kind: Deployment
metadata: {name: frontend, namespace: shop, labels: {team: web}}
spec:
  template:
    spec:
      containers: [{name: server, resources: {requests: {cpu: "2", memory: 4Gi}}}]
"""
SNAPSHOT = {
    "cluster": "pushed",
    "workloads": {
        "web": [
            {"name": "frontend", "cpu_request": 2.0, "cpu_usage": 0.3, "memory_request_gb": 4,
             "memory_usage_gb": 1, "team": "web"},
            {"name": "fitting", "cpu_request": 0.4, "cpu_usage": 0.3, "memory_request_gb": 1.3,
             "memory_usage_gb": 1, "team": "web"},
        ]
    },
}  # fmt: skip


@pytest.fixture(autouse=True)
def somewhere_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("snapshot.json").write_text(json.dumps(SNAPSHOT))


@pytest.fixture
def two_clusters(bare_repository: BareRepositoryFactory, tmp_path: Path) -> None:
    """`eu`, declared in a repository, and `us`, whose repository is an empty folder."""
    (tmp_path / "nothing").mkdir()
    path = bare_repository({"shop.yaml": DEPLOYMENT})
    Path("finops.yaml").write_text(
        "repositories:\n"
        f"  - {{name: eu-files, local: {path}}}\n"
        "  - {name: us-files, local: nothing}\n"
        "clusters:\n"
        "  - {name: eu, repository: eu-files}\n"
        "  - {name: us, repository: us-files}\n"
    )


def scanned(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    status = main(["scan", "--json", *arguments])
    shape = json.loads(capsys.readouterr().out)
    assert isinstance(shape, dict)
    return status, shape


def test_the_shape_of_the_json(capsys: pytest.CaptureFixture[str]) -> None:
    status, shape = scanned(capsys, "--snapshot", "snapshot.json", "--all")

    assert status == 0
    assert set(shape) == {"clusters", "failed", "saving"}
    (cluster,) = shape["clusters"]
    assert set(cluster) == {
        "cluster", "taken_at", "seconds", "is_recorded", "new", "revised", "opportunities",
        "skipped", "gaps", "absent_namespaces", "joint",
    }  # fmt: skip
    found = cluster["opportunities"][0]
    assert set(found) == {
        "id", "kind", "status", "team", "what", "summary", "resource", "changes", "saving",
        "cost_usd_per_month", "confidence", "risk", "effort", "restart_needed",
        "rollback_possible", "caveats",
    }  # fmt: skip
    assert set(found["saving"]) == {"cashable_usd_per_month", "freed_usd_per_month"}
    assert cluster["skipped"]["count"] == len(cluster["skipped"]["each"]) > 0
    assert sum(group["count"] for group in cluster["skipped"]["reasons"]) == len(
        cluster["skipped"]["each"]
    )


def test_the_sum_is_that_of_the_opportunities(capsys: pytest.CaptureFixture[str]) -> None:
    _, shape = scanned(capsys, "--snapshot", "snapshot.json")

    found = shape["clusters"][0]["opportunities"]
    freed = sum(float(each["saving"]["freed_usd_per_month"]) for each in found)
    assert float(shape["saving"]["freed_usd_per_month"]) == pytest.approx(freed)


@pytest.mark.usefixtures("two_clusters")
def test_one_dead_cluster_fails_the_command_but_not_the_other(
    capsys: pytest.CaptureFixture[str],
) -> None:
    status, shape = scanned(capsys)

    assert status == 1
    assert [each["cluster"] for each in shape["clusters"]] == ["eu"]
    (failed,) = shape["failed"]
    assert failed["cluster"] == "us"
    assert "no git repository" in failed["sentence"]
    gaps = shape["clusters"][0]["gaps"]
    assert [gap["hides"] for gap in gaps if gap["source"] == "inventory"] == [
        ["cloud resources", "node groups", "nodes", "volumes"]
    ]


@pytest.mark.usefixtures("two_clusters")
def test_only_the_named_cluster_is_read(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scan", "--cluster", "eu"]) == 0

    captured = capsys.readouterr()
    assert captured.out.startswith("eu  ")
    assert "us" not in captured.err
    assert "eu: reading manifests" in captured.err


@pytest.mark.usefixtures("two_clusters")
def test_an_unknown_cluster_is_refused_with_those_that_there_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["scan", "--cluster", "ue"]) == 2

    assert "known: eu, us" in capsys.readouterr().err


def test_a_look_at_a_namespace_says_that_nothing_was_recorded(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["scan", "--snapshot", "snapshot.json", "--namespace", "web"]) == 0
    looked = capsys.readouterr().out
    main(["list"])

    assert "nothing was recorded" in looked
    assert "web/frontend" in looked
    assert "Nothing found." in capsys.readouterr().out


def test_without_a_cluster_the_way_to_one_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scan"]) == 2

    assert "`finops init`" in capsys.readouterr().err


def test_a_bill_is_read_before_the_first_scan_and_its_failure_stops_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("finops.yaml").write_text("bill: {files: [bill.csv]}\n")
    header = "ChargePeriodStart,ResourceId,EffectiveCost\n"
    said = []
    for text in ("no bill\n", header + "2026-07-01T00:00:00Z,vol-1,1\n", header):
        Path("bill.csv").write_text(text)
        assert main(["scan", "--snapshot", "snapshot.json"]) == 0
        said.append(capsys.readouterr().err)

    assert "Reading the bill for the first time" in said[0]
    assert "Until it can be read, prices are those of lists." in " ".join(said[0].split())
    assert "Reading the bill for the first time" in said[1]
    assert "are those of lists" not in said[1]
    assert "Reading the bill" not in said[2]
