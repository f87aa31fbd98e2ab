"""The floor under `benchmarks.slack`: the same crowd, and bots that do nothing but acknowledge.

    python -m benchmarks.slack_bare        # one such bot; its Slack comes from the environment

Bolt, its Socket Mode client on our threads, and nothing behind: no ledger, no decision, no answer.
"""

import os
import re
import signal
import threading

from slack_bolt import App
from slack_sdk import WebClient

from bot.socket_mode import SocketModeConnection


def main() -> None:
    """Acknowledge everything until asked to stop."""
    token, base_url = os.environ["SLACK_BOT_TOKEN"], os.environ["SLACK_BASE_URL"]
    app = App(
        client=WebClient(token=token, base_url=base_url),
        signing_secret="not used in Socket Mode",  # noqa: S106 - no secret
        token_verification_enabled=False,
        process_before_response=True,
    )
    for kind in (app.command, app.action):
        kind(re.compile(".*"))(lambda ack: ack())
    connection = SocketModeConnection(
        app, app_token=os.environ["SLACK_APP_TOKEN"], bot_token=token, base_url=base_url
    )
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    connection.start()
    stop.wait()
    connection.stop()


if __name__ == "__main__":
    main()
