"""Events, by their name."""

from collections.abc import Callable, Mapping

from handlers.context import HandlerContext
from handlers.events.app_home_opened import app_home_opened
from handlers.interaction import Interaction

EVENTS: Mapping[str, Callable[[HandlerContext, Interaction], None]] = {
    "app_home_opened": app_home_opened
}
