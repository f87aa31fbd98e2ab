from typing import Any

import pytest
from slack_sdk import WebClient, WebhookClient
from slack_sdk.errors import SlackApiError

from sandbox.slack import Driver, SlackSandbox

DANA, PAYMENTS = "U0DANA00001", "C0PAYMENTS1"


def option(value: str) -> dict[str, Any]:
    return {"value": value, "text": {"type": "plain_text", "text": value.title()}}


def elements() -> list[dict[str, Any]]:
    text = {"type": "plain_text", "text": "Go"}
    options = [option("a"), option("b"), option("c")]
    return [
        {"type": "button", "action_id": "go", "value": "v1", "text": text},
        {"type": "static_select", "action_id": "pick", "options": options},
        {
            "type": "checkboxes",
            "action_id": "some",
            "options": options,
            "initial_options": options[:2],
        },
        {"type": "overflow", "action_id": "more", "options": options[:2]},
    ]


def post(client: WebClient) -> str:
    blocks = [{"type": "actions", "block_id": "act", "elements": elements()}]
    return str(client.chat_postMessage(channel=PAYMENTS, text="card", blocks=blocks)["ts"])


@pytest.fixture
def seen(bolt: Any) -> list[dict[str, Any]]:
    bodies: list[dict[str, Any]] = []

    def remember(ack: Any, body: dict[str, Any]) -> None:
        ack()
        bodies.append(body)

    for name in ("go", "pick", "some", "more"):
        bolt.app.action(name)(remember)
    return bodies


def test_a_click_carries_everything_slack_sends(
    client: WebClient, driver: Driver, seen: list[dict[str, Any]]
) -> None:
    ts = post(client)
    driver.click(DANA, PAYMENTS, ts, "go")
    body = seen[0]

    assert body["type"] == "block_actions"
    assert body["user"] == {
        "id": DANA,
        "username": "dana",
        "name": "dana",
        "team_id": "T0SANDBOX01",
    }
    assert body["channel"] == {"id": PAYMENTS, "name": "payments"}
    assert body["container"]["message_ts"] == body["message"]["ts"] == ts
    assert body["actions"][0]["value"] == "v1"
    assert body["actions"][0]["block_id"] == "act"
    assert body["state"]["values"]["act"]["some"]["selected_options"] == [option("a"), option("b")]
    assert {"trigger_id", "response_url", "api_app_id", "team", "token"} <= body.keys()


def test_what_was_chosen_before_is_in_the_state_of_the_next_click(
    client: WebClient, driver: Driver, seen: list[dict[str, Any]]
) -> None:
    ts = post(client)
    driver.select(DANA, PAYMENTS, ts, "some", ["c"])
    driver.select(DANA, PAYMENTS, ts, "pick", "b")
    driver.select(DANA, PAYMENTS, ts, "more", "a")
    driver.click(DANA, PAYMENTS, ts, "go")
    values = seen[-1]["state"]["values"]["act"]

    assert seen[0]["actions"][0]["selected_options"] == [option("c")]
    assert seen[2]["actions"][0]["selected_option"] == option("a")
    assert values["some"]["selected_options"] == [option("c")]
    assert values["pick"]["selected_option"] == option("b")


def test_a_stale_copy_can_still_be_clicked(
    client: WebClient, driver: Driver, seen: list[dict[str, Any]]
) -> None:
    ts = post(client)
    stale = driver.messages(PAYMENTS)[0]
    client.chat_update(channel=PAYMENTS, ts=ts, text="done", blocks=[{"type": "divider"}])
    with pytest.raises(LookupError, match="no element 'go'"):
        driver.click(DANA, PAYMENTS, ts, "go")
    driver.click(DANA, PAYMENTS, ts, "go", message=stale)

    assert seen[0]["actions"][0]["action_id"] == "go"


def test_an_option_that_is_not_offered_cannot_be_chosen(client: WebClient, driver: Driver) -> None:
    ts = post(client)
    with pytest.raises(ValueError, match="no option 'z'"):
        driver.select(DANA, PAYMENTS, ts, "pick", "z")


def test_a_click_nobody_answers_tells_the_person(client: WebClient, driver: Driver) -> None:
    ack = driver.click(DANA, PAYMENTS, post(client), "go")

    assert ack.error == "dispatch_failed"
    assert "dispatch_failed" in driver.ephemerals(DANA)[0]["text"]


def test_a_response_url_replaces_deletes_and_ends_after_five_uses(
    client: WebClient, driver: Driver, seen: list[dict[str, Any]]
) -> None:
    ts = post(client)
    driver.click(DANA, PAYMENTS, ts, "go")
    answer = WebhookClient(seen[0]["response_url"])
    answer.send(text="psst", response_type="ephemeral", replace_original=False)
    answer.send(text="all", response_type="in_channel", replace_original=False)
    answer.send(text="instead", replace_original=True)

    assert [m["text"] for m in driver.ephemerals(DANA)] == ["psst"]
    assert [m["text"] for m in driver.messages(PAYMENTS)] == ["instead", "all"]

    answer.send(delete_original=True)
    answer.send(text="5")
    sixth = answer.send(text="6")

    assert [m["text"] for m in driver.messages(PAYMENTS)] == ["all"]
    assert (sixth.status_code, "used_url" in sixth.body) == (404, True)


def modal(**extra: Any) -> dict[str, Any]:
    title = {"type": "plain_text", "text": "Title"}
    return {"type": "modal", "title": title, "blocks": [{"type": "divider"}], **extra}


def test_a_trigger_works_once_and_for_three_seconds(still: SlackSandbox, steps: Any) -> None:
    client = WebClient(token=still.bot_token, base_url=still.api_url)
    once, late = still.state.new_trigger(DANA), still.state.new_trigger(DANA)
    client.views_open(trigger_id=once, view=modal())
    with pytest.raises(SlackApiError, match="exchanged_trigger_id"):
        client.views_open(trigger_id=once, view=modal())
    steps.seconds += 3.1
    with pytest.raises(SlackApiError, match="expired_trigger_id"):
        client.views_open(trigger_id=late, view=modal())
    with pytest.raises(SlackApiError, match="invalid_trigger_id"):
        client.views_open(trigger_id="1.2.3", view=modal())


def test_a_response_url_ends_after_half_an_hour(still: SlackSandbox, steps: Any) -> None:
    url = still.state.new_response_url(DANA, PAYMENTS)
    steps.seconds += 1801
    answer = WebhookClient(url).send(text="late")

    assert "expired_url" in answer.body


def test_a_view_update_with_an_old_hash_is_a_conflict(still: SlackSandbox) -> None:
    client = WebClient(token=still.bot_token, base_url=still.api_url)
    view = client.views_open(trigger_id=still.state.new_trigger(DANA), view=modal())["view"]
    client.views_update(view_id=view["id"], hash=view["hash"], view=modal())
    with pytest.raises(SlackApiError, match="hash_conflict"):
        client.views_update(view_id=view["id"], hash=view["hash"], view=modal())


def test_at_most_three_views_lie_on_each_other(still: SlackSandbox) -> None:
    client = WebClient(token=still.bot_token, base_url=still.api_url)
    first = client.views_open(trigger_id=still.state.new_trigger(DANA), view=modal())["view"]
    triggers = [still.state.new_trigger(DANA, first["id"]) for _ in range(2)]
    _, top = [client.views_push(trigger_id=t, view=modal())["view"] for t in triggers]
    with pytest.raises(SlackApiError, match="push_limit_reached"):
        client.views_push(trigger_id=still.state.new_trigger(DANA, first["id"]), view=modal())

    assert top["root_view_id"] == first["id"]
    driver = still.driver()
    driver.close_view(DANA, top["id"])
    assert len(driver.open_views(DANA)) == 2


def named_input(block_id: str) -> dict[str, Any]:
    return {
        "type": "input",
        "block_id": block_id,
        "label": {"type": "plain_text", "text": "Name"},
        "element": {"type": "plain_text_input", "action_id": "text", "min_length": 3},
    }


SUBMIT = {"type": "plain_text", "text": "Save"}


@pytest.mark.parametrize("what", ["update", "push", "clear", "errors"])
def test_a_submission_can_be_answered_in_each_way_slack_knows(
    sandbox: SlackSandbox, driver: Driver, bolt: Any, what: str
) -> None:
    def answer(ack: Any) -> None:
        if what == "errors":
            ack(response_action="errors", errors={"name": "Taken."})
        elif what == "clear":
            ack(response_action="clear")
        else:
            ack(response_action=what, view=modal(callback_id="next"))

    bolt.app.view("form")(answer)
    client = bolt.app.client
    form = modal(callback_id="form", submit=SUBMIT, blocks=[named_input("name")])
    view = client.views_open(trigger_id=sandbox.state.new_trigger(DANA), view=form)["view"]
    ack = driver.submit(DANA, view["id"], {"name": {"text": "Dana"}})

    assert ack.ok
    stack = [v["callback_id"] for v in driver.open_views(DANA)]
    assert stack == {"update": ["next"], "push": ["form", "next"], "clear": []}.get(what, ["form"])
    assert ack.errors == ({"name": "Taken."} if what == "errors" else {})


def test_errors_for_a_block_that_is_no_input_are_an_error_of_the_app(
    sandbox: SlackSandbox, client: WebClient, driver: Driver, bolt: Any
) -> None:
    bolt.app.view("form")(lambda ack: ack(response_action="errors", errors={"nope": "x"}))
    form = modal(callback_id="form", submit=SUBMIT, blocks=[named_input("name")])
    view = client.views_open(trigger_id=sandbox.state.new_trigger(DANA), view=form)["view"]

    assert (
        driver.submit(DANA, view["id"], {"name": {"text": "ab"}})
        .errors["name"]
        .startswith("This entry must be at least 3")
    )
    assert driver.submit(DANA, view["id"], {"name": {"text": "Dana"}}).error is not None


def test_a_dismissed_view_is_told_if_it_asked_for_it(
    sandbox: SlackSandbox, client: WebClient, driver: Driver, bolt: Any
) -> None:
    told: list[str] = []

    def closed(ack: Any, view: dict[str, Any]) -> None:
        ack()
        told.append(view["private_metadata"])

    bolt.app.view_closed("form")(closed)
    form = modal(callback_id="form", notify_on_close=True, private_metadata="p1")
    view = client.views_open(trigger_id=sandbox.state.new_trigger(DANA), view=form)["view"]
    driver.close_view(DANA, view["id"])

    assert told == ["p1"]
    assert driver.open_view(DANA) is None


def test_what_was_typed_is_in_the_state_of_a_click_in_the_modal(
    sandbox: SlackSandbox, driver: Driver, bolt: Any
) -> None:
    seen: list[Any] = []

    def remember(ack: Any, body: dict[str, Any]) -> None:
        ack()
        seen.append(body["view"]["state"]["values"]["name"]["text"]["value"])

    bolt.app.action("go")(remember)
    actions = {"type": "actions", "elements": elements()[:1]}
    form = modal(submit=SUBMIT, blocks=[named_input("name"), actions])
    trigger = sandbox.state.new_trigger(DANA)
    view = bolt.app.client.views_open(trigger_id=trigger, view=form)["view"]
    driver.fill(DANA, view["id"], {"name": {"text": "Dana"}})
    driver.click_in_view(DANA, view["id"], "go")

    assert seen == ["Dana"]


def test_an_answer_to_a_click_on_a_message_with_replies_stays_in_the_channel(
    client: WebClient, driver: Driver, seen: list[dict[str, Any]]
) -> None:
    ts = post(client)
    client.chat_postMessage(channel=PAYMENTS, text="reply", thread_ts=ts)
    driver.click(DANA, PAYMENTS, ts, "go")
    WebhookClient(seen[0]["response_url"]).send(text="psst")

    assert "thread_ts" not in driver.ephemerals(DANA)[0]


def test_a_port_that_is_taken_is_an_error_at_start(sandbox: SlackSandbox) -> None:
    port = int(sandbox.url.rstrip("/").rpartition(":")[2])
    with pytest.raises(OSError, match="address already in use"):
        SlackSandbox(sandbox.workspace, port=port).start()
