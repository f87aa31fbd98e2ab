"""Scans: side by side, one that fails is named, a look at namespaces changes nothing."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pytest

from bot.scanning import NotScanned, Scanned, scan
from finops.domain.errors import TryAgainLater
from finops.domain.estate import UNKNOWN_TEAM, Snapshot
from finops.domain.people import Directory, Team
from finops.finops_engine import FinOpsEngine
from finops.ports import UNHEARD, SnapshotSource
from finops.savings_ledger import SavingsLedger
from finops.sources.cluster_data import read_cluster_data


def wasteful(name: str) -> dict[str, object]:
    return {
        "name": name, "cpu_request": 2.0, "cpu_usage": 0.3, "memory_request_gb": 4,
        "memory_usage_gb": 1, "team": "web",
    }  # fmt: skip


@dataclass
class Source:
    cluster: str
    before: Callable[[], None] = lambda: None

    def snapshot(self, *, now: datetime) -> Snapshot:
        self.before()
        fitting = wasteful("cart") | {"cpu_request": 0.4, "memory_request_gb": 1.3}
        workloads = {"shop": [wasteful("frontend"), fitting], "data": [wasteful("etl")]}
        return read_cluster_data({"cluster": self.cluster, "workloads": workloads}, now=now)


class Unlabelled(Source):
    def snapshot(self, *, now: datetime) -> Snapshot:
        seen = super().snapshot(now=now)
        nobody = tuple(replace(each, team=UNKNOWN_TEAM, tags={}) for each in seen.workloads)
        return replace(seen, workloads=nobody)


@dataclass
class Dead:
    error: Exception

    def snapshot(self, *, now: datetime) -> Snapshot:
        raise self.error


def engine_with(folder: Path, **sources: SnapshotSource) -> FinOpsEngine:
    return FinOpsEngine(SavingsLedger(f"sqlite:///{folder}/finops.db"), snapshots=sources)


class Heard:
    def __init__(self) -> None:
        self.steps: list[tuple[str, int, int]] = []

    def step(self, what: str, done: int, total: int) -> None:
        self.steps.append((what, done, total))


def test_one_dead_cluster_does_not_stop_the_others(tmp_path: Path) -> None:
    engine = engine_with(
        tmp_path,
        eu=Source("eu"),
        us=Dead(TryAgainLater("The API server of us did not answer.")),
        ap=Source("ap"),
    )
    heard = {name: Heard() for name in engine.clusters}

    results = scan(engine, engine.clusters, progress=heard.__getitem__)

    assert [type(result) for result in results] == [Scanned, NotScanned, Scanned]
    assert results[1] == NotScanned("us", "The API server of us did not answer.")
    assert {r.opportunity.resource.cluster for r in engine.ledger.find()} == {"eu", "ap"}
    assert heard["us"].steps[-1] == ("failed", 0, 1)
    engine.ledger.close()


def test_a_source_with_a_bug_is_named_and_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    engine = engine_with(tmp_path, eu=Dead(KeyError("boom")), ap=Source("ap"))

    broken, fine = scan(engine, engine.clusters, progress=lambda _: UNHEARD)

    assert isinstance(broken, NotScanned)
    assert "KeyError" in broken.sentence
    assert isinstance(fine, Scanned)
    assert "eu could not be read" in caplog.text
    engine.ledger.close()


def test_clusters_are_read_side_by_side(tmp_path: Path) -> None:
    both = threading.Barrier(2, timeout=10)

    def meet() -> None:
        both.wait()

    engine = engine_with(tmp_path, eu=Source("eu", meet), ap=Source("ap", meet))

    results = scan(engine, engine.clusters, progress=lambda _: UNHEARD)

    assert all(isinstance(result, Scanned) for result in results)
    engine.ledger.close()


def test_a_look_at_a_namespace_shows_it_alone_and_records_nothing(tmp_path: Path) -> None:
    engine = engine_with(tmp_path, eu=Source("eu"))

    (look,) = scan(engine, ("eu",), namespaces=("shop", "shpo"), progress=lambda _: UNHEARD)

    assert isinstance(look, Scanned)
    assert {each.resource.namespace for each in look.opportunities} == {"shop"}
    assert look.absent_namespaces == ("shpo",)
    assert not look.is_recorded
    assert engine.ledger.find() == []
    assert engine.freshness() == ()
    engine.ledger.close()


def test_a_look_at_one_namespace_retires_nothing_of_another(tmp_path: Path) -> None:
    engine = engine_with(tmp_path, eu=Source("eu"))
    scan(engine, ("eu",), progress=lambda _: UNHEARD)
    before = [(r.id, r.status, r.last_seen_at) for r in engine.ledger.find()]

    scan(engine, ("eu",), namespaces=("shop",), progress=lambda _: UNHEARD)

    assert [(r.id, r.status, r.last_seen_at) for r in engine.ledger.find()] == before
    engine.ledger.close()


def test_what_is_left_alone_is_filtered_by_whole_names(tmp_path: Path) -> None:
    engine = engine_with(tmp_path, eu=Source("eu"))

    def skipped(namespace: str) -> list[str]:
        (look,) = scan(engine, ("eu",), namespaces=(namespace,), progress=lambda _: UNHEARD)
        assert isinstance(look, Scanned)
        return [skip.resource_key for skip in look.skipped]

    assert {key.split("/")[1] for key in skipped("shop")} == {"shop"}
    assert skipped("sho") == []
    engine.ledger.close()


def test_a_look_at_namespaces_knows_the_owners_that_a_cycle_finds(tmp_path: Path) -> None:
    teams = (Team(name="search", namespaces=("data",)),)
    engine = FinOpsEngine(
        SavingsLedger(f"sqlite:///{tmp_path}/finops.db"),
        directory=Directory(teams=teams),
        snapshots={"eu": Unlabelled("eu")},
    )
    [look] = scan(engine, ["eu"], namespaces=["data"], progress=lambda _: UNHEARD)

    assert isinstance(look, Scanned)
    assert {one.team for one in look.opportunities} == {"search"}
    engine.ledger.close()
