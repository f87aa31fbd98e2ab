"""`finops run`: one process of the bot, until it is asked to stop."""

import logging
import threading

from bot.configuration import Configuration
from bot.settings import Settings
from bot.web import build_server, build_web
from bot.wiring import build_bot, build_engine
from finops.domain.errors import InvalidInput

log = logging.getLogger(__name__)


def run_process(settings: Settings, configuration: Configuration, *, stop: threading.Event) -> None:
    """Start everything, serve until `stop` is set, stop in the reverse order.

    Raises InvalidInput when Slack's tokens are missing.
    """
    require_slack(settings)
    bot = build_bot(settings, configuration, build_engine(settings, configuration))
    web = build_web(
        bot.engine,
        push_token=settings.push_token,
        slack_app=None if bot.socket_mode else bot.app,
        is_healthy=lambda: bot.is_healthy,
    )
    server = build_server(web, host=settings.http_host, port=settings.http_port)
    serving = threading.Thread(target=server.run, name="http", daemon=True)
    serving.start()
    bot.start()
    log.info("finops-bot runs as %s", settings.process_name)
    stop.wait()
    log.info("stopping")
    bot.stop()
    server.close()


def require_slack(settings: Settings) -> None:
    """Refuse to start half-configured."""
    if not settings.slack_bot_token:
        raise InvalidInput("SLACK_BOT_TOKEN is not set; it is the xoxb- token of the Slack app.")
    if not (settings.slack_app_token or settings.slack_signing_secret):
        raise InvalidInput(
            "Set SLACK_APP_TOKEN (xapp-, for Socket Mode) or SLACK_SIGNING_SECRET (for HTTP)."
        )
