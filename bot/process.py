"""`finops run`: one process of the bot, until it is asked to stop."""

import gc
import logging
import threading
from contextlib import ExitStack

from flask import Flask
from waitress.server import BaseWSGIServer

from bot.configuration import Configuration
from bot.settings import Settings
from bot.web import build_server, build_web, stop_server
from bot.wiring import build_bot, build_engine
from finops.domain.errors import InvalidInput

log = logging.getLogger(__name__)


def run_process(settings: Settings, configuration: Configuration, *, stop: threading.Event) -> None:
    """Start everything, serve until `stop` is set, stop in the reverse order.

    Raises InvalidInput when Slack's tokens are missing.
    """
    require_slack(settings)
    with ExitStack() as running:
        bot = build_bot(settings, configuration, build_engine(settings, configuration))
        running.callback(bot.stop)
        web = build_web(
            bot.engine,
            push_token=settings.push_token,
            webhook_secret=settings.github_webhook_secret,
            slack_app=None if bot.socket_mode else bot.app,
            people=bot.people,
            is_healthy=lambda: bot.is_healthy,
        )
        server = _bound(web, settings)
        http = threading.Thread(target=server.run, name="http", daemon=True)
        http.start()
        running.callback(http.join, 5)
        running.callback(stop_server, server)
        # What start-up made stays: a full collection that looks at it all stops every click.
        gc.collect()
        gc.freeze()
        bot.start()
        log.info("finops-bot runs as %s", settings.process_name)
        stop.wait()
        log.info("stopping")


def _bound(web: Flask, settings: Settings) -> BaseWSGIServer:
    try:
        return build_server(web, host=settings.http_host, port=settings.http_port)
    except OSError as error:
        raise InvalidInput(
            f"Nobody can listen on {settings.http_host}:{settings.http_port}: {error.strerror}. "
            "Set FINOPS_HTTP_PORT to a free port."
        ) from error


def require_slack(settings: Settings) -> None:
    """Refuse to start half-configured."""
    if not settings.slack_bot_token:
        raise InvalidInput("SLACK_BOT_TOKEN is not set; it is the xoxb- token of the Slack app.")
    if not (settings.slack_app_token or settings.slack_signing_secret):
        raise InvalidInput(
            "Set SLACK_APP_TOKEN (xapp-, for Socket Mode) or SLACK_SIGNING_SECRET (for HTTP)."
        )
