"""Submitting and closing modals: Slack's own checks, then the app, then its response_action."""

from typing import Any

from sandbox.slack.actions import find_element
from sandbox.slack.delivery import Ack, Delivery, Envelope
from sandbox.slack.input_values import is_empty, state_from, values_of
from sandbox.slack.payloads import view_payload
from sandbox.slack.refusals import Refused
from sandbox.slack.state import SlackState
from sandbox.slack.view_methods import new_view, replace_view
from sandbox.slack.views import View
from sandbox.slack.workspace import User

REQUIRED = "Please complete this required field."


class Forms:
    """The modals of people, once they are filled in."""

    def __init__(self, state: SlackState, delivery: Delivery) -> None:
        self._state = state
        self._delivery = delivery

    async def submit(self, user_id: str, view_id: str, entered: dict[str, dict[str, Any]]) -> Ack:
        """Fill in and submit. Errors of Slack's own checks come back without asking the app."""
        user, view = self._open_view(user_id, view_id)
        self._fill(user_id, view, entered)
        wrong = self._own_errors(user_id, view)
        if wrong:
            return Ack({"response_action": "errors", "errors": wrong}, 0.0)
        payload = view_payload(self._state, user, view, "view_submission")
        ack = await self._delivery.deliver(Envelope("interactive", payload))
        return self._followed(user_id, view, ack) if ack.ok else ack

    async def close(self, user_id: str, view_id: str) -> Ack:
        """Dismiss a modal; the app is told if the view asked for it."""
        user, view = self._open_view(user_id, view_id)
        payload = view_payload(self._state, user, view, "view_closed")
        if view["clear_on_close"]:
            self._state.views.close_all(user_id)
        else:
            self._state.views.close(user_id, view["id"])
        self._state.changed()
        if not view["notify_on_close"]:
            return Ack(None, 0.0)
        return await self._delivery.deliver(Envelope("interactive", payload))

    def _open_view(self, user_id: str, view_id: str) -> tuple[User, View]:
        found = self._state.views.find(view_id)
        user = self._state.workspace.user(user_id)
        if found is None or user is None or found[0] != user_id:
            raise KeyError(f"{user_id} has no open view {view_id}")
        return user, found[1]

    def fill(self, user_id: str, view_id: str, entered: dict[str, dict[str, Any]]) -> None:
        """Type and choose without submitting; later actions carry it in `view.state`."""
        self._fill(user_id, self._open_view(user_id, view_id)[1], entered)

    def _fill(self, user_id: str, view: View, entered: dict[str, dict[str, Any]]) -> None:
        chosen = self._state.inputs(user_id, view["id"])
        for block_id, actions in entered.items():
            for action_id, given in actions.items():
                _, element = find_element(view["blocks"], action_id, block_id)
                chosen.setdefault(block_id, {})[action_id] = state_from(element, given)

    def _own_errors(self, user_id: str, view: View) -> dict[str, str]:
        values = values_of(view["blocks"], self._state.inputs(user_id, view["id"]))
        errors: dict[str, str] = {}
        for block in view["blocks"]:
            if block["type"] == "input":
                state = values.get(block["block_id"], {}).get(block["element"]["action_id"], {})
                problem = own_problem(block, state)
                errors |= {block["block_id"]: problem} if problem else {}
        return errors

    def _followed(self, user_id: str, view: View, ack: Ack) -> Ack:
        answer = ack.payload or {}
        what = answer.get("response_action")
        try:
            if what == "update":
                replace_view(self._state, user_id, view, answer.get("view") or {})
            elif what == "push":
                pushed = new_view(self._state, answer.get("view") or {}, "modal")
                self._state.views.push(user_id, pushed)
            elif what == "clear":
                self._state.views.close_all(user_id)
            elif what == "errors":
                return self._checked_errors(view, ack)
            else:
                self._state.views.close(user_id, view["id"])
        except Refused as no:
            return Ack(no.body(), ack.seconds, no.error)
        self._state.changed()
        return ack

    def _checked_errors(self, view: View, ack: Ack) -> Ack:
        inputs = {b["block_id"] for b in view["blocks"] if b["type"] == "input"}
        if not ack.errors or set(ack.errors) - inputs:
            return Ack(ack.payload, ack.seconds, "invalid_response_errors")
        return ack


def own_problem(block: dict[str, Any], state: dict[str, Any]) -> str | None:
    """What Slack itself says about an input before it asks the app; None if nothing."""
    element = block["element"]
    if is_empty(state):
        return None if block.get("optional") else REQUIRED
    value = state.get("value")
    if not isinstance(value, str):
        return None
    if len(value) < element.get("min_length", 0):
        return f"This entry must be at least {element['min_length']} characters."
    if len(value) > element.get("max_length", 3000):
        return f"This entry must be at most {element.get('max_length', 3000)} characters."
    return _number_problem(element, value) if element["type"] == "number_input" else None


def _number_problem(element: dict[str, Any], value: str) -> str | None:
    try:
        number = float(value)
    except ValueError:
        return "Enter a valid number."
    if not element["is_decimal_allowed"] and not number.is_integer():
        return "Enter a whole number."
    low, high = element.get("min_value"), element.get("max_value")
    if low is not None and number < float(low):
        return f"Enter a number of at least {low}."
    if high is not None and number > float(high):
        return f"Enter a number of at most {high}."
    return None
