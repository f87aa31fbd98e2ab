"""What `/finops` can do, on one screen."""

from handlers.blocks.elements import Block, context, section

_LINES = (
    ("list", "what waits for a decision, the largest saving first"),
    ("list payments denied", "of one team, in one status"),
    ("show op-0123456789", "one opportunity with its evidence and history"),
    ("why op-0123456789", "the whole chain of evidence, from the metric to the bill"),
    ("savings", "offered, in flight and verified; `savings payments last month` for some days"),
    ("cost", "who spent what this month; `cost shop last month`, `cost by service 30d`"),
    ("assign op-0123456789 shop", "say whose it is, also for the next cycles; `nobody` undoes it"),
    ("snooze op-0123456789 1w", "put one aside; also `until friday`, `month end`"),
    ("teams", "every team there is, and where it is asked"),
    ("policy", "the guardrails; `policy what-if max_risk=0.5` before you change one"),
    ("freeze team shop until friday", "stop every change at once; `unfreeze` lets it go on"),
    ("report monthly cfo", "weekly or monthly, for all leaders, a `cfo` or a `cto`, as a message"),
    ("settings", "channels, teams, approvers and limits, for platform engineers"),
    ("scan", "look for waste now"),
)


def help_blocks() -> list[Block]:
    """The answer to `/finops` and `/finops help`."""
    lines = "\n".join(f"`/finops {words}`  {what}" for words, what in _LINES)
    return [
        section(
            "*finops-bot finds waste, asks the team that owns it, opens the pull request, and "
            "proves the saving on the bill.*"
        ),
        section(lines),
        context(
            "Statuses of a list: waiting, in flight, approved, open, merged, in effect, verified, "
            "denied, snoozed, expired, closed, all. Cards with buttons stand in the team's channel "
            "and on this app's Home tab."
        ),
    ]
