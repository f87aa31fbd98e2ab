"""The user groups of the workspace, to choose approvers from."""

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from handlers.blocks.setup.people import Groups
from handlers.slack_client import quick_client, word_of

# A form is opened with a trigger that lives three seconds.
TIMEOUT_SECONDS = 1
_WHY = {
    "missing_scope": "the app was installed without usergroups:read",
    "plan_upgrade_required": "this workspace's plan has none",
    "team_access_not_granted": "this workspace does not show them to the app",
}


def workspace_groups(client: WebClient) -> Groups:
    """All of them by handle, or why there are none to choose from; never fails."""
    quick = quick_client(client, timeout_seconds=TIMEOUT_SECONDS)
    try:
        found = quick.usergroups_list().get("usergroups") or []
    except SlackApiError as error:
        word = word_of(error)
        return Groups((), f"No user groups to choose from: {_WHY.get(word, f'Slack says {word}')}.")
    except (SlackClientError, OSError):
        return Groups((), "No user groups to choose from: Slack did not answer in time.")
    shown = [(f"@{one.get('handle') or one.get('name')}", str(one["id"])) for one in found]
    why = "" if shown else "No user groups to choose from: this workspace has none."
    return Groups(sorted(shown), why)
