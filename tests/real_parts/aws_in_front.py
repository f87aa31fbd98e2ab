"""Stands in front of moto on the wire and answers some calls itself: errors, silence, recordings.

Everything else goes through, so that one failing call is seen among many that work, by an
unmodified boto3. What moto lacks is answered here with an answer as AWS writes it.
"""

import http.client
import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.real_parts.aws import Aws

_SCOPE = re.compile(r"Credential=[^/]+/\d+/([^/]+)/([^/]+)/aws4_request")
_HOP = {"connection", "transfer-encoding", "content-length", "date", "server"}


@dataclass(frozen=True, slots=True)
class Rule:
    """What to do with the calls of a service, as its signature names it (`monitoring`, `ec2`).

    `code` answers an error; `body` answers 200 with it; neither waits `seconds` and hangs up.
    Empty `operation` and `region` mean every one; REST services have no operation on the wire, so
    for them it is a part of the path.
    """

    service: str
    operation: str = ""
    region: str = ""
    code: str = ""
    message: str = "refused by the test"
    status: int = 403
    body: str = ""
    seconds: float = 0.0


@dataclass(slots=True)
class InFront:
    """Where it listens, its rules, the calls seen as `region service operation`, their bodies.

    Rules in `once` answer the next calls, whatever they are, one each.
    """

    moto_url: str
    port: int = 0
    rules: list[Rule] = field(default_factory=list)
    once: list[Rule] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)

    @property
    def endpoint_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def rule_for(self, service: str, operation: str, region: str) -> Rule | None:
        if self.once:
            return self.once.pop(0)
        for rule in self.rules:
            same_service = rule.service in (service, "*")
            if same_service and rule.operation in operation and rule.region in ("", region):
                return rule
        return None


@contextmanager
def in_front_of(moto_url: str) -> Iterator[InFront]:
    front = InFront(moto_url)

    class Handler(_Handler):
        state = front

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    front.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield front
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    state: InFront
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        scope = _SCOPE.search(self.headers.get("Authorization") or "")
        region, service = scope.groups() if scope else ("", "")
        operation = self._operation(body)
        self.state.seen.append(f"{region} {service} {operation}")
        self.state.bodies.append(body.decode(errors="replace"))
        rule = self.state.rule_for(service, operation, region)
        if rule is None:
            self._forward(body)
        elif rule.body:
            self._send(200, rule.body.encode(), "text/xml" if rule.body[0] == "<" else "text/json")
        elif rule.code:
            self._send(rule.status, *_error(service, rule))
        else:
            time.sleep(rule.seconds)
            self.close_connection = True

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _answer  # noqa: N815 # http.server's names

    def _operation(self, body: bytes) -> str:
        target = self.headers.get("X-Amz-Target") or ""
        action = parse_qs(body.decode(errors="replace")).get("Action", [""])[0]
        return target.rpartition(".")[2] or action or self.path

    def _forward(self, body: bytes) -> None:
        moto = urlsplit(self.state.moto_url)
        connection = http.client.HTTPConnection(str(moto.hostname), moto.port, timeout=30)
        connection.request(self.command, self.path, body, dict(self.headers))
        answer = connection.getresponse()
        content = answer.read()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in _HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        connection.close()

    def _send(self, status: int, content: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def _error(service: str, rule: Rule) -> tuple[bytes, str]:
    """An error as the service's protocol writes it."""
    error = f"<Error><Code>{rule.code}</Code><Message>{rule.message}</Message></Error>"
    if service == "ec2":
        return f"<Response><Errors>{error}</Errors></Response>".encode(), "text/xml"
    if service == "s3":
        return error.encode(), "text/xml"
    if service in ("sts", "rds", "autoscaling", "elasticloadbalancing", "elasticache"):
        return f"<ErrorResponse>{error}</ErrorResponse>".encode(), "text/xml"
    return json.dumps({"__type": rule.code, "message": rule.message}).encode(), "text/json"


@pytest.fixture
def aws_in_front(aws: Aws) -> Iterator[InFront]:
    """An empty account whose failures a test chooses."""
    with in_front_of(aws.endpoint_url) as front:
        yield front
