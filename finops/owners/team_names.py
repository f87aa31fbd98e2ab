"""What somebody wrote as a team, held against the teams that are configured."""

from collections.abc import Iterable

from finops.domain.people import UNKNOWN_TEAM, Team

# A label has at most 63 characters, an annotation any number; the ledger keeps this many.
MAX_TEAM = 253


class TeamNames:
    """Recognises a team by its name or an alias, however it is capitalised; never by likeness."""

    def __init__(self, teams: Iterable[Team]) -> None:
        self._exact: dict[str, str] = {}
        self._folded: dict[str, set[str]] = {}
        for team in teams:
            for spelling in (team.name, *team.aliases):
                self._exact.setdefault(spelling, team.name)
                self._folded.setdefault(_tidy(spelling).casefold(), set()).add(team.name)

    def configured(self, written: str) -> str:
        """The configured team that this names; empty when none does, or more than one."""
        found = self._exact.get(written)
        if found is not None:
            return found
        near = self._folded.get(_tidy(written).casefold(), set())
        return next(iter(near)) if len(near) == 1 else ""

    def named(self, written: str) -> str:
        """The configured team, else the name as it was written; empty for what names nobody."""
        tidy = _tidy(written)
        if len(tidy) > MAX_TEAM or tidy.casefold() == UNKNOWN_TEAM:
            return ""
        return self.configured(written) or tidy


def _tidy(written: str) -> str:
    """Without blanks around it, and with neither line breaks nor invisible characters."""
    if written.isprintable() and written.isascii() and "  " not in written:
        return written.strip()
    return " ".join("".join(c if c.isprintable() else " " for c in written).split())
