import time
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

from sandbox.slack import Driver, SlackSandbox

DANA, PAYMENTS = "U0DANA00001", "C0PAYMENTS1"
PNG = b"\x89PNG\r\n\x1a\nnot really"


def upload(client: WebClient) -> str:
    answer = client.files_upload_v2(content=PNG, filename="chart.png", alt_txt="a chart")
    return str(answer["files"][0]["id"])


def image(file_id: str) -> list[dict[str, Any]]:
    return [{"type": "image", "alt_text": "a chart", "slack_file": {"id": file_id}}]


def test_a_file_can_be_shown_only_after_it_is_ready(still: SlackSandbox, steps: Any) -> None:
    client = WebClient(token=still.bot_token, base_url=still.api_url)
    file_id = upload(client)
    with pytest.raises(SlackApiError, match="invalid slack file"):
        client.chat_postMessage(channel=PAYMENTS, text="x", blocks=image(file_id))

    assert client.files_info(file=file_id)["file"]["mimetype"] == ""

    steps.seconds += 1

    assert client.files_info(file=file_id)["file"]["mimetype"] == "image/png"
    assert client.chat_postMessage(channel=PAYMENTS, text="x", blocks=image(file_id))["ok"]


def test_an_upload_can_be_shared_with_a_comment_or_with_blocks(
    client: WebClient, driver: Driver
) -> None:
    client.files_upload_v2(content=PNG, filename="a.png", channel=PAYMENTS, initial_comment="Here")
    url = client.files_getUploadURLExternal(filename="b.png", length=3)
    client._upload_file(
        url=url["upload_url"], data=b"abc", logger=client._logger, timeout=5, proxy=None, ssl=None
    )
    client.files_completeUploadExternal(
        files=[{"id": url["file_id"]}], channel_id=PAYMENTS, blocks='[{"type": "divider"}]'
    )
    first, second = driver.messages(PAYMENTS)

    assert (first["text"], first["files"][0]["name"]) == ("Here", "a.png")
    assert (second["blocks"][0]["type"], second["files"][0]["size"]) == ("divider", 3)


def test_a_planned_failure_happens_as_often_as_planned_and_has_no_effect(
    sandbox: SlackSandbox, client: WebClient, driver: Driver
) -> None:
    sandbox.faults.fail("chat.postMessage", times=2, status=200, error="fatal_error")
    for _ in range(2):
        with pytest.raises(SlackApiError, match="fatal_error"):
            client.chat_postMessage(channel=PAYMENTS, text="x")
    client.chat_postMessage(channel=PAYMENTS, text="x")

    assert len(driver.messages(PAYMENTS)) == 1
    errors = [c.error for c in sandbox.calls if c.method == "chat.postMessage"]
    assert errors == ["fatal_error", "fatal_error", None]


def test_a_lost_answer_comes_after_the_effect(
    sandbox: SlackSandbox, client: WebClient, driver: Driver
) -> None:
    sandbox.faults.fail("chat.postMessage", after_effect=True)
    with pytest.raises(SlackApiError):
        client.chat_postMessage(channel=PAYMENTS, text="once")

    assert [m["text"] for m in driver.messages(PAYMENTS)] == ["once"]


def test_a_rate_limit_says_when_to_come_back(sandbox: SlackSandbox, client: WebClient) -> None:
    sandbox.faults.fail("chat.postMessage", status=429, retry_after=1)
    client.retry_handlers.append(RateLimitErrorRetryHandler(max_retry_count=1))
    start = time.monotonic()
    client.chat_postMessage(channel=PAYMENTS, text="x")

    assert time.monotonic() - start >= 1


def test_a_slow_method_is_slow_until_told_otherwise(
    sandbox: SlackSandbox, client: WebClient
) -> None:
    sandbox.faults.slow("auth.test", 0.3)
    start = time.monotonic()
    client.auth_test()
    slow = time.monotonic() - start
    sandbox.faults.clear()
    start = time.monotonic()
    client.auth_test()

    assert slow >= 0.3 > time.monotonic() - start
