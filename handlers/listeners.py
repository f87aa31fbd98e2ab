"""Connects Bolt to the handlers: which id leads where, and what happens to refusals."""

import re
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient

from finops.domain.errors import FinOpsError
from handlers.actions import ACTIONS, SEARCHES
from handlers.answer import Answer
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


def register(app: App, context: HandlerContext, *, threads: Executor) -> None:
    """Register every listener, the catch-alls for ids nobody knows any more, and the error handler.

    Bolt asks listeners in the order of registration, so the catch-alls come last. `app` responds
    when a listener returns (`process_before_response`); each handler runs on `threads`, and its
    listener returns with its ack, while the handler goes on.
    """

    def listener(handler: Handler) -> Callable[..., None]:
        return _listener(handler, context, threads)

    app.command(COMMAND)(listener(finops_command))
    for action_id, action in ACTIONS.items():
        app.action(action_id)(listener(action))
    for action_id, search in SEARCHES.items():
        app.options(action_id)(listener(search))
    for callback_id, view in VIEWS.items():
        app.view(callback_id)(listener(view))
    for name, event in EVENTS.items():
        app.event(name)(listener(_acknowledged(event)))
    for catch_all in (app.command, app.action, app.view):
        catch_all(_ANY)(listener(_no_longer_supported))
    app.error(unexpected)


def _listener(handler: Handler, context: HandlerContext, threads: Executor) -> Callable[..., None]:
    """A Bolt listener that turns every error on purpose into an answer."""

    def listen(ack: Ack, body: Mapping[str, Any], client: WebClient) -> None:
        quick = quick_client(client, timeout_seconds=CLIENT_TIMEOUT_SECONDS)
        answer = Answer(ack)
        interaction = Interaction(answer, body, quick)

        def work() -> None:
            try:
                handler(context, interaction)
            except FinOpsError as error:
                interaction.refuse(sentence_of(error, context.engine.currency))

        answer.of(work, threads, failed=lambda error: unexpected(error, answer, body, client))

    return listen


def _acknowledged(handler: Handler) -> Handler:
    """Nobody waits for the answer to an event; Slack sends it again when the ack is late."""

    def handle(context: HandlerContext, interaction: Interaction) -> None:
        interaction.ack()
        handler(context, interaction)

    return handle


def _no_longer_supported(_context: HandlerContext, interaction: Interaction) -> None:
    interaction.refuse(NO_LONGER_SUPPORTED)
