"""The Home tab as an inbox: what waits for this person, then their savings, then how fresh it is.

Who may decide has the inbox on top, who may not has the money; who looks after the installation
sees gaps before figures. Permissions are checked again at each click.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from finops.domain.currency import DOLLARS, Currency
from finops.domain.mutes import Mute
from finops.domain.opportunity import Approval, OpportunityRecord
from finops.domain.people import Preferences
from finops.finops_engine import CycleInfo, SavingsSummary
from handlers.blocks import text
from handlers.blocks.controls import controls, review_button
from handlers.blocks.elements import (
    Block,
    actions,
    button,
    context,
    divider,
    header,
    overflow,
    section,
)
from handlers.blocks.progress import agreed_so_far
from handlers.blocks.proposal import facts, headline
from handlers.blocks.savings import by_team_table, takeaway, totals
from handlers.blocks.setup.hub import settings_button
from handlers.ids import ActionId, ViewId
from handlers.reference import Reference

# The largest can be decided at once; a row of buttons for each of many is no inbox.
MOST_WITH_CONTROLS = 2
MOST_WAITING = 12
MOST_MUTES = 5
_HOW_IT_GOES = (
    "What is found is asked here and in the team's channel. An approval opens a pull request; "
    "merged and deployed, it is held against the bill, and only what the bill shows counts."
)
_BARS = "▁▂▃▄▅▆▇█"


class Role(StrEnum):
    """How a person stands to the teams; the strongest one decides the view."""

    APPROVER = "approver"
    OWNER = "owner"
    PLATFORM = "platform"
    LEADER = "leader"


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeContent:
    """What one person's Home tab shows. `notice` is a safe sentence on top, such as a refusal.

    `teams` are those they decide for; `approves` and `owns` say how. `trend` is verified cash a
    month at the end of each week, the newest last. `setup` teaches while nothing is configured.
    """

    waiting: Sequence[OpportunityRecord]
    teams: Sequence[str]
    summary: SavingsSummary
    freshness: Sequence[CycleInfo]
    role: Role = Role.LEADER
    approves: Sequence[str] = ()
    owns: Sequence[str] = ()
    approvals: Mapping[str, Sequence[Approval]] = field(default_factory=dict)
    needed: Mapping[str, int] = field(default_factory=dict)
    trend: Sequence[Decimal] = ()
    streak: int = 0
    mutes: Sequence[Mute] = ()
    preferences: Preferences = field(default_factory=Preferences)
    setup: Sequence[Block] = ()
    notice: str = ""
    may_set: bool = False


def home_view(content: HomeContent, *, instance: str, currency: Currency = DOLLARS) -> Block:
    """The Home tab as a view."""
    inbox = [header("Waiting for you"), *_waiting(content, instance, currency=currency)]
    money = [header(_savings_title(content)), *_savings(content, currency=currency)]
    fresh = [header("How fresh this is"), section(freshness_words(content.freshness))]
    order = {
        Role.APPROVER: (inbox, money),
        Role.OWNER: (inbox, money),
        Role.PLATFORM: (inbox, fresh, money),
        Role.LEADER: (money, inbox),
    }[content.role]
    blocks = [
        *([section(content.notice)] if content.notice else []),
        *content.setup,
        context(_who(content)),
    ]
    for number, part in enumerate(order):
        blocks += [*([divider()] if number else []), *part]
    blocks += _mutes(content.mutes, instance)
    if fresh not in order:
        blocks.append(context(freshness_words(content.freshness)))
    blocks.append(_main_actions(content, instance))
    return {"type": "home", "callback_id": ViewId.HOME.value, "blocks": blocks}


def freshness_words(cycles: Sequence[CycleInfo]) -> str:
    """When each cluster was looked at, and what could not be read."""
    if not cycles:
        return "No cluster was looked at yet. Scan Now looks at all of them."
    lines = [_fresh(cycle) for cycle in cycles[:6]]
    left = len(cycles) - len(lines)
    return "\n".join([*lines, *([f"… and {text.count(left, 'more cluster')}"] if left else [])])


def bars(values: Sequence[Decimal]) -> str:
    """`▁▂▅█`: the values as a line of bars, from zero to the largest."""
    most = max(values, default=Decimal(0))
    if most <= 0:
        return ""
    return "".join(_BARS[min(7, int(max(value, Decimal(0)) / most * 7))] for value in values)


def _who(content: HomeContent) -> str:
    """What this person is to whom, so that nobody wonders why they see what they see."""
    said = []
    if content.approves:
        said.append(f"You approve for {_names(content.approves)}")
    if content.owns:
        verb = "own" if content.approves else "You own"
        said.append(f"{verb} {_names(content.owns)}")
    return f"{' and '.join(said)}." if said else "You see what everybody may see."


def _names(teams: Sequence[str]) -> str:
    shown = ", ".join(text.safe(team, 60) for team in teams[:5])
    left = len(teams) - 5
    return f"{shown} and {left} more" if left > 0 else shown


def _savings_title(content: HomeContent) -> str:
    mine = list(content.teams)
    if content.role in (Role.LEADER, Role.PLATFORM) or not mine:
        return "Savings"
    return f"Savings of {text.plain(mine[0], 60)}" if len(mine) == 1 else "Savings of your teams"


def _savings(content: HomeContent, *, currency: Currency) -> list[Block]:
    summary = content.summary
    if not (summary.estimated or summary.realised):
        return [section(f"{takeaway(summary, currency=currency)}\n{_HOW_IT_GOES}")]
    table = [by_team_table(summary.by_team, currency=currency)] if len(summary.by_team) > 1 else []
    said = [
        takeaway(summary, currency=currency),
        _trend(content.trend, currency=currency),
        _streak(content),
    ]
    return [
        section("\n".join(line for line in said if line)),
        totals(summary, currency=currency),
        *table,
        *([context(currency.rate_sentence)] if currency.rate_sentence else []),
    ]


def _trend(trend: Sequence[Decimal], *, currency: Currency) -> str:
    """The line of bars with what it says."""
    drawn = bars(trend)
    if not drawn:
        return ""
    change = trend[-1] - trend[0]
    moved = (
        f"{'up' if change > 0 else 'down'} {currency.short(abs(change))}" if change else "unchanged"
    )
    weeks = text.count(len(trend), "week")
    return f"{drawn}  {currency.short(trend[-1])}/month verified, {moved} in {weeks}."


def _streak(content: HomeContent) -> str:
    if not content.owns or not content.streak:
        return ""
    verdicts = "verdict" if content.streak == 1 else "verdicts"
    return f"Your streak: the newest {content.streak} {verdicts} each found a saving."


def _fresh(cycle: CycleInfo) -> str:
    name, when = text.safe(cycle.cluster, 60), text.date(cycle.taken_at, with_time=True)
    found = text.count(cycle.found, "opportunity")
    gaps = ""
    if cycle.gaps:
        gaps = f" · {text.count(len(cycle.gaps), 'gap')}: {text.safe(cycle.gaps[0], 120)}"
    return f"{name} · looked at {when} · {found} · {cycle.skipped:,} left alone with a reason{gaps}"


def _waiting(content: HomeContent, instance: str, *, currency: Currency) -> list[Block]:
    if not content.waiting:
        return [section(_nothing_waits(content))]
    blocks: list[Block] = []
    for number, record in enumerate(content.waiting[:MOST_WAITING]):
        words = _item(record, content, currency=currency)
        if number < MOST_WITH_CONTROLS:
            blocks += [section(words), controls(record, instance=instance, place="home")]
        else:
            blocks.append(section(words, accessory=review_button(record, instance=instance)))
    left = len(content.waiting) - MOST_WAITING
    return [*blocks, context(f"{left:,} more in `/finops list`")] if left > 0 else blocks


def _item(record: OpportunityRecord, content: HomeContent, *, currency: Currency) -> str:
    agreed = agreed_so_far(content.approvals.get(record.id, ()), content.needed.get(record.id, 1))
    lines = [
        text.bold(headline(record.opportunity, limit=140, currency=currency)),
        facts(record.opportunity),
        agreed,
    ]
    return "\n".join(line for line in lines if line)


def _nothing_waits(content: HomeContent) -> str:
    if content.teams:
        names = ", ".join(text.safe(team, 60) for team in content.teams[:5])
        return f"Nothing. New waste of {names} shows up here and in the team's channel."
    return (
        "Nothing: you own no team here and approve for none. `/finops list` shows what waits for "
        "others; a platform engineer can add you by `/finops settings`."
    )


def _mutes(mutes: Sequence[Mute], instance: str) -> list[Block]:
    if not mutes:
        return []
    blocks = [divider(), section("*Muted for your teams*")]
    for mute in mutes[:MOST_MUTES]:
        value = str(Reference(instance, str(mute.id), 1))
        until, by = text.date(mute.expires_at), text.person(mute.created_by)
        words = f"{text.safe(mute.name, 100)} · until {until} · by {by}"
        blocks.append(section(words, accessory=button("End", ActionId.UNMUTE, value=value)))
    left = len(mutes) - MOST_MUTES
    return [*blocks, context(f"{left} more end later.")] if left > 0 else blocks


def _main_actions(content: HomeContent, instance: str) -> Block:
    settings = [settings_button(instance=instance)] if content.may_set else []
    return actions(
        "home:actions",
        [
            button("Scan Now", ActionId.SCAN),
            button("Refresh", ActionId.REFRESH_HOME),
            *settings,
            overflow(ActionId.PERSONAL, [("Your Settings", "messages")]),
        ],
    )
