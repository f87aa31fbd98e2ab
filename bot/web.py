"""HTTP: health, metrics, pushed snapshots, and Slack's requests in HTTP mode."""

import hmac
import logging
import socket
import threading
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, jsonify, request
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from slack_bolt import App
from slack_bolt.adapter.flask import SlackRequestHandler
from waitress.server import BaseWSGIServer, MultiSocketServer, create_server

from bot.people_first import PeopleFirst
from finops.domain.errors import InvalidInput, OutsideWorldFailed
from finops.finops_engine import FinOpsEngine

log = logging.getLogger(__name__)
# A pushed snapshot of 10,000 workloads is about 3 MB.
MAX_BODY_BYTES = 50 * 1024 * 1024
THREADS = 16
# A pushed cycle takes seconds, and Slack's clicks come in by the same threads.
MOST_PUSHES_AT_ONCE = 2


def build_web(
    engine: FinOpsEngine,
    *,
    push_token: str = "",
    slack_app: App | None = None,
    people: PeopleFirst | None = None,
    is_healthy: Callable[[], bool] = lambda: True,
) -> Flask:
    """The WSGI application. Without a push token nothing can be pushed."""
    web = Flask("finops-bot")
    web.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    web.add_url_rule("/healthz", view_func=_health(engine, is_healthy), endpoint="health")
    web.add_url_rule("/metrics", view_func=_metrics(engine), endpoint="metrics")
    web.add_url_rule(
        "/api/v1/cluster-data",
        view_func=_push(engine, push_token),
        endpoint="push",
        methods=["POST"],
    )
    if slack_app is not None:
        answer = _slack(slack_app, people or PeopleFirst())
        web.add_url_rule("/slack/events", view_func=answer, endpoint="slack", methods=["POST"])
    return web


def build_server(web: Flask, *, host: str, port: int) -> BaseWSGIServer:
    """A waitress server, bound and ready to `run()`; raises OSError when the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Bound here, because waitress leaves its half-made server open when the port is taken.
    listening = socket.create_server((host, port), family=family, backlog=1024)
    server = create_server(web, sockets=[listening], threads=THREADS)
    if isinstance(server, MultiSocketServer):  # only of several sockets
        raise TypeError("one socket made several servers")
    return server


def stop_server(server: BaseWSGIServer) -> None:
    """Ask the thread that runs it to close it; returns at once.

    Closed from here, its socket would vanish under that thread's `select` now and then.
    """
    server.trigger.pull_trigger(server.close)  # type: ignore[attr-defined]  # the stubs say int


def _slack(app: App, people: PeopleFirst) -> Callable[[], Any]:
    handler = SlackRequestHandler(app)

    def answer() -> Any:
        with people.serving():
            return handler.handle(request)

    return answer


def _health(engine: FinOpsEngine, is_healthy: Callable[[], bool]) -> Callable[[], Any]:
    def health() -> Any:
        try:
            waiting = engine.ledger.outbox_counts()
        except OutsideWorldFailed as error:
            return jsonify(status="down", reason=str(error)), 503
        if not is_healthy():
            return jsonify(status="down", reason="the Slack connection is down"), 503
        return jsonify(status="up", outbox=waiting)

    return health


def _metrics(engine: FinOpsEngine) -> Callable[[], Response]:
    def metrics() -> Response:
        try:
            return Response(_exposition(engine), mimetype="text/plain; version=0.0.4")
        except OutsideWorldFailed as error:
            return Response(f"# {error}\n", status=503, mimetype="text/plain")

    return metrics


def _exposition(engine: FinOpsEngine) -> bytes:
    registry = CollectorRegistry()
    outbox = Gauge("finops_outbox_intents", "Intents", ["status"], registry=registry)
    for status, count in engine.ledger.outbox_counts().items():
        outbox.labels(status).set(count)
    savings = Gauge("finops_savings_usd_per_month", "Savings", ["stage", "kind"], registry=registry)
    summary = engine.savings()
    for stage in ("estimated", "in_flight", "realised"):
        saving = getattr(summary, stage)
        savings.labels(stage, "cashable").set(float(saving.cashable_usd_per_month))
        savings.labels(stage, "freed").set(float(saving.freed_usd_per_month))
    return generate_latest(registry)


def _push(engine: FinOpsEngine, push_token: str) -> Callable[[], Any]:
    turns = threading.BoundedSemaphore(MOST_PUSHES_AT_ONCE)

    def push() -> Any:
        if not push_token:
            return jsonify(error="Pushing is off: FINOPS_PUSH_TOKEN is not set."), 403
        given = request.headers.get("Authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {push_token}".encode()):
            return jsonify(error="Send the push token as 'Authorization: Bearer …'."), 401
        data = request.get_json(silent=True)
        if not isinstance(data, dict):
            return jsonify(error="The body is not a JSON object of the cluster_data shape."), 400
        if not turns.acquire(blocking=False):
            sentence = f"{MOST_PUSHES_AT_ONCE} snapshots are being read; push again in 10 s."
            return jsonify(error=sentence), 503, {"Retry-After": "10"}
        try:
            return _cycle_over(engine, data)
        finally:
            turns.release()

    return push


def _cycle_over(engine: FinOpsEngine, data: dict[str, Any]) -> Any:
    try:
        found = engine.run_detection_cycle(data)
    except InvalidInput as error:
        return jsonify(error=str(error)), 422
    except OutsideWorldFailed as error:
        return jsonify(error=str(error)), 503
    return jsonify(opportunities=[opportunity.id for opportunity in found])
