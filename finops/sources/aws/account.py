"""One AWS account whole: its disks and every other resource, with metrics and prices."""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from itertools import chain

from finops.domain.checks import Check
from finops.domain.cloud import CloudResource
from finops.domain.estate import Gap, Snapshot, SnapshotPart, Volume
from finops.domain.prices import PriceList
from finops.sources.aws import permissions, table
from finops.sources.aws.answers import Place
from finops.sources.aws.calls import REGIONS
from finops.sources.aws.clients import Clients
from finops.sources.aws.detached import with_detachment
from finops.sources.aws.disks import VolumeClaim, volumes
from finops.sources.aws.failures import SOURCE, gaps_from
from finops.sources.aws.identity import Identity, identify
from finops.sources.aws.metric_wishes import volume_wishes, wishes_for
from finops.sources.aws.metrics import MetricReading, Window, read_metrics
from finops.sources.aws.nodes import price_gaps
from finops.sources.aws.pricing import with_price
from finops.sources.aws.region import Asker, Question, Setbacks, read_region
from finops.sources.aws.storage import with_size

log = logging.getLogger(__name__)

ALL_REGIONS = "all"
# Each asks `region.CALLS_AT_ONCE` at once: AWS limits rates by account and region.
REGIONS_AT_ONCE = 4
USD_PER_METRIC = Decimal("0.01") / 1000


@dataclass(frozen=True, slots=True)
class AccountReading:
    """What one account holds. `metrics_asked` is what CloudWatch bills, $0.01 per 1,000."""

    volumes: tuple[Volume, ...] = ()
    resources: tuple[CloudResource, ...] = ()
    gaps: tuple[Gap, ...] = ()
    metrics_asked: int = 0

    @property
    def metrics_usd(self) -> Decimal:
        """What asking for the metrics costs."""
        return self.metrics_asked * USD_PER_METRIC


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountReader:
    """The snapshots of one account (SnapshotSource), and how it stands (Checked).

    `regions` are names, or `all` for those that the account has enabled. `claims` say which volumes
    a cluster's own inventory reports already; they are asked once a reading. `metric_days` of 0
    asks for no metrics.
    """

    name: str
    clients: Clients
    prices: PriceList
    regions: Sequence[str] = (ALL_REGIONS,)
    metric_days: int = 14
    claims: Sequence[Callable[[], VolumeClaim]] = ()

    def snapshot(self, *, now: datetime) -> Snapshot:
        """The account as it is; raises as `read` does."""
        reading = self.read(now=now)
        return Snapshot(
            cluster=self.name,
            taken_at=now,
            volumes=reading.volumes,
            cloud_resources=reading.resources,
            unit_prices=self.prices.unit_prices(()),
            gaps=reading.gaps,
        )

    def read(self, *, now: datetime) -> AccountReading:
        """Everything in all regions; what was refused or failed is a gap that says what it hides.

        Raises TryAgainLater or WillNeverWork when AWS does not accept the credentials at all.
        """
        identity = identify(self.clients, self.home_region, who=self.who)
        plan = _Plan(
            window=Window.before(now, self.metric_days) if self.metric_days else None,
            claims=tuple(claim() for claim in self.claims),
        )
        regions, gaps = self._regions(plan.setbacks)
        with ThreadPoolExecutor(REGIONS_AT_ONCE) as pool:
            jobs = [
                pool.submit(self._read_region, _place(identity, region), plan) for region in regions
            ]
            parts = [job.result() for job in jobs]
        disks = tuple(v for part in parts for v in part.volumes)
        gaps += gaps_from(self.who, plan.setbacks.failures)
        reading = AccountReading(
            volumes=disks,
            resources=tuple(r for part in parts for r in part.resources),
            gaps=(*gaps, *price_gaps((), disks)),
            metrics_asked=sum(part.metrics_asked for part in parts),
        )
        self._say(reading, len(regions))
        return reading

    def check(self) -> Sequence[Check]:
        """Whose credentials these are, then each permission of the inventory in one region."""
        return permissions.check(self.clients, self.home_region, name=self.name)

    @property
    def who(self) -> str:
        """How sentences call the account."""
        return f"AWS account {self.name}"

    @property
    def home_region(self) -> str:
        """Where questions about the whole account are asked."""
        named = [region for region in self.regions if region != ALL_REGIONS]
        return named[0] if named else self.clients.home_region

    def _regions(self, setbacks: Setbacks) -> tuple[Sequence[str], list[Gap]]:
        if ALL_REGIONS not in self.regions:
            return list(dict.fromkeys(self.regions)), []
        home = self.home_region
        found, is_whole = Asker(self.clients, home, setbacks).ask(Question(REGIONS, {}))
        if is_whole:
            return sorted(found), []
        sentence = (
            f"Only {home} of {self.who} was read, because AWS did not say which regions are "
            f"enabled: allow {REGIONS.action}, or list the regions instead of `all`."
        )
        hidden = frozenset({SnapshotPart.VOLUMES, SnapshotPart.CLOUD_RESOURCES})
        return [home], [Gap(SOURCE, sentence, hides=hidden)]

    def _read_region(self, place: Place, plan: "_Plan") -> AccountReading:
        asker = Asker(self.clients, place.region, plan.setbacks)
        try:
            return self._reading_of(asker, place, plan)
        finally:
            self.clients.forget(place.region)

    def _reading_of(self, asker: Asker, place: Place, plan: "_Plan") -> AccountReading:
        answers = read_region(asker, place, table.REGIONAL_CALLS)
        disks = [v for v in volumes(answers, self.prices) if not plan.is_claimed(v)]
        # Answers come in any order; snapshots do not.
        found = sorted(table.resources(answers), key=lambda r: (r.kind, r.resource_id))
        del answers  # large, and all of it is in the resources now
        asked = 0
        if plan.window is not None:
            wishes = (*map(volume_wishes, disks), *map(wishes_for, found))
            metrics = read_metrics(asker, chain.from_iterable(wishes), plan.window)
            disks = [_measured_volume(v, metrics, plan.window) for v in disks]
            found = [_measured(r, metrics) for r in found]
            asked = metrics.asked
        priced = tuple(with_price(resource, self.prices) for resource in found)
        return AccountReading(tuple(disks), priced, metrics_asked=asked)

    def _say(self, reading: AccountReading, regions: int) -> None:
        log.info(
            "%s: %d volumes and %d resources in %d regions, %d metrics asked ($%.2f)",
            self.who,
            len(reading.volumes),
            len(reading.resources),
            regions,
            reading.metrics_asked,
            reading.metrics_usd,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """What all regions of one reading share."""

    window: Window | None
    claims: tuple[VolumeClaim, ...]
    setbacks: Setbacks = field(default_factory=Setbacks)

    def is_claimed(self, volume: Volume) -> bool:
        """Whether a cluster reports it."""
        return any(claim.covers(volume) for claim in self.claims)


def _place(identity: Identity, region: str) -> Place:
    return Place(identity.account, region, identity.partition)


def _measured(resource: CloudResource, reading: MetricReading) -> CloudResource:
    metrics = reading.summaries.get(resource.resource_id)
    return with_size(replace(resource, metrics=metrics)) if metrics else resource


def _measured_volume(volume: Volume, reading: MetricReading, window: Window) -> Volume:
    metrics = reading.summaries.get(volume.volume_id)
    return with_detachment(replace(volume, metrics=metrics), window) if metrics else volume
