"""Who decides large or risky changes instead of a team's own approvers."""

from finops.domain.people import ApprovalLevel, Approvers
from handlers.blocks.elements import Block, context, section
from handlers.blocks.inputs import number_input
from handlers.blocks.setup.limits import value_words
from handlers.blocks.setup.parts import SETTING, locked, setting, settings_form
from handlers.blocks.setup.people import Groups, approver_inputs, names, no_groups
from handlers.ids import ViewId
from handlers.reference import SettingsReference
from handlers.settings_desk import FILE

APPROVERS = "approval_levels.approvers"
FROM_USD, FROM_RISK = "approval_levels.from_usd_per_month", "approval_levels.from_risk"
_INTRO = (
    "A change of at least this saving and at least this risk is decided by these people, and not "
    "by its team's approvers. Empty all of it, and every change is its team's."
)
NO_LEVEL = ApprovalLevel(approvers=Approvers())


def level_modal(now: ApprovalLevel, groups: Groups, *, instance: str, from_file: int = 0) -> Block:
    """The form, as it stands; `from_file` is how many levels the file has, which wins."""
    if from_file:
        shown = f"{from_file} of them; the last that is about a change decides."
        blocks = [section(_INTRO.partition(" Empty")[0]), locked("Levels", shown)]
    else:
        blocks = [section(_INTRO), *_inputs(now, groups), *no_groups(groups)]
    blocks.append(context(f"Levels of single teams, and more than one, are set in {FILE}."))
    return settings_form(
        "Large and risky changes",
        blocks,
        callback_id=ViewId.SETUP_LEVEL,
        reference=str(SettingsReference(instance)),
    )


def level_words(levels: tuple[ApprovalLevel, ...]) -> str:
    """Who decides them, as safe mrkdwn."""
    if not levels:
        return "Decided as every change of their team"
    more = f" and {len(levels) - 1} more levels" if len(levels) > 1 else ""
    return f"Decided by {names(levels[-1].approvers)}{more}"


def _inputs(now: ApprovalLevel, groups: Groups) -> list[Block]:
    usd = value_words(now.from_usd_per_month) if now.from_usd_per_month else ""
    risk = value_words(now.from_risk) if now.from_risk else ""
    any_usd = number_input(SETTING, usd, low="0", has_decimals=True, empty="Any saving")
    any_risk = number_input(SETTING, risk, low="0", high="1", has_decimals=True, empty="Any risk")
    return [
        setting("From this saving on, $ a month", any_usd, FROM_USD),
        setting("From this risk on, 0 to 1", any_risk, FROM_RISK),
        *approver_inputs(APPROVERS, "Who decides", now.approvers, groups, is_locked=False),
    ]
