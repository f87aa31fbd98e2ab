"""`finops backtest`: what the modes would have asked for and risked, before anybody trusts them."""

import argparse
import json
from dataclasses import asdict
from typing import Any

from bot.backtest_lines import backtest_lines
from bot.terminal_output import errors, output, print_spans
from finops.domain.errors import InvalidInput
from finops.reports.frontier_chart import frontier_chart
from finops.rightsizing.backtest import Backtest, backtest
from finops.rightsizing.series_file import Kind, read_series


def run(arguments: argparse.Namespace) -> int:
    """Replay a file of series and print a table; with `--picture` draw the frontier too.

    Raises InvalidInput for a file that cannot be read or is too short, or a picture that cannot be
    written.
    """
    file = read_series(arguments.file, Kind(arguments.kind) if arguments.kind else None)
    found = backtest(file)
    if arguments.json:
        print(json.dumps(as_json(found)))
    else:
        print_spans(output(), backtest_lines(found))
    if arguments.picture is not None:
        _draw(found, arguments)
    return 0


def as_json(found: Backtest) -> dict[str, Any]:
    """Everything but the curves."""
    return {
        "policies": {
            result.policy: {
                "cpu": asdict(result.cpu) if result.cpu else None,
                "memory": asdict(result.memory) if result.memory else None,
            }
            for result in found.results
        },
        "series": found.series,
        "windows": found.windows,
        "left_out": {
            "series": found.series_left_out,
            "windows": found.windows_left_out,
            "rows": found.rows_left_out,
        },
        "train_days": found.plan.train_days,
        "test_days": found.plan.test_days,
        "note": found.plan.note,
    }


def _draw(found: Backtest, arguments: argparse.Namespace) -> None:
    chart = frontier_chart(found)
    try:
        arguments.picture.write_bytes(chart.png)
    except OSError as error:
        raise InvalidInput(f"{arguments.picture} cannot be written: {error.strerror}.") from error
    print_spans(errors(), [[(f"{arguments.picture}: {chart.alt_text}", "")]])
