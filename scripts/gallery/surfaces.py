"""Every surface of the bot in Slack, by the name of its picture."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from finops.billing.periods import read_period
from finops.domain.currency import DOLLARS, Currency
from finops.domain.lifecycle import Status
from finops.domain.money import Saving
from finops.domain.mutes import Mute, MuteReach, MuteScope
from finops.domain.opportunity import Approval, OpportunityRecord, WasteKind
from finops.domain.ownership import with_owner
from finops.domain.people import Preferences
from finops.domain.plans import Plan, PlanItem
from finops.engine.muting import MutePreview
from finops.engine.period_savings import PeriodSavings
from finops.engine.planning import PlanOutcome, PlanView
from finops.guardrails import GuardrailVerdict
from finops.ledger.audit import AuditEntry
from finops.reports.usage_chart import usage_chart, usage_thumbnail
from finops.rightsizing.edited import OutOfBounds, with_value
from gallery import samples as some
from gallery.played import played
from gallery.setup import setup_views
from handlers.actions.personal import STOPPED
from handlers.blocks.assign import assign_modal
from handlers.blocks.card import Around, card
from handlers.blocks.digest import Picture
from handlers.blocks.direct import note, owner_message
from handlers.blocks.edit import edit_modal
from handlers.blocks.forms import deny_modal, notice_modal, snooze_modal, with_notice
from handlers.blocks.help import help_blocks
from handlers.blocks.home import HomeContent, Role, home_view
from handlers.blocks.listing import PAGE_SIZE, listing
from handlers.blocks.mute import mute_modal
from handlers.blocks.period_savings import period_savings_blocks
from handlers.blocks.personal import personal_modal
from handlers.blocks.plan import plan_message
from handlers.blocks.plan_outcome import outcome_words
from handlers.blocks.plan_review import review_modal
from handlers.blocks.savings import savings
from handlers.blocks.why import why_modal
from handlers.reference import ListQuery

Blocks = list[dict[str, Any]]
OLIVIA, AARON, DMITRI = "U0OLIVIA001", "U0AARON0001", "U0DMITRI001"
_WEEKS = [Decimal(n) for n in (0, 0, 80, 140, 140, 397, 397, 520, 774, 774, 774, 1131)]
_DENY, _ASK, _ALLOW = (
    GuardrailVerdict.DENY, GuardrailVerdict.REQUIRE_APPROVAL, GuardrailVerdict.ALLOW,
)  # fmt: skip


_FOUND = ((Decimal("292.00"), Decimal(0)), (Decimal("120.18"), Decimal("89.40")))


@dataclass(frozen=True, slots=True)
class Surface:
    """One picture: messages below each other, or one modal, or one Home tab.

    `ephemeral` messages are seen by one person only.
    """

    name: str
    messages: tuple[Blocks, ...] = ()
    view: dict[str, Any] | None = None
    ephemeral: str = ""


def surfaces(upload: Callable[[Any], Picture], currency: Currency = DOLLARS) -> Iterator[Surface]:
    """All of them; `upload` puts a chart into the workspace. `currency` is what people read."""
    made = some.opportunity()
    small, wide = upload(usage_thumbnail(made)), upload(usage_chart(made))
    yield from _cards(small, currency)
    yield from _plans(currency)
    yield from _homes(currency)
    yield from _modals(wide, currency)
    yield from _answers(currency)
    for name, blocks in played(currency):
        yield Surface(name, (blocks,))
    yield from (Surface(name, view=view) for name, view in setup_views(currency))


def _cards(small: Picture, currency: Currency) -> Iterator[Surface]:
    made = some.record(some.opportunity())

    def one(name: str, record: OpportunityRecord, **around: Any) -> Surface:
        shown = card(record, instance=some.INSTANCE, around=Around(**around), currency=currency)
        return Surface(f"card-{name}", (shown.blocks,))

    plain = some.guardrails(_ALLOW)
    yield one("waiting", made, guardrails=plain, thumbnail=small)
    kinds = (WasteKind.IDLE_NODE, WasteKind.ORPHAN_VOLUME, WasteKind.UNDER_REQUESTED_MEMORY)
    others = [
        card(some.record(some.opportunity(kind)), instance=some.INSTANCE, currency=currency).blocks
        for kind in kinds
    ]
    yield Surface("card-kinds", tuple(others))
    yield one("blocked", made, guardrails=some.guardrails(_DENY, _ASK), thumbnail=small)
    agreed = (Approval(AARON, some.NOW),)
    yield one("four-eyes", made, approvals=agreed, approvals_needed=2, thumbnail=small)
    edited = replace(some.edited(made.opportunity))
    yield one("edited", some.record(edited), thumbnail=small)
    yield one("unowned", _unowned(made), teams=("shop", "payments", "data"), thumbnail=small)
    yield one("longest", some.longest(), guardrails=some.guardrails(_DENY, _ASK, _ASK))
    empty = replace(
        made.opportunity, basis=None, evidence=(), caveats=(), rollback="", summary="",
    )  # fmt: skip
    yield one("emptiest", some.record(empty))
    states = [card(r, instance=some.INSTANCE, currency=currency).blocks for r in some.decided()]
    yield Surface("card-decided", tuple(states))
    yield one("decided-longest", some.longest(Status.DENIED))


def _plan(records: list[OpportunityRecord], currency: Currency, **changed: Any) -> Blocks:
    return plan_message(_view(records, **changed), instance=some.INSTANCE, currency=currency)[1]


def _view(records: list[OpportunityRecord], **changed: Any) -> PlanView:
    items = tuple(PlanItem(r.id, 1.0) for r in records)
    plan = Plan(
        id="plan-0123456789", team=records[0].opportunity.team, week="2026-W48", items=items,
        created_at=some.NOW,
    )  # fmt: skip
    return PlanView(replace(plan, **changed), tuple(records), {})


def _plans(currency: Currency) -> Iterator[Surface]:
    five = some.several(5)
    yield Surface("plan", (_plan(five, currency, left_out=3),))
    yield Surface("plan-four-of-five", (_plan(five, currency, struck=frozenset({five[4].id})),))
    yield Surface("plan-longest", (_plan(_as_long(some.several(12)), currency, left_out=1234),))
    yield Surface("plan-of-fifty", (_plan(_many(50), currency),))
    many = _many(24)
    ticked = {r.id for r in many} - {many[1].id, many[17].id}
    form = review_modal(_view(many), ticked=ticked, instance=some.INSTANCE, currency=currency)
    yield Surface("modal-plan", view=form)
    half = [*some.decided()[:2], *five[2:4]]
    yield Surface("plan-half-decided", (_plan(half, currency),))
    by = {"decided_by": AARON, "decided_at": some.NOW}
    done = [replace(r, **by) for r in some.several(3, Status.APPROVED)]
    yield Surface("plan-decided", (_plan(done, currency), _plan(five, currency, is_newest=False)))


def _many(count: int) -> list[OpportunityRecord]:
    """So many different ones: those of `several`, again and again in other namespaces."""
    dozen = some.several(12)
    return [
        replace(r, opportunity=replace(
            r.opportunity, id=f"op-{n:010d}",
            resource=replace(r.opportunity.resource, namespace=f"shop-{n // 12 + 1}"),
        ))
        for n, r in enumerate((dozen * (count // 12 + 1))[:count])
    ]  # fmt: skip


def _as_long(records: list[OpportunityRecord]) -> list[OpportunityRecord]:
    made = some.longest().opportunity
    return [replace(r, opportunity=replace(made, id=f"op-{n:010d}")) for n, r in enumerate(records)]


def _homes(currency: Currency) -> Iterator[Surface]:
    typical = HomeContent(
        waiting=some.several(5),
        teams=["shop"],
        summary=some.summary(1),
        freshness=some.cycles(),
        role=Role.OWNER,
        owns=["shop"],
        trend=[Decimal(n) for n in (0, 0, 0, 60, 60, 120, 120, 180, 180, 260, 397, 397)],
        streak=4,
        mutes=[_mute("Sale season: no CPU in shop")],
    )
    many = ["platform", "shop", "payments", "data"]

    def home(name: str, **changed: Any) -> Surface:
        content = replace(typical, **changed)
        return Surface(
            f"home-{name}", view=home_view(content, instance=some.INSTANCE, currency=currency)
        )

    yield home("owner")
    yield home(
        "approver", role=Role.APPROVER, approves=many, owns=[], teams=many,
        summary=some.summary(4), mutes=[], waiting=some.several(3), trend=_WEEKS,
        approvals={some.several(1)[0].id: (Approval(DMITRI, some.NOW),)},
        needed={some.several(1)[0].id: 2},
    )  # fmt: skip
    yield home(
        "platform", role=Role.PLATFORM, approves=["data"], owns=[], teams=["data"],
        summary=some.summary(4), waiting=[], mutes=[], freshness=some.cycles(gaps=2), streak=0,
        trend=_WEEKS,
    )  # fmt: skip
    nothing: dict[str, Any] = {"waiting": [], "teams": [], "owns": [], "mutes": [], "streak": 0}
    yield home("leader", role=Role.LEADER, summary=some.summary(4), trend=_WEEKS, **nothing)
    fresh: dict[str, Any] = {"summary": some.EMPTY_SUMMARY, "freshness": [], "trend": []}
    yield home("emptiest", role=Role.OWNER, **(nothing | fresh | {"teams": ["shop"]}))
    yield home(
        "longest", waiting=_as_long(some.several(12)) * 2, teams=[some.LONGEST_TEAM] * 9,
        owns=[some.LONGEST_TEAM] * 9, summary=some.summary(24, some.LONGEST_TEAM),
        mutes=[_mute(some.LONG)] * 9, freshness=some.cycles(gaps=3) * 6, notice=STOPPED,
    )  # fmt: skip


def _mute(name: str) -> Mute:
    return Mute(
        name=name, scope=MuteScope(team="shop"), reason="", created_by=OLIVIA,
        created_at=some.NOW, expires_at=some.NOW + timedelta(days=30), id=1,
    )  # fmt: skip


def _modals(wide: Picture, currency: Currency) -> Iterator[Surface]:
    made = some.record(some.opportunity())
    plain: dict[str, Any] = {"instance": some.INSTANCE, "currency": currency}
    history = [
        AuditEntry(1, some.NOW, "engine", "new", made.id, {}, ""),
        AuditEntry(2, some.NOW, "engine", "notified", made.id, {}, ""),
    ]
    shown = {"guardrails": some.guardrails(_ASK, _ALLOW), "history": history}
    yield Surface("modal-why", view=why_modal(made, chart=wide, **shown, **plain))
    yield Surface("modal-why-longest", view=why_modal(some.longest(), **shown, **plain))
    yield Surface("modal-edit", view=edit_modal(made, **plain))
    tried = with_value(made.opportunity, 240, by=OLIVIA)
    yield Surface("modal-edit-typed", view=_typed("240m", edit_modal(made, tried=tried, **plain)))
    yield Surface(
        "modal-edit-refused", view=_typed("90m", edit_modal(made, problem=_refusal(made), **plain))
    )
    yield Surface("modal-deny", view=deny_modal(made, **plain))
    denied = with_notice(deny_modal(made, **plain), "You may not deny this for team shop.")
    yield Surface("modal-deny-refused", view=denied)
    yield Surface("modal-deny-longest", view=deny_modal(some.longest(), **plain))
    yield Surface("modal-snooze", view=snooze_modal(made, **plain))
    previews = {
        MuteReach.RESOURCE: MutePreview(1, ("shop/frontend (server)",)),
        MuteReach.NAMESPACE: MutePreview(4, ("shop/frontend (server)", "shop/cart (cart)")),
        MuteReach.TEAM: MutePreview(9, ("shop/frontend (server)", "shop/cart (cart)")),
    }
    yield Surface("modal-mute", view=mute_modal(made, previews, instance=some.INSTANCE))
    mine = Preferences(time_zone="Europe/Berlin")
    yield Surface(
        "modal-messages", view=personal_modal(mine, login="octocat", is_login_locked=False)
    )
    yield Surface("modal-assign", view=assign_modal(_unowned(made), "shop", **plain))
    yield Surface("modal-notice", view=notice_modal("You may not approve this for team shop; "
                                                    f"these may: <@{AARON}>."))  # fmt: skip


def _unowned(record: OpportunityRecord) -> OpportunityRecord:
    rule = "no label team on the Deployment, its pods or namespace tools; no line in CODEOWNERS."
    return replace(record, opportunity=with_owner(record.opportunity, "unknown", rule))


def _typed(value: str, view: dict[str, Any]) -> dict[str, Any]:
    """The form as somebody sees it who has typed that."""
    view["blocks"][1]["element"]["initial_value"] = value
    return view


def _refusal(record: OpportunityRecord) -> str:
    try:
        with_value(record.opportunity, 90, by=OLIVIA)
    except OutOfBounds as error:
        return str(error)
    raise AssertionError("90m is below every bound")


def _answers(currency: Currency) -> Iterator[Surface]:
    plain: dict[str, Any] = {"instance": some.INSTANCE, "currency": currency}
    yield Surface("direct", (owner_message(some.several(3), streak=4, currency=currency)[1],))
    two = [*some.several(9), *_as_long(some.several(4))]
    yield Surface("direct-longest", (owner_message(two, currency=currency)[1],))
    yield Surface("help", (help_blocks(),))
    page = some.several(PAGE_SIZE)
    yield Surface("list", (listing(page, ListQuery(team="shop"), total=23, **plain),))
    nothing = listing([], ListQuery(), total=0, **plain)
    yield Surface("list-emptiest", (nothing,))
    yield Surface("savings", (savings(some.summary(4), currency=currency),))
    yield Surface("savings-emptiest", (savings(some.EMPTY_SUMMARY, currency=currency),))
    yield Surface("savings-month", (period_savings_blocks(_october(), currency=currency),))
    yield Surface(
        "savings-month-longest",
        (period_savings_blocks(_october(some.longest()), currency=currency),),
    )
    yield Surface("notes", _notes(currency))
    refused = PlanOutcome(
        ("a",) * 3, (),
        (("shop/cart (cart)", "This is already denied by U0OLIVIA001 on 2026-11-23 at 09:12 UTC; "
          "nothing was changed."),
         ("shop/search (index)", "Team shop has made 8 of 8 changes today; wait until tomorrow "
          "(UTC), or let an administrator raise max_changes_per_day.")),
    )  # fmt: skip
    yield Surface("error-plan", ephemeral=outcome_words(refused, currency=currency))
    yield Surface(
        "error-not-permitted",
        ephemeral=f"You may not approve this for team shop; these may: <@{AARON}>, "
        "<!subteam^S0SHOPAPPR1>.",
    )


def _october(record: OpportunityRecord | None = None) -> PeriodSavings:
    """A month's savings: of a team, or of everybody with five times the longest there is."""
    shown = [record] * 5 if record else some.several(2)
    proved = [replace(each, realised=Saving(*_FOUND[n % 2])) for n, each in enumerate(shown)]
    return PeriodSavings(
        period=read_period("2026-10", today=date(2026, 11, 23)),
        team="" if record else "shop",
        kept_usd=Decimal("1234567.89" if record else "268.40"),
        kept_before_usd=Decimal("98.4"),
        verified=sum((each.realised for each in proved), Saving()),
        verified_count=len(proved),
        approved_count=7,
        denied_count=1,
        largest=tuple(proved),
    )


def _notes(currency: Currency) -> tuple[Blocks, ...]:
    story = (
        (OLIVIA, "edited", "340m, as edited, frees room worth $35.35/month."),
        (AARON, "approved", "1 of 2 approvals; 1 more must agree."),
        ("worker", "pull_request_open", "Pull request #7 is open: https://github.com/a/p/pull/7"),
        ("engine", "verified", "Realised: $397.00/month."),
    )
    people = {OLIVIA: "olivia", AARON: "aaron"}
    return tuple(
        note(actor=a, event=e, sentence=currency.retold(s), people=people)[1] for a, e, s in story
    )
