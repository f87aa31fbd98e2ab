"""Against servers that are slow, broken or lie: each is a few lines of http.server."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest

from finops.domain.errors import InvalidInput, TryAgainLater, WillNeverWork
from finops.domain.estate import Workload
from finops.ports import UsageReading
from finops.sources.prometheus.api import Patience, shown_url
from finops.sources.prometheus.usage import PrometheusUsage
from tests.finops.usage_store import MemoryUsageStore

NOW = datetime(2026, 7, 15, 12, tzinfo=UTC)
PATIENCE = Patience(tries=2, backoff_seconds=0.01, total_seconds=5)

Behaviour = Callable[[BaseHTTPRequestHandler, dict[str, str]], None]
Start = Callable[[Behaviour], str]


@contextmanager
def serving(behaviour: Behaviour) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            asked = parse_qs(self.rfile.read(length).decode())
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


def good(
    handler: BaseHTTPRequestHandler,
    asked: dict[str, str],
    *,
    namespace: str = "shop",
    **extra: object,
) -> None:
    """What an honest server says: the first look, then one value of 5 for each question."""
    if asked["query"] == "time()":
        data = {"resultType": "scalar", "result": [time.time(), str(time.time())]}
        answer(handler, {"status": "success", "data": data})
    elif asked["query"].startswith("count(kube"):
        answer(handler, {"status": "success", "data": {"resultType": "vector", "result": []}})
    else:
        answer(
            handler,
            matrix(
                [[int(asked.get("end", asked.get("time", "0"))), "5"]], namespace=namespace, **extra
            ),
        )


def is_look(asked: dict[str, str]) -> bool:
    return asked["query"] == "time()" or asked["query"].startswith("count(")


def is_cpu(asked: dict[str, str]) -> bool:
    return "container_cpu_usage" in asked["query"]


def workload(namespace: str = "shop") -> Workload:
    return Workload(cluster="prod", namespace=namespace, kind="StatefulSet", name="db")


def usage_of(
    url: str,
    *,
    timeout_seconds: float = 1,
    store: MemoryUsageStore | None = None,
    patience: Patience = PATIENCE,
) -> PrometheusUsage:
    return PrometheusUsage(
        base_url=url,
        cluster="prod",
        store=store or MemoryUsageStore(),
        patience=replace(patience, timeout_seconds=timeout_seconds),
    )


def read(url: str, *namespaces: str, timeout_seconds: float = 1) -> UsageReading:
    workloads = [workload(namespace) for namespace in namespaces or ("shop",)]
    usage = usage_of(url, timeout_seconds=timeout_seconds)
    return usage.read(workloads, now=NOW, window_days=1)


def test_nothing_is_asked_without_workloads() -> None:
    usage = usage_of("http://127.0.0.1:1")

    assert usage.read([], now=NOW, window_days=1) == UsageReading({})


def test_a_refused_connection_is_worth_another_try_later() -> None:
    with pytest.raises(TryAgainLater, match="the connection was refused or broke"):
        read("http://127.0.0.1:1")


@pytest.mark.parametrize("code", [401, 403])
def test_refused_credentials_need_a_person(start: Start, code: int) -> None:
    url = start(lambda handler, _: answer(handler, b"no", code=code, kind="text/plain"))

    with pytest.raises(WillNeverWork, match=f"{url}.*HTTP {code}.*Authorization header"):
        read(url)


def test_headers_do_not_follow_a_redirect(start: Start) -> None:
    followed: list[str] = []
    other = start(lambda handler, _: followed.append(handler.path))
    secret = {"Location": other.replace("//", "//me:secret@") + "/login?token=secret"}
    url = start(lambda handler, _: answer(handler, b"", code=301, headers=secret))

    with pytest.raises(WillNeverWork, match=f"redirects to {other}/login \\(HTTP 301\\)"):
        read(url)
    assert followed == []


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
    def lie(handler: BaseHTTPRequestHandler, asked: dict[str, str]) -> None:
        good(handler, asked) if is_look(asked) else answer(handler, matrix(values))

    url = start(lie)

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
    patience = Patience(tries=3, total_seconds=1, backoff_seconds=0.01)
    usage = usage_of(url, timeout_seconds=0.5, patience=patience)
    workloads = [workload(f"n{i}") for i in range(50)]
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
    assert not any("did not answer" in gap.sentence for gap in reading.gaps)


def test_what_fails_is_a_gap_and_the_rest_is_kept(start: Start) -> None:
    def no_cpu(handler: BaseHTTPRequestHandler, asked: dict[str, str]) -> None:
        if is_cpu(asked):
            answer(handler, b"", code=503)
        else:
            good(handler, asked)

    url = start(no_cpu)
    store = MemoryUsageStore()
    reading = usage_of(url, store=store).read([workload()], now=NOW, window_days=1)
    found = reading.containers["shop", "StatefulSet", "db", "server"]

    assert found.cpu is None
    assert found.memory
    assert {resource for _, resource in store.marks_by_place} == {"memory", "stability"}
    assert any(
        f"{url} did not answer for namespace shop (CPU, CPU of starts): HTTP 503" in gap.sentence
        for gap in reading.gaps
    )


def test_one_lost_question_of_many_leaves_no_half_truth(start: Start) -> None:
    def one_fails(handler: BaseHTTPRequestHandler, asked: dict[str, str]) -> None:
        if "quantile_over_time(0.99" in asked["query"]:
            answer(handler, b"", code=500)
        else:
            good(handler, asked)

    reading = read(start(one_fails))
    found = reading.containers["shop", "StatefulSet", "db", "server"]

    assert found.cpu is None
    assert found.memory


def test_a_server_that_fails_later_still_leaves_what_was_kept(start: Start) -> None:
    is_down = False

    def sometimes(handler: BaseHTTPRequestHandler, asked: dict[str, str]) -> None:
        answer(handler, b"", code=503) if is_down else good(handler, asked)

    usage = usage_of(start(sometimes), store=MemoryUsageStore())
    usage.read([workload()], now=NOW, window_days=1)
    is_down = True
    soon = usage.read([workload()], now=NOW + timedelta(days=1), window_days=1)
    with pytest.raises(TryAgainLater):
        usage.read([workload()], now=NOW + timedelta(days=9), window_days=1)
    found = soon.containers["shop", "StatefulSet", "db", "server"]

    assert found.cpu
    assert "up to 2026-07-15 11:55 UTC" in found.cpu.source
    assert "HTTP 503" in soon.gaps[0].sentence


def test_a_question_that_is_too_large_is_asked_in_pieces(start: Start) -> None:
    asked_for: list[int] = []

    def small_only(handler: BaseHTTPRequestHandler, asked: dict[str, str]) -> None:
        namespaces = asked["query"].partition("}")[0].count("|") + 1
        if is_look(asked):
            good(handler, asked)
        elif namespaces > 2:
            error = "query processing would load too many samples"
            body: dict[str, object] = {"status": "error", "error": error}
            answer(handler, body, code=422)
        else:
            asked_for.append(namespaces)
            good(handler, asked)

    reading = read(start(small_only), *(f"n{number}" for number in range(8)), "shop")

    assert set(reading.containers) == {("shop", "StatefulSet", "db", "server")}
    assert max(asked_for) == 2
    assert not any("did not answer" in gap.sentence for gap in reading.gaps)


def test_days_are_cut_too_and_one_day_that_is_too_much_is_a_gap(start: Start) -> None:
    def one_day_only(handler: BaseHTTPRequestHandler, asked: dict[str, str]) -> None:
        is_long = int(asked.get("end", "0")) > int(asked.get("start", "0"))
        is_refused = is_long or "max_over_time(container_memory" in asked["query"]
        if is_refused and not is_look(asked):
            answer(handler, b"", code=413)
        else:
            good(handler, asked)

    reading = usage_of(start(one_day_only)).read([workload()], now=NOW, window_days=4)
    found = reading.containers["shop", "StatefulSet", "db", "server"]

    assert found.cpu
    assert len(found.cpu.daily_peaks) == 4
    assert found.memory is None
    assert "(memory): HTTP 413" in reading.gaps[1].sentence


def test_a_dead_server_is_asked_one_small_question(start: Start) -> None:
    url = start(lambda handler, _: answer(handler, b"", code=502))
    usage = usage_of(url)

    with pytest.raises(TryAgainLater):
        usage.read([workload(f"n{i}") for i in range(500)], now=NOW, window_days=14)
    assert usage.traffic.questions == PATIENCE.tries


def test_warnings_become_gaps_and_stand_on_the_card(start: Start) -> None:
    url = start(lambda h, asked: good(h, asked, warnings=["store eu-1 is\ndown"]))
    reading = read(url)
    [usage] = reading.containers.values()

    assert usage.cpu
    assert "may be too low" in usage.cpu.source
    assert any("warned about namespace shop: store eu-1 isdown" in g.sentence for g in reading.gaps)


def test_series_of_another_namespace_are_not_believed(start: Start) -> None:
    reading = read(start(lambda h, asked: good(h, asked, namespace="other")))

    assert reading.containers == {}
    assert any("knows no container" in gap.sentence for gap in reading.gaps)


def test_absurd_samples_are_left_out_and_counted(start: Start) -> None:
    def absurd(handler: BaseHTTPRequestHandler, asked: dict[str, str]) -> None:
        if is_look(asked):
            good(handler, asked)
        else:
            answer(handler, matrix([[int(asked.get("end", "0")), "1e300"]]))

    reading = read(start(absurd))

    assert reading.containers == {}
    assert any("negative, absurd or no number" in gap.sentence for gap in reading.gaps)


def test_a_clock_that_runs_ahead_moves_no_mark_past_the_server(start: Start) -> None:
    hour = 3600

    def behind(handler: BaseHTTPRequestHandler, asked: dict[str, str]) -> None:
        if asked["query"] == "time()":
            now = time.time() - hour
            data = {"resultType": "scalar", "result": [now, str(now)]}
            answer(handler, {"status": "success", "data": data})
        else:
            good(handler, asked)

    store = MemoryUsageStore()
    reading = usage_of(start(behind), store=store).read([workload()], now=NOW, window_days=1)

    assert all(mark.until <= NOW.timestamp() - hour for mark in store.marks_by_place.values())
    assert "a clock 3,600 s behind ours" in reading.gaps[0].sentence


def test_an_endless_answer_is_cut_off(start: Start) -> None:
    url = start(lambda handler, _: answer(handler, b" " * 3_000_000))
    usage = usage_of(url, patience=Patience(tries=1, answer_bytes=1_000_000))

    with pytest.raises(TryAgainLater, match="over 1,000,000 bytes"):
        usage.read([workload()], now=NOW, window_days=1)


def test_a_password_in_the_address_is_never_shown() -> None:
    assert shown_url("http://ann:secret@prom:9090/x?token=1") == "http://prom:9090/x"


def test_a_matcher_that_is_no_label_is_refused() -> None:
    with pytest.raises(InvalidInput, match="not a label name"):
        PrometheusUsage(
            base_url="http://prom",
            cluster="prod",
            store=MemoryUsageStore(),
            matchers={'a"': "b"},
        )


@pytest.mark.parametrize("url", ["prometheus:9090", "", "ftp://x", "http://[::1", "//x", "http://"])
def test_an_address_that_is_none_is_refused_before_anything_is_asked(url: str) -> None:
    with pytest.raises(InvalidInput, match="write it like http://prometheus:9090"):
        usage_of(url)
