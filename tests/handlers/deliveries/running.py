"""Delivers one intent, as the worker does."""

from typing import Any

from finops.domain.intents import IntentKind
from finops.ledger.outbox import Intent
from handlers import SlackDeliveries


def intent(what: IntentKind, subject: str, *, attempts: int = 1, **payload: Any) -> Intent:
    return Intent(17, what, subject, payload, attempts)


def run(deliveries: SlackDeliveries, what: IntentKind, subject: str, **rest: Any) -> None:
    deliveries.handlers()[what](intent(what, subject, **rest))
