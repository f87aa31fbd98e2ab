"""What a reading in Athena may cost: every statement's bytes are counted, and too many stop it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

USD_PER_TIB = Decimal(5)
_TIB = Decimal(2**40)
# Athena bills ten megabytes at least for every statement.
LEAST_BYTES = 10 * 2**20


@dataclass(slots=True)
class Spent:
    """What statements have scanned so far."""

    statements: int = 0
    scanned_bytes: int = 0
    billed_bytes: int = 0

    @property
    def usd(self) -> Decimal:
        """At $5 a TiB: 1 GiB is $0.0049."""
        return usd_of(self.billed_bytes)

    def __str__(self) -> str:
        return (
            f"{self.statements} statements scanned {self.scanned_bytes / 2**20:,.1f} MiB, "
            f"${self.usd:.4f}"
        )


def usd_of(scanned_bytes: int) -> Decimal:
    """What so many bytes cost."""
    return Decimal(scanned_bytes) / _TIB * USD_PER_TIB


class TooDear(Exception):
    """The budget would be passed."""


@dataclass(slots=True)
class Watch:
    """Hears of a running statement over `where`; raises TooDear when it has scanned enough."""

    where: str
    max_usd: Decimal
    spent: Spent
    scanned: int = 0

    @property
    def billed(self) -> int:
        """The bytes that Athena asks money for."""
        return max(self.scanned, LEAST_BYTES)

    def __call__(self, execution: Any) -> None:
        """Take what Athena says of the statement while it runs."""
        self.scanned = max(self.scanned, int(execution.data_scanned_in_bytes or 0))
        usd = usd_of(self.spent.billed_bytes + self.billed)
        if usd > self.max_usd:
            raise TooDear(
                f"Reading {self.where} was stopped: it had scanned "
                f"{(self.spent.scanned_bytes + self.scanned) / 2**30:,.2f} GiB, ${usd:.2f}, more "
                f"than bill: athena: max_usd, ${self.max_usd:.2f}. Nothing was kept."
            )
