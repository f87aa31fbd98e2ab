"""One question to the HTTP API of Prometheus: bounded in time, size and number of tries.

Works with anything that speaks Prometheus's query API: Prometheus, Thanos, Mimir, VictoriaMetrics,
Amazon Managed Prometheus behind a signing session. Questions are sent as forms, because the names
of hundreds of namespaces do not fit into an address.
"""

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
import urllib3

from finops.domain.errors import InvalidInput, OutsideWorldFailed, TryAgainLater, WillNeverWork
from finops.sources.json_text import read_json

_PIECE_BYTES = 256 * 1024
# What servers say when a question would load more than they allow: Prometheus, Thanos, Mimir.
_TOO_MUCH = ("too many samples", "exceeded series limit", "exceeded sample", "limit exceeded")
_TOO_MUCH_OF_MIMIR = ("max number of series", "max number of chunks", "max-fetched")

Form = Sequence[tuple[str, str]]


class TooMuchAtOnce(OutsideWorldFailed):
    """The answer is over a limit, ours or the server's; a smaller question may fit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long and how much: seconds a request, tries, seconds in all, bytes an answer.

    64 MB of JSON samples become about 400 MB of Python objects; the threads share that.
    """

    timeout_seconds: float = 30
    tries: int = 3
    backoff_seconds: float = 1
    total_seconds: float = 600
    answer_bytes: int = 64_000_000


@dataclass(slots=True)
class Traffic:
    """How many questions were sent and how many bytes came back, retries included."""

    questions: int = 0
    bytes: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def count(self, answer_bytes: int) -> None:
        """One more question."""
        with self._lock:
            self.questions += 1
            self.bytes += answer_bytes


@dataclass(frozen=True, slots=True)
class Series:
    """One series of an answer: its labels, and [time, value] pairs as the server sent them."""

    labels: Mapping[str, Any]
    pairs: Sequence[Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """The series of one answer, and the server's warnings."""

    series: list[Series]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PrometheusApi:
    """Asks one server; `give_up_at` is a moment of `time.monotonic()`.

    Every method raises WillNeverWork (refused credentials, no such API, a query it calls wrong),
    TooMuchAtOnce, or TryAgainLater when it still fails after the last try.
    """

    base_url: str
    session: requests.Session
    give_up_at: float
    patience: Patience = field(default_factory=Patience)
    traffic: Traffic = field(default_factory=Traffic)

    def query(self, query: str, *, at: int | None) -> Answer:
        """The instant vector of `query` at an epoch second, or at the server's now.

        A scalar comes as one series without labels.
        """
        moment = [] if at is None else [("time", str(at))]
        return self._answer("query", [("query", query), *moment])

    def query_range(self, query: str, *, start: int, end: int, step: int) -> Answer:
        """The matrix of `query` at `start`, `start + step` … `end`, epoch seconds."""
        times = (("start", start), ("end", end), ("step", step))
        return self._answer(
            "query_range", [("query", query), *((name, str(value)) for name, value in times)]
        )

    def label_sets(self, match: Sequence[str], *, start: int, end: int) -> list[Mapping[str, Any]]:
        """The label sets of all series that match a selector and have samples in that time."""
        form = [("match[]", one) for one in match] + [("start", str(start)), ("end", str(end))]
        data, _ = self._data("series", form)
        if not isinstance(data, list) or not all(isinstance(one, dict) for one in data):
            raise WillNeverWork("its JSON is not an answer of the series API")
        return data

    def build_information(self) -> Mapping[str, Any]:
        """`version` and what else `/api/v1/status/buildinfo` says; empty where there is no such."""
        try:
            data, _ = self._data("status/buildinfo", ())
        except WillNeverWork as error:
            if "HTTP 404" in str(error):
                return {}
            raise
        return data if isinstance(data, dict) else {}

    def _answer(self, path: str, form: Form) -> Answer:
        data, warnings = self._data(path, form)
        result = data.get("result") if isinstance(data, dict) else None
        if isinstance(data, dict) and data.get("resultType") == "scalar":
            result = [{"value": result}]
        if not isinstance(result, list) or not all(isinstance(one, dict) for one in result):
            raise WillNeverWork(f"its JSON is not an answer of the {path} API")
        return Answer([_series(one) for one in result], warnings)

    def _data(self, path: str, form: Form) -> tuple[Any, tuple[str, ...]]:
        problem: TryAgainLater | None = None
        for attempt in range(self.patience.tries):
            if problem is not None:
                self._pause(problem, attempt)
            try:
                return self._ask(path, form)
            except TryAgainLater as error:
                problem = error
        raise problem or TryAgainLater("it was not asked")

    def _pause(self, problem: TryAgainLater, attempt: int) -> None:
        pause = max(self.patience.backoff_seconds * 2 ** (attempt - 1), problem.after_seconds)
        if time.monotonic() + pause >= self.give_up_at:
            raise problem
        time.sleep(pause)

    def _ask(self, path: str, form: Form) -> tuple[Any, tuple[str, ...]]:
        left = self.give_up_at - time.monotonic()
        if left <= 0:
            raise TryAgainLater(f"the {self.patience.total_seconds:g} s for it are over")
        seconds = min(self.patience.timeout_seconds, left)
        try:
            with self._send(path, form, seconds=seconds) as response:
                body = _read_body(response, self.patience, time.monotonic() + seconds)
        except requests.RequestException as error:
            raise TryAgainLater(_network_sentence(error, seconds), after_seconds=0) from error
        self.traffic.count(len(body))
        _check_status(response, body, path)
        return _parsed(response, body)

    def _send(self, path: str, form: Form, *, seconds: float) -> requests.Response:
        return self.session.request(
            "POST" if form else "GET",
            f"{self.base_url.rstrip('/')}/api/v1/{path}",
            data=list(form) or None,
            timeout=seconds,
            stream=True,
            # Headers with secrets would go along, and a form is lost on the way.
            allow_redirects=False,
        )


def _series(raw: Mapping[str, Any]) -> Series:
    """A row of a matrix (`values`) or of a vector (`value`)."""
    labels = raw.get("metric")
    pairs = raw["values"] if "values" in raw else [raw.get("value")]
    return Series(
        labels if isinstance(labels, dict) else {}, pairs if isinstance(pairs, list) else [None]
    )


def check_address(url: str) -> None:
    """Raise InvalidInput unless it is an http(s) address with a host."""
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:  # such as a bracket that is not closed
        is_address = False
    if not is_address:
        shown = _plain(url.rpartition("@")[2])[:80]
        raise InvalidInput(
            f"The Prometheus address {shown!r} is no URL; write it like http://prometheus:9090."
        )


def shown_url(url: str) -> str:
    """The URL without a user name and password, for messages."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _read_body(response: requests.Response, patience: Patience, deadline: float) -> bytes:
    """The whole body; `read1` returns what is there, so a server that drips is noticed in time."""
    body = bytearray()
    try:
        while piece := response.raw.read1(_PIECE_BYTES, decode_content=True):
            body += piece
            if len(body) > patience.answer_bytes:
                raise TooMuchAtOnce(f"its answer is over {patience.answer_bytes:,} bytes")
            if time.monotonic() > deadline:
                raise TryAgainLater("its answer took too long", after_seconds=0)
    except (urllib3.exceptions.HTTPError, requests.RequestException, OSError) as error:
        raise TryAgainLater("its answer broke off", after_seconds=0) from error
    return bytes(body)


def _network_sentence(error: requests.RequestException, seconds: float) -> str:
    if isinstance(error, requests.Timeout):
        return f"no answer within {seconds:.3g} s"
    if isinstance(error, requests.exceptions.SSLError):
        return "its TLS certificate was not accepted"
    if isinstance(error, requests.ConnectionError):
        return "the connection was refused or broke"
    return f"the request failed ({type(error).__name__})"


def _check_status(response: requests.Response, body: bytes, path: str) -> None:
    code = response.status_code
    if code == 200:
        return
    reason = _server_reason(body)
    if code in (401, 403):
        raise WillNeverWork(
            f"it refused the credentials with HTTP {code}; check the Authorization header (or "
            "X-Scope-OrgID for a tenant)"
        )
    if 300 <= code < 400:
        target = shown_url(response.headers.get("Location", ""))
        raise WillNeverWork(
            f"it redirects to {_plain(target)[:100] or 'nowhere'} (HTTP {code}); if that is no "
            "login page, write that address"
        )
    if code == 404:
        raise WillNeverWork(f"it has no /api/v1/{path} (HTTP 404); check the path prefix")
    if code == 413 or any(words in reason for words in (*_TOO_MUCH, *_TOO_MUCH_OF_MIMIR)):
        raise TooMuchAtOnce(f"HTTP {code}{reason}")
    if code == 429 or code >= 500:
        raise TryAgainLater(f"HTTP {code}{reason}", after_seconds=_retry_after(response))
    raise WillNeverWork(f"HTTP {code}{reason}")


def _retry_after(response: requests.Response) -> float:
    text = response.headers.get("Retry-After", "")
    return min(float(text), 3600.0) if text.isascii() and text.isdigit() else 0.0


def _parsed(response: requests.Response, body: bytes) -> tuple[Any, tuple[str, ...]]:
    """`data` and the warnings of an answer."""
    try:
        parsed = read_json(body)
    except ValueError as error:
        kind = response.headers.get("Content-Type", "no content type")[:60]
        if body.lstrip()[:1] == b"{":
            raise TryAgainLater("its JSON answer is cut off or broken", after_seconds=0) from error
        raise WillNeverWork(
            f"it answered with {kind!r} instead of JSON; is it a login page?"
        ) from error
    if not isinstance(parsed, dict) or parsed.get("status") != "success":
        raise WillNeverWork(f"it reported an error{_server_reason(body)}")
    warnings = parsed.get("warnings")
    texts = warnings if isinstance(warnings, list) else []
    return parsed.get("data"), tuple(_plain(str(text)) for text in texts[:5])


def _server_reason(body: bytes) -> str:
    """`: parse error …` from Prometheus's own error JSON, else nothing."""
    try:
        parsed = read_json(body[:100_000])
    except ValueError:
        return ""
    reason = parsed.get("error") if isinstance(parsed, dict) else None
    return f": {_plain(str(reason))}" if reason else ""


def _plain(text: str) -> str:
    return "".join(c for c in text if c.isprintable())[:200]
