"""`/finops freeze [scope] [until …] [because …]` and `/finops unfreeze [scope]`."""

from collections.abc import Sequence

from finops.domain.errors import InvalidInput
from finops.domain.freezes import Freeze, FreezeReach, FreezeScope
from finops.domain.people import Actor
from finops.engine.freezing import deciders
from handlers.blocks import text
from handlers.blocks.elements import context as small
from handlers.blocks.elements import section
from handlers.commands.listing import team_of
from handlers.commands.when import read_until, split_reason, split_until
from handlers.context import HandlerContext
from handlers.ids import COMMAND
from handlers.interaction import Interaction

_EVERYTHING = frozenset({"", "all", "everything", "everywhere"})


def freeze(context: HandlerContext, interaction: Interaction, rest: str) -> None:
    """Stop every change in the scope; the channel sees it, since its people rely on it."""
    if rest.strip().lower() in ("list", "status"):
        return _show(context, interaction)
    asked, reason = split_reason(rest)
    words, when = split_until(asked)
    until = read_until(when, context.engine.now()) if when else None
    made = context.engine.freeze(
        read_scope(context, words),
        until=until,
        actor=_actor(context, interaction),
        reason=reason,
    )
    said = f"{text.person(made.by)} has frozen *{_scope(made)}* {_until(made)}."
    hint = f"Nothing is approved and no pull request opens there. `{COMMAND} unfreeze {words}`"
    _tell_all(interaction, said + _because(made), f"{hint.rstrip()} lets it go on.")
    return None


def unfreeze(context: HandlerContext, interaction: Interaction, rest: str) -> None:
    """Let the scope go on."""
    scope = read_scope(context, rest)
    ended = context.engine.unfreeze(scope, actor=_actor(context, interaction))
    said = f"{text.person(interaction.user)} has ended the freeze of *{_scope(ended[0])}*."
    _tell_all(interaction, said, _still(context.engine.freezes()))


def read_scope(context: HandlerContext, words: str) -> FreezeScope:
    """`team shop`, `cluster shop-prod`, `namespace web`, `all`; a bare word is a team's name."""
    asked = team_of(words)
    if asked.lower() in _EVERYTHING:
        return FreezeScope()
    first, _, name = asked.partition(" ")
    for reach in (FreezeReach.CLUSTER, FreezeReach.NAMESPACE):
        if first.lower() == reach and name:
            return FreezeScope(reach, name)
    return _team_scope(context, name if first.lower() == FreezeReach.TEAM and name else asked)


def _team_scope(context: HandlerContext, words: str) -> FreezeScope:
    """The team's; what is frozen can be let go, also when its team is gone by now."""
    for held in context.engine.freezes():
        if held.scope == FreezeScope(FreezeReach.TEAM, words):
            return held.scope
    try:
        return FreezeScope(FreezeReach.TEAM, context.engine.team_meant(words))
    except InvalidInput as error:
        raise InvalidInput(
            f"Freeze what? {error} Or write all, team shop, cluster shop-prod or namespace web, "
            "and until when: until friday, 2h."
        ) from error


def _actor(context: HandlerContext, interaction: Interaction) -> Actor:
    return context.membership.actor_of(interaction.body, deciders(context.engine.directory))


def _show(context: HandlerContext, interaction: Interaction) -> None:
    held = context.engine.freezes()
    lines = [
        f"*{_scope(each)}* {_until(each)}, by {text.person(each.by)}{_because(each)}"
        for each in held[:20]
    ]
    words = "\n".join(lines) or "Nothing is frozen."
    interaction.ack(text=words, blocks=[section(words)])


def _tell_all(interaction: Interaction, said: str, hint: str) -> None:
    blocks = [section(said), *([small(hint)] if hint else [])]
    interaction.ack(text=said, blocks=blocks, response_type="in_channel")


def _scope(held: Freeze) -> str:
    return text.safe(str(held.scope), 120)


def _until(held: Freeze) -> str:
    if held.until is None:
        return "until somebody ends it"
    return f"until {text.date(held.until, with_time=True)}"


def _because(held: Freeze) -> str:
    return f": {text.safe(held.reason, 300)}" if held.reason else ""


def _still(held: Sequence[Freeze]) -> str:
    return f"Still frozen: {', '.join(_scope(each) for each in held[:5])}." if held else ""
