"""Every id that Slack hands back to us. Stable: old messages keep carrying them for years."""

from enum import StrEnum

COMMAND = "/finops"


class ActionId(StrEnum):
    """The `action_id` of each button and select."""

    APPROVE = "finops_approve"
    DENY = "finops_deny"
    SNOOZE = "finops_snooze"
    WHY = "finops_why"
    PREVIOUS_PAGE = "finops_list_previous"
    NEXT_PAGE = "finops_list_next"
    REFRESH_HOME = "finops_home_refresh"
    SCAN = "finops_scan"
    REASON = "finops_reason"
    ASSIGN = "finops_assign"
    ASSIGN_SCOPE = "finops_assign_scope"
    MORE = "finops_more"
    REASON_CLASS = "finops_reason_class"
    EDIT_VALUE = "finops_edit_value"
    SNOOZE_FOR = "finops_snooze_for"
    MUTE_NAME = "finops_mute_name"
    MUTE_REACH = "finops_mute_reach"
    MUTE_DAYS = "finops_mute_days"
    UNMUTE = "finops_unmute"
    REVIEW = "finops_review"
    PERSONAL = "finops_personal"
    WANTS_MESSAGES = "finops_wants_messages"
    TIME_ZONE = "finops_time_zone"
    LOGIN = "finops_login"
    HOME_VIEW = "finops_home_view"
    STOP_MESSAGES = "finops_stop_messages"
    PLAN_PICK = "finops_plan_pick"
    PLAN_LOOK = "finops_plan_look"
    PLAN_APPROVE = "finops_plan_approve"
    PLAN_REVIEW = "finops_plan_review"
    PLAN_TICK_ALL = "finops_plan_tick_all"
    REVERT = "finops_revert"
    PICK_SOURCE = "finops_pick_source"
    SETUP = "finops_setup"
    SETUP_STEP = "finops_setup_step"
    SETUP_TEST = "finops_setup_test"
    SETTING = "finops_setting"
    LIMIT = "finops_limit"
    TEAM_EDIT = "finops_team_edit"
    TEAM_FIND = "finops_team_find"
    TEAM_STEP = "finops_team_step"
    TEAM_REMOVE = "finops_team_remove"


class ViewId(StrEnum):
    """The `callback_id` of each modal."""

    DENY = "finops_deny"
    WHY = "finops_why"
    ASSIGN = "finops_assign"
    NOTICE = "finops_notice"
    HOME = "finops_home"
    EDIT = "finops_edit"
    SNOOZE = "finops_snooze"
    MUTE = "finops_mute"
    PERSONAL = "finops_personal"
    PLAN_REVIEW = "finops_plan_review"
    SETUP = "finops_setup"
    SETUP_CLAIM = "finops_setup_claim"
    SETUP_CHANNELS = "finops_setup_channels"
    SETUP_TEAMS = "finops_setup_teams"
    SETUP_TEAM = "finops_setup_team"
    SETUP_TEAM_LIMITS = "finops_setup_team_limits"
    SETUP_TEAM_CONTACT = "finops_setup_team_contact"
    SETUP_TIMES = "finops_setup_times"
    SETUP_APPROVALS = "finops_setup_approvals"
    SETUP_LEVEL = "finops_setup_level"
    SETUP_PEOPLE = "finops_setup_people"
    SETUP_LIMITS = "finops_setup_limits"
    SETUP_RULES = "finops_setup_rules"
    SETUP_CURRENCY = "finops_setup_currency"
    SETUP_TEST = "finops_setup_test"


class BlockId(StrEnum):
    """The `block_id`s that handlers read or replace."""

    REASON = "finops_reason"
    NOTICE = "finops_notice"
    ASSIGN_SCOPE = "finops_assign_scope"
    REASON_CLASS = "finops_reason_class"
    EDIT_VALUE = "finops_edit_value"
    EDIT_ODDS = "finops_edit_odds"
    SNOOZE_FOR = "finops_snooze_for"
    MUTE_NAME = "finops_mute_name"
    MUTE_REACH = "finops_mute_reach"
    MUTE_DAYS = "finops_mute_days"
    WANTS_MESSAGES = "finops_wants_messages"
    TIME_ZONE = "finops_time_zone"
    LOGIN = "finops_login"
    HOME_VIEW = "finops_home_view"
    LIMITS_MEAN = "finops_limits_mean"


class SetupStep(StrEnum):
    """What there is to set up; the buttons of the setup's first form carry it."""

    CHANNELS = "channels"
    TIMES = "times"
    TEAMS = "teams"
    PEOPLE = "people"
    LEVEL = "level"
    APPROVALS = "approvals"
    SIZE = "size"
    CERTAINTY = "certainty"
    RULES = "rules"
    CURRENCY = "currency"


class TeamStep(StrEnum):
    """What there is to set of a team beside its own form; the limits are named as in the setup."""

    SIZE = SetupStep.SIZE
    CERTAINTY = SetupStep.CERTAINTY
    CONTACT = "contact"


class More(StrEnum):
    """What a card's menu of further actions offers; the choice in its option's reference."""

    EDIT = "edit"
    SNOOZE = "snooze"


class Recognised(StrEnum):
    """The metadata `event_type` by which a message that was posted before is found again."""

    CARD = "finops_card"
    PLAN = "finops_plan"
    NOTE = "finops_note"
    DIRECT = "finops_direct"
    DIGEST = "finops_digest"


class SnoozeFor(StrEnum):
    """How long a card may be put aside."""

    DAY = "day"
    WEEK = "week"
    MONTH_END = "month_end"
