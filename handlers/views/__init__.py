"""Submitted modals, by their `callback_id`."""

from collections.abc import Callable, Mapping

from handlers.actions.plan import approve_reviewed
from handlers.context import HandlerContext
from handlers.ids import ViewId
from handlers.interaction import Interaction
from handlers.views.assign import assign
from handlers.views.deny import deny
from handlers.views.edit import edit
from handlers.views.mute import mute
from handlers.views.personal import personal
from handlers.views.setup import (
    claim,
    save_approvals,
    save_channels,
    save_currency,
    save_level,
    save_limits,
    save_people,
    save_rules,
    save_team,
    save_team_contact,
    save_team_limits,
    save_times,
)
from handlers.views.snooze import snooze

VIEWS: Mapping[ViewId, Callable[[HandlerContext, Interaction], None]] = {
    ViewId.ASSIGN: assign,
    ViewId.DENY: deny,
    ViewId.EDIT: edit,
    ViewId.MUTE: mute,
    ViewId.SNOOZE: snooze,
    ViewId.SETUP_CLAIM: claim,
    ViewId.SETUP_CHANNELS: save_channels,
    ViewId.SETUP_PEOPLE: save_people,
    ViewId.SETUP_LEVEL: save_level,
    ViewId.SETUP_LIMITS: save_limits,
    ViewId.SETUP_RULES: save_rules,
    ViewId.SETUP_CURRENCY: save_currency,
    ViewId.SETUP_TEAM: save_team,
    ViewId.SETUP_TEAM_LIMITS: save_team_limits,
    ViewId.SETUP_TEAM_CONTACT: save_team_contact,
    ViewId.SETUP_TIMES: save_times,
    ViewId.SETUP_APPROVALS: save_approvals,
    ViewId.PERSONAL: personal,
    ViewId.PLAN_REVIEW: approve_reviewed,
}
