"""From the form of large and risky changes to a level of approvers, or what is wrong with it. Pure.

A level is one setting: what was changed is laid over the level that holds, and set as a whole.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from finops.domain.people import ApprovalLevel, Approvers
from handlers.blocks.setup.level import APPROVERS, FROM_RISK, FROM_USD
from handlers.blocks.setup.parts import setting_block
from handlers.form_values import changed
from handlers.settings_desk import Change, Path
from handlers.setup.changes import Problems, settings_in

LEVELS: Path = ("approval_levels",)
_USERS, _GROUPS = f"{APPROVERS}.users", f"{APPROVERS}.user_groups"


def level_changes(view: Mapping[str, Any], now: ApprovalLevel) -> list[Change]:
    """The level as it shall be, or none any more; nothing where nothing was changed."""
    if not settings_in(changed(view)):
        return []
    level = _wanted(view, now)
    if not level.approvers:
        return [(LEVELS, None)]
    kept = {
        "from_usd_per_month": str(level.from_usd_per_month),
        "from_risk": level.from_risk,
        "approvers": {
            "users": list(level.approvers.users), "user_groups": list(level.approvers.user_groups),
        },
    }  # fmt: skip
    return [(LEVELS, [kept])]


def level_problems(view: Mapping[str, Any], now: ApprovalLevel) -> Problems:
    """A bound without people, and people without a bound."""
    level = _wanted(view, now)
    is_bounded = bool(level.from_usd_per_month or level.from_risk)
    if is_bounded and not level.approvers:
        return {
            setting_block(_USERS): "Name somebody, or nobody could decide such a change; or empty "
            "the bounds above."
        }
    if level.approvers and not is_bounded:
        return {
            setting_block(FROM_USD): "Write from which saving or risk on. Who decides every change "
            "is set under People and with each team."
        }
    return {}


def _wanted(view: Mapping[str, Any], now: ApprovalLevel) -> ApprovalLevel:
    values = settings_in(changed(view))
    users = values.get(_USERS, list(now.approvers.users))
    groups = values.get(_GROUPS, list(now.approvers.user_groups))
    return ApprovalLevel(
        approvers=Approvers(tuple(users), tuple(groups)),
        from_usd_per_month=Decimal(str(values.get(FROM_USD, now.from_usd_per_month)) or "0"),
        from_risk=float(str(values.get(FROM_RISK, now.from_risk)) or "0"),
    )
