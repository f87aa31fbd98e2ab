"""Whether Prometheus answers at an address: the real one, and others that do not."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from bot.setup.prometheus_probe import server_at
from tests.real_parts.prometheus import PrometheusFactory


def test_a_real_one_says_its_version(prometheus: PrometheusFactory) -> None:
    url = prometheus("# TYPE up gauge\nup 1 1700000000\n")

    assert server_at(url).startswith("Prometheus 2.")


def test_nobody_there_is_empty() -> None:
    assert server_at("http://127.0.0.1:9") == ""


@pytest.fixture
def web_page() -> Iterator[str]:
    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = b"<html>Please log in</html>"
            if "json" in self.path:
                body = json.dumps(["success"]).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("path", ["", "/json"])
def test_a_page_that_is_no_prometheus_is_empty(web_page: str, path: str) -> None:
    assert server_at(web_page + path) == ""
