"""Which team somebody means who types a name, and what to say when there is none.

A team is known when it is configured, when it owns what was found, or when it is on the bill of
the last two months: labels name teams that nobody has configured.
"""

import difflib
from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta

from sqlalchemy import Connection

from finops.billing.periods import find_period, near_period, read_period
from finops.domain.errors import InvalidInput
from finops.domain.people import UNKNOWN_TEAM, Directory
from finops.engine.parts import Parts
from finops.ledger.costs import cost_sums
from finops.ledger.totals import team_names
from finops.owners.team_names import TeamNames

# As answers call it, and as the ledger does.
_NOBODY = frozenset({"no team", UNKNOWN_TEAM})
_LOOK_BACK = timedelta(days=62)


def known_teams(parts: Parts) -> list[str]:
    """The names of all teams, the configured ones first."""
    with parts.ledger.reading() as tx:
        return known_teams_in(tx.connection, parts.directory, today=parts.now().date())


def known_teams_in(connection: Connection, directory: Directory, *, today: date) -> list[str]:
    """The same for who is reading the ledger already."""
    billed = cost_sums(connection, start=today - _LOOK_BACK, end=today, by=["team"])
    seen = {*team_names(connection), *(str(each.keys["team"]) for each in billed)}
    others = sorted(seen - {"", UNKNOWN_TEAM} - {team.name for team in directory.teams})
    return [*(team.name for team in directory.teams), *others]


def team_called(directory: Directory, words: str) -> str:
    """The configured team that somebody means; InvalidInput with the nearest ones for none."""
    found = TeamNames(directory.teams).configured(words)
    if found:
        return found
    if not directory.teams:
        raise InvalidInput(
            f"There is no team “{words[:60]}”: none is configured. A platform engineer adds teams."
        )
    raise no_such_team(words, [team.name for team in directory.teams])


def team_meant(parts: Parts, words: str) -> str:
    """The team that somebody means, by its name or an alias, whatever the case.

    Nothing is everybody, and `no team` is what nobody owns. Raises InvalidInput with the nearest
    names for a team that nobody knows.
    """
    if words.casefold() in _NOBODY:
        return UNKNOWN_TEAM
    if not words:
        return ""
    configured = TeamNames(parts.directory.teams).configured(words)
    if configured:
        return configured
    names = known_teams(parts)
    found = _among(names, words)
    if not found:
        raise no_such_team(words, names)
    return found


def team_and_period(parts: Parts, words: str) -> tuple[str, str]:
    """Take `shop last month` apart into the team and the period as typed; either may be missing.

    Raises InvalidInput with the nearest words for what is neither.
    """
    period, rest = find_period(words)
    try:
        return team_meant(parts, rest), period
    except InvalidInput:
        left = _after_a_team(parts, rest)
        asked = f"{left} {period}".strip()
        # `lst month` has a month in it; `shp last month` has a whole period.
        if left != rest or (period in ("", "month") and near_period(asked)):
            read_period(asked, today=parts.now().date())  # says what is wrong with it
        raise


def team_among(parts: Parts, words: str, *, others: Collection[str]) -> str:
    """The team that is left of a list's words; `others` are words that might have been meant."""
    try:
        return team_meant(parts, words)
    except InvalidInput:
        left = _after_a_team(parts, words)
        near = difflib.get_close_matches(left.casefold(), others, n=1, cutoff=0.6)
        if not near and left == words:
            raise
        hint = f"Did you mean {near[0]}?" if near else f"Write one of {', '.join(others)}."
        raise InvalidInput(f"There is no status “{left[:60]}”. {hint}") from None


def no_such_team(words: str, names: Sequence[str]) -> InvalidInput:
    """What to say of a name that nobody knows: the nearest ones, else some, and where all are."""
    folded = {name.casefold(): name for name in names}
    near = difflib.get_close_matches(words.casefold(), folded, n=3, cutoff=0.5)
    if near:
        hint = f"Did you mean {' or '.join(folded[name] for name in near)}?"
    elif names:
        hint = f"Known: {', '.join(names[:10])}{' …' if len(names) > 10 else '.'}"
    else:
        hint = "None is known yet."
    return InvalidInput(f"There is no team “{words[:60]}”. {hint} `teams` lists them.")


def _after_a_team(parts: Parts, words: str) -> str:
    """What follows the longest known name that the words begin with; all of them without one."""
    aliases = (alias for team in parts.directory.teams for alias in team.aliases)
    begun = [
        name
        for name in (*known_teams(parts), *aliases)
        if f"{words.casefold()} ".startswith(f"{name.casefold()} ")
    ]
    return words[len(max(begun, key=len, default="")) :].strip()


def _among(names: Iterable[str], words: str) -> str:
    return next((name for name in names if name.casefold() == words.casefold()), "")
