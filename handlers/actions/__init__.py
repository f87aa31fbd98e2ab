"""Clicks, by the `action_id` of what was clicked."""

from collections.abc import Callable, Mapping

from handlers.actions.assign import open_assign_form, search_team
from handlers.actions.decide import approve, more, open_deny_form, snooze, try_value
from handlers.actions.look import refresh_home, scan, turn_page, why
from handlers.actions.personal import open_personal, stop_messages, unmute
from handlers.actions.plan import approve_plan, look, pick, review, tick_all
from handlers.actions.setup import (
    check_setup,
    find_team,
    open_setup,
    open_step,
    open_team,
    open_team_step,
    remove_team,
    try_limits,
)
from handlers.actions.source import pick_source, revert
from handlers.context import HandlerContext
from handlers.ids import ActionId
from handlers.interaction import Interaction

ACTIONS: Mapping[ActionId, Callable[[HandlerContext, Interaction], None]] = {
    ActionId.APPROVE: approve,
    ActionId.DENY: open_deny_form,
    ActionId.SNOOZE: snooze,
    ActionId.MORE: more,
    ActionId.EDIT_VALUE: try_value,
    ActionId.PLAN_PICK: pick,
    ActionId.PLAN_LOOK: look,
    ActionId.REVIEW: look,
    ActionId.PERSONAL: open_personal,
    ActionId.STOP_MESSAGES: stop_messages,
    ActionId.UNMUTE: unmute,
    ActionId.PLAN_APPROVE: approve_plan,
    ActionId.PLAN_REVIEW: review,
    ActionId.PLAN_TICK_ALL: tick_all,
    ActionId.SETUP: open_setup,
    ActionId.SETUP_STEP: open_step,
    ActionId.SETUP_TEST: check_setup,
    ActionId.LIMIT: try_limits,
    ActionId.TEAM_EDIT: open_team,
    ActionId.TEAM_FIND: find_team,
    ActionId.TEAM_STEP: open_team_step,
    ActionId.TEAM_REMOVE: remove_team,
    ActionId.WHY: why,
    ActionId.PREVIOUS_PAGE: turn_page,
    ActionId.NEXT_PAGE: turn_page,
    ActionId.REFRESH_HOME: refresh_home,
    ActionId.SCAN: scan,
    ActionId.ASSIGN: open_assign_form,
    ActionId.REVERT: revert,
    ActionId.PICK_SOURCE: pick_source,
}
# What somebody types into a select that asks for its options, by the same id.
SEARCHES: Mapping[ActionId, Callable[[HandlerContext, Interaction], None]] = {
    ActionId.ASSIGN: search_team,
    ActionId.TEAM_FIND: search_team,
}
