"""What the Home tab says about the setup while nothing is configured."""

from collections.abc import Sequence

from finops.domain.people import Actor
from handlers.blocks.elements import Block
from handlers.blocks.setup.hub import teaching
from handlers.blocks.setup.people import names
from handlers.context import HandlerContext
from handlers.setup.standing import is_untouched


def teaching_of(context: HandlerContext, actor: Actor) -> Sequence[Block]:
    """The first steps, with Set Up for those who may begin; nothing once something is set."""
    directory = context.engine.directory
    if not is_untouched(directory):
        return ()
    may_begin = not directory.platform or context.desk.may_set(actor)
    who = "" if may_begin else names(directory.platform)
    return teaching(instance=context.instance, who=who)
