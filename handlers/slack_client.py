"""Copies of a Slack client that fail fast instead of sleeping or repeating."""

from slack_sdk import WebClient


def quick_client(client: WebClient, *, timeout_seconds: int) -> WebClient:
    """The same token and address, one try, and a timeout of its own.

    The SDK's default handler repeats a POST whose connection broke, which can double a message;
    its rate limit handler sleeps in the calling thread, which starves listeners.
    """
    return WebClient(
        token=client.token,
        base_url=client.base_url,
        timeout=timeout_seconds,
        ssl=client.ssl,
        proxy=client.proxy,
        headers=client.headers,
        retry_handlers=[],
    )
