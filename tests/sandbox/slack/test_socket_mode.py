import asyncio
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import aiohttp
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sandbox.slack import Driver, SlackSandbox

DANA, PAYMENTS = "U0DANA00001", "C0PAYMENTS1"


def test_two_connections_share_the_envelopes(
    sandbox: SlackSandbox, driver: Driver, bolt: Any
) -> None:
    bolt.connect()
    bolt.app.command("/finops")(lambda ack: ack())
    acks = [driver.slash(DANA, PAYMENTS, "/finops", "list") for _ in range(6)]

    assert all(ack.ok for ack in acks)
    assert sorted(sandbox.envelopes_by_connection) == [3, 3]


def test_without_a_connection_the_person_sees_dispatch_failed(driver: Driver) -> None:
    ack = driver.slash(DANA, PAYMENTS, "/finops", "list")

    assert ack.error == "dispatch_failed"
    assert "dispatch_failed" in driver.ephemerals(DANA, PAYMENTS)[0]["text"]


def test_a_command_that_is_not_acknowledged_times_out_for_the_person(
    driver: Driver, bolt: Any
) -> None:
    bolt.app.command("/finops")(lambda: None)
    ack = driver.slash(DANA, PAYMENTS, "/finops", "list")

    assert ack.timed_out
    assert ack.seconds >= 1.0
    assert "operation_timeout" in driver.ephemerals(DANA)[0]["text"]


def test_an_answer_in_the_acknowledgement_is_shown_to_the_person_only(
    driver: Driver, bolt: Any
) -> None:
    bolt.app.command("/finops")(lambda ack: ack("Nothing to do."))
    driver.slash(DANA, PAYMENTS, "/finops")

    assert [m["text"] for m in driver.ephemerals(DANA, PAYMENTS)] == ["Nothing to do."]
    assert driver.messages(PAYMENTS) == []


def test_mentions_in_a_command_are_escaped_as_slack_does(driver: Driver, bolt: Any) -> None:
    seen: list[dict[str, Any]] = []

    def remember(ack: Any, body: dict[str, Any]) -> None:
        ack()
        seen.append(body)

    bolt.app.command("/finops")(remember)
    driver.slash(DANA, PAYMENTS, "/finops", "assign @priya @finops-approvers #payments a<b @nobody")

    assert seen[0]["text"] == (
        "assign <@U0PRIYA0001|priya> <!subteam^S0APPROVERS|@finops-approvers> "
        "<#C0PAYMENTS1|payments> a&lt;b @nobody"
    )
    assert seen[0]["channel_name"] == "payments"
    assert seen[0]["user_name"] == "dana"


def test_the_app_comes_back_after_its_connection_was_cut(
    sandbox: SlackSandbox, driver: Driver, bolt: Any
) -> None:
    bolt.app.command("/finops")(lambda ack: ack())
    sandbox.drop_connections()
    driver.wait_for_connections(1, timeout=20)

    assert driver.slash(DANA, PAYMENTS, "/finops").ok


def test_a_refresh_is_followed_by_a_new_connection(
    sandbox: SlackSandbox, driver: Driver, bolt: Any
) -> None:
    bolt.app.command("/finops")(lambda ack: ack())
    # A command that is sent into the old connection while the client changes over is lost, as in
    # Slack; people type it again.
    for reason in ("warning", "refresh_requested"):
        sandbox.refresh_connections(reason)
        driver.wait_for_connections(1, timeout=20)

        assert driver.wait_for(lambda: driver.slash(DANA, PAYMENTS, "/finops").ok)


def test_the_eleventh_connection_is_sent_away(sandbox: SlackSandbox) -> None:
    async def first_words() -> list[dict[str, Any]]:
        url = sandbox.url.replace("http", "ws", 1) + "link/"
        async with aiohttp.ClientSession() as session:
            sockets = [await session.ws_connect(url) for _ in range(11)]
            words = [json.loads((await s.receive()).data) for s in sockets]
            for socket in sockets:
                await socket.close()
            return words

    words = asyncio.run(first_words())

    assert [w["type"] for w in words] == ["hello"] * 10 + ["disconnect"]
    assert words[-1]["reason"] == "too_many_websockets"
    assert words[0]["connection_info"]["app_id"].startswith("A")


@pytest.mark.parametrize("kind", ["bot", "wrong"])
def test_a_connection_needs_the_app_token(sandbox: SlackSandbox, kind: str) -> None:
    token = sandbox.bot_token if kind == "bot" else "xapp-other"
    client = WebClient(base_url=sandbox.api_url)
    with pytest.raises(SlackApiError) as refused:
        client.apps_connections_open(app_token=token)

    expected = "not_allowed_token_type" if kind == "bot" else "invalid_auth"
    assert refused.value.response["error"] == expected


def test_an_app_in_a_channel_hears_a_mention_and_a_direct_message(
    driver: Driver, bolt: Any
) -> None:
    heard: list[str] = []
    bolt.app.event("app_mention")(lambda event: heard.append(event["text"]))
    bolt.app.event("message")(lambda event: heard.append(event["channel_type"]))
    driver.say(DANA, PAYMENTS, "hello <@U0FINOPSBOT>")
    driver.say(DANA, driver.dm(DANA), "hello")

    assert driver.wait_for(lambda: len(heard) == 2)
    assert heard == ["hello <@U0FINOPSBOT>", "im"]


def test_a_sandbox_can_be_stopped_while_an_app_is_connected(
    run_app: Callable[[SlackSandbox], Any], sandbox: SlackSandbox
) -> None:
    run_app(sandbox).connect()
    sandbox.stop()

    assert sandbox.connections == 0


def test_twenty_people_at_once_are_all_answered_in_time(driver: Driver, bolt: Any) -> None:
    bolt.app.command("/finops")(lambda ack: ack())
    with ThreadPoolExecutor(20) as crowd:
        acks = list(crowd.map(lambda _: driver.slash(DANA, PAYMENTS, "/finops"), range(20)))

    assert [ack.error for ack in acks] == [None] * 20
