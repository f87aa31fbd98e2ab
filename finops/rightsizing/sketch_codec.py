"""Sketches as bytes, one piece a series: versioned, about 800 bytes, the same on every machine.

    version and first bucket (u1, <u2), scale (<f4), 190 decayed counts (<f2),
    28 × 7 daily statistics (<f2), 7 statistics of today (<f4),
    then today's filled buckets, a (<u2 bucket, <f2 count) each

Values among the statistics are written as shares of the scale, the largest of them, which
half-precision keeps to 0.05 %; sample and pod counts as they are. A bucket under the 190 kept ones
is added to the lowest of these: it is more than ten thousand times smaller than the highest.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from finops.domain.errors import InvalidInput
from finops.rightsizing.sketches import (
    BUCKETS,
    DAYS,
    KEPT_BUCKETS,
    MAXIMUM,
    MEAN,
    MEDIAN,
    P95,
    STATISTICS,
    SUMMED_MEAN,
    Counts,
    Sketches,
)

VERSION = 1
_SCALED = [MEAN, MEDIAN, P95, MAXIMUM, SUMMED_MEAN]
_FIXED = np.dtype(
    [
        ("version", "u1"),
        ("first", "<u2"),
        ("scale", "<f4"),
        ("decayed", "<f2", (KEPT_BUCKETS,)),
        ("daily", "<f2", (DAYS, STATISTICS)),
        ("open_day", "<f4", (STATISTICS,)),
    ]
)
_FILLED = np.dtype([("bucket", "<u2"), ("count", "<f2")])


def to_bytes(sketches: Sketches) -> list[bytes]:
    """One piece of bytes a row."""
    fixed = np.zeros(len(sketches), _FIXED)
    fixed["version"] = VERSION
    fixed["first"] = first = _first_buckets(sketches.decayed)
    fixed["decayed"] = _kept(sketches.decayed, first)
    with np.errstate(all="ignore"):
        scale = np.nan_to_num(np.fmax.reduce(sketches.daily[:, :, _SCALED], axis=(1, 2)), nan=0.0)
    fixed["scale"] = scale = np.where(scale > 0, scale, 1).astype(np.float32)
    daily = sketches.daily.copy()
    daily[:, :, _SCALED] /= scale[:, None, None]
    fixed["daily"], fixed["open_day"] = daily, sketches.open_day
    return [
        one.tobytes() + filled for one, filled in zip(fixed, _filled(sketches.today), strict=True)
    ]


def from_bytes(pieces: Sequence[bytes]) -> Sketches:
    """The sketches again; an empty piece is an empty sketch.

    Raises InvalidInput for a version that this program does not know.
    """
    sketches = Sketches.empty(len(pieces))
    rows = [row for row, piece in enumerate(pieces) if piece]
    _check(pieces, rows)
    if not rows:
        return sketches
    fixed = np.frombuffer(b"".join(pieces[row][: _FIXED.itemsize] for row in rows), _FIXED)
    daily = fixed["daily"].astype(np.float32)
    daily[:, :, _SCALED] *= fixed["scale"][:, None, None]
    sketches.daily[rows], sketches.open_day[rows] = daily, fixed["open_day"]
    columns = fixed["first"].astype(np.int64)[:, None] + np.arange(KEPT_BUCKETS)
    sketches.decayed[np.array(rows)[:, None], columns] = fixed["decayed"]
    for row in rows:
        filled = np.frombuffer(pieces[row], _FILLED, offset=_FIXED.itemsize)
        sketches.today[row, filled["bucket"]] = filled["count"]
    return sketches


def _check(pieces: Sequence[bytes], rows: Sequence[int]) -> None:
    for row in rows:
        piece = pieces[row]
        if piece[0] != VERSION or len(piece) < _FIXED.itemsize:
            raise InvalidInput(
                f"A stored usage sketch has version {piece[0]} and {len(piece)} bytes; this "
                f"program reads version {VERSION}. Upgrade every replica, or empty usage_sketches."
            )


def _first_buckets(decayed: Counts) -> NDArray[np.int64]:
    """The lowest bucket each row keeps: 190 below its highest filled one."""
    highest = BUCKETS - 1 - np.argmax(decayed[:, ::-1] > 0, axis=1)
    highest = np.where(decayed.any(axis=1), highest, 0)
    first: NDArray[np.int64] = np.clip(highest - KEPT_BUCKETS + 1, 0, BUCKETS - KEPT_BUCKETS)
    return first


def _kept(decayed: Counts, first: NDArray[np.int64]) -> Counts:
    columns = first[:, None] + np.arange(KEPT_BUCKETS)
    kept: Counts = np.take_along_axis(decayed, columns, axis=1)
    lower = np.arange(BUCKETS) < first[:, None]
    kept[:, 0] += np.where(lower, decayed, 0).sum(axis=1)
    return kept


def _filled(today: Counts) -> list[bytes]:
    rows, buckets = np.nonzero(today)
    filled = np.zeros(rows.size, _FILLED)
    filled["bucket"], filled["count"] = buckets, today[rows, buckets]
    edges = np.searchsorted(rows, np.arange(today.shape[0] + 1)).tolist()
    return [filled[a:b].tobytes() for a, b in pairwise(edges)]
