"""Counts by day from a PromQL endpoint (DailyMetric): what a unit cost is divided by."""

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from time import monotonic

import requests

from finops.domain.errors import OutsideWorldFailed, TryAgainLater, WillNeverWork
from finops.sources.prometheus.api import Patience, PrometheusApi, Series, check_address

_DAY_SECONDS = 86_400
# Somebody waits for the answer; a query over days of raw samples may still take a while.
PATIENCE = Patience(timeout_seconds=10, tries=2, total_seconds=15, answer_bytes=4_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class PrometheusDailyMetric:
    """Asks one server; `session` carries credentials and TLS settings."""

    base_url: str
    session: requests.Session = field(default_factory=requests.Session)
    patience: Patience = PATIENCE

    def daily(self, query: str, *, start: date, end: date) -> Mapping[date, Decimal]:
        """The query at the end of each day; several series are summed.

        Raises TryAgainLater or WillNeverWork with a whole sentence.
        """
        check_address(self.base_url)
        api = PrometheusApi(
            base_url=self.base_url,
            session=self.session,
            give_up_at=monotonic() + self.patience.total_seconds,
            patience=self.patience,
        )
        first, last = _midnight(start + timedelta(days=1)), _midnight(end)
        try:
            answer = api.query_range(query, start=first, end=last, step=_DAY_SECONDS)
        except TryAgainLater as error:
            raise TryAgainLater(f"Prometheus did not answer: {error}.") from error
        except OutsideWorldFailed as error:
            raise WillNeverWork(f"Prometheus could not answer: {error}.") from error
        return counts_by_day(answer.series)


def _midnight(day: date) -> int:
    return int(datetime.combine(day, time(), tzinfo=UTC).timestamp())


def counts_by_day(series: list[Series]) -> Mapping[date, Decimal]:
    """Every number by the day that ended at its moment; what is no count is left out."""
    sums: dict[date, Decimal] = defaultdict(Decimal)
    for one in series:
        for pair in one.pairs:
            try:
                second, value = float(pair[0]), float(pair[1])
            except (TypeError, ValueError, IndexError, KeyError):
                continue
            if math.isfinite(value) and value >= 0:
                ended = datetime.fromtimestamp(second, UTC).date()
                sums[ended - timedelta(days=1)] += Decimal(str(value))
    return dict(sums)
