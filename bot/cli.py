"""The command line: which commands there are and what they take.

A command's module is imported when it runs: with charts, AWS and Slack, `finops --help` would take
seconds.
"""

import argparse
import logging
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import TypeAlias

from finops.domain.errors import FinOpsError
from finops.domain.lifecycle import Status

Arguments = argparse.Namespace
Command = Callable[[Arguments], int]
INTERRUPTED = 130  # what shells call 128 + SIGINT


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; a refusal is one sentence on standard error and exit status 2."""
    arguments = read_arguments(argv)
    logging.basicConfig(
        level=_log_level(arguments),
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    try:
        return command_at(arguments.command)(arguments)
    except FinOpsError as error:
        print(f"finops: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return INTERRUPTED


def read_arguments(argv: Sequence[str] | None = None) -> Arguments:
    """What was typed; words and options may stand in any order: `cost 30d --read by account`.

    argparse stops collecting words at the first option, and its way round that knows no commands.
    """
    parser = build_parser()
    arguments, more = parser.parse_known_args(argv)
    takes_words = hasattr(arguments, "words") and not any(one.startswith("-") for one in more)
    if more and not takes_words:
        parser.error(f"unrecognized arguments: {' '.join(more)}")
    if more:
        arguments.words = [*arguments.words, *more]
    return arguments


def command_at(place: str) -> Command:
    """The function behind `module:function` of `bot.commands`."""
    module, _, function = place.partition(":")
    command: Command = getattr(import_module(f"bot.commands.{module}"), function)
    return command


def _log_level(arguments: Arguments) -> int:
    """A server says what it does; a command says only what went wrong."""
    if arguments.verbose:
        return logging.DEBUG
    return logging.INFO if arguments.command == "run:run" else logging.WARNING


def build_parser() -> argparse.ArgumentParser:
    """Every command with its arguments."""
    parser = argparse.ArgumentParser(prog="finops", description="Finds, fixes and proves savings.")
    parser.add_argument("--verbose", action="store_true", help="log everything")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_beginning(commands)
    _add_scan(commands)
    _add_backtest(commands)
    _add_ledger(commands)
    _add_care(commands)
    return parser


_Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def _add(commands: _Commands, name: str, place: str, text: str) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=text, description=text)
    parser.set_defaults(command=place)
    return parser


def _add_beginning(commands: _Commands) -> None:
    demo = _add(commands, "demo", "demo:run", "the whole loop in a sandbox, no accounts needed")
    demo.add_argument("--once", action="store_true", help="play one loop without a browser")
    demo.add_argument("--json", action="store_true", help="print figures as one JSON object")
    demo.add_argument("--port", type=int, default=8765, help="port of the page (0: any)")
    demo.add_argument(
        "--database-url", default=None, help="a ledger of its own, such as PostgreSQL"
    )
    init = _add(commands, "init", "init:run", "write a commented finops.yaml from what is visible")
    init.add_argument("--yes", action="store_true", help="ask nothing; take what is visible")
    init.add_argument(
        "--output", type=Path, default=Path("finops.yaml"), help="the file to write (finops.yaml)"
    )
    init.add_argument(
        "--bill",
        action="append",
        default=[],
        metavar="PATH",
        help="a CUR or FOCUS file, folder, pattern or s3:// address; repeatable. Else looked for",
    )
    init.add_argument("--force", action="store_true", help="replace the file if it is there")
    doctor = _add(commands, "doctor", "doctor:run", "check everything the bot needs")
    doctor.add_argument("--only", help="some topics only, such as slack,database,kubernetes")
    doctor.add_argument("--json", action="store_true", help="print one JSON object")
    _add(commands, "run", "run:run", "run the bot: Slack, worker, schedule and HTTP")


def _add_scan(commands: _Commands) -> None:
    scan = _add(commands, "scan", "scan:run", "look for waste now")
    scan.add_argument("--snapshot", type=Path, help="a JSON or YAML file of the cluster_data shape")
    scan.add_argument(
        "--cluster", action="append", default=[], help="this cluster or account only; repeatable"
    )
    scan.add_argument(
        "--namespace",
        action="append",
        default=[],
        help="show this namespace only and record nothing; repeatable",
    )
    scan.add_argument(
        "--all", action="store_true", help="list everything, also what was left alone"
    )
    scan.add_argument("--json", action="store_true", help="print one JSON object")


def _add_backtest(commands: _Commands) -> None:
    text = "replay a server's past, or a file: what each policy would have asked for and risked"
    backtest = _add(commands, "backtest", "backtest:run", text)
    backtest.add_argument(
        "file",
        type=Path,
        nargs="?",
        help="CSV or Parquet with ts, workload or pod, cpu_m, mem_mib (optional cluster, namespace,"
        " container, cpu_request_m, mem_request_mib); or vm, t, cpu_cores_used, mem_used_kib, "
        "cpu_cores, mem_prov_kib",
    )
    backtest.add_argument("--cluster", metavar="NAME", help="the Prometheus of this cluster")
    backtest.add_argument("--prometheus", metavar="URL", help="any PromQL endpoint")
    backtest.add_argument(
        "--matcher",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="with --prometheus: only series with this label; repeatable",
    )
    backtest.add_argument("--days", type=int, default=56, help="read so far back (56)")
    backtest.add_argument(
        "--containers", type=int, default=2000, help="read so many, the largest first (2000)"
    )
    backtest.add_argument("--kind", choices=["vms", "pods"], help="else the columns decide")
    backtest.add_argument("--picture", type=Path, metavar="FILE.png", help="draw the frontier")
    backtest.add_argument("--json", action="store_true", help="print one JSON object")


def _add_ledger(commands: _Commands) -> None:
    listing = _add(commands, "list", "ledger:list_records", "list opportunities")
    listing.add_argument("--team")
    listing.add_argument("--status", choices=[status.value for status in Status])
    _add(commands, "show", "ledger:show", "show one opportunity").add_argument("id")
    why = _add(commands, "why", "why:run", "the evidence of one opportunity, link by link")
    why.add_argument("id")
    why.add_argument("--picture", type=Path, metavar="FILE.png", help="draw the chain")
    why.add_argument("--html", type=Path, metavar="FILE", help="one page with everything in it")
    why.add_argument("--json", action="store_true", help="print one JSON object")
    savings = _add(commands, "savings", "ledger:savings", "what is offered, in flight and proved")
    savings.add_argument("--team")
    savings.add_argument(
        "--period", default="", help="what some days saved: last month, 30d, 2026-10"
    )
    _add(commands, "teams", "ledger:teams", "every team: configured, named by labels or billed")
    _add_cost(commands)
    _add_report(commands)
    audit = _add(commands, "audit", "ledger:audit", "check the audit log's chain of hashes")
    audit.add_argument("verb", choices=["verify"])


def _add_cost(commands: _Commands) -> None:
    cost = _add(commands, "cost", "cost:run", "who spent what, and why it changed")
    cost.add_argument(
        "words",
        nargs="*",
        metavar="WORD",
        help="a name or a kind (team, namespace, workload, service, account, cluster), `by` a kind,"
        " and a period: this month, last month, 7d, 2026-10, 2026-10-01..2026-10-15",
    )
    cost.add_argument("--read", action="store_true", help="read the bill anew before")
    cost.add_argument(
        "--since",
        "--from",
        metavar="MONTH",
        help="read it from there on, 2026-01 or a day of the month, also what was read before",
    )
    cost.add_argument("--picture", type=Path, metavar="FILE.png", help="draw a chart")
    cost.add_argument("--json", action="store_true", help="print one JSON object")
    prices = _add(commands, "prices", "prices:run", "what machines really cost, from the bill")
    prices.add_argument("--json", action="store_true", help="print one JSON object")


def _add_report(commands: _Commands) -> None:
    report = _add(commands, "report", "report:run", "make a report without Slack")
    report.add_argument("kind", choices=["weekly", "monthly"])
    report.add_argument(
        "--edition",
        choices=["leaders", "cfo", "cto"],
        default="leaders",
        help="whom it is for (leaders)",
    )
    report.add_argument("--html", type=Path, metavar="FILE", help="one page with everything in it")
    report.add_argument("--pdf", type=Path, metavar="FILE", help="the same on paper")
    report.add_argument("--csv", type=Path, metavar="FILE", help="the lines behind each number")
    report.add_argument("--charts", type=Path, metavar="DIR", help="write the charts into a folder")
    report.add_argument("--json", action="store_true", help="print one JSON object")


def _add_care(commands: _Commands) -> None:
    database = _add(commands, "db", "care:database", "create, migrate or describe the ledger")
    database.add_argument("verb", choices=["migrate", "schema"])
    database.add_argument("--database-url", default=None)
    manifest = _add(commands, "manifest", "care:manifest", "print the Slack app's manifest")
    manifest.add_argument(
        "--url", default="", help="where the bot is reached, for HTTP; else for Socket Mode"
    )
    manifest.add_argument("--name", default="", help="the app's name, such as finops-bot-staging")
    _add(commands, "check-config", "care:check_config", "check the configuration file")
