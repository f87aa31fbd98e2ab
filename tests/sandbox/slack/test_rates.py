import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sandbox.slack import SlackSandbox
from sandbox.slack.rates import RateLimits

PAYMENTS = "C0PAYMENTS1"


class Steps:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_a_channel_takes_a_short_burst_and_then_one_message_a_second() -> None:
    clock = Steps()
    limits = RateLimits(clock)
    burst = [limits.retry_after("chat.postMessage", {"channel": "C1"}) for _ in range(5)]
    clock.seconds = 1.0
    later = [limits.retry_after("chat.postMessage", {"channel": "C1"}) for _ in range(2)]

    assert burst == [None, None, None, 1, 1]
    assert later == [None, 1]
    assert limits.retry_after("chat.postMessage", {"channel": "C2"}) is None


def test_fifty_updates_in_a_minute_are_enough() -> None:
    clock = Steps()
    limits = RateLimits(clock)
    asked = [limits.retry_after("chat.update", {"channel": f"C{n}"}) for n in range(51)]
    clock.seconds = 1.2

    assert asked == [None] * 50 + [2]
    assert limits.retry_after("chat.update", {"channel": "C1"}) is None


def test_what_has_no_tier_is_not_limited() -> None:
    limits = RateLimits(Steps())

    assert {limits.retry_after("auth.test", {}) for _ in range(500)} == {None}


def test_the_client_is_told_429_and_when_to_come_back(
    client: WebClient, sandbox: SlackSandbox
) -> None:
    for _ in range(3):
        client.chat_postMessage(channel=PAYMENTS, text="hello")
    with pytest.raises(SlackApiError) as refused:
        client.chat_postMessage(channel=PAYMENTS, text="hello")

    assert refused.value.response.status_code == 429
    assert refused.value.response.headers["Retry-After"] == "1"
    assert refused.value.response["error"] == "ratelimited"
    assert sandbox.calls[-1].error == "ratelimited"
