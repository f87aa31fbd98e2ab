"""Who may change the settings, and who approves where a team has no approvers."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from finops.domain.people import Approvers
from handlers.blocks import text
from handlers.blocks.elements import Block, context, section
from handlers.blocks.inputs import people_select, several
from handlers.blocks.setup.parts import SETTING, locked, setting, settings_form
from handlers.ids import ViewId
from handlers.reference import SettingsReference

MOST_OPTIONS = 100


@dataclass(frozen=True, slots=True)
class Groups:
    """The user groups of the workspace as (label, id), or why there are none to choose from."""

    offered: Sequence[tuple[str, str]] = ()
    why_none: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleSettings:
    """What holds now; `locked` are the sections that the file says."""

    platform: Approvers
    approvers: Approvers
    locked: Collection[str] = ()


def people_modal(now: PeopleSettings, groups: Groups, *, instance: str) -> Block:
    """The form, as it stands."""
    blocks = [
        section(
            "Platform engineers change what is set here. Approvers decide where a team has named "
            "nobody of its own; with nobody in either place nothing is approved."
        ),
        *approver_inputs(
            "platform", "Platform engineers", now.platform, groups,
            is_locked="platform" in now.locked,
        ),
        *approver_inputs(
            "default_approvers", "Approvers for everybody", now.approvers, groups,
            is_locked="default_approvers" in now.locked,
        ),
        *no_groups(groups),
    ]  # fmt: skip
    return settings_form(
        "People",
        blocks,
        callback_id=ViewId.SETUP_PEOPLE,
        reference=str(SettingsReference(instance)),
    )


def approver_inputs(
    name: str, label: str, now: Approvers, groups: Groups, *, is_locked: bool
) -> list[Block]:
    """People, and user groups where there are any; locked as one, since they mean one thing."""
    if is_locked:
        return [locked(label, names(now))]
    inputs = [setting(label, people_select(SETTING, now.users), f"{name}.users")]
    offered = with_chosen(groups.offered, now.user_groups)
    if offered:
        element = several(SETTING, offered, now.user_groups)
        inputs.append(setting(f"{label}: user groups", element, f"{name}.user_groups"))
    return inputs


def no_groups(groups: Groups) -> list[Block]:
    """Why there are no user groups to choose from; nothing where there are."""
    return [context(groups.why_none)] if groups.why_none else []


def names(approvers: Approvers) -> str:
    """Mentions of everybody, or a dash."""
    people = [text.person(user) for user in approvers.users]
    everybody = [*people, *(text.group(group) for group in approvers.user_groups)]
    shown = ", ".join(everybody[:10])
    left = len(everybody) - 10
    return f"{shown} and {left} more" if left > 0 else shown or text.NOTHING


def with_chosen(offered: Sequence[tuple[str, str]], chosen: Sequence[str]) -> list[tuple[str, str]]:
    """The chosen ones first, known or not, so that saving a form never drops one unseen."""
    known = {group: label for label, group in offered}
    first = [(known.get(group, group), group) for group in chosen]
    return [*first, *(one for one in offered if one[1] not in chosen)][:MOST_OPTIONS]
