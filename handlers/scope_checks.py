"""Granted scopes against those of the manifest: a missing one is red, an optional one yellow."""

from collections.abc import Iterator

from finops.domain.checks import Area, Check

_WHERE = "api.slack.com/apps > your app > OAuth & Permissions > Bot Token Scopes"
_THEN = "then Install App > Reinstall, and set SLACK_BOT_TOKEN anew"
# What stops without it, as in the comments of manifest.yml.
_LOST = {
    "commands": "/finops does not exist",
    "chat:write": "nothing can be posted",
    "im:write": "owners get no direct messages",
    "usergroups:read": "approver groups cannot be asked, so their members may not approve",
    "channels:history": "after a crash a card in a public channel may be posted twice",
    "groups:history": "after a crash a card in a private channel may be posted twice",
    "im:history": "after a crash a direct message may be sent twice",
    "files:write": "reports come without PDF, page and CSV, and charts never as pictures",
    "files:read": "charts are never shown as pictures",
    "users:read": "Slack cannot say who is an admin, so finops.yaml names the first platform "
    "engineer",
    "chat:write.public": "public channels need an invitation of the bot",
}


def scope_checks(
    area: Area, granted: frozenset[str], *, needed: frozenset[str], optional: frozenset[str]
) -> Iterator[Check]:
    """One line for all that is there, one for each that is missing."""
    if not granted:
        yield area.skipped("scopes", "Slack did not say which scopes the token has")
        return
    yield _present(area, granted, needed=needed, optional=optional)
    for scope in sorted(needed - granted):
        detail = f"not granted: {_LOST.get(scope, 'the manifest asks for it')}"
        yield area.failed(f"scope {scope}", detail, fix=f"Add {scope} at {_WHERE}; {_THEN}.")
    for scope in sorted(optional - granted):
        detail = f"not granted, optional: {_LOST.get(scope, 'the manifest offers it')}"
        yield area.warning(f"scope {scope}", detail, fix=f"If you want it: add it at {_WHERE}.")


def _present(
    area: Area, granted: frozenset[str], *, needed: frozenset[str], optional: frozenset[str]
) -> Check:
    detail = f"{len(granted & needed)} of {len(needed)} needed"
    extra = sorted(granted - needed - optional)
    if not extra:
        return area.ok("scopes", detail)
    shown = ", ".join(extra[:6]) + (" …" if len(extra) > 6 else "")
    return area.warning(
        "scopes", f"{detail}; more than needed: {shown}", fix=f"Take them away at {_WHERE}."
    )
