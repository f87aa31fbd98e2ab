"""What is set in Slack, under what is set in the file.

The file always wins: a key that it names is *locked* in Slack, and shown so. All other keys of the
sections below may be set in Slack; they are kept in the ledger in the shape of the file, checked by
the same model, and read again by every replica within a minute.
"""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from bot.configuration import Configuration
from bot.settings_overlay import checked_overlay, is_named, named_by, with_setting
from bot.timetable import Timetable
from finops.domain.errors import InvalidInput, NotPermitted, Refused
from finops.domain.people import Actor, Approvers
from finops.engine.refusals import PATIENCE_SECONDS, audited_refusals
from finops.finops_engine import FinOpsEngine
from finops.guardrails import Guardrails
from finops.ledger import history
from finops.ledger.transaction import LedgerTransaction
from handlers.settings_desk import Change, DigestTime, Path

log = logging.getLogger(__name__)

KEY = "set in Slack"
# What is safe to change while the bot runs. Clusters, repositories and prices need a restart.
SECTIONS = frozenset(
    {
        "approval_levels",
        "cfo_channel",
        "cto_channel",
        "currency",
        "default_approvers",
        "guardrails",
        "leadership_channel",
        "platform",
        "schedule",
        "teams",
        "triage_channel",
    }
)


class LiveSettings:
    """The settings as they hold now; threads and replicas may share the ledger behind it."""

    def __init__(self, engine: FinOpsEngine, file: Configuration) -> None:
        self._engine = engine
        self._named = named_by(file)
        self._file = file
        self._seen: Mapping[str, Any] | None = None
        self.current = file

    def refresh(self) -> None:
        """Read what was set in Slack; does nothing when it is as before.

        What no longer fits the file is left out as a whole, with a line in the log: the file wins.
        """
        kept = self._kept()
        if kept == self._seen:
            return
        self._seen = kept
        try:
            self._use(checked_overlay(kept, self._named))
        except InvalidInput as error:
            log.error("what was set in Slack does not fit the configuration file: %s", error)
            self._use(self._file)

    def is_locked(self, path: Path) -> bool:
        """Whether the file names this setting, or anything in it.

        A guardrail that it names for everybody is locked for each team as well: a limit that
        somebody has reviewed cannot be loosened by a click.
        """
        return is_named(self._named, path)

    def set_many(self, changes: Sequence[Change], *, actor: Actor) -> None:
        """Set these in Slack, all or none; None takes a setting back.

        Raises NotPermitted, Refused for what the file locks, and InvalidInput naming the setting
        that cannot be so.
        """
        subject = "settings/" + ", ".join(sorted({path[0] for path, _ in changes}))[:60]
        with (
            audited_refusals(self._engine.parts, subject, actor=actor),
            self._engine.ledger.transaction(patience_seconds=PATIENCE_SECONDS) as tx,
        ):
            self._require_among(self._platform_in(tx), actor)
            self._require_open([path for path, _ in changes])
            self._write(tx, changes, subject=subject, actor=actor)
        self.refresh()

    def claim(self, actor: Actor) -> None:
        """Make this person the first platform engineer, if there is none yet.

        Whether they may is for the caller to know. Of two at once one wins; the other is refused
        and told who it was. Raises NotPermitted, and Refused where the file names the list.
        """
        subject = "settings/platform"
        with (
            audited_refusals(self._engine.parts, subject, actor=actor),
            self._engine.ledger.transaction(patience_seconds=PATIENCE_SECONDS) as tx,
        ):
            kept = history.setting(tx.connection, KEY) or {}
            platform = checked_overlay(kept, self._named).platform.to_domain()
            if platform:
                raise NotPermitted(
                    "Somebody looks after the settings already.",
                    users=platform.users,
                    user_groups=platform.user_groups,
                )
            change = (("platform", "users"), [actor.id])
            self._require_open([change[0]])
            self._write(tx, [change], subject=subject, actor=actor)
        self.refresh()

    def may_set(self, actor: Actor) -> bool:
        """Whether this person is a platform engineer."""
        return actor.is_among(self._engine.directory.platform)

    def timetable(self) -> Timetable:
        """When cycles and digests are due now."""
        return self.current.schedule.timetable()

    def digest_time(self) -> DigestTime:
        """When the digests are due now."""
        schedule = self.current.schedule
        return DigestTime(
            schedule.digest_weekday,
            schedule.digest_hour,
            schedule.time_zone,
            is_weekly=schedule.weekly_digest,
            is_monthly=schedule.monthly_digest,
        )

    def _write(
        self, tx: LedgerTransaction, changes: Sequence[Change], *, subject: str, actor: Actor
    ) -> None:
        now = self._engine.now()
        kept = dict(history.setting(tx.connection, KEY) or {})
        for path, value in changes:
            kept = with_setting(kept, path, value)
        if not checked_overlay(kept, self._named).platform.to_domain():
            raise InvalidInput("Name at least one platform engineer: somebody has to set things.")
        history.put_setting(tx.connection, KEY, kept, by=actor.id, now=now)
        detail = {"changes": [[".".join(path), value] for path, value in changes]}
        tx.audit(at=now, actor=actor.id, action="settings", subject=subject, detail=detail)

    def _platform_in(self, tx: LedgerTransaction) -> Approvers:
        """Who may set things now: another replica may have taken somebody out a moment ago."""
        try:
            kept = history.setting(tx.connection, KEY) or {}
            return checked_overlay(kept, self._named).platform.to_domain()
        except InvalidInput:  # left out as a whole, as in `refresh`
            return self._file.platform.to_domain()

    def _require_among(self, platform: Approvers, actor: Actor) -> None:
        if not actor.is_among(platform):
            raise NotPermitted(
                "Only platform engineers change settings.",
                users=platform.users,
                user_groups=platform.user_groups,
            )

    def _require_open(self, paths: Sequence[Path]) -> None:
        for path in paths:
            if path[0] not in SECTIONS:
                raise Refused(f"{path[0]} is set in the configuration file, not in Slack.")
            if self.is_locked(path):
                raise Refused(
                    f"{'.'.join(path)} is set in the configuration file, which wins; change it "
                    "there, or take it out of the file to set it here."
                )

    def _kept(self) -> Mapping[str, Any]:
        found = self._engine.ledger.read(lambda connection: history.setting(connection, KEY))
        return found if isinstance(found, dict) else {}

    def _use(self, effective: Configuration) -> None:
        self.current = effective
        self._engine.reconfigure(
            directory=effective.directory(),
            guardrails=Guardrails(effective.guardrails),
            hours=effective.schedule.hours(),
            currency=effective.currency.to_domain(),
        )
