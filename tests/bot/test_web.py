import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from bot.web import MOST_PUSHES_AT_ONCE, build_web
from finops.domain.errors import TryAgainLater
from finops.domain.opportunity import Opportunity
from finops.finops_engine import FinOpsEngine
from finops.savings_ledger import SavingsLedger

SNAPSHOT = {
    "cluster": "shop",
    "workloads": {
        "web": [
            {
                "name": "frontend",
                "cpu_request": 2.0,
                "cpu_usage": 0.3,
                "memory_request_gb": 4,
                "memory_usage_gb": 1,
                "team": "web",
            }
        ]
    },
}


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[FinOpsEngine]:
    ledger = SavingsLedger(f"sqlite:///{tmp_path}/finops.db")
    yield FinOpsEngine(ledger)
    ledger.close()


@pytest.fixture
def web(engine: FinOpsEngine) -> FlaskClient:
    return build_web(engine, push_token="push-secret").test_client()


def push(
    web: FlaskClient, data: object, token: str = "push-secret"
) -> tuple[int, dict[str, object]]:
    answer = web.post(
        "/api/v1/cluster-data", json=data, headers={"Authorization": f"Bearer {token}"}
    )
    return answer.status_code, answer.get_json()


def test_a_pushed_snapshot_is_a_cycle(web: FlaskClient, engine: FinOpsEngine) -> None:
    status, answer = push(web, SNAPSHOT)

    assert status == 200
    assert answer["opportunities"] == [r.id for r in engine.ledger.find()]


@pytest.mark.parametrize("token", ["", "wrong", "push-secret-and-more", "ümläut"])
def test_a_wrong_token_is_refused(web: FlaskClient, engine: FinOpsEngine, token: str) -> None:
    status, _ = push(web, SNAPSHOT, token)

    assert status == 401
    assert engine.ledger.find() == []


def test_without_a_push_token_nothing_can_be_pushed(engine: FinOpsEngine) -> None:
    status, answer = push(build_web(engine).test_client(), SNAPSHOT, "")

    assert status == 403
    assert "FINOPS_PUSH_TOKEN" in str(answer["error"])


@pytest.mark.parametrize("body", [[], "text", None, 7])
def test_what_is_no_object_is_refused(web: FlaskClient, body: object) -> None:
    assert push(web, body)[0] == 400


def test_a_malformed_snapshot_names_the_place_and_changes_nothing(
    web: FlaskClient, engine: FinOpsEngine
) -> None:
    wrong = {"cluster": "shop", "workloads": {"web": [{"name": "a", "cpu_request": -1}]}}
    status, answer = push(web, wrong)

    assert status == 422
    assert "workloads.web[0].cpu_request" in str(answer["error"])
    assert engine.ledger.find() == []


def test_health_shows_the_outbox(web: FlaskClient) -> None:
    answer = web.get("/healthz")

    assert (answer.status_code, answer.get_json()["status"]) == (200, "up")


def test_a_dead_slack_connection_is_unhealthy(engine: FinOpsEngine) -> None:
    web = build_web(engine, is_healthy=lambda: False).test_client()

    assert web.get("/healthz").status_code == 503


def test_metrics_keep_cash_and_room_apart(web: FlaskClient) -> None:
    push(web, SNAPSHOT)

    text = web.get("/metrics").get_data(as_text=True)

    assert 'finops_savings_usd_per_month{kind="freed",stage="estimated"}' in text
    assert 'finops_savings_usd_per_month{kind="cashable",stage="estimated"} 0.0' in text


def test_pushes_leave_threads_for_slack(
    web: FlaskClient, engine: FinOpsEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = threading.Event()
    begun = threading.Barrier(MOST_PUSHES_AT_ONCE + 1)

    def slow(_: object) -> list[Opportunity]:
        begun.wait(10)
        free.wait(10)
        return []

    monkeypatch.setattr(engine, "run_detection_cycle", slow)
    with ThreadPoolExecutor(MOST_PUSHES_AT_ONCE) as pool:
        first = [
            pool.submit(push, web.application.test_client(), SNAPSHOT)
            for _ in range(MOST_PUSHES_AT_ONCE)
        ]
        begun.wait(10)
        refused = push(web, SNAPSHOT)
        free.set()
        answers = [future.result()[0] for future in first]

    assert answers == [200] * MOST_PUSHES_AT_ONCE
    assert (refused[0], "push again" in str(refused[1]["error"])) == (503, True)


@pytest.mark.parametrize("path", ["/healthz", "/metrics"])
def test_without_its_database_it_says_so(
    web: FlaskClient, engine: FinOpsEngine, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    def away() -> object:
        raise TryAgainLater("The database is away.")

    monkeypatch.setattr(engine.ledger, "reading", away)

    answer = web.get(path)

    assert answer.status_code == 503
    assert "database is away" in answer.get_data(as_text=True)
