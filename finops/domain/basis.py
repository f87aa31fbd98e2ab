"""What a request was judged by, kept with the proposal: the same evidence judges another value."""

from dataclasses import dataclass
from decimal import Decimal

from finops.domain.usage import UsageSummary


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestBasis:
    """The evidence, prices and bounds of one request, in millicores (CPU) or bytes (memory).

    `usd_per_unit` is what one core or GiB costs a month on all pods that hold it. A pod asks for
    `max(least_effective, beside + request)`: `beside` is what its other running containers ask for,
    `least_effective` what an init container asks for at least. A person may set `least` to `most`:
    below lies what history or a rule forbids, above it nothing is saved. `opening` is the first
    half of the summary, who asks for what and used how much.
    """

    usage: UsageSummary
    usd_per_unit: Decimal
    beside: int
    least_effective: int
    least: int
    most: int
    opening: str

    def effective(self, request: int) -> int:
        """What the pod asks for with that request."""
        return max(self.least_effective, self.beside + request)
