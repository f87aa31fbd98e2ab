"""Everything that speaks Slack.

`register` connects the listeners; each reads the payload, asks the engine, and acknowledges. What
changes in Slack because of it comes from the outbox, through `handlers.deliveries`.
"""

from slack_bolt import App

from handlers.access import Membership
from handlers.context import HandlerContext
from handlers.deliveries import SlackDeliveries
from handlers.listeners import register

__all__ = ["App", "HandlerContext", "Membership", "SlackDeliveries", "register"]
