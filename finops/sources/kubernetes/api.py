"""One question to an API server: bounded in time, size and tries. It only ever asks with GET."""

import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import urllib3

from finops.domain.errors import OutsideWorldFailed, TryAgainLater, WillNeverWork
from finops.sources.json_text import read_json
from finops.sources.kubernetes.connection import Connect, Connection
from finops.sources.raw_objects import Mapped, at, mapping, printable

_PIECE_BYTES = 256 * 1024
_CONNECT_SECONDS = 10.0


class Denied(OutsideWorldFailed):
    """RBAC does not allow it (403)."""


class NotServed(OutsideWorldFailed):
    """The server has no such path (404)."""


class CursorExpired(OutsideWorldFailed):
    """The list's cursor is too old (410); `cursor` goes on without consistency where it is set."""

    def __init__(self, cursor: str) -> None:
        super().__init__("the list changed faster than it could be read (HTTP 410)")
        self.cursor = cursor


class CredentialsRefused(WillNeverWork):
    """The server knows nobody by these credentials (401), which ends the whole reading."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long and how much: seconds a request, tries, seconds in all, bytes an answer.

    500 pods are about 5 MB of JSON; a page of 128 MB means that the server ignores the page size.
    """

    timeout_seconds: float = 60
    tries: int = 3
    backoff_seconds: float = 1
    total_seconds: float = 600
    answer_bytes: int = 128_000_000


@dataclass(frozen=True, slots=True)
class Answer:
    """A JSON object and the headers that came with it."""

    body: Mapped
    headers: Mapping[str, str]


@dataclass(slots=True)
class KubernetesApi:
    """Asks one server; `give_up_at` is a moment of `time.monotonic()`.

    Credentials that are refused are fetched anew once, by connecting again.
    """

    connect: Connect
    patience: Patience = field(default_factory=Patience)
    pause: Callable[[float], None] = time.sleep
    give_up_at: float = field(init=False)
    connection: Connection = field(init=False)
    _is_renewed: bool = field(default=False, init=False)
    _renewing: threading.Lock = field(default_factory=threading.Lock, init=False)

    def __post_init__(self) -> None:
        """Connect; raises WillNeverWork or TryAgainLater of the connection."""
        self.give_up_at = time.monotonic() + self.patience.total_seconds
        self.connection = self.connect()

    def close(self) -> None:
        """Close what is still open to the server."""
        self.connection.pool.clear()

    def get(self, path: str, **query: str | int) -> Answer:
        """The JSON object at a path.

        Raises Denied, NotServed, CursorExpired, CredentialsRefused, WillNeverWork, or TryAgainLater
        when it still fails after the last try.
        """
        asked = f"{path}?{urlencode(query)}" if query else path
        for attempt in range(self.patience.tries):
            try:
                return self._authorized(asked)
            except TryAgainLater as error:
                wait = max(self.patience.backoff_seconds * 2**attempt, error.after_seconds)
                is_last = attempt + 1 == self.patience.tries
                if is_last or time.monotonic() + wait >= self.give_up_at:
                    raise
                self.pause(wait)
        raise AssertionError("the last try returns or raises")

    def _authorized(self, path: str) -> Answer:
        used = self.connection
        try:
            return self._ask(path, used)
        except CredentialsRefused as error:
            self._renew(used, error)
        try:
            return self._ask(path, self.connection)
        except CredentialsRefused as error:
            raise _refused() from error

    def _renew(self, used: Connection, error: CredentialsRefused) -> None:
        with self._renewing:
            if self.connection is not used:
                return  # another thread was refused at the same time and has connected again
            if self._is_renewed:
                raise _refused() from error
            self._is_renewed = True
            self.connection = self.connect()

    def _ask(self, path: str, connection: Connection) -> Answer:
        left = self.give_up_at - time.monotonic()
        if left <= 0:
            raise TryAgainLater(f"the {self.patience.total_seconds:g} s for it are over")
        seconds = min(self.patience.timeout_seconds, left)
        try:
            response = connection.open(
                path, connect_seconds=min(_CONNECT_SECONDS, seconds), read_seconds=seconds
            )
            body = _read_body(response, self.patience, time.monotonic() + seconds)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            _check_trust(error)
            raise TryAgainLater(_network_sentence(error, seconds), after_seconds=0) from error
        _check_status(response, body)
        return Answer(_parsed(response, body), dict(response.headers))


def _refused() -> CredentialsRefused:
    return CredentialsRefused(
        "it refused the credentials (HTTP 401), fresh ones too; log in again, or check the "
        "service account's token or the EKS access entry"
    )


def _read_body(response: Any, patience: Patience, deadline: float) -> bytes:
    """The whole body; `read1` returns what is there, so a server that drips is noticed in time."""
    body = bytearray()
    try:
        while piece := response.read1(_PIECE_BYTES, decode_content=True):
            body += piece
            if len(body) > patience.answer_bytes:
                raise WillNeverWork(
                    f"its answer is over {patience.answer_bytes:,} bytes; lower page_size"
                )
            if time.monotonic() > deadline:
                raise TryAgainLater("its answer took too long", after_seconds=0)
    except BaseException:
        response.close()  # what is left of the body must not reach the next question
        raise
    response.release_conn()
    return bytes(body)


def _check_trust(error: Exception) -> None:
    """A certificate of somebody else does not become right by asking again."""
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in error.args):
        raise WillNeverWork(
            "its TLS certificate was not accepted; check the certificate authority and the host "
            "name in the kubeconfig"
        ) from error


def _network_sentence(error: Exception, seconds: float) -> str:
    if isinstance(error, urllib3.exceptions.NewConnectionError):
        return "nobody listens at its address, or its name is not known"
    if isinstance(error, urllib3.exceptions.TimeoutError):
        return f"no answer within {seconds:.3g} s"
    if isinstance(error, urllib3.exceptions.SSLError):
        return "the TLS handshake failed"
    if isinstance(error, urllib3.exceptions.ProxyError):
        return "the proxy did not let it through"
    return f"the connection was refused or broke ({type(error).__name__})"


def _check_status(response: Any, body: bytes) -> None:
    code = response.status
    if code == 200:
        return
    reason = _reason(body)
    if code == 410:
        raise CursorExpired(_cursor(body))
    named = {401: CredentialsRefused, 403: Denied, 404: NotServed}.get(code)
    if named is not None:
        raise named(f"HTTP {code}{reason}")
    if code == 429 or code >= 500:
        raise TryAgainLater(f"HTTP {code}{reason}", after_seconds=_retry_after(response))
    raise WillNeverWork(f"HTTP {code}{reason}; is this the address of an API server?")


def _retry_after(response: Any) -> float:
    written = response.headers.get("Retry-After", "")
    return min(float(written), 3600.0) if written.isascii() and written.isdigit() else 0.0


def _parsed(response: Any, body: bytes) -> Mapped:
    try:
        parsed = read_json(body)
    except ValueError as error:
        if body.lstrip()[:1] == b"{":
            raise TryAgainLater("its JSON answer is cut off or broken", after_seconds=0) from error
        kind = printable(response.headers.get("Content-Type", "no content type"))[:60]
        raise WillNeverWork(
            f"it answered with {kind!r} instead of JSON; is a login page in front of it?"
        ) from error
    if not isinstance(parsed, dict):
        raise WillNeverWork("its JSON is no Kubernetes object")
    return parsed


def _status(body: bytes) -> Mapped:
    try:
        return mapping(read_json(body[:100_000]))
    except ValueError:
        return {}


def _reason(body: bytes) -> str:
    """`: pods is forbidden …` from the server's Status object, else nothing."""
    message = _status(body).get("message")
    return f": {printable(message)[:200].rstrip('.')}" if isinstance(message, str) else ""


def _cursor(body: bytes) -> str:
    cursor = at(_status(body), "metadata", "continue")
    return cursor if isinstance(cursor, str) else ""
