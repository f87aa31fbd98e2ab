"""What the ledger knows: `finops list`, `show`, `savings`, `teams` and `audit verify`."""

import argparse
import sys
from pathlib import Path

from bot import terminal
from bot.commands.engine import configured_engine
from bot.settings import read_settings
from finops.domain.errors import InvalidInput
from finops.domain.lifecycle import Status
from finops.savings_ledger import SavingsLedger


def list_records(arguments: argparse.Namespace) -> int:
    """Print opportunities below their status."""
    statuses = [Status(arguments.status)] if arguments.status else []
    engine = configured_engine()
    team = engine.team_meant(arguments.team or "")
    records = engine.ledger.find(statuses=statuses, team=team or None)
    print("\n".join(terminal.record_lines(records, engine.currency)))
    return 0


def show(arguments: argparse.Namespace) -> int:
    """Print one opportunity with all that is known about it."""
    engine = configured_engine()
    record = engine.ledger.get(arguments.id)
    reasons = engine.check(record.id).reasons
    history = engine.ledger.history_of(record.id)
    print("\n".join(terminal.show_lines(record, reasons, history, engine.currency)))
    return 0


def savings(arguments: argparse.Namespace) -> int:
    """Print what is offered, in flight and proved, or what the days of a period saved."""
    engine = configured_engine()
    team = engine.team_meant(arguments.team or "")
    if arguments.period:
        found = engine.savings_of_period(arguments.period, team=team)
        print("\n".join(terminal.period_savings_lines(found, engine.currency)))
        return 0
    summary = engine.savings(team=team or None)
    print("\n".join(terminal.savings_lines(summary, engine.currency)))
    return 0


def teams(_arguments: argparse.Namespace) -> int:
    """Print the name of every team, the configured ones first."""
    names = configured_engine().teams()
    print("\n".join(names) or "No team is configured, and nothing that was found names one.")
    return 0


def audit(_arguments: argparse.Namespace) -> int:
    """Check the audit log's chain; exit status 1 when it is broken."""
    url = read_settings().database_url
    require_database(url)
    check = SavingsLedger(url).verify_audit()
    if check.is_intact:
        print(f"The audit log is intact: {check.rows} rows, newest hash {check.newest_hash}")
        return 0
    print(f"broken at row {check.broken_at}: it was changed, removed or inserted", file=sys.stderr)
    return 1


def require_database(url: str) -> None:
    """Refuse a SQLite file that is not there: an empty ledger made on the spot proves nothing."""
    kind, _, file = url.partition(":///")
    if kind.startswith("sqlite") and not Path(file).is_file():
        raise InvalidInput(f"There is no ledger at {file}; set FINOPS_DATABASE_URL to yours.")
