"""A proposal in lines: action, scope and saving; the odds; the past; what can go wrong."""

from finops.domain.changes import Setting
from finops.domain.currency import DOLLARS, Currency
from finops.domain.opportunity import Effort, Opportunity, WasteKind
from finops.pr_body import action_words, confidence_words, cost_words, risk_words
from finops.rightsizing.edited import written
from finops.rightsizing.past import past_exceedance
from handlers.blocks import text

# Odds as people say them: the largest that is not over the probability.
_SPOKEN = (
    (0.99, "99 in 100"),
    (0.98, "49 in 50"),
    (0.95, "19 in 20"),
    (0.9, "9 in 10"),
    (0.8, "4 in 5"),
    (0.75, "3 in 4"),
    (2 / 3, "2 in 3"),
    (0.5, "1 in 2"),
)
_MOST_LABEL = 50
# What happens when a proposal does not hold.
_DANGERS = {
    WasteKind.OVER_REQUESTED_CPU: "it gets slow under load",
    WasteKind.OVER_REQUESTED_MEMORY: "a pod is killed and starts again",
    WasteKind.UNDER_REQUESTED_CPU: "room is set aside that nobody uses",
    WasteKind.UNDER_REQUESTED_MEMORY: "room is set aside that nobody uses",
    WasteKind.IDLE_NODE: "pods wait until a node is added again",
    WasteKind.ORPHAN_VOLUME: "data that somebody wanted is gone",
}


def headline(opportunity: Opportunity, *, limit: int = 400, currency: Currency = DOLLARS) -> str:
    """The first line of a card, safe for mrkdwn: action, scope, and what it saves by name."""
    return (
        f"{text.safe(action_words(opportunity), limit)} · {worth(opportunity, currency=currency)}"
    )


def worth(opportunity: Opportunity, *, currency: Currency = DOLLARS) -> str:
    """`saves $73/month`, or what it costs."""
    if opportunity.kind.is_for_reliability:
        return f"costs {cost_words(opportunity, currency=currency)}, for reliability"
    return text.saving_words(opportunity.saving, currency)


def facts(opportunity: Opportunity) -> str:
    """`19 in 20 hold for two weeks (95 %) · medium risk · restarts 6 pods`."""
    pods = text.count(opportunity.blast_replicas, "pod")
    return " · ".join(
        (
            odds(opportunity.confidence),
            f"{risk_words(opportunity.risk)} risk",
            # Low effort is the rule, so only more than that is news.
            *([f"{opportunity.effort} effort"] if opportunity.effort is not Effort.LOW else []),
            f"restarts {pods}" if opportunity.restart_needed else "no restart",
        )
    )


def odds(confidence: float) -> str:
    """`19 in 20 hold for two weeks (95 %)`; rounded down, because it is a promise."""
    said = odds_alone(confidence)
    return f"{said[:1].upper()}{said[1:]} for two weeks ({confidence_words(confidence)})"


def odds_alone(confidence: float) -> str:
    """`19 in 20 hold`."""
    # A hair is added because 0.95 may be 0.9499… in floating point.
    spoken = next((words for least, words in _SPOKEN if confidence + 1e-9 >= least), "")
    return f"{spoken or 'fewer than 1 in 2'} hold"


def backtest(opportunity: Opportunity) -> str:
    """`In the last 28 days it would never have been exceeded.`; empty without a history."""
    basis = opportunity.basis
    past = past_exceedance(basis.usage, opportunity.changes[0].number) if basis else None
    if basis is None or past is None:
        return ""
    days = f"In the last {text.count(round(past.window_days) or 1, 'day')}"
    if not past.share_of_time and not past.days_over:
        most = text.safe(_most_used(opportunity), 40)
        return f"{days} it would never have been exceeded; the most was {most}."
    return f"{days} it would have been exceeded {past.words}."


def danger(opportunity: Opportunity) -> str:
    """`If it does not hold, it gets slow under load. Way back: revert …`."""
    what = what_happens(opportunity)
    return f"If it does not hold, {what}. Way back: {way_back(opportunity, 160)}"


def what_happens(opportunity: Opportunity) -> str:
    """What follows when the proposal does not hold, as the rest of a sentence."""
    return _DANGERS[opportunity.kind]


def way_back(opportunity: Opportunity, limit: int) -> str:
    """How to undo it, or that nothing does."""
    words = opportunity.rollback or "Revert the pull request and apply again."
    warning = "" if opportunity.rollback_possible else "it cannot be undone. "
    return f"{warning}{text.safe(words, limit)}"


def short_label(opportunity: Opportunity) -> str:
    """`CPU 600m → 290m · shop/frontend (server)` in 75 characters, for a checkbox."""
    if not opportunity.changes:
        return text.plain(f"Review {opportunity.resource.label}", 75)
    first = opportunity.changes[0]
    name = opportunity.resource.cloud_tags.get("Name", "") or opportunity.resource.label
    if first.setting is Setting.PRESENT:
        return text.plain(f"Delete {opportunity.resource.kind.lower()} · {name}", 75)
    if len(name) > _MOST_LABEL:
        name = opportunity.resource.name  # what tells it from its neighbours
    nouns = {Setting.CPU_REQUEST: "CPU", Setting.MEMORY_REQUEST: "Memory"}
    nouns |= {Setting.DESIRED_SIZE: "Nodes"}
    if first.setting not in nouns:
        return text.plain(action_words(opportunity), 75)
    values = (first.current_number, first.number)
    now, then = (written(first.setting, value or 0) for value in values)
    return text.plain(f"{nouns[first.setting]} {now} → {then} · {name}", 75)


def is_deletion(opportunity: Opportunity) -> bool:
    """Whether something goes away for good or until it is made again."""
    return any(c.setting is Setting.PRESENT and c.proposed == 0 for c in opportunity.changes)


def _most_used(opportunity: Opportunity) -> str:
    assert opportunity.basis is not None  # noqa: S101 - the caller has looked
    most, setting = opportunity.basis.usage.maximum, opportunity.changes[0].setting
    if setting is Setting.MEMORY_REQUEST:
        return f"{most / 1024**2:,.0f}Mi"
    return f"{round(most)}m"
