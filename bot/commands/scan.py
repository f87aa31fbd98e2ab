"""`finops scan`: looks for waste now, in the configured clusters or in a file."""

import argparse
import json
from collections.abc import Sequence

from bot.commands.engine import configuration_in_force
from bot.scan_json import as_json
from bot.scan_lines import result_lines, summary_lines
from bot.scan_progress import ScanProgress
from bot.scanning import NotScanned, Result, scan, scan_snapshot
from bot.settings import read_settings
from bot.terminal_output import errors, output, print_spans, width_of
from bot.wiring import build_engine
from finops.domain.currency import Currency
from finops.domain.errors import FinOpsError, InvalidInput
from finops.finops_engine import FinOpsEngine
from finops.reports.display_columns import with_currency
from finops.sources.cluster_data import load_cluster_data


def run(arguments: argparse.Namespace) -> int:
    """Print what was found; exit status 1 when a cluster could not be scanned.

    Raises InvalidInput for an unknown cluster, or when there is nothing to scan.
    """
    settings = read_settings()
    progress = ScanProgress(errors())
    configuration = configuration_in_force(settings)
    engine = build_engine(settings, configuration, progress=progress.of)
    results = _results(engine, arguments, progress)
    if arguments.json:
        found = with_currency(as_json(results, everything=arguments.all), engine.currency)
        print(json.dumps(found, indent=2, ensure_ascii=False))
    else:
        _print(results, engine.currency, everything=arguments.all)
    return int(any(isinstance(result, NotScanned) for result in results))


def _results(
    engine: FinOpsEngine, arguments: argparse.Namespace, progress: ScanProgress
) -> Sequence[Result]:
    namespaces = tuple(dict.fromkeys(arguments.namespace))
    if arguments.snapshot is not None:
        _read_bill(engine, progress)
        snapshot = load_cluster_data(arguments.snapshot, engine.now(), prices=engine.parts.costs)
        return [scan_snapshot(engine, snapshot, namespaces=namespaces)]
    clusters = chosen_clusters(engine.clusters, arguments.cluster)
    if not namespaces:  # a look records nothing
        _read_bill(engine, progress)
    for cluster in clusters:
        progress.of(cluster)  # all lines are there from the start, in this order
    with progress.shown():
        return scan(engine, clusters, namespaces=namespaces, progress=progress.of)


def _read_bill(engine: FinOpsEngine, progress: ScanProgress) -> None:
    """Once, so that the first proposals are priced by it; later the bot reads it every day."""
    if not engine.has_unread_bill:
        return
    console = errors()
    print_spans(console, [[("Reading the bill for the first time ...", "")]])
    try:
        engine.read_new_bills()
    except FinOpsError as error:
        print_spans(console, [[(f"{error} Until it can be read, prices are those of lists.", "")]])


def chosen_clusters(known: Sequence[str], wanted: Sequence[str]) -> tuple[str, ...]:
    """The clusters and accounts of `--cluster`, or all; in the configuration's order."""
    if not known:
        raise InvalidInput(
            "No cluster is configured: `finops init` writes a configuration, or give --snapshot "
            "FILE."
        )
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise InvalidInput(f"There is no cluster {unknown[0]!r}; known: {', '.join(known)}.")
    return tuple(name for name in known if not wanted or name in wanted)


def _print(results: Sequence[Result], currency: Currency, *, everything: bool) -> None:
    console = output()
    width = width_of(console)
    for result in results:
        lines = result_lines(result, width=width, everything=everything, currency=currency)
        print_spans(console, lines)
        print_spans(console, [[]])
    print_spans(console, summary_lines(results, currency))
