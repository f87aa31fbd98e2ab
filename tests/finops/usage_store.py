"""A UsageStore in memory, with the same promises as the one in the ledger's database."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from finops.ports import Mark, SeriesKey


class MemoryUsageStore:
    """One cluster's sketches; `saves` counts transactions that were kept."""

    def __init__(self) -> None:
        self.series: dict[SeriesKey, bytes] = {}
        self.marks_by_place: dict[tuple[str, str], Mark] = {}
        self.saves = 0

    def marks(self, cluster: str, source: str) -> Sequence[Mark]:
        del cluster, source
        return list(self.marks_by_place.values())

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
        before: Collection[Mark],
        after: Collection[Mark],
        now: datetime,
    ) -> bool:
        del cluster, source, now
        found = {(one.namespace, one.resource): one for one in before}
        for one in after:
            place = one.namespace, one.resource
            if self.marks_by_place.get(place) != found.get(place):
                return False
        self.marks_by_place |= {(one.namespace, one.resource): one for one in after}
        self.series = {key: one for key, one in {**self.series, **series}.items() if one}
        self.saves += 1
        return True
