"""Copies of a Slack client that fail fast instead of sleeping; its words for errors."""

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError


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


def word_of(error: SlackApiError) -> str:
    """Slack's word for what went wrong, such as `not_in_channel`."""
    return str(error.response.get("error") or f"HTTP {error.response.status_code}")
