"""Looking after an installation: `finops db`, `finops manifest`, `finops check-config`."""

import argparse

from bot.configuration import load_configuration
from bot.manifest import render_manifest
from bot.settings import read_settings
from finops.ledger.schema import SCHEMA_FILE, create_database, render_schema, table_names
from finops.savings_ledger import SavingsLedger


def database(arguments: argparse.Namespace) -> int:
    """Create and migrate the ledger, or write its schema down."""
    if arguments.verb == "schema":
        SCHEMA_FILE.write_text(render_schema())
        print(f"wrote {SCHEMA_FILE.name}")
        return 0
    url = arguments.database_url or read_settings().database_url
    create_database(url)
    SavingsLedger(url).close()
    print(f"migrated: {', '.join(table_names(url))}")
    return 0


def manifest(arguments: argparse.Namespace) -> int:
    """Print the Slack app's manifest for Socket Mode or HTTP."""
    print(render_manifest(url=arguments.url, name=arguments.name), end="")
    return 0


def check_config(_arguments: argparse.Namespace) -> int:
    """Read the configuration file; raises InvalidInput naming line and key of what is wrong."""
    settings = read_settings()
    configuration = load_configuration(settings.config_path)
    where = settings.config_path or "No configuration file, so defaults"
    teams = f"{len(configuration.teams)} team{'' if len(configuration.teams) == 1 else 's'}"
    print(f"{where}: fine, {teams}.")
    return 0
