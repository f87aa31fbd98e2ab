import http.client
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from sandbox.slack import SlackSandbox, example_workspace

DANA, OMAR, PAYMENTS, FINOPS = "U0DANA00001", "U0OMAR00001", "C0PAYMENTS1", "C0FINOPS001"


def call(
    sandbox: SlackSandbox, path: str, body: object = None, **headers: str
) -> tuple[int, str, dict[str, str]]:
    connection = http.client.HTTPConnection(urlsplit(sandbox.url).netloc, timeout=10)
    sent = {"Content-Type": "application/json", **{k.title(): v for k, v in headers.items()}}
    method = "GET" if body is None else "POST"
    connection.request(method, path, None if body is None else json.dumps(body), sent)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text, dict(answer.getheaders())


def seen_by(sandbox: SlackSandbox, user_id: str) -> dict[str, Any]:
    parsed = json.loads(call(sandbox, f"/sandbox/state?user={user_id}")[1])
    assert isinstance(parsed, dict)
    return parsed


def test_the_page_may_load_and_run_only_what_is_its_own(sandbox: SlackSandbox) -> None:
    status, text, headers = call(sandbox, "/")

    assert status == 200
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "http://" not in text
    assert "https://" not in text


def test_a_file_outside_the_page_folder_is_not_served(sandbox: SlackSandbox) -> None:
    statuses = [call(sandbox, f"/page/{n}")[0] for n in ("..%2Fserver.py", "no.js", "app.py")]

    assert statuses == [404, 404, 404]


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"host": "evil.example"},
        {"content-type": "text/plain"},
    ],
)
def test_another_site_cannot_act_through_the_browser(
    sandbox: SlackSandbox, headers: dict[str, str]
) -> None:
    body = {"user": DANA, "channel": PAYMENTS, "text": "x"}
    status = call(sandbox, "/sandbox/say", body, **headers)[0]

    assert status == 403
    assert sandbox.driver().messages(PAYMENTS) == []


def test_a_foreign_name_for_this_machine_cannot_read_the_state(sandbox: SlackSandbox) -> None:
    assert call(sandbox, "/sandbox/state", host="evil.example")[0] == 403


def test_each_person_sees_the_channels_and_messages_meant_for_them(
    sandbox: SlackSandbox, client: Any
) -> None:
    client.chat_postMessage(channel=DANA, text="for Dana")
    client.chat_postEphemeral(channel=PAYMENTS, user=DANA, text="only Dana")
    dana, omar = seen_by(sandbox, DANA), seen_by(sandbox, OMAR)

    assert FINOPS in [c["id"] for c in dana["channels"]]
    assert FINOPS not in [c["id"] for c in omar["channels"]]
    assert [m["text"] for m in dana["dm"]["messages"]] == ["for Dana"]
    assert "only Dana" not in json.dumps(omar)
    assert "only Dana" in json.dumps(dana)


def test_a_mistake_on_the_page_is_answered_with_a_sentence(sandbox: SlackSandbox) -> None:
    gone = {"user": DANA, "channel": PAYMENTS, "ts": "1.1", "action_id": "go"}
    status, text, _ = call(sandbox, "/sandbox/act", gone)

    assert (status, json.loads(text)) == (400, {"error": "This message is gone."})


class World:
    """Moves, merges once, and refuses the rest."""

    def __init__(self) -> None:
        self.days = 0
        self.merged_by = ""

    def state(self) -> dict[str, Any]:
        now = f"2026-11-{23 + self.days:02}T09:00:00+00:00"
        return {"now": now, "headlines": [], "pull_requests": []}

    def advance(self, days: int) -> None:
        self.days += days

    def pull_request(self, number: int) -> dict[str, Any]:
        return {"number": number, "body": "b", "files": []}

    def merge(self, number: int, user_id: str) -> None:
        if user_id == OMAR:
            raise PermissionError("Only owners may merge.")
        self.merged_by = user_id

    def close(self, number: int, user_id: str) -> None:
        raise LookupError("There is no such pull request.")


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def worldly(world: World) -> Iterator[SlackSandbox]:
    with SlackSandbox(example_workspace(), world=world) as running:
        yield running


def test_the_world_moves_and_shows_itself(worldly: SlackSandbox) -> None:
    call(worldly, "/sandbox/world/advance", {"days": 7})

    assert json.loads(call(worldly, "/sandbox/world")[1])["now"].startswith("2026-11-30")
    assert json.loads(call(worldly, "/sandbox/world/pulls/7")[1])["number"] == 7
    assert call(worldly, "/sandbox/world/advance", {"days": 0})[0] == 400


def test_a_pull_request_is_merged_as_the_persona_and_a_refusal_is_shown(
    worldly: SlackSandbox, world: World
) -> None:
    refused = call(worldly, "/sandbox/world/pulls/7/merge", {"user": OMAR})
    call(worldly, "/sandbox/world/pulls/7/merge", {"user": DANA})
    closed = call(worldly, "/sandbox/world/pulls/7/close", {"user": DANA})

    assert (refused[0], json.loads(refused[1])) == (409, {"error": "Only owners may merge."})
    assert world.merged_by == DANA
    assert "no such pull request" in closed[1]
