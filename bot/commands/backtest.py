"""`finops backtest`: what the modes would have asked for and risked, before anybody trusts them."""

import argparse
import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import numpy as np
import requests

from bot.backtest_lines import backtest_lines
from bot.configuration import load_configuration
from bot.estate_wiring import prometheus_past
from bot.scan_progress import ScanProgress
from bot.settings import read_settings
from bot.terminal_output import errors, output, print_spans
from finops.domain.errors import InvalidInput
from finops.ports import Progress
from finops.reports.frontier_chart import frontier_chart
from finops.rightsizing.backtest import Backtest, backtest
from finops.rightsizing.series_file import Kind, SeriesFile, read_series
from finops.sources.prometheus.past_series import MOST_DAYS, PrometheusPast

_UNKNOWN = "What is set now is unknown: add columns cpu_request_m and mem_request_mib."


def run(arguments: argparse.Namespace) -> int:
    """Replay a file or a server's past and print a table; with `--picture` the frontier too.

    Raises InvalidInput for what cannot be read or is too short, or a picture that cannot be
    written, and TryAgainLater or WillNeverWork for a server that does not answer.
    """
    series, sentences = _series(arguments)
    found = backtest(series)
    if arguments.json:
        print(json.dumps({**as_json(found), "sentences": sentences}))
    else:
        print_spans(output(), backtest_lines(found, sentences))
    if arguments.picture is not None:
        _draw(found, arguments)
    return 0


def _series(arguments: argparse.Namespace) -> tuple[SeriesFile, tuple[str, ...]]:
    """What to replay, and what to know of how it was chosen."""
    _check_one_source(arguments)
    if arguments.file is not None:
        kind = Kind(arguments.kind) if arguments.kind else None
        series = read_series(arguments.file, kind)
        return series, () if np.isfinite(series.cpu_set).any() else (_UNKNOWN,)
    name = arguments.cluster or arguments.prometheus
    progress = ScanProgress(errors())
    past = _past(arguments, progress.of(name))
    with progress.shown():
        read = past.read(now=datetime.now(UTC), days=arguments.days, most=arguments.containers)
    return read.series, read.sentences


def _check_one_source(arguments: argparse.Namespace) -> None:
    named = [each for each in (arguments.file, arguments.cluster, arguments.prometheus) if each]
    if len(named) != 1:
        raise InvalidInput(
            "Name one thing to replay: a FILE, --cluster NAME of the configuration, or "
            "--prometheus URL."
        )
    if not 2 <= arguments.days <= MOST_DAYS or arguments.containers < 1:
        raise InvalidInput(f"--days goes from 2 to {MOST_DAYS}, and --containers begins at 1.")


def _past(arguments: argparse.Namespace, progress: Progress) -> PrometheusPast:
    if arguments.prometheus:
        return PrometheusPast(
            base_url=arguments.prometheus,
            session=requests.Session(),
            matchers=dict(_matcher(text) for text in arguments.matcher),
            progress=progress,
        )
    clusters = load_configuration(read_settings().config_path).clusters
    by_name = {cluster.name: cluster for cluster in clusters}
    if arguments.cluster not in by_name:
        known = ", ".join(by_name) or "none; `finops init` writes a configuration"
        raise InvalidInput(f"There is no cluster {arguments.cluster!r}; known: {known}.")
    section = by_name[arguments.cluster].prometheus
    if section is None:
        raise InvalidInput(
            f"The cluster {arguments.cluster} has no `prometheus` in the configuration: what was "
            "used in the past is only known there. A file of usage will do, too."
        )
    return prometheus_past(section, progress)


def _matcher(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise InvalidInput(f"The matcher {text[:60]!r} is not written as NAME=VALUE.")
    return name, value


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
