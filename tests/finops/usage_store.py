"""A UsageStore in memory, with the same promises as the one in the ledger's database."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from finops.ports import Progress, SeriesKey


class MemoryUsageStore:
    """One cluster's sketches; `saves` counts transactions that were kept."""

    def __init__(self) -> None:
        self.series: dict[SeriesKey, bytes] = {}
        self.marks: dict[tuple[str, str], Progress] = {}
        self.saves = 0

    def progress(self, cluster: str, source: str) -> Sequence[Progress]:
        del cluster, source
        return list(self.marks.values())

    def load(
        self, cluster: str, source: str, *, namespaces: Collection[str]
    ) -> Mapping[SeriesKey, bytes]:
        del cluster, source
        return {key: value for key, value in self.series.items() if key.namespace in namespaces}

    def save(
        self,
        cluster: str,
        source: str,
        *,
        series: Mapping[SeriesKey, bytes],
        before: Collection[Progress],
        after: Collection[Progress],
        now: datetime,
    ) -> bool:
        del cluster, source, now
        found = {(one.namespace, one.resource): one for one in before}
        for one in after:
            place = one.namespace, one.resource
            if self.marks.get(place) != found.get(place):
                return False
        self.marks |= {(one.namespace, one.resource): one for one in after}
        self.series |= series
        self.saves += 1
        return True
