"""The AWS Price List API and the spot price history, asked for what is missing and remembered."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation

from finops.billing.patience import Patience
from finops.billing.price_questions import question_of
from finops.billing.price_service import (
    FAILURES,
    PRICING_REGION,
    Clients,
    ask,
    fix,
    service_of,
    why,
)
from finops.billing.rate_names import Item, ListRate, RateName
from finops.domain.checks import Check, Outcome
from finops.domain.errors import TryAgainLater
from finops.domain.prices import PriceCache, PriceFact

FRESH_FOR, SPOT_FRESH_FOR = timedelta(days=7), timedelta(days=1)
_ASKED_TO_CHECK = RateName(Item.MACHINE, "t3.micro")


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known of a rate; `problem` says why it is missing or old, as part of a sentence."""

    rate: ListRate | None
    problem: str = ""


@dataclass(slots=True)
class PriceListApi:
    """Rates of any region, one call for each missing fact, remembered in `cache` for a week.

    Spot prices are remembered for a day; that there is no such price is remembered too. When a
    service fails or the cycle's time for it is spent, an old fact is used and says its age. Threads
    share it: one asks, the others wait for its answer.
    """

    clients: Clients
    cache: PriceCache
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    patience: Patience = field(default_factory=Patience)
    _known: dict[str, PriceFact | None] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def rate(self, name: RateName, region: str) -> Answer:
        """The rate in that region; never raises for what a service or the cache does."""
        if name.item is not Item.SPOT_MACHINE and question_of(name) is None:
            return Answer(None)
        with self._lock:
            now = self.clock()
            fact, problem = self._remembered(f"{region}/{name}"), ""
            if fact is None or now - fact.fetched_at > _fresh_for(name):
                service = service_of(name, region)
                problem = self.patience.why_not(service, now)
                if not problem:
                    fact, problem = self._fetch(name, region, old=fact)
        said = f"{service_of(name, region)} {problem}" if problem else ""
        if fact is None or fact.usd is None:
            return Answer(None, said)
        return Answer(
            _rate(fact, fact.usd, _source(fact, name, region, problem=said, now=now)), said
        )

    def check(self) -> list[Check]:
        """Whether the service may be asked, and how old what is remembered is."""
        times = self.cache.fetch_times()
        detail = f"{len(times)} facts, the oldest of {times[0].date()}" if times else "still empty"
        age = Check(area="Prices", subject="price cache", outcome=Outcome.OK, detail=f"{detail}.")
        return [self._check_service(), age]

    def _check_service(self) -> Check:
        subject = "AWS Price List API"
        try:
            with self._lock:
                ask(self.clients, _ASKED_TO_CHECK, PRICING_REGION, now=self.clock())
        except FAILURES as error:
            return Check(
                area="Prices",
                subject=subject,
                outcome=Outcome.FAILED,
                detail=f"It {why(error)}.",
                fix=fix(error),
            )
        return Check(area="Prices", subject=subject, outcome=Outcome.OK, detail="It answers.")

    def _remembered(self, key: str) -> PriceFact | None:
        if key not in self._known:
            try:
                self._known[key] = self.cache.find(key)
            except TryAgainLater:
                return None
        return self._known[key]

    def _fetch(
        self, name: RateName, region: str, *, old: PriceFact | None
    ) -> tuple[PriceFact | None, str]:
        started = time.monotonic()
        try:
            answer = ask(self.clients, name, region, now=self.clock())
        except FAILURES as error:
            self.patience.failed(service_of(name, region), why(error), self.clock())
            return old, why(error)
        finally:
            self.patience.spend(time.monotonic() - started)
        fact = PriceFact(
            key=f"{region}/{name}",
            usd=answer.usd,
            fetched_at=self.clock(),
            attributes=answer.attributes,
        )
        self._known[fact.key] = fact
        # A busy database costs one more call after the next start, and never a cycle.
        with suppress(TryAgainLater):
            self.cache.save(fact)
        return fact, ""


def _fresh_for(name: RateName) -> timedelta:
    return SPOT_FRESH_FOR if name.item is Item.SPOT_MACHINE else FRESH_FOR


def _source(fact: PriceFact, name: RateName, region: str, *, problem: str, now: datetime) -> str:
    """`AWS Price List API, eu-central-1, 2026-11-28`."""
    old = f" ({(now - fact.fetched_at).days} days old: {problem})" if problem else ""
    day = fact.fetched_at.date()
    if name.item is Item.SPOT_MACHINE:
        zones = fact.attributes.get("zones", "1")
        return f"EC2 spot price history, {region}, {day}, median of {zones} zones{old}"
    return f"AWS Price List API, {region}, {day}{old}"


def _rate(fact: PriceFact, usd: Decimal, source: str) -> ListRate:
    return ListRate(
        usd=usd,
        source=source,
        vcpu=int(_leading_number(fact.attributes.get("vcpu", ""))),
        memory_gib=_leading_number(fact.attributes.get("memory", "")),
    )


def _leading_number(text: str) -> Decimal:
    """`1,952 GiB` → 1952; 0 when there is none."""
    try:
        number = Decimal((text.split() or ["0"])[0].replace(",", ""))
    except InvalidOperation:
        return Decimal(0)
    return number if number.is_finite() else Decimal(0)
