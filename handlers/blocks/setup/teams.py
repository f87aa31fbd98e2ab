"""The teams: a list, and the form of one."""

from collections.abc import Collection, Sequence

from finops.domain.people import Approvers, Team
from handlers.blocks import text
from handlers.blocks.elements import (
    Block,
    actions,
    asked,
    button,
    confirm,
    context,
    modal,
    searched_select,
    section,
)
from handlers.blocks.inputs import channel_select, people_select, text_input
from handlers.blocks.setup.parts import SETTING, Row, filled, setting_block, settings_form
from handlers.blocks.setup.people import Groups, approver_inputs, names, no_groups
from handlers.blocks.setup.team_steps import team_step_rows
from handlers.ids import ActionId, TeamStep, ViewId
from handlers.reference import SettingsReference
from handlers.settings_desk import FILE

MOST_SHOWN = 25
NAME = "name"
# What an input of Slack holds.
LONGEST = 3000


def teams_modal(
    teams: Sequence[Team],
    from_file: Collection[str],
    *,
    instance: str,
    unknown: Sequence[str] = (),
) -> Block:
    """The list; `from_file` are teams of the file, `unknown` names that only the estate has."""
    shown = list(teams[:MOST_SHOWN])
    blocks = [section(_intro(teams))]
    if len(teams) > MOST_SHOWN:
        blocks.append(actions("find", [searched_select("Find a team", ActionId.TEAM_FIND)]))
    for number, team in enumerate(shown):
        edit = button(
            "Edit", ActionId.TEAM_EDIT, value=str(SettingsReference(instance, team=team.name))
        )
        words = _team_words(team, is_from_file=team.name in from_file)
        blocks.append(section(words, accessory=edit, block_id=f"team:{number}"))
    if len(teams) > MOST_SHOWN:
        blocks.append(context(f"{len(teams) - MOST_SHOWN:,} more; find them above."))
    if unknown:
        named = ", ".join(text.safe(name, 60) for name in unknown[:10])
        blocks.append(context(f"Your estate also names {named}. Their waste goes to triage now."))
    new = str(SettingsReference(instance))
    add = button("Add Team", ActionId.TEAM_EDIT, value=new, style="" if teams else "primary")
    blocks.append(actions("add", [add]))
    return modal("Teams", blocks, callback_id=ViewId.SETUP_TEAMS)


def team_modal(
    team: Team | None, groups: Groups, *, locked_fields: Collection[str], instance: str,
    is_removable: bool = False, steps: Sequence[tuple[TeamStep, str]] = (),
) -> Block:  # fmt: skip
    """The form of a team; without one it asks for the name of a new one.

    Six inputs at most: other spellings are asked for once the team is there, and what else it has
    of its own stands behind a button each.
    """
    now = team or Team(name="")
    reference = str(SettingsReference(instance, team=now.name))
    fields: list[Block] = [] if team else [_name()]
    for row in _rows(now, is_new=team is None):
        fields += filled([row], locked_fields)
        if row.name == "owners":
            is_locked = "approvers" in locked_fields
            fields += approver_inputs(
                "approvers", "Approvers", now.approvers, groups, is_locked=is_locked
            )
    fields += no_groups(groups)
    fields += team_step_rows(now, steps, instance) if team else []
    if team and is_removable:
        fields.append(_remove(team, reference))
    title = f"Team {text.plain(team.name, 19)}" if team else "Add a team"
    is_cut = len(now.name) > 19
    head = [section(_called(now, locked_fields))] if is_cut or locked_fields else []
    return settings_form(
        title, [*head, *fields], callback_id=ViewId.SETUP_TEAM, reference=reference
    )


def _rows(now: Team, *, is_new: bool) -> list[Row]:
    channel = text.channel(now.channel) if now.channel else ""
    owners = names(Approvers(now.owners)) if now.owners else ""
    rows = [
        Row(
            "channel", "Channel", channel, channel_select(SETTING, now.channel),
            "Its cards are posted there.",
        ),
        Row(
            "owners", "Owners", owners, people_select(SETTING, now.owners),
            "They are asked, and may deny or snooze.",
        ),
        _words("namespaces", "Namespaces", now.namespaces, "shop, shop-jobs"),
    ]  # fmt: skip
    spellings = _words("aliases", "Other spellings of its name", now.aliases, "Storefront")
    return rows if is_new else [*rows, spellings]


def _words(name: str, label: str, values: Sequence[str], example: str) -> Row:
    words = ", ".join(values)
    if len(words) > LONGEST:
        words = ",".join(values)  # as short as it was typed
    element = text_input(SETTING, words, example=example, longest=LONGEST)
    shown = text.safe(words, 500) if words else ""
    return Row(name, label, shown, element, "Separate several by commas.")


def _name() -> Block:
    return asked(
        "Name",
        text_input(SETTING, example="shop", longest=100),
        block_id=setting_block(NAME),
        hint="Spelt as in your labels and tags.",
    )


def _called(team: Team, locked_fields: Collection[str]) -> str:
    where = f"In {FILE}; what it does not say may be set here." if locked_fields else ""
    return f"{text.bold(text.safe(team.name, 100))}\n{where}".strip()


def _remove(team: Team, reference: str) -> Block:
    asks = confirm(
        "Remove this team?",
        f"Team {team.name} is no longer known here. Its waste goes to triage, and nothing that "
        "was decided is undone.",
        yes="Remove",
    )
    made = button(
        "Remove Team", ActionId.TEAM_REMOVE, value=reference, style="danger", confirm=asks
    )
    return actions("remove", [made])


def _intro(teams: Sequence[Team]) -> str:
    if not teams:
        return (
            "A team has a channel where it is asked, owners who look after its workloads, and "
            "approvers. Waste is theirs by label, tag or namespace. *There is no team yet.*"
        )
    return "Waste is a team's by label, tag or namespace. What no team owns goes to triage."


def _team_words(team: Team, *, is_from_file: bool) -> str:
    where = text.channel(team.channel) if team.channel else "no channel"
    owners = f"owned by {', '.join(map(text.person, team.owners[:3]))}" if team.owners else ""
    approve = f"approved by {names(team.approvers)}" if team.approvers else "no own approvers"
    lock = f":lock: in {FILE}" if is_from_file else ""
    said = " · ".join(part for part in (where, owners, approve, lock) if part)
    return f"{text.bold(text.safe(team.name, 100))}\n{said}"
