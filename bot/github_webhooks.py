"""GitHub's webhooks: they only say that a repository should be looked at before the next poll.

Nothing in a payload is believed but the repository's name, and that only with a good signature;
what happened is asked of GitHub's API. So a lost delivery costs a minute, and a forged or repeated
one nothing.
"""

import hashlib
import hmac
import json
import logging
import re
from collections.abc import Callable
from typing import Any

from flask import jsonify, request

from finops.domain.errors import OutsideWorldFailed
from finops.finops_engine import FinOpsEngine

log = logging.getLogger(__name__)

# GitHub's own cap is 25 MB, for pushes of thousands of commits; what concerns us is far smaller.
MAX_WEBHOOK_BYTES = 5 * 1024 * 1024
EVENTS = frozenset(
    {"pull_request", "pull_request_review", "push", "issues", "issue_comment", "repository"}
)
_DELIVERY = re.compile(r"[A-Za-z0-9-]{1,100}")
_REPOSITORY = re.compile(r"[A-Za-z0-9._-]{1,100}/[A-Za-z0-9._-]{1,100}")


def github_webhooks(engine: FinOpsEngine, secret: str) -> Callable[[], Any]:
    """The view behind `/github/webhooks`."""

    def webhook() -> Any:
        if not secret:
            return jsonify(error="Webhooks are off: GITHUB_WEBHOOK_SECRET is not set."), 403
        if (request.content_length or MAX_WEBHOOK_BYTES + 1) > MAX_WEBHOOK_BYTES:
            return jsonify(
                error=f"Send at most {MAX_WEBHOOK_BYTES:,} bytes, with their length."
            ), 413
        body = request.get_data(cache=True)
        if not is_signed(body, request.headers.get("X-Hub-Signature-256", ""), secret):
            return jsonify(error="The signature is not this secret's over this body."), 401
        delivery = request.headers.get("X-GitHub-Delivery", "")
        if not _DELIVERY.fullmatch(delivery):
            return jsonify(error="X-GitHub-Delivery is missing or no delivery id."), 400
        return _answer(engine, request.headers.get("X-GitHub-Event", ""), delivery, body)

    return webhook


def is_signed(body: bytes, signature: str, secret: str) -> bool:
    """Whether `signature` is `sha256=` and the HMAC-SHA256 of the raw body, in constant time."""
    expected = f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"
    return hmac.compare_digest(expected.encode(), signature.encode())


def _answer(engine: FinOpsEngine, event: str, delivery: str, body: bytes) -> Any:
    if event == "ping":
        return jsonify(status="pong")
    if event not in EVENTS:
        return jsonify(status="ignored", reason=f"{event[:40]} says nothing of interest."), 202
    repository = _repository_in(body)
    if not _REPOSITORY.fullmatch(repository):
        return jsonify(error="The body is not JSON with repository.full_name."), 400
    try:
        is_new = engine.ask_to_watch(repository, delivery=delivery)
    except OutsideWorldFailed as error:
        return jsonify(error=str(error)), 503
    return jsonify(status="queued" if is_new else "ignored"), 202


def _repository_in(body: bytes) -> str:
    try:
        payload = json.loads(body)
        return str(payload["repository"]["full_name"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return ""
