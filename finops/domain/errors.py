"""The error tree of the whole program.

    FinOpsError
    ├── Refused                  a person can do something about it; the message is what they read
    │   ├── InvalidInput         a file, snapshot or command is wrong; names place and fix
    │   │   ├── InvalidFields    several inputs of a form may be wrong; each by its name
    │   │   └── NoBill           there is no bill of those days at all
    │   ├── IllegalMove          the lifecycle does not allow this step
    │   ├── AlreadyDecided       somebody was first; says who and when
    │   └── NotPermitted         this person may not; says who may
    └── OutsideWorldFailed       a server, network or remote repository failed
        ├── TryAgainLater        passing; `after_seconds` says when
        │   └── NotItsTurn       nothing failed and nothing was done: others are before it
        └── WillNeverWork        trying again cannot help; a person must look

A message is a whole sentence that names the thing, the place and the fix.
"""

from collections.abc import Mapping


class FinOpsError(Exception):
    """Root of every error this program raises on purpose."""


class Refused(FinOpsError):
    """The person can do something about it; `str(error)` is shown to them as it is."""


class InvalidInput(Refused):
    """A file, snapshot, setting or command argument is wrong."""


class InvalidFields(InvalidInput):
    """Inputs that are wrong, all at once: `problems` has a sentence for each by its name."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = problems


class NoBill(InvalidInput):
    """A bill can be read, and there is nothing of the days that were asked for."""


class IllegalMove(Refused):
    """The lifecycle of an opportunity does not allow this step."""


class AlreadyDecided(Refused):
    """Somebody was first; `decided_by` is the id of who, as it stands in the message."""

    def __init__(self, message: str, *, decided_by: str = "") -> None:
        super().__init__(message)
        self.decided_by = decided_by


class NotPermitted(Refused):
    """This person may not do this; `users` and `user_groups` are the ids of who may."""

    def __init__(
        self, message: str, *, users: tuple[str, ...] = (), user_groups: tuple[str, ...] = ()
    ) -> None:
        super().__init__(message)
        self.users = users
        self.user_groups = user_groups


class OutsideWorldFailed(FinOpsError):
    """Something outside this process failed."""


class TryAgainLater(OutsideWorldFailed):
    """A passing failure. `after_seconds` is the earliest sensible time for the next try."""

    def __init__(self, message: str, *, after_seconds: float = 30.0) -> None:
        super().__init__(message)
        self.after_seconds = after_seconds


class NotItsTurn(TryAgainLater):
    """Nothing failed and nothing was done yet: the turn it took in `lane` comes later."""

    def __init__(self, message: str, *, after_seconds: float, lane: str) -> None:
        super().__init__(message, after_seconds=after_seconds)
        self.lane = lane


class WillNeverWork(OutsideWorldFailed):
    """Trying again cannot help: a person has to change something outside."""
