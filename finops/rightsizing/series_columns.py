"""Columns of a file of series, from CSV or Parquet, as numpy arrays. Knows no kind of series."""

import csv
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import reduce
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from finops.domain.errors import InvalidInput

Numbers = NDArray[np.float32]  # as the grid they end in; 10 million rows are usual
Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Labels:
    """A column of texts: `names[codes[row]]` is the row's."""

    codes: Codes
    names: tuple[str, ...]

    def __add__(self, other: "Labels") -> "Labels":
        """Both texts with a slash between."""
        both = self.codes * len(other.names) + other.codes
        kept, codes = np.unique(both, return_inverse=True)
        first, second = np.divmod(kept, len(other.names))
        pairs = zip(first.tolist(), second.tolist(), strict=True)
        return Labels(codes, tuple(f"{self.names[a]}/{other.names[b]}" for a, b in pairs))


Values = NDArray[Any]
_Found = tuple[dict[str, Values], dict[str, Labels]]
_TEXTS = ("string", "large_string")


def names_of(path: Path) -> tuple[str, ...]:
    """The names of the columns.

    Raises InvalidInput for a file that is not there, is neither kind, or cannot be read.
    """
    if not path.is_file():
        raise InvalidInput(f"There is no file {path}.")
    if path.suffix == ".parquet":
        return _parquet_names(path)
    if path.suffix == ".csv":
        with path.open(newline="", encoding="utf-8") as file:
            return tuple(next(csv.reader(file), []))
    raise InvalidInput(f"{path.name} is neither .parquet nor .csv.")


@dataclass(frozen=True, slots=True)
class Columns:
    """What was asked for: each number column, each text column, and the time in seconds."""

    seconds: Codes
    numbers: Mapping[str, Numbers]
    labels: Mapping[str, Labels]

    def label(self, names: Sequence[str]) -> Labels:
        """Those of `names` that are there, joined by slashes."""
        return reduce(Labels.__add__, [self.labels[n] for n in names if n in self.labels])

    def number(self, name: str) -> Numbers:
        """The column, or NaN throughout where it is not there."""
        found = self.numbers.get(name)
        return np.full(self.seconds.shape, np.nan, np.float32) if found is None else found


def columns_of(
    path: Path, *, time: str, numbers: Collection[str], texts: Collection[str]
) -> Columns:
    """Read these columns. Raises InvalidInput for a number that is none, a time that is none."""
    wanted = [time, *numbers, *texts]
    if path.suffix == ".parquet":
        found, labels = _parquet(path, wanted, texts)
    else:
        found, labels = _csv(path, wanted, texts)
    return Columns(
        seconds=seconds_of(path, found[time]),
        numbers={name: _as_numbers(path, name, found[name]) for name in numbers},
        labels=labels,
    )


def seconds_of(path: Path, times: Values) -> NDArray[np.int64]:
    """Seconds since 1970 of timestamps, ISO 8601 texts, or numbers of seconds or milliseconds.

    A text without an offset is read as UTC. Raises InvalidInput for anything else.
    """
    try:
        if times.dtype.kind == "M":
            return times.astype("datetime64[s]").astype(np.int64)
        if times.dtype.kind in "iuf":
            return _from_numbers(times.astype(np.float64))
        return _from_texts(times.astype(str))
    except ValueError as error:
        raise InvalidInput(f"A time in {path.name} cannot be read: {error}.") from error


def _from_numbers(times: NDArray[np.float64]) -> NDArray[np.int64]:
    if not np.isfinite(times).all():
        raise ValueError("a row has none")
    # 10^11 seconds are the year 5138; 10^11 milliseconds were 1973.
    return (times // (1000 if times.max(initial=0) > 1e11 else 1)).astype(np.int64)


def _from_texts(times: NDArray[np.str_]) -> Codes:
    if not times.size:
        return np.zeros(0, np.int64)
    if str(times[0]).replace(".", "", 1).isdigit():
        return _from_numbers(times.astype(np.float64))
    written, places = np.unique(times, return_inverse=True)
    seconds: Codes = np.array([_seconds(str(text)) for text in written], np.int64)[places]
    return seconds


def _seconds(text: str) -> int:
    moment = datetime.fromisoformat(text)
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def _as_numbers(path: Path, name: str, values: Values) -> Numbers:
    try:
        if values.dtype.kind == "U":
            values = np.where(values == "", "nan", values)
        return values.astype(np.float32)
    except ValueError as error:
        raise InvalidInput(f"Column {name} of {path.name} holds no number: {error}.") from error


def _csv(path: Path, wanted: Sequence[str], texts: Collection[str]) -> _Found:
    with path.open(newline="", encoding="utf-8") as file:
        rows = csv.reader(file)
        names = next(rows, [])
        places = [names.index(name) for name in wanted]
        try:
            kept = [[row[place] for place in places] for row in rows if row]
        except IndexError as error:
            line = rows.line_num
            raise InvalidInput(f"Line {line} of {path.name} has too few columns.") from error
    values = {name: np.array([row[i] for row in kept], str) for i, name in enumerate(wanted)}
    return values, {name: _labels(values[name]) for name in texts}


def _labels(values: Values) -> Labels:
    names, codes = np.unique(values, return_inverse=True)
    return Labels(codes, tuple(str(name) for name in names))


def _parquet_names(path: Path) -> tuple[str, ...]:
    try:
        from pyarrow import ArrowException, parquet
    except ImportError as error:
        raise InvalidInput(
            f"{path.name} is Parquet, which needs `pip install pyarrow`; or give a CSV file."
        ) from error
    try:
        return tuple(parquet.read_schema(path).names)
    except (OSError, ArrowException) as error:
        raise InvalidInput(f"{path.name} is no Parquet file: {error}.") from error


def _parquet(path: Path, wanted: Sequence[str], texts: Collection[str]) -> _Found:
    # Only a file in this format needs the library; CSV works without it.
    from pyarrow import parquet

    table = parquet.read_table(path, columns=list(wanted))
    values = {name: table[name].to_numpy() for name in wanted if name not in texts}
    return values, {name: _dictionary(table[name]) for name in texts}


def _dictionary(column: Any) -> Labels:
    """A column of pyarrow; numbers serve as names too."""
    encoded = column.fill_null("") if str(column.type) in _TEXTS else column
    encoded = encoded.dictionary_encode().combine_chunks()
    names = tuple(str(name) for name in encoded.dictionary.to_pylist())
    return Labels(encoded.indices.to_numpy().astype(np.int64), names)
