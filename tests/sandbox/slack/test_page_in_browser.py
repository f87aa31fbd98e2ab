"""The page in a real browser: persona, button, modal with an error, thread, phone width."""

import re
from typing import TYPE_CHECKING, Any

from slack_bolt import App

from sandbox.slack import SlackSandbox

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PAYMENTS = "C0PAYMENTS1"


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def card(status: str) -> list[dict[str, Any]]:
    approve = {"type": "button", "action_id": "approve", "text": plain("Approve"), "value": "p1"}
    evil = "*bold* <https://example.com|link> &lt;img src=x onerror=alert(1)&gt;"
    return [
        {"type": "header", "text": plain(f"Rightsize api: {status}")},
        {"type": "section", "text": {"type": "mrkdwn", "text": evil}},
        {"type": "actions", "block_id": f"decide-{status}", "elements": [approve]},
    ]


def form(place: str) -> dict[str, Any]:
    element = {"type": "plain_text_input", "action_id": "text", "multiline": True}
    return {
        "type": "modal",
        "callback_id": "reason",
        "private_metadata": place,
        "title": plain("Approve"),
        "submit": plain("Approve"),
        "blocks": [
            {"type": "input", "block_id": "why", "label": plain("Why?"), "element": element}
        ],
    }


def listen(app: App) -> None:
    @app.action("approve")
    def approve(ack: Any, body: Any, client: Any) -> None:
        ack()
        place = f"{body['channel']['id']}/{body['message']['ts']}"
        client.views_open(trigger_id=body["trigger_id"], view=form(place))

    @app.view("reason")
    def submitted(ack: Any, body: Any, view: Any, client: Any) -> None:
        if len(view["state"]["values"]["why"]["text"]["value"]) < 5:
            ack(response_action="errors", errors={"why": "Say a little more."})
            return
        ack()
        channel, ts = view["private_metadata"].split("/")
        text = f"approved by {body['user']['name']}"
        client.chat_update(channel=channel, ts=ts, text=text, blocks=card(text))
        client.chat_postMessage(channel=channel, thread_ts=ts, text="Pull request opened")


def test_a_newcomer_approves_a_card_as_another_person(
    chromium: "Browser", sandbox: SlackSandbox, bolt: Any, client: Any
) -> None:
    listen(bolt.app)
    client.chat_postMessage(channel=PAYMENTS, text="card", blocks=card("open"))
    page = chromium.new_page()
    mistakes: list[str] = []
    page.on("pageerror", lambda error: mistakes.append(str(error)))
    page.on("console", lambda m: mistakes.append(m.text) if m.type == "error" else None)
    page.goto(f"{sandbox.url}archives/{PAYMENTS}")

    page.get_by_role("radio", name="Priya Raman").click()
    page.get_by_role("button", name="Approve").click()
    dialog = page.get_by_role("dialog", name="Approve")
    dialog.get_by_role("button", name="Approve").click()
    dialog.get_by_text("Please complete this required field.").wait_for()
    dialog.get_by_label("Why?").fill("ok")
    dialog.get_by_role("button", name="Approve").click()
    dialog.get_by_text("Say a little more.").wait_for()
    dialog.get_by_label("Why?").fill("Fits the load")
    dialog.get_by_role("button", name="Approve").click()

    page.get_by_role("heading", name="Rightsize api: approved by priya").wait_for()
    page.get_by_role("button", name=re.compile("1 reply")).click()
    page.get_by_role("complementary", name="Thread").get_by_text("Pull request opened").wait_for()

    assert dialog.count() == 0
    assert page.get_by_text("<img src=x onerror=alert(1)>").count() >= 1
    assert mistakes == []
    page.close()


def test_on_a_phone_nothing_is_wider_than_the_screen(
    chromium: "Browser", sandbox: SlackSandbox, client: Any
) -> None:
    client.chat_postMessage(channel=PAYMENTS, text="card", blocks=card("x" * 120))
    page = chromium.new_page(viewport={"width": 360, "height": 720})
    page.goto(f"{sandbox.url}archives/{PAYMENTS}")
    page.get_by_role("button", name="Approve").wait_for()
    width = page.evaluate("document.documentElement.scrollWidth")
    page.close()

    assert width <= 360


def test_a_command_nobody_answers_is_told_on_the_page(
    chromium: "Browser", sandbox: SlackSandbox
) -> None:
    page = chromium.new_page()
    page.goto(f"{sandbox.url}archives/{PAYMENTS}")
    page.get_by_label("Message #payments").fill("/finops list")
    page.keyboard.press("Enter")
    page.get_by_text('failed with the error "dispatch_failed"').wait_for()
    private = page.get_by_text("Only visible to you").count()
    page.close()

    assert private == 1
