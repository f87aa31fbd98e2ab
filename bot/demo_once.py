"""`finops demo --once`: one whole loop by real clicks over Socket Mode, without a browser."""

import tempfile
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from bot.demo import Demo, start_demo
from finops.domain.errors import Refused
from finops.domain.lifecycle import Status
from finops.domain.mutes import DenyReason
from finops.domain.opportunity import OpportunityRecord
from finops.domain.people import UNKNOWN_TEAM
from finops.ledger.outbox import OutboxStatus
from handlers.ids import ActionId, BlockId, Recognised
from sandbox.company import APPROVER, LEADERSHIP, OUTSIDER, PLATFORM
from sandbox.slack.messages import Message

# Long enough for a busy laptop; a loop takes about 15 s.
PATIENCE_SECONDS = 60.0
DAYS_UNTIL_PROOF = 8


class LoopError(RuntimeError):
    """The loop did not get where it should; the message says where it stood."""


def run_once(*, database_url: str | None = None) -> dict[str, Any]:
    """Find, ask, assign, decide, open, merge, deploy, verify, report; what happened in figures."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="finops-demo-") as folder:
        demo = start_demo(Path(folder), database_url=database_url)
        try:
            figures = Loop(demo).run()
        finally:
            demo.stop()
    return figures | {"seconds": round(time.monotonic() - started, 1)}


class Loop:
    """The people of the sandbox, doing what people do."""

    def __init__(self, demo: Demo) -> None:
        self._demo = demo
        self._driver = demo.slack.driver()

    def run(self) -> dict[str, Any]:
        """Play the whole loop."""
        self._wait("cards and plans", lambda: self._plans() and self._is_quiet())
        assigned = self._assign_unowned()
        self._wait("moved cards", lambda: not self._moving() and self._is_quiet())
        cards = self._records(Status.NOTIFIED)
        asked = {
            "cards_posted": sum(map(self._has_card, cards)),
            "planned": sum(not self._has_card(record) for record in cards),
            "plans_posted": len(self._plans()),
        }
        self._click(cards[0], OUTSIDER.id, ActionId.APPROVE)
        denied = self._deny(cards[-1], "The team plans a load test with these figures.")
        for person in (APPROVER, PLATFORM):
            self._approve_plans(person.id)
            for card in cards[:-1]:
                self._approve(card, person.id)
        approved = self._decided()
        self._wait("pull requests", lambda: not self._records(Status.APPROVED) and self._is_quiet())
        opened = self._records(Status.PULL_REQUEST_OPEN)
        for record in opened:
            self._wait("merge", partial(self._merge, record))
        self._wait("deployment", lambda: len(self._records(Status.IMPLEMENTED)) == len(opened))
        self._demo.world.advance(DAYS_UNTIL_PROOF)
        self._wait_for_verdicts(len(opened))
        self._wait("digest", lambda: self._digests() and self._is_quiet())
        decided = {"assigned": assigned, "approved": approved, "denied": denied}
        return self._figures(decided=asked | decided, opened=opened)

    def _has_card(self, record: OpportunityRecord) -> bool:
        return bool(self._demo.engine.ledger.messages(subject=record.id, purpose="card"))

    def _moving(self) -> list[OpportunityRecord]:
        """Cards on their way to another team."""
        return [r for r in self._records(Status.DETECTED) if self._has_card(r)]

    def _figures(
        self, *, decided: dict[str, int], opened: list[OpportunityRecord]
    ) -> dict[str, Any]:
        engine = self._demo.engine
        realised = engine.ledger.get_total_realized_savings()
        return {
            "opportunities": len(engine.ledger.find()),
            **decided,
            "refused_clicks": self._refusals(),
            "pull_requests": len(opened),
            "merged": len(opened),
            "verified": len(self._records(Status.VERIFIED)),
            "realised_usd_per_month": round(float(realised.cashable_usd_per_month), 2),
            "freed_usd_per_month": round(float(realised.freed_usd_per_month), 2),
            "digest_charts": sum(self._charts(message) for message in self._digests()),
            "duplicates": self._duplicates(),
            "audit_intact": engine.ledger.verify_audit().is_intact,
        }

    def _wait_for_verdicts(self, count: int) -> None:
        """A tick under way at the jump judged by the bill of before: the next day's will do."""

        def are_there() -> bool:
            return len(self._records(Status.VERIFIED)) == count

        try:
            self._wait("verdicts", are_there, seconds=PATIENCE_SECONDS / 3)
        except LoopError:
            self._demo.world.advance(1)
            self._wait("verdicts", are_there)

    def _merge(self, record: OpportunityRecord) -> bool:
        """Press Merge; a conflict with a neighbour's merge is mended by the bot within a tick."""
        try:
            self._demo.world.merge(record.pull_request_number or 0, APPROVER.id)
        except Refused:
            return False
        return True

    def _approve(self, record: OpportunityRecord, user: str) -> None:
        """On its card, if it has one."""
        is_waiting = self._demo.engine.ledger.get(record.id).status is Status.NOTIFIED
        if is_waiting and self._has_card(record):
            self._click(record, user, ActionId.APPROVE)

    def _approve_plans(self, user: str) -> None:
        """One click on each plan of the week approves all that is ticked in it."""
        for channel, plan in self._plans():
            elements = [e for b in plan["blocks"] for e in b.get("elements", [])]
            if any(e.get("action_id") == ActionId.PLAN_APPROVE for e in elements):
                self._driver.click(user, channel, plan["ts"], ActionId.PLAN_APPROVE)
                self._wait("the plan's update", self._is_quiet)

    def _plans(self) -> list[tuple[str, Message]]:
        channels = [channel.id for channel in self._demo.slack.workspace.channels]
        return [
            (channel, message)
            for channel in channels
            for message in self._messages(channel)
            if _event(message) == Recognised.PLAN
        ]

    def _deny(self, record: OpportunityRecord, reason: str) -> int:
        owner = self._demo.engine.directory.team(record.opportunity.team).owners
        person = owner[0] if owner else PLATFORM.id
        self._open_deny_form(record, person)
        why = {str(BlockId.REASON_CLASS): {str(ActionId.REASON_CLASS): DenyReason.HEADROOM.value}}
        self._submit(person, why | {str(BlockId.REASON): {str(ActionId.REASON): reason}})
        # Alike proposals might be muted too; nobody wants that here.
        for view in reversed(self._driver.open_views(person)):
            self._driver.close_view(person, view["id"])
        return int(self._demo.engine.ledger.get(record.id).status is Status.DENIED)

    def _open_deny_form(self, record: OpportunityRecord, person: str) -> None:
        """From its card, or by looking at one of a plan."""
        if self._has_card(record):
            self._click(record, person, ActionId.DENY)
            return
        for channel, plan in self._plans():
            looks = [e for b in plan["blocks"] for e in b.get("elements", [])]
            menu = next((e for e in looks if e.get("action_id") == ActionId.PLAN_LOOK), None)
            values = [option["value"] for option in menu["options"]] if menu else []
            for value in values:
                if record.id in value:
                    self._driver.select(person, channel, plan["ts"], ActionId.PLAN_LOOK, value)
                    view = self._driver.wait_for(lambda: self._driver.open_view(person))
                    self._driver.click_in_view(person, view["id"], ActionId.DENY)
                    return
        raise LoopError(f"{record.id} stands on no card and in no plan")

    def _assign_unowned(self) -> int:
        """Give what nobody owns to team platform; both cards of a workload move at once."""
        assigned = 0
        while unowned := self._demo.engine.ledger.find(
            statuses=[Status.NOTIFIED], team=UNKNOWN_TEAM
        ):
            record = unowned[0]
            self._click(record, PLATFORM.id, ActionId.ASSIGN, selected="platform")
            self._submit(PLATFORM.id, {str(BlockId.ASSIGN_SCOPE): {}})
            if self._demo.engine.ledger.get(record.id).opportunity.team == UNKNOWN_TEAM:
                raise LoopError(f"{record.id} was not assigned")
            assigned += 1
        return assigned

    def _submit(self, person: str, values: dict[str, dict[str, str]]) -> None:
        view = self._driver.wait_for(lambda: self._driver.open_view(person))
        if view is None:
            raise LoopError(f"no modal opened for {person}")
        self._driver.submit(person, view["id"], values)

    def _click(
        self, record: OpportunityRecord, user: str, action: ActionId, selected: str | None = None
    ) -> None:
        """Where the owner is asked: a card that moved stands in its former channel too."""
        cards = self._demo.engine.ledger.messages(subject=record.id, purpose="card")
        place = self._demo.engine.directory.contact_of(record.opportunity.team).place
        card = next(card for card in cards if card.channel == place)
        ack = self._driver.click(user, card.channel, card.message_id, action, selected=selected)
        if ack.timed_out:
            raise LoopError(f"the click on {action} for {record.id} was not acknowledged in time")

    def _refusals(self) -> int:
        """What the bot told people privately: in this loop, only that a click was refused."""
        users = self._demo.slack.workspace.users
        return sum(len(self._driver.ephemerals(user.id)) for user in users)

    def _records(self, *statuses: Status) -> list[OpportunityRecord]:
        return self._demo.engine.ledger.find(statuses=statuses)

    def _decided(self) -> int:
        return sum(bool(r.decided_by) and r.status is not Status.DENIED for r in self._records())

    def _is_quiet(self) -> bool:
        counts = self._demo.engine.ledger.outbox_counts()
        return not (counts.get(OutboxStatus.PENDING, 0) + counts.get(OutboxStatus.DELIVERING, 0))

    def _wait(
        self, what: str, ready: Callable[[], object], *, seconds: float = PATIENCE_SECONDS
    ) -> None:
        deadline = time.monotonic() + seconds
        while not ready():
            if time.monotonic() > deadline:
                stood = Counter(record.status.value for record in self._records())
                outbox = self._demo.engine.ledger.outbox_counts()
                raise LoopError(f"no {what} in {seconds:.0f} s: {stood}, outbox {outbox}")
            time.sleep(0.1)

    def _digests(self) -> list[Message]:
        return [m for m in self._messages(LEADERSHIP.id) if _event(m) == Recognised.DIGEST]

    def _messages(self, channel: str) -> list[Message]:
        return self._driver.messages(channel)

    def _charts(self, message: Message) -> int:
        return sum(block["type"] == "image" for block in message.get("blocks") or [])

    def _duplicates(self) -> int:
        """Cards, notes, messages, digests and pull requests that exist more than once."""
        places = [channel.id for channel in self._demo.slack.workspace.channels]
        places += [self._driver.dm(user.id) for user in self._demo.slack.workspace.users]
        seen: Counter[str] = Counter()
        for place in places:
            for message in self._messages(place):
                for shown in self._driver.thread(place, message["ts"]):
                    metadata = shown.get("metadata")
                    if metadata:
                        seen[f"{place}/{metadata}"] += 1
        seen.update(pull.branch for pull in self._demo.host.list_pull_requests())
        return sum(count - 1 for count in seen.values())


def _event(message: Message) -> str:
    return str((message.get("metadata") or {}).get("event_type", ""))
