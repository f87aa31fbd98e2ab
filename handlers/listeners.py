"""Connects Bolt to the handlers: which id leads where, and what happens to refusals."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient

from finops.domain.errors import FinOpsError
from handlers.actions import ACTIONS, SEARCHES
from handlers.commands.finops import finops_command
from handlers.context import HandlerContext
from handlers.errors import NO_LONGER_SUPPORTED, sentence_of, unexpected
from handlers.events import EVENTS
from handlers.ids import COMMAND
from handlers.interaction import Interaction
from handlers.slack_client import quick_client
from handlers.views import VIEWS

Handler = Callable[[HandlerContext, Interaction], None]

# A person waits behind each of these calls.
CLIENT_TIMEOUT_SECONDS = 5
_ANY = re.compile(".*", re.DOTALL)


def register(app: App, context: HandlerContext) -> None:
    """Register every listener, the catch-alls for ids nobody knows any more, and the error handler.

    Bolt asks listeners in the order of registration, so the catch-alls come last.
    """
    app.command(COMMAND)(_listener(finops_command, context))
    for action_id, action in ACTIONS.items():
        app.action(action_id)(_listener(action, context))
    for action_id, search in SEARCHES.items():
        app.options(action_id)(_listener(search, context))
    for callback_id, view in VIEWS.items():
        app.view(callback_id)(_listener(view, context))
    for name, event in EVENTS.items():
        app.event(name)(_listener(event, context))
    for catch_all in (app.command, app.action, app.view):
        catch_all(_ANY)(_listener(_no_longer_supported, context))
    app.error(unexpected)


def _listener(handler: Handler, context: HandlerContext) -> Callable[..., None]:
    """A Bolt listener that turns every error on purpose into an answer."""

    def listen(ack: Ack, body: Mapping[str, Any], client: WebClient) -> None:
        quick = quick_client(client, timeout_seconds=CLIENT_TIMEOUT_SECONDS)
        interaction = Interaction(ack, body, quick)
        try:
            handler(context, interaction)
        except FinOpsError as error:
            interaction.refuse(sentence_of(error))

    return listen


def _no_longer_supported(_context: HandlerContext, interaction: Interaction) -> None:
    interaction.refuse(NO_LONGER_SUPPORTED)
