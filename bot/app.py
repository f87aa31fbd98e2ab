"""The Bolt app: one client, enough threads, and every listener registered."""

from concurrent.futures import Executor, ThreadPoolExecutor

from slack_bolt import App
from slack_sdk import WebClient

from handlers import HandlerContext, register

# Bolt's default of 5 starves: 10 of 20 commands at once were never acknowledged.
LISTENER_THREADS = 32
# A listener has 3 s in all; a call inside one must give up well before.
CLIENT_TIMEOUT_SECONDS = 15


def build_client(*, token: str, base_url: str) -> WebClient:
    """A Web API client without retry handlers that sleep."""
    return WebClient(token=token, base_url=base_url, timeout=CLIENT_TIMEOUT_SECONDS)


def build_app(
    client: WebClient,
    *,
    signing_secret: str,
    context: HandlerContext,
    threads: Executor | None = None,
) -> App:
    """The app with all listeners, whose work is done on `threads`; it does not call Slack yet."""
    threads = threads or ThreadPoolExecutor(LISTENER_THREADS, thread_name_prefix="click")
    app = App(
        client=client,
        signing_secret=signing_secret or "not used in Socket Mode",
        token_verification_enabled=False,
        process_before_response=True,  # see `handlers.answer`
    )
    register(app, context, threads=threads)
    return app
