"""How a workspace shows charts: its own chart block, else a picture, else a table.

What it refused is remembered for a month, so that not every digest begins with a refusal; then the
better way is tried once more, because Slack rolls out and admins add scopes.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from finops.finops_engine import FinOpsEngine
from finops.ledger import history
from handlers.deliveries.outlet import Outlet

TRY_AGAIN_AFTER = timedelta(days=30)


class ChartStyle(StrEnum):
    """The ways, the best first."""

    NATIVE = "native"
    PICTURE = "picture"
    TABLE = "table"


class ChartStyles:
    """The memory of one workspace's ways, kept in the ledger."""

    def __init__(self, outlet: Outlet, engine: FinOpsEngine) -> None:
        self._outlet = outlet
        self._engine = engine
        self._key = ""

    def to_try(self) -> list[ChartStyle]:
        """The ways worth trying here now, the best first; a table always works."""
        every = list(ChartStyle)
        kept = self._engine.ledger.read(lambda connection: history.setting(connection, self.key))
        if not isinstance(kept, dict) or self._is_old(str(kept.get("since", ""))):
            return every
        known = str(kept.get("style"))
        return every[every.index(ChartStyle(known)) :] if known in every else every

    def remember(self, style: ChartStyle) -> None:
        """This is the best way that works here."""
        now = self._engine.now()
        value = {"style": style.value, "since": now.isoformat()}
        with self._engine.ledger.bookkeeping() as connection:
            history.put_setting(connection, self.key, value, by="worker", now=now)

    @property
    def key(self) -> str:
        """The setting's key: workspaces differ, replicas of one do not."""
        if not self._key:
            answer = self._outlet.call(self._outlet.client.auth_test)
            self._key = f"chart_style:{answer.get('enterprise_id') or ''}:{answer['team_id']}"
        return self._key

    def _is_old(self, since: str) -> bool:
        try:
            return self._engine.now() - datetime.fromisoformat(since) > TRY_AGAIN_AFTER
        except (TypeError, ValueError):
            return True
