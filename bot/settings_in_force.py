"""The settings as they hold, for commands that run beside the bot: the file over what Slack set."""

from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from bot.configuration import Configuration
from bot.live_settings import KEY
from bot.settings_overlay import checked_overlay, named_by
from finops.domain.errors import FinOpsError
from finops.ledger import history
from finops.ledger.database import connecting, open_engine


def settings_in_force(file: Configuration, database_url: str) -> Configuration:
    """The file alone where the ledger cannot be read; that is told elsewhere. Creates nothing."""
    if not _may_exist(database_url):
        return file
    try:
        engine = open_engine(database_url)
        try:
            with connecting(engine) as connection:
                kept = history.setting(connection, KEY)
        finally:
            engine.dispose()
        return checked_overlay(kept, named_by(file)) if isinstance(kept, dict) else file
    except (SQLAlchemyError, FinOpsError, OSError):
        return file


def _may_exist(database_url: str) -> bool:
    """Asking SQLite for a file makes one."""
    url = make_url(database_url)
    return not url.drivername.startswith("sqlite") or Path(url.database or ".").is_file()
