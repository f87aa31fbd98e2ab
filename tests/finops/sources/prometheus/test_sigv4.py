"""What a signed request carries, checked by signing it again as the service would."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from finops.domain.errors import WillNeverWork
from finops.sources.prometheus.sigv4 import SignedRequests

KEYS = Credentials("AKIDEXAMPLE", "secret", "session-token")


class _Service(BaseHTTPRequestHandler):
    seen: list[tuple[str, dict[str, str], bytes]] = []  # noqa: RUF012 - the test reads it

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.seen.append((self.path, dict(self.headers.items()), body))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        del format, args


@pytest.fixture
def service() -> Iterator[str]:
    _Service.seen.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Service)
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_signature_is_the_one_the_service_computes(service: str) -> None:
    session = requests.Session()
    session.auth = SignedRequests(lambda: KEYS, region="eu-west-1", service="aps")
    session.post(f"{service}/workspaces/ws-1/api/v1/query", data=[("query", 'up{a="b c"}')])
    path, headers, body = _Service.seen[0]
    again = AWSRequest(
        method="POST",
        url=service + path,
        data=body,
        headers={"Content-Type": headers["Content-Type"]},
    )
    again.context["timestamp"] = headers["X-Amz-Date"]
    signer = SigV4Auth(KEYS, "aps", "eu-west-1")
    again.headers["X-Amz-Date"] = headers["X-Amz-Date"]
    again.headers["X-Amz-Security-Token"] = headers["X-Amz-Security-Token"]
    signature = signer.signature(
        signer.string_to_sign(again, signer.canonical_request(again)), again
    )

    assert headers["X-Amz-Security-Token"] == "session-token"
    assert headers["Authorization"].endswith(f"Signature={signature}")
    assert "/eu-west-1/aps/aws4_request" in headers["Authorization"]


def test_without_credentials_a_person_is_told() -> None:
    session = requests.Session()
    session.auth = SignedRequests(lambda: None, region="eu-west-1", service="aps")

    with pytest.raises(WillNeverWork, match="no AWS credentials"):
        session.get("http://127.0.0.1:1/")


def test_a_refused_role_is_a_sentence() -> None:
    def refused() -> None:
        answer = {"Error": {"Code": "AccessDenied", "Message": "not yours"}}
        raise ClientError(answer, "AssumeRole")

    session = requests.Session()
    session.auth = SignedRequests(refused, region="eu-west-1", service="aps")

    with pytest.raises(WillNeverWork, match="AccessDenied"):
        session.get("http://127.0.0.1:1/")
