"""Which scope each Web API method needs. Any one of a tuple is enough; empty means none."""

from sandbox.slack.refusals import Refused
from sandbox.slack.workspace import Workspace

CONVERSATION_SCOPES = {
    "conversations.info": "read",
    "conversations.members": "read",
    "conversations.history": "history",
    "conversations.replies": "history",
}
"""These need `channels:…`, `groups:…` or `im:…`, depending on the conversation asked about."""

METHOD_SCOPES: dict[str, tuple[str, ...]] = {
    "api.test": (),
    "auth.test": (),
    "apps.connections.open": (),
    "chat.delete": ("chat:write",),
    "chat.getPermalink": (),
    "chat.postEphemeral": ("chat:write",),
    "chat.postMessage": ("chat:write",),
    "chat.update": ("chat:write",),
    "conversations.history": ("channels:history", "groups:history", "im:history"),
    "conversations.info": ("channels:read", "groups:read", "im:read"),
    "conversations.join": ("channels:join",),
    "conversations.list": ("channels:read", "groups:read", "im:read"),
    "conversations.members": ("channels:read", "groups:read", "im:read"),
    "conversations.open": ("im:write",),
    "conversations.replies": ("channels:history", "groups:history", "im:history"),
    "files.completeUploadExternal": ("files:write",),
    "files.getUploadURLExternal": ("files:write",),
    "files.info": ("files:read",),
    "usergroups.list": ("usergroups:read",),
    "usergroups.users.list": ("usergroups:read",),
    "users.info": ("users:read",),
    "users.list": ("users:read",),
    "users.lookupByEmail": ("users:read.email",),
    "views.open": (),
    "views.publish": (),
    "views.push": (),
    "views.update": (),
}


def require(workspace: Workspace, method: str, *wanted: str) -> None:
    """Refuse `missing_scope`, naming needed and provided, unless one of `wanted` is granted."""
    needed = wanted or METHOD_SCOPES[method]
    if needed and not workspace.scopes.intersection(needed):
        raise Refused(
            "missing_scope",
            needed=",".join(needed),
            provided=",".join(sorted(workspace.scopes)),
        )
