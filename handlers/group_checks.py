"""Whether the approvers' user groups exist and have somebody in them."""

from collections.abc import Iterator, Mapping, Sequence

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from finops.domain.checks import Area, Check
from finops.domain.people import Directory
from handlers.slack_client import word_of

_ID = "the id (S…) stands in the address of the group's page: People > User groups"


def group_checks(
    area: Area, client: WebClient, directory: Directory, *, fallback: Mapping[str, Sequence[str]]
) -> Iterator[Check]:
    """One line a group; `fallback` is `user_group_members` of the configuration."""
    everybody = (
        directory.default_approvers,
        directory.platform,
        *(team.approvers for team in directory.teams),
    )
    groups = dict.fromkeys(group for approvers in everybody for group in approvers.user_groups)
    for group in groups:
        yield _group_check(area, client, group, instead=fallback.get(group, ()))


def _group_check(area: Area, client: WebClient, group: str, *, instead: Sequence[str]) -> Check:
    subject = f"user group {group}"
    try:
        members = client.usergroups_users_list(usergroup=group).get("users") or []
    except SlackApiError as error:
        return _refused(area, subject, word_of(error), instead=instead)
    except (SlackClientError, OSError) as error:
        return area.skipped(subject, f"Slack did not answer: {error}", fix="Try again.")
    if not members:
        return area.failed(
            subject, "nobody is in it, so nobody approves through it", fix="Add people to it."
        )
    return area.ok(subject, f"{len(members)} {'person' if len(members) == 1 else 'people'}")


def _refused(area: Area, subject: str, word: str, *, instead: Sequence[str]) -> Check:
    if word in ("plan_upgrade_required", "team_access_not_granted"):
        if instead:
            return area.ok(subject, f"{len(instead)} people, from user_group_members")
        fix = "List its people under user_group_members, or name users as approvers."
        return area.failed(subject, "this workspace's plan has no user groups", fix=fix)
    if word == "no_such_subteam":
        return area.failed(subject, "there is no such user group", fix=f"Correct it: {_ID}.")
    if word == "missing_scope":
        return area.skipped(subject, "the scope usergroups:read is missing, see above")
    if word == "ratelimited":
        return area.skipped(subject, "Slack limits requests", fix="Try again in a minute.")
    return area.failed(subject, f"Slack says {word}", fix=f"Correct it: {_ID}.")
