"""The engine: the one way into everything about money, for the bot, the CLI and other programs.

>>> engine = FinOpsEngine()                                   # embedded: SQLite, no chat
>>> opportunities = engine.run_detection_cycle(cluster_data)
>>> drafts = engine.generate_prs(opportunities)
>>> report = engine.generate_weekly_report()
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from finops.aws_cost_integration import AwsCostIntegration
from finops.billing.cost_explorer import CostExplorer
from finops.billing.cost_report import CostReport
from finops.domain.assignments import AssignmentScope
from finops.domain.costs import BillChange
from finops.domain.currency import DOLLARS, Currency
from finops.domain.errors import InvalidInput
from finops.domain.estate import Snapshot
from finops.domain.freezes import Freeze, FreezeScope
from finops.domain.lifecycle import Status
from finops.domain.manners import Manners
from finops.domain.money import Saving
from finops.domain.mutes import DenyReason, Mute, MuteReach
from finops.domain.opportunity import Approval, Opportunity, OpportunityRecord, Skipped
from finops.domain.people import Actor, Directory, Preferences
from finops.domain.plans import Pick
from finops.domain.sending import SendingHours
from finops.edits import Candidate
from finops.engine import (
    aftermath,
    announce,
    approving,
    assigning,
    bills,
    costing,
    dashboards,
    decisions,
    drafts,
    evidence,
    freezing,
    identities,
    muting,
    pausing,
    picking,
    planning,
    pull_requests,
    reporting,
    reverting,
    teams_meant,
    telling,
    watching,
)
from finops.engine.assigning import Assigned
from finops.engine.bill_history import PastPiece
from finops.engine.cycle import CycleResult, run_cycle
from finops.engine.drafts import PullRequestDraft
from finops.engine.guarding import guardrail_decision
from finops.engine.moving import Which
from finops.engine.muting import MutePreview
from finops.engine.notifying import notify
from finops.engine.owning import with_known_owners
from finops.engine.parts import Pace, Parts, UnitMetric
from finops.engine.period_savings import PeriodSavings, period_savings
from finops.engine.planning import PlanOutcome, PlanView
from finops.engine.refusals import PATIENCE_SECONDS
from finops.engine.what_if import WhatIf, what_if
from finops.guardrails import GuardrailDecision, Guardrails
from finops.ledger import approvals, freezes, history, mutes
from finops.owners.owner import OwnerRules
from finops.owners.repository import HasFiles, OwnerFiles
from finops.ports import AllocatingBill, BillSource, HourlyUsage, SnapshotSource, UsageSampler
from finops.pr_generator import PullRequestGenerator
from finops.report_generator import Chart, Edition, Period, PeriodKind, SavingsReport
from finops.reports.evidence_chain import EvidenceChain
from finops.savings_ledger import Breakdown, SavingsLedger, utc_now
from finops.sources.cluster_data import read_cluster_data
from finops.waste_detectors import Detection, WasteDetectionEngine

__all__ = [
    "Assigned",
    "CycleInfo",
    "CycleResult",
    "FinOpsEngine",
    "Pace",
    "PullRequestDraft",
    "SavingsSummary",
    "UnitMetric",
]


@dataclass(frozen=True, slots=True)
class SavingsSummary:
    """What is offered, in flight and proved, with its breakdowns."""

    estimated: Saving
    in_flight: Saving
    realised: Saving
    by_team: tuple[Breakdown, ...]
    by_kind: tuple[Breakdown, ...]
    by_cluster: tuple[Breakdown, ...]


@dataclass(frozen=True, slots=True)
class CycleInfo:
    """How fresh a cluster's data is."""

    cluster: str
    taken_at: datetime
    found: int
    skipped: int
    gaps: tuple[str, ...]


class FinOpsEngine:
    """Finds, records, decides, opens, follows and proves. All state is in the ledger.

    Without arguments it keeps a SQLite ledger in `finops.db`, knows no chat and no repository, and
    uses the default guardrails: nobody is an approver. `owner_files` names by cluster the
    repository whose CODEOWNERS and catalogue say who owns what. `now` is the estate's clock.
    """

    def __init__(  # noqa: PLR0913 - the front door; all but the ledger are keywords
        self,
        ledger: SavingsLedger | None = None,
        *,
        directory: Directory | None = None,
        guardrails: Guardrails | None = None,
        detection: WasteDetectionEngine | None = None,
        snapshots: Mapping[str, SnapshotSource] | None = None,
        samplers: Mapping[str, UsageSampler] | None = None,
        bill: BillSource | None = None,
        cost_explorer: CostExplorer | None = None,
        unit_metrics: Sequence[UnitMetric] = (),
        allocating_bills: Sequence[AllocatingBill] = (),
        hours: Mapping[str, HourlyUsage] | None = None,
        pull_requests: PullRequestGenerator | None = None,
        owner_rules: OwnerRules | None = None,
        owner_files: Mapping[str, HasFiles] | None = None,
        pace: Pace | None = None,
        manners: Mapping[str, Manners] | None = None,
        currency: Currency = DOLLARS,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        rules = owner_rules or OwnerRules()
        self.parts = Parts(
            ledger=ledger or SavingsLedger(),
            detection=detection or WasteDetectionEngine(),
            guardrails=guardrails or Guardrails(),
            costs=AwsCostIntegration(),
            directory=directory or Directory(),
            now=now,
            pace=pace or Pace(),
            snapshots=snapshots or {},
            samplers=samplers or {},
            bill=bill,
            cost_explorer=cost_explorer,
            unit_metrics=unit_metrics,
            bills=tuple(allocating_bills),
            hours=hours or {},
            pull_requests=pull_requests,
            owner_rules=rules,
            manners=manners or {},
            currency=currency,
            owner_files={
                cluster: OwnerFiles(host, rules) for cluster, host in (owner_files or {}).items()
            },
        )
        self.ledger = self.parts.ledger

    @property
    def directory(self) -> Directory:
        """Teams, approvers and channels as they are set now."""
        return self.parts.directory

    @property
    def currency(self) -> Currency:
        """What amounts are shown in now."""
        return self.parts.currency

    def reconfigure(
        self,
        *,
        directory: Directory,
        guardrails: Guardrails,
        hours: SendingHours,
        currency: Currency | None = None,
    ) -> None:
        """Go on with other teams, channels, approvers, limits, hours and display currency.

        What runs ends with the old. Without a currency the one that holds stays.
        """
        pace = replace(self.parts.pace, hours=hours)
        self.parts = replace(
            self.parts,
            directory=directory,
            guardrails=guardrails,
            pace=pace,
            currency=currency or self.currency,
        )

    def now(self) -> datetime:
        """The estate's time."""
        return self.parts.now()

    # Finding

    def run_detection_cycle(self, cluster_data: Mapping[str, Any] | Snapshot) -> list[Opportunity]:
        """One cycle over a pushed snapshot; returns what was found, the largest saving first.

        Raises InvalidInput, listing every wrong place, when the data is malformed.
        """
        snapshot = (
            cluster_data
            if isinstance(cluster_data, Snapshot)
            else read_cluster_data(cluster_data, now=self.now(), prices=self.parts.costs)
        )
        return [record.opportunity for record in self.run_cycle(snapshot).records]

    def run_cycle(self, snapshot: Snapshot) -> CycleResult:
        """One cycle over a snapshot: detect, record, offer, and judge what is due."""
        result = run_cycle(self.parts, snapshot)
        aftermath.verify(self.parts, snapshot)
        return result

    def scan(self, cluster: str) -> CycleResult:
        """Read a configured cluster and run a cycle over it."""
        return self.run_cycle(self.read(cluster))

    def read(self, cluster: str) -> Snapshot:
        """A configured cluster or account as it is now; several may be read at once."""
        source = self.parts.snapshots.get(cluster)
        if source is None:
            known = ", ".join(sorted(self.parts.snapshots)) or "none is configured"
            raise InvalidInput(f"There is no cluster {cluster!r}; known: {known}.")
        return source.snapshot(now=self.now())

    def look(self, snapshot: Snapshot) -> Detection:
        """What a cycle would find, with nothing recorded and nobody told."""
        return self.parts.detection.detect(with_known_owners(self.parts, snapshot))

    @property
    def clusters(self) -> tuple[str, ...]:
        """The configured clusters."""
        return tuple(self.parts.snapshots)

    def request_scan(self, *, actor: Actor) -> bool:
        """Ask the worker for a cycle over everything; False when one is already waiting."""
        with self.ledger.transaction(patience_seconds=PATIENCE_SECONDS) as tx:
            return announce.ask_for_cycle(tx, why=f"asked:{actor.id}", now=self.now(), by=actor.id)

    # Deciding

    def approve(self, which: Which, *, revision: int, actor: Actor) -> OpportunityRecord:
        """Approve the revision that was shown; raises Refused with the sentence to show."""
        return approving.approve(self.parts, which, revision=revision, actor=actor)

    def deny(
        self,
        which: Which,
        *,
        revision: int,
        actor: Actor,
        reason: str,
        reason_class: DenyReason = DenyReason.OTHER,
    ) -> OpportunityRecord:
        """Decline with a reason; its class says what kind of no it is."""
        return decisions.deny(
            self.parts,
            which,
            revision=revision,
            actor=actor,
            reason=reason,
            reason_class=reason_class,
        )

    def edit(self, which: Which, *, revision: int, actor: Actor, value: int) -> OpportunityRecord:
        """Set another value, priced and judged anew, as a new revision."""
        return decisions.edit(self.parts, which, revision=revision, actor=actor, value=value)

    def mute(
        self, opportunity_id: str, *, name: str, reach: MuteReach, days: int, actor: Actor
    ) -> Mute:
        """Ask a team nothing about this and its like for so many days."""
        return muting.mute(
            self.parts, opportunity_id, name=name, reach=reach, days=days, actor=actor
        )

    def mute_preview(self, opportunity_id: str, reach: MuteReach) -> MutePreview:
        """What such a mute would have hidden in the last 90 days."""
        return muting.preview(self.parts, opportunity_id, reach)

    def unmute(self, mute_id: int, *, actor: Actor) -> Mute:
        """End a mute before its day."""
        return muting.unmute(self.parts, mute_id, actor=actor)

    def mutes(self) -> list[Mute]:
        """The mutes that hide something now."""
        now = self.now()
        return self.ledger.read(lambda connection: mutes.active(connection, now=now))

    def approvals(self, ids: Collection[str]) -> Mapping[str, tuple[Approval, ...]]:
        """Who has agreed to the present revision of each so far."""
        return self.ledger.read(lambda connection: approvals.given(connection, ids))

    def freeze(
        self, scope: FreezeScope, *, until: datetime | None, actor: Actor, reason: str = ""
    ) -> Freeze:
        """Stop every change in a scope at once, until then or until somebody ends it."""
        return freezing.freeze(self.parts, scope, until=until, actor=actor, reason=reason)

    def unfreeze(self, scope: FreezeScope, *, actor: Actor) -> tuple[Freeze, ...]:
        """Let a frozen scope go on."""
        return freezing.unfreeze(self.parts, scope, actor=actor)

    def what_if(
        self, changes: Mapping[str, str], *, team: str | None = None, general_only: bool = False
    ) -> WhatIf:
        """What other guardrails would mean for everything that waits; nothing is written.

        With `general_only`, teams keep the limits of their own.
        """
        return what_if(self.parts, changes, team=team, general_only=general_only)

    def freezes(self) -> tuple[Freeze, ...]:
        """What is frozen now."""
        now = self.now()
        return self.ledger.read(lambda connection: freezes.active(connection, now=now))

    def snooze(
        self, which: Which, *, revision: int, actor: Actor, days: int, reason: str = ""
    ) -> OpportunityRecord:
        """Put aside for `days`."""
        return decisions.snooze(
            self.parts, which, revision=revision, actor=actor, days=days, reason=reason
        )

    def assign(
        self, opportunity_id: str, *, team: str, scope: AssignmentScope, actor: Actor
    ) -> Assigned:
        """Say whose it is; remembered for the next cycles. Raises Refused like `approve`."""
        return assigning.assign(self.parts, opportunity_id, team=team, scope=scope, actor=actor)

    def unassign(self, opportunity_id: str, *, actor: Actor) -> OpportunityRecord:
        """Take back what was assigned, so that the other rules say whose it is."""
        return assigning.unassign(self.parts, opportunity_id, actor=actor)

    def check(self, opportunity_id: str) -> GuardrailDecision:
        """What the guardrails say right now."""
        with self.ledger.reading() as tx:
            return guardrail_decision(tx, self.parts, tx.get(opportunity_id), now=self.now())

    def card_posted(
        self, opportunity_id: str, *, channel: str, message_id: str, render_hash: str
    ) -> None:
        """Remember where the card stands; a detected opportunity is now notified."""
        now = self.now()
        message = history.Message(opportunity_id, "card", channel, message_id, render_hash)
        if self.ledger.get(opportunity_id).status is not Status.DETECTED:
            self.ledger.save_message(message, now=now)  # mostly: shown anew after a decision
            return
        with self.ledger.transaction() as tx:
            history.save_message(tx.connection, message, now=now)
            notify(tx, self.parts, tx.get(opportunity_id), now=now)

    # Plans

    def offer_plans(self) -> int:
        """Write the plans of the week that are due; returns how many."""
        return planning.offer_plans(self.parts)

    def plan(self, plan_id: str) -> PlanView | None:
        """A plan as it stands."""
        return planning.view(self.parts, plan_id)

    def plan_posted(self, plan_id: str) -> None:
        """Its items stand before people now."""
        planning.posted(self.parts, plan_id)

    def strike(
        self, plan_id: str, *, shown: Collection[str], kept: Collection[str], actor: Actor
    ) -> None:
        """Of the items that were shown, take off a plan what is not kept, and put back what is."""
        planning.strike(self.parts, plan_id, shown=shown, kept=kept, actor=actor)

    def approve_plan(self, plan_id: str, *, picks: Sequence[Pick], actor: Actor) -> PlanOutcome:
        """Approve each picked revision by itself, in one transaction."""
        return planning.approve(self.parts, plan_id, picks=picks, actor=actor)

    # Following

    def open_pull_request(self, opportunity_id: str, *, revision: int) -> None:
        """Open the pull request of an approved opportunity; safe to repeat."""
        pull_requests.open_pull_request(self.parts, opportunity_id, revision=revision)

    def watch_pull_requests(self, repository: str | None = None) -> int:
        """Follow open pull requests of one repository or all; returns how many were decided."""
        return watching.watch_pull_requests(self.parts, repository)

    def ask_to_watch(self, repository: str, *, delivery: str) -> bool:
        """Have a repository looked at soon: a webhook says that something happened there.

        False for a repository that is not configured and for a delivery that came before.
        """
        return watching.ask_to_watch(self.parts, repository, delivery=delivery)

    def update_dashboards(self, repository: str | None = None) -> int:
        """Bring the dashboard issue of one repository or all up to date; returns how many stand.

        Of one it is looked at now, of all those that are due.
        """
        return dashboards.update_dashboards(self.parts, repository)

    def revert(self, opportunity_id: str, *, actor: Actor, reason: str = "") -> OpportunityRecord:
        """Ask for a pull request that takes a merged change back; raises Refused like `approve`."""
        return reverting.revert(self.parts, opportunity_id, actor=actor, reason=reason)

    def open_revert(self, opportunity_id: str) -> None:
        """Open the pull request that was asked for by `revert`; safe to repeat."""
        reverting.open_revert(self.parts, opportunity_id)

    def can_revert(self, record: OpportunityRecord) -> bool:
        """Whether its merged change may still be taken back and nobody has asked for it."""
        return reverting.can_revert(self.parts, record)

    def source_candidates(self, record: OpportunityRecord) -> tuple[Candidate, ...]:
        """The places a person has to pick from before its pull request can be opened."""
        return picking.candidates_of(self.parts, record)

    def choose_source(self, opportunity_id: str, *, choice: str, actor: Actor) -> OpportunityRecord:
        """Pick the place that decides the value; the pull request goes on."""
        return picking.choose(self.parts, opportunity_id, choice=choice, actor=actor)

    def pause_ignored_teams(self) -> int:
        """Stop asking teams that answer nothing, said once; returns how many were paused now."""
        return pausing.pause_ignored_teams(self.parts)

    def wake_and_expire(self) -> int:
        """What time alone changes: snoozes end, unanswered cards expire, waiting cards go out."""
        return aftermath.wake_and_expire(self.parts)

    def sample_usage(self) -> int:
        """Sample the clusters whose usage nobody else keeps; returns how many were asked.

        Raises the first failure after all have been tried.
        """
        return aftermath.sample_usage(self.parts)

    def forget(self) -> None:
        """Drop from the ledger what nobody will ask for again."""
        self.ledger.forget(now=self.now())

    def read_bill(self) -> int:
        """Read the bill's newest days; returns the rows read."""
        return aftermath.read_bill(self.parts)

    def allocate_bills(self, *, since: date | None = None) -> Sequence[BillChange]:
        """Place every line of the bills that may still change; returns what was corrected.

        From the month of `since` on also what is final. Raises InvalidInput, with the place and the
        lines, for a bill that cannot be read or does not add up; of that one nothing is kept.
        """
        return bills.read_bills(self.parts, since=since)

    def past_of_bills(self) -> Sequence[PastPiece]:
        """The next piece of each bill whose past has not been read yet; none when all is."""
        return bills.past_left(self.parts)

    def read_past(self, piece: PastPiece) -> None:
        """Read it, and remember that; raises TryAgainLater when its place does not answer."""
        bills.read_past(self.parts, piece)

    def read_new_bills(self) -> None:
        """Read the newest days of bills that nobody has read; raises as `allocate_bills` does."""
        bills.read_new_bills(self.parts)

    @property
    def has_unread_bill(self) -> bool:
        """Whether a bill has never been read, so that prices come from lists still."""
        return bills.has_unread(self.parts)

    # Telling

    def tell_owners(self) -> None:
        """Write to owners whose day has begun and who have news."""
        telling.tell_owners(self.parts)

    def preferences(self, user: str) -> Preferences:
        """What a person has chosen for themselves."""
        return telling.preferences(self.parts, user)

    def choose(self, chosen: Preferences, *, actor: Actor, login: str | None = None) -> None:
        """Keep what a person chooses for themselves and says their login is, or nothing of it."""
        telling.choose(self.parts, chosen, actor=actor, login=login)

    def login_of(self, user: str) -> str:
        """The person's login on the code host; empty where nobody has said it."""
        return identities.identities(self.parts).login_of(user)

    def is_login_locked(self, user: str) -> bool:
        """Whether the configuration file says it."""
        return identities.is_named_by_file(self.parts, user)

    def streak(self, user: str) -> int:
        """How many of the newest verdicts in a person's teams, in a row, found a saving."""
        return telling.streak(self.parts, user)

    def tell_person(self, user: str, sentence: str, *, about: str) -> None:
        """Have one direct message sent, once for each `about`; nothing for an empty user."""
        with self.ledger.transaction() as tx:
            announce.tell_person(tx, user=user, sentence=sentence, about=about)

    def generate_prs(self, opportunities: Iterable[Opportunity]) -> list[PullRequestDraft]:
        """The pull requests of these opportunities: opened for approved ones, drafts for others."""
        return [drafts.draft(self.parts, opportunity) for opportunity in opportunities]

    def teams(self) -> list[str]:
        """The names of all teams, the configured ones first."""
        return teams_meant.known_teams(self.parts)

    def team_meant(self, words: str) -> str:
        """The team that somebody means; raises InvalidInput with the nearest names for none."""
        return teams_meant.team_meant(self.parts, words)

    def team_and_period(self, words: str) -> tuple[str, str]:
        """The team and the period as typed of `shop last month`; raises InvalidInput likewise."""
        return teams_meant.team_and_period(self.parts, words)

    def savings(self, *, team: str | None = None) -> SavingsSummary:
        """What is offered, in flight and proved."""
        by_team = tuple(self.ledger.breakdown(by="team", team=team))
        return SavingsSummary(
            estimated=sum((row.offered + row.in_flight for row in by_team), Saving()),
            in_flight=sum((row.in_flight for row in by_team), Saving()),
            realised=sum((row.realised for row in by_team), Saving()),
            by_team=by_team,
            by_kind=tuple(self.ledger.breakdown(by="kind", team=team)),
            by_cluster=tuple(self.ledger.breakdown(by="cluster", team=team)),
        )

    def savings_of_period(self, words: str, *, team: str = "") -> PeriodSavings:
        """What `last month`, `30d` or `2026-10` saved; raises InvalidInput for another period."""
        return period_savings(self.parts, words, team=team)

    def cost(self, words: str = "", *, currency: Currency | None = None) -> CostReport:
        """Who spent what: `[team|namespace|service …] [name] [by what] [period]`, as typed.

        In the display currency, or in the one given.

        Raises InvalidInput with the nearest names for what nobody has. Where there is no bill the
        report teaches what to configure.
        """
        return costing.ask(self.parts, words, currency or self.currency)

    def generate_weekly_report(self) -> SavingsReport:
        """The report of the seven days up to now, kept in the ledger."""
        return reporting.make_report(self.parts, PeriodKind.WEEKLY, now=self.now())

    def generate_monthly_report(self, period: Period | None = None) -> SavingsReport:
        """The report of a period, by default of the thirty days up to now, kept in the ledger."""
        return reporting.make_report(self.parts, PeriodKind.MONTHLY, now=self.now(), period=period)

    def request_report(self, kind: PeriodKind, edition: Edition, *, user: str) -> bool:
        """Have a report sent to a person; False when the same was asked for within the minute."""
        return reporting.ask_for_report(self.parts, kind, edition, user=user, now=self.now())

    def evidence(self, opportunity_id: str) -> EvidenceChain:
        """From the metric window to the verdict; raises InvalidInput for an unknown id."""
        return evidence.evidence_of(self.parts, opportunity_id, now=self.now())

    def request_evidence(self, opportunity_id: str, *, user: str) -> bool:
        """Have the evidence page sent to a person; False when asked for within the minute."""
        return evidence.ask_for_page(self.parts, opportunity_id, user=user, now=self.now())

    def digest_charts(
        self, report: SavingsReport, edition: Edition = Edition.LEADERS
    ) -> tuple[Chart, ...]:
        """The charts of an edition, as PNG with alt text."""
        return reporting.charts_of(report, edition)

    def freshness(self) -> tuple[CycleInfo, ...]:
        """The newest cycle of each cluster."""
        rows = self.ledger.read(history.newest_cycles)
        return tuple(
            CycleInfo(
                cluster=row.cluster,
                taken_at=row.taken_at,
                found=row.found,
                skipped=row.skipped,
                gaps=tuple(gap["sentence"] for gap in row.gaps),
            )
            for row in rows
        )

    def skips(self) -> list[Skipped]:
        """The reasoned noes of each cluster's newest cycle."""
        return self.ledger.read(history.skips)
