"""Who may set up: platform engineers, and an admin of the workspace while there is none."""

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from finops.domain.errors import NotPermitted, Refused
from finops.domain.people import Actor
from handlers.context import HandlerContext
from handlers.ids import COMMAND
from handlers.interaction import Interaction
from handlers.settings_desk import FILE
from handlers.slack_client import quick_client, word_of

# A form waits for its answer.
TIMEOUT_SECONDS = 1


def setter(context: HandlerContext, interaction: Interaction) -> Actor:
    """The person, if they may change settings. Raises NotPermitted with who may."""
    platform = context.engine.directory.platform
    if not platform:
        raise NotPermitted(
            "Nobody looks after the settings yet: an admin of the workspace can take the role by "
            f"{COMMAND} settings."
        )
    actor = context.membership.actor_of(interaction.body, platform)
    if not context.desk.may_set(actor):
        raise NotPermitted(
            "Only platform engineers change these settings.",
            users=platform.users,
            user_groups=platform.user_groups,
        )
    return actor


def require_workspace_admin(client: WebClient, user: str) -> None:
    """Raise Refused unless Slack says that this person is an admin or owner of the workspace."""
    try:
        answer = quick_client(client, timeout_seconds=TIMEOUT_SECONDS).users_info(user=user)
    except SlackApiError as error:
        raise _cannot_tell(user, word_of(error)) from error
    except (SlackClientError, OSError) as error:
        raise Refused(
            "Slack did not say in time whether you are an admin of this workspace, so nothing was "
            "changed; try again."
        ) from error
    person = answer.get("user") or {}
    if not (person.get("is_admin") or person.get("is_owner")):
        raise NotPermitted(
            "Only an admin or owner of this workspace may take the role. Ask one to write "
            f"{COMMAND} settings, or name a platform engineer under platform: in {FILE}."
        )


def _cannot_tell(user: str, word: str) -> Refused:
    if word == "missing_scope":
        return Refused(
            "I may not ask Slack who is an admin: this app was installed without users:read. Name "
            f"a platform engineer in {FILE} instead and restart: platform: {{users: [{user}]}}. "
            "Or grant users:read and install the app again."
        )
    return Refused(
        f"Slack did not say whether you are an admin of this workspace ({word}), so nothing was "
        "changed; try again in a minute."
    )
