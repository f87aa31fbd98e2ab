"""GitHub's answers as this program's errors: what passes by itself, and what a person must change.

401, 403 (no rate limit), 404, 422, archived   WillNeverWork, naming repository and permission
403/429 rate limits                            TryAgainLater with GitHub's own seconds
5xx, timeouts, broken connections              TryAgainLater
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from github import BadCredentialsException, GithubException, RateLimitExceededException
from github.GithubException import RateLimitExceededExceedsMaxWait
from github.GithubRetry import GithubRetry
from requests.exceptions import RequestException
from urllib3 import HTTPResponse

from finops.domain.errors import OutsideWorldFailed, TryAgainLater, WillNeverWork

# The worker has other work; what takes longer goes back to the outbox.
MAX_WAIT_SECONDS = 30
_SECONDARY_LIMIT_SECONDS = 60.0
_NEEDED = "the permissions Contents: write and Pull requests: write"


class ShortRetry(GithubRetry):
    """PyGithub's retries, but no wait above 30 s.

    PyGithub bounds the wait for a reset (up to an hour otherwise) but not for `Retry-After`.
    """

    def increment(self, *args: Any, **kwargs: Any) -> "ShortRetry":
        """As in PyGithub; raises RateLimitExceededExceedsMaxWait instead of a long sleep."""
        response = kwargs.get("response")
        wait = self._retry_after(response)
        if response is not None and wait > MAX_WAIT_SECONDS:
            # urllib3 gives the connection back only for its own errors.
            response.drain_conn()
            response.release_conn()
            headers = {key.lower(): value for key, value in response.headers.items()}
            raise RateLimitExceededExceedsMaxWait(response.status, None, headers, wait=wait)
        retry = super().increment(*args, **kwargs)
        assert isinstance(retry, ShortRetry)  # noqa: S101 - urllib3 copies the class
        return retry

    def _retry_after(self, response: HTTPResponse | None) -> float:
        return float((self.get_retry_after(response) if response is not None else None) or 0)


def short_retry() -> ShortRetry:
    """Three tries within seconds for reads; a write is sent once.

    PyGithub by itself repeats a POST that was answered with 502, though GitHub may have acted on
    it: two pull requests of one branch. A lost answer is read back instead, by branch name.
    """
    return ShortRetry(
        total=3,
        allowed_methods=frozenset({"GET"}),
        max_rate_limit_wait=MAX_WAIT_SECONDS,
        backoff_factor=0.3,
    )


@contextmanager
def outside_failures(repository: str, doing: str) -> Iterator[None]:
    """Turn what PyGithub raises inside into TryAgainLater or WillNeverWork."""
    try:
        yield
    except GithubException as error:
        raise failure_of(error, repository, doing) from error
    except RequestException as error:
        raise TryAgainLater(f"GitHub did not answer while {doing} {repository}: {error}") from error


def failure_of(error: GithubException, repository: str, doing: str) -> OutsideWorldFailed:
    """The failure a GitHub answer means, with a sentence for people."""
    said = _message(error)
    if isinstance(error, RateLimitExceededException) or error.status == 429:
        seconds = _seconds_to_wait(error)
        sentence = f"GitHub limits requests for {repository}; next try in {seconds:.0f} s."
        return TryAgainLater(sentence, after_seconds=seconds)
    if error.status >= 500 or error.status == 409:
        return TryAgainLater(f"GitHub failed with {error.status} while {doing} {repository}.")
    if isinstance(error, BadCredentialsException) or error.status == 401:
        return WillNeverWork(
            f"GitHub rejects the credentials for {repository}; renew the token or the App's key."
        )
    if error.status == 404:
        return WillNeverWork(
            f"GitHub shows no {repository} while {doing} it; check its name, and that the token "
            f"or App has access with {_NEEDED}."
        )
    if error.status == 403:
        return WillNeverWork(_forbidden(said, repository, doing))
    return WillNeverWork(f"GitHub refused {doing} {repository} ({error.status}): {said}")


def _forbidden(said: str, repository: str, doing: str) -> str:
    lowered = said.lower()
    if "archived" in lowered:
        return f"{repository} is archived, so it takes no pull requests; unarchive it."
    if "protected" in lowered:
        return f"A rule of {repository} protects branches named finops/*: {said}. Exempt them."
    return f"GitHub forbids {doing} {repository}: {said}. It needs {_NEEDED}."


def _message(error: GithubException) -> str:
    data = error.data if isinstance(error.data, dict) else {}
    details = data.get("errors")
    extra = f" {details}" if details else ""
    return f"{data.get('message') or error.message or 'no reason given'}{extra}"[:300]


def _seconds_to_wait(error: GithubException) -> float:
    if isinstance(error, RateLimitExceededExceedsMaxWait) and error.wait:
        return error.wait
    headers = error.headers or {}
    if headers.get("retry-after", "").isdigit():
        return float(headers["retry-after"])
    reset = headers.get("x-ratelimit-reset", "")
    if headers.get("x-ratelimit-remaining") == "0" and reset.isdigit():
        return max(float(reset) - time.time(), 1.0)
    return _SECONDARY_LIMIT_SECONDS
