"""A stand-in for a Kubernetes API server: discovery and paged lists over HTTP, and every failure.

No registry offers a real one. It serves plain dicts by kind, in the groups and versions that a
server of that minor version has, in pages with `continue` cursors, gzipped when large. It only
answers GET; anything else is 405 and stands in `requests`, where a test finds it.

    with kubernetes_api({"Pod": [{"metadata": {…}, "spec": {…}}]}, version="1.33") as server:
        KubernetesCluster(cluster="prod", connect=connect_to(server))

An object with an `apiVersion` is served in that version only, one without in every version that its
kind is served in; nothing is converted. Add-ons (Rollouts, VPA, Karpenter, PodMetrics) are served
when `objects` has their kind, be it with an empty list.
"""

import gzip
import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from finops.sources.kubernetes.connection import Connect, Connection, from_configuration
from tests.real_parts.kubernetes_versions import served_by

Objects = Mapping[str, Sequence[object]]
# Above this a real server compresses, where the client takes it.
_GZIP_BYTES = 128 * 1024


@dataclass(slots=True)
class Fault:
    """What goes wrong at a path. `on_page` counts from 1 and None is each page.

    `status` 0 answers as always, after `hang_seconds`; `drip` sends the body byte by byte; `body`
    replaces it. `cursor` is the inconsistent cursor to offer with a 410.
    """

    path: str
    status: int = 0
    times: int = 1_000_000
    on_page: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    message: str = ""
    offers_cursor: bool = False
    hang_seconds: float = 0.0
    drip: bool = False


@dataclass(slots=True)
class ApiServer:
    """The running server. `requests` are (method, path with query); `tokens` who may ask."""

    version: str
    served: Mapping[str, Mapping[str, str]]
    lists: Mapping[tuple[str, str], Sequence[bytes]]
    url: str = ""
    tokens: set[str] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)
    requests: list[tuple[str, str]] = field(default_factory=list)
    clock_ahead_seconds: float = 0.0
    on_request: Callable[[str], None] = lambda _: None
    ending: threading.Event = field(default_factory=threading.Event)

    def fail(self, path: str, status: int = 0, **how: Any) -> None:
        """From now on something goes wrong at that path; see Fault."""
        self.faults.append(Fault(path, status, **how))

    def asked(self, part: str) -> list[str]:
        """The paths that were asked for and contain `part`."""
        return [path for _, path in self.requests if part in path]

    def fault_at(self, path: str, page: int) -> Fault | None:
        for fault in self.faults:
            if fault.path == path and fault.times > 0 and fault.on_page in (None, page):
                fault.times -= 1
                return fault
        return None


@contextmanager
def kubernetes_api(
    objects: Objects, *, version: str = "1.33", tls: ssl.SSLContext | None = None
) -> Iterator[ApiServer]:
    """A server that holds these objects until the block ends; it listens on loopback."""
    served = served_by(version, _add_ons(objects))
    server = ApiServer(version, served, _lists(objects, served))
    handler = type("Handler", (_Handler,), {"api": server})
    http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    http.daemon_threads, http.block_on_close = True, False
    if tls is not None:
        http.socket = tls.wrap_socket(http.socket, server_side=True)
    server.url = f"http{'s' if tls else ''}://127.0.0.1:{http.server_address[1]}"
    thread = threading.Thread(target=http.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.ending.set()
        http.shutdown()
        http.server_close()
        thread.join(5)


def connect_to(server: ApiServer | str, token: str = "") -> Connect:
    """Connects to it, or to an address, with the official client and without a kubeconfig."""

    def connect() -> Connection:
        from kubernetes.client.configuration import Configuration

        keys = {"BearerToken": f"Bearer {token}"} if token else {}
        url = server if isinstance(server, str) else server.url
        return from_configuration(Configuration(host=url, api_key=keys))

    return connect


def _add_ons(objects: Objects) -> Iterator[tuple[str, str]]:
    for kind, items in objects.items():
        versions = {_version_of(item) for item in items} or {""}
        yield from ((kind, version) for version in versions)


def _version_of(item: object) -> str:
    return str(item.get("apiVersion", "")) if isinstance(item, dict) else ""


def _lists(
    objects: Objects, served: Mapping[str, Mapping[str, str]]
) -> dict[tuple[str, str], list[bytes]]:
    """(group version, plural) → its items, encoded once; items carry no kind, as in a real list."""
    encoded = {
        kind: [(_version_of(item), _encoded(item)) for item in items]
        for kind, items in objects.items()
    }
    return {
        (group_version, plural): [
            data for own, data in encoded.get(kind, ()) if own in ("", group_version)
        ]
        for group_version, plurals in served.items()
        for plural, kind in plurals.items()
    }


def _encoded(item: object) -> bytes:
    if isinstance(item, dict):
        item = {key: value for key, value in item.items() if key not in ("apiVersion", "kind")}
    return json.dumps(item).encode()


class _Handler(BaseHTTPRequestHandler):
    api: ApiServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each answer waits 40 ms for an acknowledgement

    def do_GET(self) -> None:
        self.api.requests.append((self.command, self.path))
        self.api.on_request(self.path)
        parts = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        start, limit = int(query.get("continue", "0")), int(query.get("limit", "0"))
        page = start // limit + 1 if limit else 1
        fault = self.api.fault_at(parts.path, page) or Fault("")
        if fault.hang_seconds:
            self.api.ending.wait(fault.hang_seconds)
        if self.api.tokens and self.headers.get("Authorization", "")[7:] not in self.api.tokens:
            fault = Fault("", 401, message="Unauthorized")
        if fault.status or fault.body is not None:
            self._send(fault.status or 200, fault.body or _failed(fault, start), fault)
        else:
            status, body = self._answer(parts.path, start, limit)
            self._send(status, body, fault)

    def do_POST(self) -> None:
        self.api.requests.append((self.command, self.path))
        self._send(405, _failed(Fault("", 405, message="only GET is answered"), 0), Fault(""))

    do_PUT = do_PATCH = do_DELETE = do_POST  # noqa: N815  # http.server looks for these names

    def _answer(self, path: str, start: int, limit: int) -> tuple[int, bytes]:
        if path == "/version":
            minor = self.api.version.split(".")[1]
            about = {"major": "1", "minor": minor, "gitVersion": f"v{self.api.version}.4"}
            return 200, json.dumps(about).encode()
        if path == "/apis":
            return 200, json.dumps(_groups(self.api.served)).encode()
        group_version = path.removeprefix("/apis/").removeprefix("/api/")
        if group_version in self.api.served:
            return 200, json.dumps(_resources(self.api.served, group_version)).encode()
        group_version, _, plural = group_version.rpartition("/")
        items = self.api.lists.get((group_version, plural))
        if items is None:
            message = "the server could not find the requested resource"
            return 404, _failed(Fault("", 404, message=message), 0)
        return 200, _page(items, start, limit)

    def _send(self, status: int, body: bytes, fault: Fault) -> None:
        self.send_response(status)
        headers = {"Content-Type": "application/json"} | dict(fault.headers)
        if len(body) > _GZIP_BYTES and "gzip" in self.headers.get("Accept-Encoding", ""):
            body = gzip.compress(body, 1)
            headers["Content-Encoding"] = "gzip"
        for name, value in (headers | {"Content-Length": str(len(body))}).items():
            self.send_header(name, value)
        self.end_headers()
        try:
            for piece in _pieces(body, drip=fault.drip):
                self.wfile.write(piece)
                if fault.drip and self.api.ending.wait(0.02):
                    return
        except OSError:
            self.close_connection = True  # the client had enough

    def date_time_string(self, timestamp: float | None = None) -> str:
        moment = time.time() if timestamp is None else timestamp
        return super().date_time_string(moment + self.api.clock_ahead_seconds)

    def log_message(self, format: str, *args: object) -> None:
        """Be quiet: `requests` remembers."""


def _pieces(body: bytes, *, drip: bool) -> Iterator[bytes]:
    if drip:
        yield from (body[i : i + 1] for i in range(len(body)))
    else:
        yield body


def _page(items: Sequence[bytes], start: int, limit: int) -> bytes:
    end = start + limit if limit else len(items)
    metadata: dict[str, object] = {"resourceVersion": "1000"}
    if end < len(items):
        metadata |= {"continue": str(end), "remainingItemCount": len(items) - end}
    head = json.dumps({"kind": "List", "apiVersion": "v1", "metadata": metadata}).encode()
    return head[:-1] + b', "items": [' + b",".join(items[start:end]) + b"]}"


def _failed(fault: Fault, start: int) -> bytes:
    metadata = {"continue": str(start)} if fault.offers_cursor else {}
    status = {"kind": "Status", "status": "Failure", "code": fault.status, "metadata": metadata}
    return json.dumps(
        status | {"message": fault.message or f"told to answer {fault.status}"}
    ).encode()


def _groups(served: Mapping[str, Mapping[str, str]]) -> dict[str, object]:
    versions: dict[str, list[str]] = {}
    for group_version in served:
        group, _, version = group_version.rpartition("/")
        versions.setdefault(group, []).append(version)
    return {
        "kind": "APIGroupList",
        "groups": [
            {
                "name": group,
                "versions": [{"groupVersion": f"{group}/{v}", "version": v} for v in found],
                "preferredVersion": {"version": found[0]},
            }
            for group, found in versions.items()
            if group
        ],
    }


def _resources(served: Mapping[str, Mapping[str, str]], group_version: str) -> dict[str, object]:
    return {
        "kind": "APIResourceList",
        "groupVersion": group_version,
        "resources": [
            {"name": plural, "kind": kind, "verbs": ["get", "list"]}
            for plural, kind in served[group_version].items()
        ],
    }
