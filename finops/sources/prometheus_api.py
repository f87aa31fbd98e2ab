"""One question to the HTTP API of Prometheus: bounded in time, size and number of tries.

Works with anything that speaks `/api/v1/query_range`: Prometheus, Thanos, Mimir, VictoriaMetrics,
Amazon Managed Prometheus behind a signing session.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
import urllib3

from finops.domain.errors import InvalidInput, OutsideWorldFailed, TryAgainLater, WillNeverWork
from finops.sources.usage_series import TimeGrid

_PIECE_BYTES = 256 * 1024


class TooMuchAtOnce(OutsideWorldFailed):
    """The answer is over a limit, ours or the server's; a shorter range may fit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long and how much: seconds a request, tries, seconds in all, bytes an answer.

    64 MB of JSON samples become about 400 MB of Python objects; four threads share that.
    """

    timeout_seconds: float = 30
    tries: int = 3
    backoff_seconds: float = 1
    total_seconds: float = 600
    answer_bytes: int = 64_000_000


@dataclass(frozen=True, slots=True)
class Answer:
    """The series of one answer as the server sent them, and its warnings."""

    series: list[Mapping[str, Any]]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PrometheusApi:
    """Asks one server; `give_up_at` is a moment of `time.monotonic()`."""

    base_url: str
    session: requests.Session
    give_up_at: float
    patience: Patience = field(default_factory=Patience)

    def query_range(self, query: str, grid: TimeGrid) -> Answer:
        """Values of `query` on the grid.

        Raises WillNeverWork (refused credentials, no such API, a query it calls wrong),
        TooMuchAtOnce, or TryAgainLater when it still fails after the last try.
        """
        problem: TryAgainLater | None = None
        for attempt in range(self.patience.tries):
            if problem is not None:
                self._pause(problem, attempt)
            try:
                return self._ask(query, grid)
            except TryAgainLater as error:
                problem = error
        raise problem or TryAgainLater("it was not asked")

    def _pause(self, problem: TryAgainLater, attempt: int) -> None:
        pause = max(self.patience.backoff_seconds * 2 ** (attempt - 1), problem.after_seconds)
        if time.monotonic() + pause >= self.give_up_at:
            raise problem
        time.sleep(pause)

    def _ask(self, query: str, grid: TimeGrid) -> Answer:
        left = self.give_up_at - time.monotonic()
        if left <= 0:
            raise TryAgainLater(f"the {self.patience.total_seconds:g} s for it are over")
        seconds = min(self.patience.timeout_seconds, left)
        asked = {"query": query, "start": grid.start, "end": grid.end, "step": grid.step}
        try:
            with self.session.get(
                f"{self.base_url.rstrip('/')}/api/v1/query_range",
                params={name: str(value) for name, value in asked.items()},
                timeout=seconds,
                stream=True,
            ) as response:
                body = _read_body(response, self.patience, time.monotonic() + seconds)
        except requests.RequestException as error:
            raise TryAgainLater(_network_sentence(error, seconds), after_seconds=0) from error
        _check_status(response, body)
        return _answer(response, body)


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
    parts = urlsplit(url)
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


def _check_status(response: requests.Response, body: bytes) -> None:
    code = response.status_code
    if code == 200:
        return
    reason = _server_reason(body)
    if code in (401, 403):
        raise WillNeverWork(
            f"it refused the credentials with HTTP {code}; check the Authorization header (or "
            "X-Scope-OrgID for a tenant)"
        )
    if code == 404:
        raise WillNeverWork("it has no /api/v1/query_range (HTTP 404); check the path prefix")
    if code == 413 or (code == 422 and "too many samples" in reason):
        raise TooMuchAtOnce(f"HTTP {code}{reason}")
    if code == 429 or code >= 500:
        raise TryAgainLater(f"HTTP {code}{reason}", after_seconds=_retry_after(response))
    raise WillNeverWork(f"HTTP {code}{reason}")


def _retry_after(response: requests.Response) -> float:
    text = response.headers.get("Retry-After", "")
    return min(float(text), 3600.0) if text.isascii() and text.isdigit() else 0.0


def _answer(response: requests.Response, body: bytes) -> Answer:
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError) as error:
        kind = response.headers.get("Content-Type", "no content type")[:60]
        if body.lstrip()[:1] == b"{":
            raise TryAgainLater("its JSON answer is cut off or broken", after_seconds=0) from error
        raise WillNeverWork(
            f"it answered with {kind!r} instead of JSON; is it a login page?"
        ) from error
    if not isinstance(parsed, dict) or parsed.get("status") != "success":
        raise WillNeverWork(f"it reported an error{_server_reason(body)}")
    data = parsed.get("data")
    result = data.get("result") if isinstance(data, dict) else None
    if not isinstance(result, list) or not all(isinstance(s, dict) for s in result):
        raise WillNeverWork("its JSON is not an answer of the query_range API")
    warnings = parsed.get("warnings")
    texts = warnings if isinstance(warnings, list) else []
    return Answer(result, tuple(_plain(str(text)) for text in texts[:5]))


def _server_reason(body: bytes) -> str:
    """`: parse error …` from Prometheus's own error JSON, else nothing."""
    try:
        parsed = json.loads(body[:100_000])
    except (ValueError, RecursionError):
        return ""
    reason = parsed.get("error") if isinstance(parsed, dict) else None
    return f": {_plain(str(reason))}" if reason else ""


def _plain(text: str) -> str:
    return "".join(c for c in text if c.isprintable())[:200]
