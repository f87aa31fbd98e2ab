"""Open modals (a stack of at most three per person) and published Home tabs."""

import hashlib
import json
from copy import deepcopy
from typing import Any

from sandbox.slack.refusals import Refused

View = dict[str, Any]
MOST_STACKED = 3


class Views:
    """Views by person. Each has `user_id` beside the fields Slack gives it."""

    def __init__(self) -> None:
        self._stacks: dict[str, list[View]] = {}
        self._homes: dict[str, View] = {}

    def open(self, user_id: str, view: View) -> None:
        """Show a modal in place of whatever modals the person has open."""
        view.update(previous_view_id=None, root_view_id=view["id"])
        self._stacks[user_id] = [view]

    def push(self, user_id: str, view: View) -> None:
        """Show a modal on top; refuses `push_limit_reached` above three."""
        stack = self._stacks.setdefault(user_id, [])
        if len(stack) >= MOST_STACKED:
            raise Refused("push_limit_reached")
        if not stack:
            raise Refused("not_found")
        view.update(previous_view_id=stack[-1]["id"], root_view_id=stack[0]["id"])
        stack.append(view)

    def find(self, key: str) -> tuple[str, View] | None:
        """The owner and the open modal with this id or external id."""
        for user_id, stack in self._stacks.items():
            for view in stack:
                if key and key in (view["id"], view.get("external_id")):
                    return user_id, view
        return None

    def find_any(self, key: str) -> tuple[str, View] | None:
        """As `find`, but also a Home tab."""
        homes = ((u, v) for u, v in self._homes.items() if v["id"] == key)
        return self.find(key) or next(homes, None)

    def stack(self, user_id: str) -> list[View]:
        """The person's modals, the visible one last. Copies."""
        return deepcopy(self._stacks.get(user_id, []))

    def close(self, user_id: str, view_id: str) -> None:
        """Take a modal, and what lies on it, off the stack."""
        stack = self._stacks.get(user_id, [])
        ids = [view["id"] for view in stack]
        if view_id in ids:
            del stack[ids.index(view_id) :]

    def close_all(self, user_id: str) -> None:
        """Take all modals off the stack."""
        self._stacks.pop(user_id, None)

    def publish(self, user_id: str, view: View) -> View:
        """Show a Home tab; it keeps the id of the one before it."""
        before = self._homes.get(user_id)
        view["id"] = before["id"] if before else view["id"]
        view.update(previous_view_id=None, root_view_id=view["id"])
        self._homes[user_id] = view
        return view

    def home(self, user_id: str) -> View | None:
        """The person's Home tab. A copy."""
        return deepcopy(self._homes.get(user_id))


def view_hash(view: View, ts: str) -> str:
    """Changes with each version of a view: `<unix time>.<eight characters>`."""
    digest = hashlib.sha256(json.dumps(view, sort_keys=True).encode() + ts.encode())
    return f"{ts.partition('.')[0]}.{digest.hexdigest()[:8]}"
