import json
import urllib.request
from dataclasses import replace
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sandbox.slack import Channel, SlackSandbox, User, example_workspace
from sandbox.slack.scopes import METHOD_SCOPES
from sandbox.slack.web_api import METHODS

DANA, PAYMENTS, GENERAL, FINOPS = "U0DANA00001", "C0PAYMENTS1", "C0GENERAL01", "C0FINOPS001"
TEXT = {"type": "section", "text": {"type": "mrkdwn", "text": "x"}}


def error_of(client: WebClient, method: str, **arguments: Any) -> dict[str, Any]:
    with pytest.raises(SlackApiError) as refused:
        client.api_call(method, json=arguments)
    data = refused.value.response.data
    assert isinstance(data, dict)
    return data


REFUSALS = [
    ("chat.nothing", {}, "unknown_method"),
    ("chat.postMessage", {"text": "x"}, "invalid_arguments"),
    ("chat.postMessage", {"channel": "C0UNKNOWN00", "text": "x"}, "channel_not_found"),
    ("chat.postMessage", {"channel": GENERAL, "text": "x"}, "not_in_channel"),
    ("chat.postMessage", {"channel": PAYMENTS}, "no_text"),
    ("chat.postMessage", {"channel": PAYMENTS, "text": "x" * 40_001}, "msg_too_long"),
    ("chat.postMessage", {"channel": PAYMENTS, "blocks": [TEXT] * 51}, "invalid_blocks"),
    ("chat.postMessage", {"channel": PAYMENTS, "blocks": "{"}, "invalid_blocks_format"),
    (
        "chat.postMessage",
        {"channel": PAYMENTS, "text": "x", "metadata": {"event_type": "x"}},
        "invalid_metadata_format",
    ),
    (
        "chat.postMessage",
        {"channel": PAYMENTS, "text": "x", "thread_ts": "1.000000"},
        "thread_not_found",
    ),
    ("chat.update", {"channel": DANA, "ts": "1.1", "text": "x"}, "channel_not_found"),
    ("chat.update", {"channel": PAYMENTS, "ts": "1.1", "text": "x"}, "message_not_found"),
    ("chat.delete", {"channel": PAYMENTS, "ts": "1.1"}, "message_not_found"),
    ("chat.getPermalink", {"channel": PAYMENTS, "message_ts": "1.1"}, "message_not_found"),
    (
        "chat.postEphemeral",
        {"channel": FINOPS, "user": "U0OMAR00001", "text": "x"},
        "user_not_in_channel",
    ),
    ("chat.postEphemeral", {"channel": PAYMENTS, "user": "U0", "text": "x"}, "user_not_found"),
    ("views.open", {"view": {"type": "modal"}}, "invalid_arguments"),
    ("views.update", {"view_id": "V0", "view": {"type": "modal"}}, "not_found"),
    ("views.publish", {"user_id": "U0", "view": {"type": "home"}}, "invalid_arguments"),
    ("conversations.open", {"users": "U0"}, "user_not_found"),
    ("conversations.info", {"channel": PAYMENTS}, "missing_scope"),
    ("users.info", {"user": "U0"}, "user_not_found"),
    ("users.lookupByEmail", {"email": "nobody@example.com"}, "users_not_found"),
    ("usergroups.users.list", {"usergroup": "S0"}, "no_such_subteam"),
    ("files.info", {"file": "F0"}, "file_not_found"),
    ("files.getUploadURLExternal", {"filename": "a.png"}, "invalid_arguments"),
]


@pytest.mark.parametrize(("method", "arguments", "error"), REFUSALS)
def test_what_slack_refuses_is_refused_with_slacks_word(
    client: WebClient, method: str, arguments: dict[str, Any], error: str
) -> None:
    answer = error_of(client, method, **arguments)

    assert answer["error"] == error


def test_every_method_has_a_scope_entry() -> None:
    assert set(METHODS) | {"apps.connections.open"} == set(METHOD_SCOPES)


def test_a_missing_scope_is_named() -> None:
    space = replace(example_workspace(), scopes=frozenset({"commands"}))
    with SlackSandbox(space) as sandbox:
        client = WebClient(token=sandbox.bot_token, base_url=sandbox.api_url)
        answer = error_of(client, "chat.postMessage", channel=PAYMENTS, text="x")

    assert answer["error"] == "missing_scope"
    assert answer["needed"] == "chat:write"
    assert answer["provided"] == "commands"


def test_wrong_blocks_are_refused_with_a_json_pointer(client: WebClient) -> None:
    header = {"type": "header", "text": {"type": "mrkdwn", "text": "x"}}
    answer = error_of(client, "chat.postMessage", channel=PAYMENTS, blocks=[TEXT, header])

    assert answer["error"] == "invalid_blocks"
    assert "[json-pointer:/blocks/1/text/type]" in answer["response_metadata"]["messages"][0]


def test_blocks_that_are_fine_one_by_one_can_be_too_long_together(client: WebClient) -> None:
    long = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 2_900}}
    answer = error_of(client, "chat.postMessage", channel=PAYMENTS, blocks=[long] * 5)

    assert answer["error"] == "msg_blocks_too_long"


@pytest.mark.parametrize(
    ("token", "error"), [("", "not_authed"), ("Bearer xoxb-other", "invalid_auth")]
)
def test_a_call_needs_the_bot_token(sandbox: SlackSandbox, token: str, error: str) -> None:
    request = urllib.request.Request(
        f"{sandbox.api_url}auth.test",
        data=b"",
        headers={"Content-Type": "application/json", "Authorization": token},
    )
    with urllib.request.urlopen(request) as answer:
        body = json.load(answer)

    assert body == {"ok": False, "error": error}


def test_arguments_may_come_as_a_form(sandbox: SlackSandbox, client: WebClient) -> None:
    blocks = json.dumps([TEXT])
    data = {"channel": PAYMENTS, "blocks": blocks, "text": "x"}
    answer = client.api_call("chat.postMessage", data=data)

    assert answer["message"]["blocks"][0]["type"] == "section"


def test_a_json_call_without_arguments_has_an_empty_body_and_works(client: WebClient) -> None:
    answer = client.auth_test()

    assert answer["user_id"] == "U0FINOPSBOT"
    assert "chat:write" in answer.headers["X-OAuth-Scopes"].split(",")


def test_with_chat_write_public_the_bot_may_post_without_joining() -> None:
    space = example_workspace()
    with SlackSandbox(replace(space, scopes=space.scopes | {"chat:write.public"})) as sandbox:
        client = WebClient(token=sandbox.bot_token, base_url=sandbox.api_url)
        answer = client.chat_postMessage(channel=GENERAL, text="x")

    assert answer["channel"] == GENERAL


def test_a_private_channel_without_the_bot_does_not_exist_for_it() -> None:
    space = example_workspace()
    secret = Channel("C0SECRET001", "secret", is_private=True, bot_is_member=False)
    with SlackSandbox(replace(space, channels=(*space.channels, secret))) as sandbox:
        client = WebClient(token=sandbox.bot_token, base_url=sandbox.api_url)
        answer = error_of(client, "chat.postMessage", channel=secret.id, text="x")

    assert answer["error"] == "channel_not_found"


def test_people_and_groups_are_told_as_slack_tells_them(client: WebClient) -> None:
    user = client.users_info(user=DANA)["user"]
    groups = client.usergroups_list(include_users=True)["usergroups"]

    assert (user["tz"], user["profile"]["email"]) == ("Etc/UTC", "dana@example.com")
    assert client.users_lookupByEmail(email="dana@example.com")["user"]["id"] == DANA
    assert groups[0]["users"] == ["U0PRIYA0001"]
    assert client.usergroups_users_list(usergroup="S0APPROVERS")["users"] == ["U0PRIYA0001"]
    assert len(client.users_list()["members"]) == 6


def test_somebody_who_left_is_in_no_group_and_gets_no_message() -> None:
    space = example_workspace()
    gone = User("U0GONE00001", "gone", "Gone", deleted=True)
    group = replace(space.user_groups[0], user_ids=(gone.id,))
    space = replace(space, users=(*space.users, gone), user_groups=(group,))
    with SlackSandbox(space) as sandbox:
        client = WebClient(token=sandbox.bot_token, base_url=sandbox.api_url)

        assert client.usergroups_users_list(usergroup=group.id)["users"] == []
        assert error_of(client, "conversations.open", users=gone.id)["error"] == "user_disabled"
