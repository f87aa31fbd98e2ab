"""Answers as tables: one row a container (or workload), one column a moment. Pure numpy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from finops.domain.errors import WillNeverWork
from finops.sources.prometheus.api import Answer, Series
from finops.sources.prometheus.questions import Question
from finops.sources.prometheus.stretches import DAY, STEP, Stretch

Floats = NDArray[np.float64]
# The values of the question's labels, such as (namespace, pod, container).
RowKey = tuple[str, ...]


@dataclass(slots=True)
class Table:
    """`values` is (rows, moments), NaN where there was no sample; `rows` says which row is whose.

    `unfit` counts samples that were left out: no number, negative, or above the question's limit.
    """

    rows: dict[RowKey, int]
    values: Floats
    warnings: frozenset[str] = frozenset()
    unfit: int = 0

    def aligned(self, rows: Mapping[RowKey, int]) -> Floats:
        """The values in another order of rows; NaN for rows that are not here."""
        out = np.full((len(rows), self.values.shape[1]), np.nan)
        pairs = [(rows[key], row) for key, row in self.rows.items() if key in rows]
        if pairs:
            there, here = np.array(pairs).T
            out[there] = self.values[here]
        return out


@dataclass(slots=True)
class _Filling:
    rows: dict[RowKey, int] = field(default_factory=dict)
    lines: list[Floats] = field(default_factory=list)
    unfit: int = 0


def table_of(
    answer: Answer, question: Question, stretch: Stretch, *, namespaces: frozenset[str]
) -> Table:
    """The answer as a table; series of other namespaces than asked for are not believed.

    Raises WillNeverWork for samples that are not [time, value] pairs.
    """
    filling = _Filling()
    for series in answer.series:
        key = tuple(str(series.labels.get(label, "")) for label in question.by)
        if key[0] not in namespaces:
            continue
        line, unfit = _line(series, stretch, largest=question.largest)
        filling.unfit += unfit
        row = filling.rows.setdefault(key, len(filling.lines))
        if row == len(filling.lines):
            filling.lines.append(line)
        else:
            filling.lines[row] = np.fmax(filling.lines[row], line)
    moments = stretch.answers
    values = np.array(filling.lines) if filling.lines else np.empty((0, moments))
    return Table(filling.rows, values, frozenset(answer.warnings), filling.unfit)


def joined(first: Table, second: Table, *, beside: bool) -> Table:
    """Two tables as one: their moments in a line (`beside`), or their rows under each other."""
    warnings, unfit = first.warnings | second.warnings, first.unfit + second.unfit
    if beside:
        rows = dict(first.rows)
        for key in second.rows:
            rows.setdefault(key, len(rows))
        values = np.concatenate([first.aligned(rows), second.aligned(rows)], axis=1)
        return Table(rows, values, warnings, unfit)
    moved = {key: row + len(first.rows) for key, row in second.rows.items()}
    values = np.concatenate([first.values, second.values])
    return Table({**first.rows, **moved}, values, warnings, unfit)


def _line(series: Series, stretch: Stretch, *, largest: float) -> tuple[Floats, int]:
    times, values = _samples(series.pairs)
    step = STEP if stretch.is_raw else DAY if stretch.days else 1
    first = stretch.end if step == 1 else stretch.start + step
    with np.errstate(invalid="ignore"):
        # Shares of the whole are a little over 1 when counters are extrapolated.
        fit = np.isfinite(values) & (values >= 0) & (values <= largest * (1 + 1e-6))
        position = np.rint((times - first) / step)
        inside = (position >= 0) & (position < stretch.answers)
    line = np.full(stretch.answers, np.nan)
    use = fit & inside
    line[position[use].astype(np.int64)] = values[use]
    return line, int(np.count_nonzero(~fit))


def _samples(pairs: Sequence[Any]) -> tuple[Floats, Floats]:
    try:
        times = np.array([time for time, _ in pairs], dtype=np.float64)
        values = np.array([value for _, value in pairs], dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise WillNeverWork("its samples are not [time, value] pairs") from error
    if times.ndim != 1 or values.ndim != 1:
        raise WillNeverWork("its samples are not [time, value] pairs")
    return times, values
