"""Against servers that are slow, broken or lie: each is a few lines of http.server."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from finops.domain.errors import InvalidInput, TryAgainLater, WillNeverWork
from finops.domain.estate import Workload
from finops.ports import UsageReading
from finops.sources.prometheus import PrometheusUsage
from finops.sources.prometheus_api import Patience, shown_url

NOW = datetime(2026, 7, 15, 12, tzinfo=UTC)
PATIENCE = Patience(tries=2, backoff_seconds=0.01, total_seconds=5)

Behaviour = Callable[[BaseHTTPRequestHandler, dict[str, str]], None]
Start = Callable[[Behaviour], str]


@contextmanager
def serving(behaviour: Behaviour) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = parse_qs(urlsplit(self.path).query)
            # The client goes away early in some tests: that is what they are about.
            with suppress(BrokenPipeError, ConnectionResetError):
                behaviour(self, {name: values[0] for name, values in asked.items()})

        def log_message(self, format: str, *args: object) -> None:
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def start() -> Iterator[Start]:
    with ExitStack() as servers:
        yield lambda behaviour: servers.enter_context(serving(behaviour))


def answer(
    handler: BaseHTTPRequestHandler,
    body: bytes | dict[str, object],
    *,
    code: int = 200,
    kind: str = "application/json",
    length: int | None = None,
    headers: dict[str, str] | None = None,
) -> None:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    handler.send_response(code)
    handler.send_header("Content-Type", kind)
    handler.send_header("Content-Length", str(len(data) if length is None else length))
    for name, value in (headers or {}).items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(data)


def matrix(values: object, *, namespace: str = "shop", **extra: object) -> dict[str, object]:
    metric = {"namespace": namespace, "pod": "db-0", "container": "server"}
    result = [{"metric": metric, "values": values}]
    return {"status": "success", "data": {"resultType": "matrix", "result": result}} | extra


def good(handler: BaseHTTPRequestHandler, asked: dict[str, str]) -> None:
    answer(handler, matrix([[int(asked["start"]), "5"]]))


def is_cpu(asked: dict[str, str]) -> bool:
    return "container_cpu_usage" in asked["query"]


def read(url: str, *namespaces: str, timeout_seconds: float = 1) -> UsageReading:
    workloads = [
        Workload(cluster="prod", namespace=namespace, kind="StatefulSet", name="db")
        for namespace in namespaces or ("shop",)
    ]
    usage = PrometheusUsage(url, timeout_seconds=timeout_seconds, patience=PATIENCE)
    return usage.read(workloads, now=NOW, window_days=1)


def test_nothing_is_asked_without_workloads() -> None:
    usage = PrometheusUsage("http://127.0.0.1:1")

    assert usage.read([], now=NOW, window_days=1) == UsageReading({})


def test_a_refused_connection_is_worth_another_try_later() -> None:
    with pytest.raises(TryAgainLater, match="the connection was refused or broke"):
        read("http://127.0.0.1:1")


@pytest.mark.parametrize("code", [401, 403])
def test_refused_credentials_need_a_person(start: Start, code: int) -> None:
    url = start(lambda handler, _: answer(handler, b"no", code=code, kind="text/plain"))

    with pytest.raises(WillNeverWork, match=f"{url}.*HTTP {code}.*Authorization header"):
        read(url)


def test_a_wrong_address_needs_a_person(start: Start) -> None:
    url = start(lambda handler, _: answer(handler, b"404", code=404))

    with pytest.raises(WillNeverWork, match="check the path prefix"):
        read(url)


@pytest.mark.parametrize(
    ("body", "kind", "reason"),
    [
        (b"<html>sign in</html>", "text/html", "'text/html' instead of JSON"),
        (b'{"status":"error","error":"parse error\\nat 1"}', "application/json", "parse errorat 1"),
        (b'{"status":"success","data":{"result":7}}', "application/json", "not an answer of"),
        (b"[]", "application/json", "reported an error"),
        (b"[" * 100_000, "application/json", "instead of JSON"),
        (b'{"status":"success"}', "application/json", "not an answer of"),
    ],
)
def test_answers_that_are_none_say_so(start: Start, body: bytes, kind: str, reason: str) -> None:
    url = start(lambda handler, _: answer(handler, body, kind=kind))

    with pytest.raises(WillNeverWork, match=reason):
        read(url)


@pytest.mark.parametrize("values", [7, [[1]], [["a", "b"]], [[1, "five"]], [None], [[1, [2]]]])
def test_samples_that_are_no_pairs_say_so(start: Start, values: object) -> None:
    url = start(lambda handler, _: answer(handler, matrix(values)))

    with pytest.raises(WillNeverWork, match=r"not \[time, value\] pairs"):
        read(url)


def test_a_truncated_answer_is_tried_again_then_reported(start: Start) -> None:
    url = start(lambda handler, _: answer(handler, b'{"status":"succ', length=10_000))

    with pytest.raises(TryAgainLater, match="broke off"):
        read(url)


def test_a_server_that_drips_is_given_up(start: Start) -> None:
    def drip(handler: BaseHTTPRequestHandler, _: dict[str, str]) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "100000")
        handler.end_headers()
        for _piece in range(200):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.05)

    url = start(drip)
    began = time.monotonic()

    with pytest.raises(TryAgainLater, match="took too long"):
        read(url, timeout_seconds=0.3)
    assert time.monotonic() - began < 3


def test_a_silent_server_is_given_up(start: Start) -> None:
    url = start(lambda _handler, _asked: time.sleep(1))

    with pytest.raises(TryAgainLater, match=r"no answer within 0\.2 s"):
        read(url, timeout_seconds=0.2)


def test_time_is_bounded_over_all_namespaces(start: Start) -> None:
    url = start(lambda _handler, _asked: time.sleep(1))
    usage = PrometheusUsage(
        url, timeout_seconds=0.5, patience=Patience(tries=3, total_seconds=1, backoff_seconds=0.01)
    )
    workloads = [
        Workload(cluster="prod", namespace=f"n{i}", kind="StatefulSet", name="db")
        for i in range(50)
    ]
    began = time.monotonic()

    with pytest.raises(TryAgainLater):
        usage.read(workloads, now=NOW, window_days=1)
    assert time.monotonic() - began < 4


def test_a_passing_failure_is_tried_again(start: Start) -> None:
    failed: set[str] = set()

    def first_fails(handler: BaseHTTPRequestHandler, asked: dict[str, str]) -> None:
        if asked["query"] in failed:
            good(handler, asked)
        else:
            failed.add(asked["query"])
            answer(handler, b"busy", code=429, headers={"Retry-After": "0"})

    reading = read(start(first_fails))

    assert ("shop", "StatefulSet", "db", "server") in reading.containers
    assert reading.gaps == ()


def test_a_failing_namespace_is_a_gap_and_the_others_are_kept(start: Start) -> None:
    def one_fails(handler: BaseHTTPRequestHandler, asked: dict[str, str]) -> None:
        if 'namespace="bad"' in asked["query"]:
            answer(handler, b"", code=503)
        else:
            good(handler, asked)

    url = start(one_fails)
    reading = read(url, "shop", "bad")

    assert list(reading.containers) == [("shop", "StatefulSet", "db", "server")]
    assert [gap.sentence for gap in reading.gaps] == [
        f"Prometheus at {url} did not answer for namespace bad (CPU and memory): HTTP 503; its "
        "workloads are skipped."
    ]


def test_half_a_series_is_not_used(start: Start) -> None:
    def later_fails(handler: BaseHTTPRequestHandler, asked: dict[str, str]) -> None:
        if is_cpu(asked) and int(asked["end"]) == int(NOW.timestamp()):
            answer(handler, b"", code=500)
        else:
            good(handler, asked)

    url = start(later_fails)
    usage = PrometheusUsage(url, patience=PATIENCE)
    workload = Workload(cluster="prod", namespace="shop", kind="StatefulSet", name="db")
    reading = usage.read([workload], now=NOW, window_days=4)
    found = reading.containers["shop", "StatefulSet", "db", "server"]

    assert found.cpu is None
    assert found.memory
    assert "namespace shop (CPU): HTTP 500" in reading.gaps[0].sentence


def test_warnings_become_gaps(start: Start) -> None:
    def warn(handler: BaseHTTPRequestHandler, asked: dict[str, str]) -> None:
        value = [[int(asked["start"]), "5"]]
        answer(handler, matrix(value, warnings=["store eu-1 is\ndown"]))

    [gap] = read(start(warn)).gaps

    assert "warned about namespace shop: store eu-1 isdown" in gap.sentence


def test_series_of_another_namespace_are_not_believed(start: Start) -> None:
    url = start(lambda h, a: answer(h, matrix([[int(a["start"]), "5"]], namespace="other")))

    assert read(url).containers == {}


def test_an_endless_answer_is_cut_off(start: Start) -> None:
    url = start(lambda handler, _: answer(handler, b" " * 3_000_000))
    usage = PrometheusUsage(url, patience=Patience(tries=1, answer_bytes=1_000_000))
    workload = Workload(cluster="prod", namespace="shop", kind="StatefulSet", name="db")

    with pytest.raises(TryAgainLater, match="over 1,000,000 bytes"):
        usage.read([workload], now=NOW, window_days=1)


def test_a_password_in_the_address_is_never_shown() -> None:
    assert shown_url("http://ann:secret@prom:9090/x?token=1") == "http://prom:9090/x"


def test_a_matcher_that_is_no_label_is_refused() -> None:
    with pytest.raises(InvalidInput, match="not a label name"):
        PrometheusUsage("http://prom", matchers={'a"': "b"})


@pytest.mark.parametrize("url", ["prometheus:9090", "", "ftp://x", "http://[::1", "//x", "http://"])
def test_an_address_that_is_none_is_refused_before_anything_is_asked(url: str) -> None:
    with pytest.raises(InvalidInput, match="write it like http://prometheus:9090"):
        PrometheusUsage(url)


def test_figures_of_a_server_that_warned_say_so_on_the_card(start: Start) -> None:
    url = start(lambda h, asked: answer(h, matrix([[int(asked["start"]), "5"]], warnings=["part"])))

    [usage] = read(url).containers.values()

    assert usage.cpu is not None
    assert "may be too low" in usage.cpu.source
