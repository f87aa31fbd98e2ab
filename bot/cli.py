"""The command line: `finops run`, `demo`, `scan`, `list`, `show`, `savings`, `report`, and care."""

import argparse
import json
import logging
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bot.settings import read_settings
from finops.domain.errors import FinOpsError, InvalidInput
from finops.domain.lifecycle import Status
from finops.ledger.schema import SCHEMA_FILE, create_database, render_schema, table_names
from finops.savings_ledger import SavingsLedger

if TYPE_CHECKING:
    from finops.finops_engine import FinOpsEngine

# Commands import what they need: with charts, AWS and Slack, `finops --help` would take seconds.

Arguments = argparse.Namespace


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; a refusal is one sentence on standard error and exit status 2."""
    arguments = build_parser().parse_args(argv)
    logging.basicConfig(
        level=_log_level(arguments),
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    command: Callable[[Arguments], int] = arguments.command
    try:
        return command(arguments)
    except FinOpsError as error:
        print(f"finops: {error}", file=sys.stderr)
        return 2


def _log_level(arguments: Arguments) -> int:
    """A server says what it does; a command says only what went wrong."""
    if arguments.verbose:
        return logging.DEBUG
    return logging.INFO if arguments.command is _run else logging.WARNING


def build_parser() -> argparse.ArgumentParser:
    """Every command with its arguments."""
    parser = argparse.ArgumentParser(prog="finops", description="Finds, fixes and proves savings.")
    parser.add_argument("--verbose", action="store_true", help="log everything")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add(commands, "run", _run, "run the bot: Slack, worker, schedule and HTTP")
    demo = _add(commands, "demo", _demo, "the whole loop in a sandbox, no accounts needed")
    demo.add_argument("--once", action="store_true", help="play one loop without a browser")
    demo.add_argument("--json", action="store_true", help="print figures as one JSON object")
    demo.add_argument("--port", type=int, default=8765, help="port of the page (0: any)")
    demo.add_argument(
        "--database-url", default=None, help="a ledger of its own, such as PostgreSQL"
    )
    scan = _add(commands, "scan", _scan, "run a detection cycle now")
    scan.add_argument("--snapshot", type=Path, help="a JSON or YAML file of the cluster_data shape")
    listing = _add(commands, "list", _list, "list opportunities")
    listing.add_argument("--team")
    listing.add_argument("--status", choices=[status.value for status in Status])
    _add(commands, "show", _show, "show one opportunity").add_argument("id")
    _add(commands, "savings", _savings, "what is offered, in flight and proved").add_argument(
        "--team"
    )
    report = _add(commands, "report", _report, "make a report without Slack")
    report.add_argument("kind", choices=["weekly", "monthly"])
    report.add_argument("--charts", type=Path, help="a folder to write the charts into")
    _add_care(commands)
    return parser


def _add(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    command: Callable[[Arguments], int],
    text: str,
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=text, description=text)
    parser.set_defaults(command=command)
    return parser


def _add_care(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    audit = _add(commands, "audit", _audit, "check the audit log's chain of hashes")
    audit.add_argument("verb", choices=["verify"])
    database = _add(commands, "db", _db, "create, migrate or describe the ledger")
    database.add_argument("verb", choices=["migrate", "schema"])
    database.add_argument("--database-url", default=None)
    _add(commands, "check-config", _check_config, "check the configuration file")


def _engine() -> "FinOpsEngine":
    from bot.configuration import load_configuration
    from bot.wiring import build_engine

    settings = read_settings()
    return build_engine(settings, load_configuration(settings.config_path))


def _run(_arguments: Arguments) -> int:
    from bot.configuration import load_configuration
    from bot.process import run_process

    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    settings = read_settings()
    run_process(settings, load_configuration(settings.config_path), stop=stop)
    return 0


def _demo(arguments: Arguments) -> int:
    from bot import terminal
    from bot.demo import serve_demo
    from bot.demo_once import run_once

    # A tick that takes longer than a second on a busy laptop is no news for a newcomer.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    if not arguments.once:
        serve_demo(port=arguments.port, say=lambda line: print(line, flush=True))
        return 0
    if not arguments.json:
        print("Playing the whole loop once, with real clicks; this takes about 15 seconds ...")
    figures = run_once(database_url=arguments.database_url)
    _print([json.dumps(figures)] if arguments.json else terminal.figures_lines(figures))
    return 0


def _scan(arguments: Arguments) -> int:
    from bot import terminal

    engine = _engine()
    if arguments.snapshot is not None:
        from finops.sources.cluster_data import load_cluster_data

        results = [
            engine.run_cycle(
                load_cluster_data(arguments.snapshot, engine.now(), prices=engine.parts.costs)
            )
        ]
    elif engine.clusters:
        results = [engine.scan(cluster) for cluster in engine.clusters]
    else:
        raise InvalidInput("No cluster is configured; give --snapshot FILE or set FINOPS_CONFIG.")
    for result in results:
        _print(terminal.cycle_lines(result))
    return 0


def _list(arguments: Arguments) -> int:
    statuses = [Status(arguments.status)] if arguments.status else []
    from bot import terminal

    _print(terminal.record_lines(_engine().ledger.find(statuses=statuses, team=arguments.team)))
    return 0


def _show(arguments: Arguments) -> int:
    from bot import terminal

    engine = _engine()
    record = engine.ledger.get(arguments.id)
    history = engine.ledger.history_of(record.id)
    _print(terminal.show_lines(record, engine.check(record.id).reasons, history))
    return 0


def _savings(arguments: Arguments) -> int:
    from bot import terminal

    _print(terminal.savings_lines(_engine().savings(team=arguments.team)))
    return 0


def _report(arguments: Arguments) -> int:
    engine = _engine()
    weekly = arguments.kind == "weekly"
    report = engine.generate_weekly_report() if weekly else engine.generate_monthly_report()
    if arguments.charts is not None:
        arguments.charts.mkdir(parents=True, exist_ok=True)
        for number, chart in enumerate(engine.digest_charts(report), start=1):
            path = arguments.charts / f"{arguments.kind}-{number}.png"
            path.write_bytes(chart.png)
            print(f"{path}: {chart.alt_text}", file=sys.stderr)
    print(json.dumps(report.as_dict(), indent=2, default=str))
    return 0


def _audit(_arguments: Arguments) -> int:
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


def _db(arguments: Arguments) -> int:
    if arguments.verb == "schema":
        SCHEMA_FILE.write_text(render_schema())
        print(f"wrote {SCHEMA_FILE.name}")
        return 0
    url = arguments.database_url or read_settings().database_url
    create_database(url)
    SavingsLedger(url).close()
    print(f"migrated: {', '.join(table_names(url))}")
    return 0


def _check_config(_arguments: Arguments) -> int:
    from bot.configuration import load_configuration

    settings = read_settings()
    configuration = load_configuration(settings.config_path)
    where = settings.config_path or "No configuration file, so defaults"
    teams = f"{len(configuration.teams)} team{'' if len(configuration.teams) == 1 else 's'}"
    print(f"{where}: fine, {teams}.")
    return 0


def _print(lines: Sequence[str]) -> None:
    print("\n".join(lines))
