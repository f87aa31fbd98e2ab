from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sandbox.slack import Driver, SlackSandbox, example_workspace

DANA, OMAR, PAYMENTS = "U0DANA00001", "U0OMAR00001", "C0PAYMENTS1"
CARD = {"event_type": "card", "event_payload": {"id": "p1"}}


def reader(sandbox: SlackSandbox) -> WebClient:
    return WebClient(token=sandbox.bot_token, base_url=sandbox.api_url)


@pytest.fixture
def library() -> Any:
    """A sandbox whose app may read history."""
    space = example_workspace()
    scopes = space.scopes | {"channels:history", "channels:read", "im:history", "channels:join"}
    with SlackSandbox(replace(space, scopes=scopes)) as running:
        yield running


def test_timestamps_grow_although_the_clock_stands_still() -> None:
    noon = datetime(2026, 11, 23, 12, tzinfo=UTC)
    with SlackSandbox(example_workspace(), now=lambda: noon) as sandbox:
        client = reader(sandbox)
        stamps = [client.chat_postMessage(channel=PAYMENTS, text="x")["ts"] for _ in range(3)]

    assert stamps == ["1795435200.000000", "1795435200.000100", "1795435200.000200"]


def test_an_update_keeps_metadata_and_blocks_unless_they_are_given(
    client: WebClient, driver: Driver
) -> None:
    block = {"type": "divider", "block_id": "b1"}
    posted = client.chat_postMessage(channel=PAYMENTS, text="a", blocks=[block], metadata=CARD)
    client.chat_update(channel=PAYMENTS, ts=posted["ts"], text="b")
    message = driver.messages(PAYMENTS)[0]

    assert (message["text"], message["metadata"], message["blocks"]) == ("b", CARD, [block])
    assert message["edited"]["user"] == "U0FINOPSBOT"


def test_the_bot_may_not_update_what_a_person_wrote(client: WebClient, driver: Driver) -> None:
    written = driver.say(DANA, PAYMENTS, "hello")
    with pytest.raises(SlackApiError, match="cant_update_message"):
        client.chat_update(channel=PAYMENTS, ts=written["ts"], text="x")


def test_a_message_to_a_user_id_goes_to_the_one_dm_of_that_person(
    client: WebClient, driver: Driver
) -> None:
    posted = client.chat_postMessage(channel=DANA, text="x")
    opened = client.conversations_open(users=DANA)["channel"]["id"]

    assert posted["channel"] == opened == driver.dm(DANA)
    assert opened.startswith("D")


def test_a_thread_counts_its_replies_and_stays_out_of_the_channel(
    client: WebClient, driver: Driver
) -> None:
    root = client.chat_postMessage(channel=PAYMENTS, text="root")["ts"]
    first = client.chat_postMessage(channel=PAYMENTS, text="1", thread_ts=root)["ts"]
    client.chat_postMessage(channel=PAYMENTS, text="2", thread_ts=first, reply_broadcast=True)

    assert [m["text"] for m in driver.messages(PAYMENTS)] == ["root", "2"]
    assert [m["text"] for m in driver.thread(PAYMENTS, root)] == ["root", "1", "2"]
    assert driver.messages(PAYMENTS)[0]["reply_count"] == 2

    client.chat_delete(channel=PAYMENTS, ts=first)

    assert driver.messages(PAYMENTS)[0]["reply_count"] == 1


def test_an_ephemeral_is_seen_by_one_person_and_is_in_no_history(
    client: WebClient, driver: Driver
) -> None:
    client.chat_postEphemeral(channel=PAYMENTS, user=DANA, text="only you")

    assert [m["text"] for m in driver.ephemerals(DANA, PAYMENTS)] == ["only you"]
    assert driver.ephemerals(OMAR) == []
    assert driver.messages(PAYMENTS) == []


def test_history_comes_in_pages_newest_first_and_with_metadata_on_request(
    library: SlackSandbox,
) -> None:
    client = reader(library)
    for text in "abc":
        client.chat_postMessage(channel=PAYMENTS, text=text, metadata=CARD)
    first = client.conversations_history(channel=PAYMENTS, limit=2)
    cursor = first["response_metadata"]["next_cursor"]
    second = client.conversations_history(
        channel=PAYMENTS, limit=2, cursor=cursor, include_all_metadata=True
    )

    assert [m["text"] for m in first["messages"]] == ["c", "b"]
    assert "metadata" not in first["messages"][0]
    assert [m["text"] for m in second["messages"]] == ["a"]
    assert second["messages"][0]["metadata"] == CARD
    assert second["has_more"] is False


def test_history_can_be_limited_to_a_time(library: SlackSandbox) -> None:
    client = reader(library)
    stamps = [client.chat_postMessage(channel=PAYMENTS, text=t)["ts"] for t in "abc"]
    after = client.conversations_history(channel=PAYMENTS, oldest=stamps[1])
    inclusive = client.conversations_history(channel=PAYMENTS, oldest=stamps[1], inclusive=True)

    assert [m["text"] for m in after["messages"]] == ["c"]
    assert [m["text"] for m in inclusive["messages"]] == ["c", "b"]
    assert client.conversations_replies(channel=PAYMENTS, ts=stamps[0])["messages"]


def test_a_channel_can_be_joined_and_asked_about(library: SlackSandbox) -> None:
    client = reader(library)
    before = client.conversations_info(channel="C0GENERAL01")["channel"]["is_member"]
    client.conversations_join(channel="C0GENERAL01")
    after = client.conversations_info(channel="C0GENERAL01")["channel"]["is_member"]

    assert (before, after) == (False, True)
    assert "U0FINOPSBOT" in client.conversations_members(channel="C0GENERAL01")["members"]
    assert len(client.conversations_list()["channels"]) == 2


def test_a_permalink_leads_to_the_page(client: WebClient, sandbox: SlackSandbox) -> None:
    ts = client.chat_postMessage(channel=PAYMENTS, text="x")["ts"]
    link = client.chat_getPermalink(channel=PAYMENTS, message_ts=ts)["permalink"]

    assert link == f"{sandbox.url}archives/{PAYMENTS}/p{ts.replace('.', '')}"
