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
from finops.domain.money import Saving
from finops.domain.opportunity import OpportunityRecord
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
        level=logging.DEBUG if arguments.verbose else logging.WARNING,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    command: Callable[[Arguments], int] = arguments.command
    try:
        return command(arguments)
    except FinOpsError as error:
        print(f"finops: {error}", file=sys.stderr)
        return 2


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

    logging.getLogger().setLevel(logging.INFO)
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    settings = read_settings()
    run_process(settings, load_configuration(settings.config_path), stop=stop)
    return 0


def _demo(arguments: Arguments) -> int:
    from bot.demo import serve_demo
    from bot.demo_once import run_once

    if not arguments.once:
        serve_demo(port=arguments.port, say=lambda line: print(line, flush=True))
        return 0
    figures = run_once(database_url=arguments.database_url)
    if arguments.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name.replace('_', ' '):28} {value}")
    return 0


def _scan(arguments: Arguments) -> int:
    engine = _engine()
    if arguments.snapshot is not None:
        from finops.sources.cluster_data import load_cluster_data

        results = [engine.run_cycle(load_cluster_data(arguments.snapshot, now=engine.now()))]
    elif engine.clusters:
        results = [engine.scan(cluster) for cluster in engine.clusters]
    else:
        raise InvalidInput("No cluster is configured; give --snapshot FILE or set FINOPS_CONFIG.")
    for result in results:
        print(f"{result.cluster}: {len(result.records)} opportunities, {result.new} new")
        _print_records(result.records)
        for skip in result.skipped:
            print(f"  left alone  {skip.resource_key} ({skip.detector}): {skip.reason}")
        for gap in result.gaps:
            print(f"  not seen    {gap.source}: {gap.sentence}")
    return 0


def _list(arguments: Arguments) -> int:
    statuses = [Status(arguments.status)] if arguments.status else []
    _print_records(_engine().ledger.find(statuses=statuses, team=arguments.team))
    return 0


def _show(arguments: Arguments) -> int:
    engine = _engine()
    record = engine.ledger.get(arguments.id)
    opportunity = record.opportunity
    print(f"{record.id}  {opportunity.summary}\n")
    print(f"  status       {record.status.words}  {record.status_reason}".rstrip())
    print(f"  saving       {opportunity.saving}")
    print(f"  confidence   {opportunity.confidence:.0%}   risk {opportunity.risk:.0%}")
    for fact in opportunity.evidence:
        print(f"  evidence     {fact.label}: {fact.value} ({fact.source})")
    for reason in engine.check(record.id).reasons:
        print(f"  {reason.verdict.words:12} {reason.sentence}")
    for entry in engine.ledger.history_of(record.id):
        print(f"  {entry.at:%Y-%m-%d %H:%M}  {entry.action} by {entry.actor}")
    return 0


def _savings(arguments: Arguments) -> int:
    summary = _engine().savings(team=arguments.team)
    for name, saving in (
        ("estimated", summary.estimated),
        ("in flight", summary.in_flight),
        ("realised", summary.realised),
    ):
        print(f"{name:12} {saving}")
    for row in summary.by_team:
        print(f"  {row.name:20} {_short(row.offered)} offered, {_short(row.realised)} realised")
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
    check = SavingsLedger(read_settings().database_url).verify_audit()
    if check.is_intact:
        print(f"intact: {check.rows} rows, newest hash {check.newest_hash}")
        return 0
    print(f"broken at row {check.broken_at}: it was changed, removed or inserted", file=sys.stderr)
    return 1


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
    print(f"{settings.config_path or 'no file, defaults'}: fine, {len(configuration.teams)} teams")
    return 0


def _print_records(records: Sequence[OpportunityRecord]) -> None:
    for record in records:
        opportunity = record.opportunity
        print(
            f"  {record.id}  {record.status.words:18} {_short(opportunity.saving):>34}  "
            f"{opportunity.team:12} {opportunity.summary}"
        )


def _short(saving: Saving) -> str:
    return str(saving).replace("/month", "")
