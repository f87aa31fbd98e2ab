"""The Home tab: what waits for this person first, then the totals and how fresh they are."""

from collections.abc import Sequence
from dataclasses import dataclass

from finops.domain.opportunity import OpportunityRecord
from finops.finops_engine import CycleInfo, SavingsSummary
from handlers.blocks import text
from handlers.blocks.controls import controls
from handlers.blocks.elements import Block, actions, button, context, divider, header, section
from handlers.blocks.proposal import facts, headline
from handlers.blocks.savings import by_team_table, takeaway, totals
from handlers.ids import ActionId, ViewId

MOST_WAITING = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeContent:
    """What one person's Home tab shows. `notice` is a safe sentence on top, such as a refusal."""

    waiting: Sequence[OpportunityRecord]
    teams: Sequence[str]
    summary: SavingsSummary
    freshness: Sequence[CycleInfo]
    notice: str = ""


def home_view(content: HomeContent, *, instance: str) -> Block:
    """The Home tab as a view."""
    waiting = [header("Waiting for you"), *_waiting(content, instance)]
    savings = [header("Savings"), *_savings(content.summary)]
    # Who has nothing to decide came for the money.
    decides = bool(content.waiting or content.teams)
    first, second = (waiting, savings) if decides else (savings, waiting)
    blocks = [
        *([section(content.notice)] if content.notice else []),
        *first,
        divider(),
        *second,
        context(freshness_words(content.freshness)),
        actions(
            "home:actions",
            [button("Scan Now", ActionId.SCAN), button("Refresh", ActionId.REFRESH_HOME)],
        ),
    ]
    return {"type": "home", "callback_id": ViewId.HOME.value, "blocks": blocks}


def _savings(summary: SavingsSummary) -> list[Block]:
    table = [by_team_table(summary.by_team)] if len(summary.by_team) > 1 else []
    return [section(takeaway(summary)), totals(summary), *table]


def freshness_words(cycles: Sequence[CycleInfo]) -> str:
    """When each cluster was looked at, and what could not be read."""
    if not cycles:
        return "No cluster was looked at yet. Scan Now looks at all of them."
    lines = [_fresh(cycle) for cycle in cycles[:6]]
    left = len(cycles) - len(lines)
    return "\n".join([*lines, *([f"… and {text.count(left, 'more cluster')}"] if left else [])])


def _fresh(cycle: CycleInfo) -> str:
    name, when = text.safe(cycle.cluster, 60), text.date(cycle.taken_at, with_time=True)
    found = text.count(cycle.found, "opportunity")
    gaps = ""
    if cycle.gaps:
        gaps = f" · {text.count(len(cycle.gaps), 'gap')}: {text.safe(cycle.gaps[0], 120)}"
    return f"{name} · looked at {when} · {found} · {cycle.skipped:,} left alone with a reason{gaps}"


def _waiting(content: HomeContent, instance: str) -> list[Block]:
    if not content.waiting:
        return [section(_nothing_waits(content))]
    blocks: list[Block] = []
    for record in content.waiting[:MOST_WAITING]:
        words = f"{text.bold(headline(record.opportunity, limit=250))}\n{facts(record.opportunity)}"
        blocks += [section(words), controls(record, instance=instance, place="home")]
    left = len(content.waiting) - MOST_WAITING
    return [*blocks, context(f"{left} more in `/finops list`")] if left > 0 else blocks


def _nothing_waits(content: HomeContent) -> str:
    if content.teams:
        names = ", ".join(text.safe(team, 60) for team in content.teams[:5])
        return f"Nothing. New waste of {names} shows up here and in the team's channel."
    return (
        "Nothing: you own no team here and approve for none. `/finops list` shows what waits for "
        "others; a platform engineer can add you in finops.yml."
    )
