"""A few figures a day for many series at once, without a distribution: restarts, replicas.

Like `sketches`, days merge part by part and are closed once; 28 closed days are kept and today.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from finops.domain.errors import InvalidInput
from finops.rightsizing.sketches import DAYS

VERSION = 2
Facts = NDArray[np.float32]


class Merge(StrEnum):
    """How the parts of a day become one figure."""

    SUM = "sum"
    LEAST = "least"
    MOST = "most"


@dataclass(slots=True)
class DailyFacts:
    """(n, DAYS + 1, k) figures, today last, NaN where nothing is known.

    `merges` says how the parts of a day become one, for each of the k figures.
    """

    values: Facts
    merges: tuple[Merge, ...]

    @classmethod
    def empty(cls, count: int, merges: tuple[Merge, ...]) -> "DailyFacts":
        """`count` series that know nothing."""
        return cls(np.full((count, DAYS + 1, len(merges)), np.nan, np.float32), merges)

    def __len__(self) -> int:
        return int(self.values.shape[0])

    def add(self, part: NDArray[np.float64]) -> None:
        """Add a part of today, (n, k); NaN says nothing."""
        today = self.values[:, -1]
        for column, merge in enumerate(self.merges):
            old, new = today[:, column], part[:, column].astype(np.float32)
            if merge is Merge.SUM:
                both = np.nan_to_num(old) + np.nan_to_num(new)
                today[:, column] = np.where(np.isnan(old) & np.isnan(new), np.nan, both)
            else:
                today[:, column] = (np.fmin if merge is Merge.LEAST else np.fmax)(old, new)

    def close_day(self) -> None:
        """End today and begin the next day."""
        self.values = np.concatenate(
            [self.values[:, 1:], np.full_like(self.values[:, :1], np.nan)], axis=1
        )

    def to_bytes(self) -> list[bytes]:
        """One piece a row: version, then single-precision figures.

        Half precision ends at 65,504: 2,730 pods of a day have as many pod-hours.
        """
        singles = self.values.astype("<f4")
        return [bytes([VERSION]) + row.tobytes() for row in singles]

    def is_known(self) -> NDArray[np.bool_]:
        """(n,): whether there is any figure of the days kept or today."""
        return np.asarray(np.isfinite(self.values).any(axis=(1, 2)))

    @classmethod
    def from_bytes(cls, pieces: Sequence[bytes], merges: tuple[Merge, ...]) -> "DailyFacts":
        """The facts again; an empty piece knows nothing.

        Raises InvalidInput for a version or length that this program does not know.
        """
        facts = cls.empty(len(pieces), merges)
        size = 1 + (DAYS + 1) * len(merges) * 4
        for row, piece in enumerate(pieces):
            if not piece:
                continue
            if piece[0] != VERSION or len(piece) != size:
                raise InvalidInput(
                    f"A stored series has version {piece[0]} and {len(piece)} bytes; this program "
                    f"reads version {VERSION}. Upgrade every replica, or empty usage_sketches."
                )
            facts.values[row] = np.frombuffer(piece, "<f4", offset=1).reshape(
                facts.values[row].shape
            )
        return facts
