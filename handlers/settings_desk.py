"""What may be set in Slack, as handlers see it; the process keeps it (`bot/live_settings.py`)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from finops.domain.people import Actor

Path = tuple[str, ...]
# None takes a setting back.
Change = tuple[Path, Any]

# What people call the configuration file; `FINOPS_CONFIG` may call it otherwise.
FILE = "finops.yaml"


@dataclass(frozen=True, slots=True)
class DigestTime:
    """When the weekly digest is due: `weekday` 0 is Monday, the hour is local to the IANA zone.

    The monthly one comes on the first working day at the same hour.
    """

    weekday: int = 0
    hour: int = 9
    time_zone: str = "UTC"
    is_weekly: bool = True
    is_monthly: bool = True


class SettingsDesk(Protocol):
    """Where settings are looked up and set. The file wins: what it names is locked."""

    def is_locked(self, path: Path) -> bool:
        """Whether the file names this setting."""
        ...

    def may_set(self, actor: Actor) -> bool:
        """Whether this person is a platform engineer."""
        ...

    def set_many(self, changes: Sequence[Change], *, actor: Actor) -> None:
        """Set all or none. Raises NotPermitted, Refused for what is locked, and InvalidInput."""
        ...

    def claim(self, actor: Actor) -> None:
        """Make this person the first platform engineer; refuses when there is one.

        Whether they may is for the caller to know: the workspace says who its admins are.
        """
        ...

    def digest_time(self) -> DigestTime:
        """When the digests are due, as it holds now."""
        ...
