"""What people are called on the code host: as the configuration file says, else as they say.

The file wins. What somebody states about themselves can only count against them: a login that
nobody has stated is unknown, and an unknown one never passes as a second person.
"""

from sqlalchemy import Connection

from finops.domain.identities import Identities, is_login
from finops.domain.people import Actor
from finops.engine.parts import Parts
from finops.engine.rights import known_people
from finops.ledger import history
from finops.ledger.transaction import LedgerTransaction

_STATED = "login:"


def identities_in(parts: Parts, connection: Connection) -> Identities:
    """Everybody whose login is known; a login of the file is taken by nobody else."""
    named = {each.user: each.login for each in parts.directory.people}
    taken = {login.casefold() for login in named.values()}
    stated = history.settings_below(connection, _STATED)
    others = {
        user: str(login)
        for user, login in stated.items()
        if login and user not in named and str(login).casefold() not in taken
    }
    return Identities({**others, **named}, known_people(connection))


def identities(parts: Parts) -> Identities:
    """The same, read by itself."""
    return parts.ledger.read(lambda connection: identities_in(parts, connection))


def is_named_by_file(parts: Parts, user: str) -> bool:
    """Whether the configuration file says this person's login."""
    return any(each.user == user for each in parts.directory.people)


def objection_to_login(tx: LedgerTransaction, parts: Parts, login: str, *, actor: Actor) -> str:
    """Why a person cannot say that this is their own login, or nothing."""
    if is_named_by_file(parts, actor.id):
        return "The configuration file says your login; it is changed there."
    if login and not is_login(login):
        return f"{login[:60]!r} is no login of GitHub; write it as your profile's address has it."
    if login and identities_in(parts, tx.connection).user_of(login) not in ("", actor.id):
        return (
            f"Somebody else has the login {login}. If it is yours, a platform engineer can say so "
            "under people in the configuration file."
        )
    return ""


def state_login(tx: LedgerTransaction, parts: Parts, login: str, *, actor: Actor) -> None:
    """Keep what a person says their own login is, to which nothing objects; empty takes it back."""
    if identities_in(parts, tx.connection).login_of(actor.id) == login:
        return
    now, subject = parts.now(), f"person/{actor.id}"
    history.put_setting(tx.connection, f"{_STATED}{actor.id}", login, by=actor.id, now=now)
    detail = {"login": login}
    tx.audit(at=now, actor=actor.id, action="stated login", subject=subject, detail=detail)
