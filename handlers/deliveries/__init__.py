"""The outbox's way into Slack: one method for each kind of intent that is shown there.

Delivered at least once, so each effect recognises itself: a message that may have been posted is
looked for before it is posted again.
"""

from handlers.deliveries.slack_deliveries import SlackDeliveries

__all__ = ["SlackDeliveries"]
