"""What the sandbox page asks of a simulated world: its date, its figures, its pull requests."""

from typing import Any, Protocol


class World(Protocol):
    """Duck-typed. Calls may block (the page runs them in a thread) and may raise to refuse."""

    def state(self) -> dict[str, Any]:
        """`{"now": iso, "headlines": [{"label", "value"}], "pull_requests": […]}`.

        A pull request has number, title, state (open, merged or closed), branch,
        opportunity_id and created_at.
        """

    def advance(self, days: int) -> None:
        """Let the simulated date move on."""

    def pull_request(self, number: int) -> dict[str, Any]:
        """One pull request: as in `state`, and `body` and `files: [{"path", "diff"}]`."""

    def merge(self, number: int, user_id: str) -> None:
        """Merge it as this person."""

    def close(self, number: int, user_id: str) -> None:
        """Close it unmerged as this person."""
