import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from bot.github_webhooks import MAX_WEBHOOK_BYTES
from bot.web import build_web
from bot.wiring import engine_deliveries
from finops.code_hosts.local_git import LocalGitHost
from finops.domain.errors import TryAgainLater
from finops.domain.intents import IntentKind
from finops.finops_engine import FinOpsEngine
from finops.ledger.outbox import Intent
from finops.ledger.tables import outbox
from finops.pr_generator import PullRequestGenerator
from finops.savings_ledger import SavingsLedger

SECRET = "a-webhook-secret"
BODY = json.dumps({"action": "closed", "repository": {"full_name": "Acme/Platform"}}).encode()


@pytest.fixture
def engine(tmp_path: Path, bare_repository: Callable[..., Path]) -> Iterator[FinOpsEngine]:
    ledger = SavingsLedger(f"sqlite:///{tmp_path}/finops.db")
    host = LocalGitHost(bare_repository({"a.yaml": b"a: 1\n"}), "acme/platform", str)
    yield FinOpsEngine(ledger, pull_requests=PullRequestGenerator((host,)))
    ledger.close()


@pytest.fixture
def web(engine: FinOpsEngine) -> FlaskClient:
    return build_web(engine, webhook_secret=SECRET).test_client()


def signed(body: bytes, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def deliver(web: FlaskClient, body: bytes = BODY, **headers: str) -> tuple[int, Any]:
    given = {
        "X-Hub-Signature-256": signed(body),
        "X-GitHub-Delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958",
        "X-GitHub-Event": "pull_request",
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    answer = web.post("/github/webhooks", data=body, headers=given)
    return answer.status_code, answer.get_json()


def queued(engine: FinOpsEngine) -> list[tuple[str, Any]]:
    with engine.ledger.reading() as tx:
        rows = tx.connection.execute(select(outbox.c.kind, outbox.c.payload)).all()
    return [(row.kind, row.payload) for row in rows]


def test_a_signed_event_has_its_repository_looked_at(
    web: FlaskClient, engine: FinOpsEngine
) -> None:
    status, answer = deliver(web)

    assert (status, answer) == (202, {"status": "queued"})
    assert queued(engine) == [("watch_repository", {"repository": "acme/platform"})]


def test_the_same_delivery_is_heard_once(web: FlaskClient, engine: FinOpsEngine) -> None:
    answers = [deliver(web)[1]["status"] for _ in range(3)]

    assert answers == ["queued", "ignored", "ignored"]
    assert len(queued(engine)) == 1


def test_many_deliveries_at_once_are_one_look(web: FlaskClient, engine: FinOpsEngine) -> None:
    def one(number: int) -> int:
        client = web.application.test_client()
        return deliver(client, X_GitHub_Delivery=f"delivery-{number}")[0]

    with ThreadPoolExecutor(4) as pool:
        statuses = set(pool.map(one, range(12)))

    assert statuses == {202}
    assert len(queued(engine)) == 1


@pytest.mark.parametrize(
    "signature",
    ["", "sha256=", signed(BODY, "another"), signed(BODY + b" "), signed(BODY)[7:], "ümläut"],
)
def test_a_wrong_signature_is_refused(
    web: FlaskClient, engine: FinOpsEngine, signature: str
) -> None:
    status, _ = deliver(web, X_Hub_Signature_256=signature)

    assert status == 401
    assert queued(engine) == []


def test_without_a_secret_nothing_is_heard(engine: FinOpsEngine) -> None:
    web = build_web(engine).test_client()

    assert deliver(web)[0] == 403
    assert queued(engine) == []


def test_a_huge_body_is_refused_before_it_is_read(web: FlaskClient) -> None:
    assert deliver(web, b" " * (MAX_WEBHOOK_BYTES + 1))[0] == 413


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"not json",
        b'{"repository": []}',
        b'{"repository": {"full_name": "../../etc"}}',
        b"[" * 100_000,
    ],
)
def test_a_body_that_names_no_repository_is_refused(
    web: FlaskClient, engine: FinOpsEngine, body: bytes
) -> None:
    assert deliver(web, body)[0] in (400, 413)
    assert queued(engine) == []


@pytest.mark.parametrize("delivery", ["", "a b", "x" * 101, "../1"])
def test_a_strange_delivery_id_is_refused(web: FlaskClient, delivery: str) -> None:
    assert deliver(web, X_GitHub_Delivery=delivery)[0] == 400


def test_a_foreign_repository_and_a_boring_event_are_ignored(
    web: FlaskClient, engine: FinOpsEngine
) -> None:
    foreign = json.dumps({"repository": {"full_name": "evil/other"}}).encode()

    assert deliver(web, foreign) == (202, {"status": "ignored"})
    assert deliver(web, X_GitHub_Event="star")[0] == 202
    assert deliver(web, X_GitHub_Event="ping") == (200, {"status": "pong"})
    assert queued(engine) == []


def test_without_its_database_github_is_asked_to_come_again(
    web: FlaskClient, engine: FinOpsEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> object:
        raise TryAgainLater("The database is away.")

    monkeypatch.setattr(engine.ledger, "transaction", away)

    assert deliver(web)[0] == 503


def test_the_worker_watches_that_repository(
    engine: FinOpsEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched: list[str | None] = []

    def watch(repository: str | None = None) -> int:
        watched.append(repository)
        return 0

    monkeypatch.setattr(engine, "watch_pull_requests", watch)
    intent = Intent(1, "watch_repository", "repository/a", {"repository": "acme/platform"}, 1)

    engine_deliveries(engine)[IntentKind.WATCH_REPOSITORY](intent)

    assert watched == ["acme/platform"]
