"""One walk through everything: command, card, click, modal, errors, record, Home tab."""

from typing import Any

from slack_bolt import App
from slack_sdk.web import WebClient

from sandbox.slack import Driver, SlackSandbox

DANA, PRIYA, PAYMENTS = "U0DANA00001", "U0PRIYA0001", "C0PAYMENTS1"


def card(status: str) -> list[dict[str, Any]]:
    approve = {
        "type": "button",
        "action_id": "approve",
        "style": "primary",
        "value": "p1",
        "text": {"type": "plain_text", "text": "Approve"},
    }
    blocks: list[dict[str, Any]] = [
        {"type": "section", "text": {"type": "mrkdwn", "text": f"*Rightsize api* {status}"}}
    ]
    if status == "open":
        blocks.append({"type": "actions", "block_id": "decide", "elements": [approve]})
    return blocks


MODAL = {
    "type": "modal",
    "callback_id": "reason",
    "private_metadata": "p1",
    "notify_on_close": True,
    "title": {"type": "plain_text", "text": "Approve"},
    "submit": {"type": "plain_text", "text": "Approve"},
    "blocks": [
        {
            "type": "input",
            "block_id": "why",
            "label": {"type": "plain_text", "text": "Why?"},
            "element": {"type": "plain_text_input", "action_id": "text", "multiline": True},
        }
    ],
}


def listen(app: App) -> None:
    @app.command("/finops")
    def command(ack: Any, body: dict[str, Any], client: WebClient) -> None:
        ack()
        client.chat_postMessage(
            channel=body["channel_id"],
            text="Rightsize api",
            blocks=card("open"),
            metadata={"event_type": "card", "event_payload": {"id": "p1"}},
        )

    @app.action("approve")
    def approve(ack: Any, body: dict[str, Any], client: WebClient) -> None:
        ack()
        channel, ts = body["channel"]["id"], body["message"]["ts"]
        client.views_open(
            trigger_id=body["trigger_id"],
            view={**MODAL, "private_metadata": f"{channel}/{ts}"},
        )

    @app.view("reason")
    def submitted(ack: Any, view: dict[str, Any], client: WebClient) -> None:
        why = view["state"]["values"]["why"]["text"]["value"]
        if len(why) < 5:
            ack(response_action="errors", errors={"why": "Say a little more."})
            return
        ack()
        channel, ts = view["private_metadata"].split("/")
        client.chat_update(channel=channel, ts=ts, text="Approved", blocks=card("approved"))

    @app.event("app_home_opened")
    def home(event: dict[str, Any], client: WebClient) -> None:
        view = {"type": "home", "blocks": card("home")}
        client.views_publish(user_id=event["user"], view=view)


def test_a_card_goes_from_command_to_approval_in_an_unmodified_bolt_app(
    sandbox: SlackSandbox, driver: Driver, bolt: Any
) -> None:
    listen(bolt.app)
    ack = driver.slash(DANA, PAYMENTS, "/finops", "list")

    assert ack.ok
    assert ack.seconds < 1

    posted = driver.wait_for(lambda: driver.messages(PAYMENTS))[0]
    assert driver.click(PRIYA, PAYMENTS, posted["ts"], "approve").ok
    view = driver.wait_for(lambda: driver.open_view(PRIYA))

    empty = driver.submit(PRIYA, view["id"], {})
    assert empty.errors == {"why": "Please complete this required field."}
    short = driver.submit(PRIYA, view["id"], {"why": {"text": "ok"}})
    assert short.errors == {"why": "Say a little more."}
    assert driver.open_view(PRIYA) is not None
    assert driver.submit(PRIYA, view["id"], {"why": {"text": "Fits the load"}}).ok
    assert driver.open_view(PRIYA) is None

    updated = driver.wait_for(
        lambda: next((m for m in driver.messages(PAYMENTS) if "edited" in m), None)
    )
    assert updated["ts"] == posted["ts"]
    assert updated["metadata"] == {"event_type": "card", "event_payload": {"id": "p1"}}

    driver.open_home(DANA)
    assert driver.wait_for(lambda: driver.home(DANA))["type"] == "home"
    assert [c.method for c in sandbox.calls if not c.ok] == []
