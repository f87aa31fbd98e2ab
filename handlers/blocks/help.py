"""What `/finops` can do, on one screen."""

from handlers.blocks.elements import Block, context, section

_LINES = (
    ("list [team] [status]", "what waits for a decision, the largest saving first"),
    ("show ID", "one opportunity with its evidence and history"),
    ("savings [team]", "offered, in flight, and verified on the bill"),
    ("scan", "look for waste now"),
    ("help", "this"),
)


def help_blocks() -> list[Block]:
    """The answer to `/finops` and `/finops help`."""
    lines = "\n".join(f"`/finops {words}` {what}" for words, what in _LINES)
    return [
        section(
            "*finops-bot finds waste, asks the team that owns it, opens the pull request, and "
            "proves the saving on the bill.*"
        ),
        section(lines),
        context(
            "Statuses for list: waiting, in flight, approved, open, merged, in effect, verified, "
            "denied, snoozed, expired, closed, all."
        ),
    ]
