"""AWS Cost Explorer: asked little, since each request costs $0.01, and remembered.

A month whose bill is closed is asked once and kept for good; an open one is asked again after six
hours, about as often as AWS counts it anew. A day's requests are counted in the ledger, for all
replicas, and the one over the budget is not made. Where an older answer is at hand it is used then,
and says its age.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from finops.billing.cost_explorer_answers import (
    ForecastRange,
    UsageRow,
    forecast_of,
    usage_rows,
)
from finops.billing.cost_explorer_failures import AWS_ERRORS, failure_of, is_throttled
from finops.billing.cost_explorer_questions import Forecast, Usage, key_of
from finops.domain.checks import Check, Outcome
from finops.domain.cost_answers import AnswerStore, KeptAnswer
from finops.domain.errors import OutsideWorldFailed, Refused, TryAgainLater, WillNeverWork

# Cost Explorer lives in one region only.
REGION = "us-east-1"
USD_PER_REQUEST = Decimal("0.01")
ACTIONS = ("ce:GetCostAndUsage", "ce:GetCostForecast")
FRESH_FOR = timedelta(hours=6)
# AWS closes a month's bill within its first days; corrections stop by then.
FINAL_AFTER = timedelta(days=10)
REQUESTS_PER_DAY = 50
_MOST_PAGES = 30
_TRIES = 3

# (service, region) → a boto3 client; made with one try, because every try may cost.
Clients = Callable[[str, str], Any]


class BudgetIsSpent(Refused):
    """The day's requests are made."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """Where an answer came from and what it cost. `problem` says why an old one was used."""

    asked_at: datetime
    from_cache: bool
    requests: int
    requests_today: int
    problem: str = ""

    @property
    def sentence(self) -> str:
        """`Answered from cache of 09:12 UTC; 3 requests to Cost Explorer, $0.03 today.`"""
        moment = f"{self.asked_at:%H:%M} UTC"
        old = f"{self.asked_at:%b} {self.asked_at.day}, {moment}"
        made = "request" if self.requests_today == 1 else "requests"
        usd = f"${self.requests_today * USD_PER_REQUEST:.2f}"
        spent = f"{self.requests_today} {made} to Cost Explorer, {usd} today"
        if not self.from_cache:
            return f"Asked AWS Cost Explorer at {moment}; {spent}."
        why = f" {self.problem}" if self.problem else ""
        return f"Answered from cache of {old if self.problem else moment}; {spent}.{why}"


@dataclass(frozen=True, slots=True)
class Answer:
    """Parsed pages with their receipt."""

    pages: Sequence[Any]
    receipt: Receipt


@dataclass(slots=True)
class CostExplorer:
    """Asks through the store. `account` tells the answers of one login from another's, `team_tag`
    is the activated cost allocation tag whose values are teams.

    Threads share it: one asks, the others wait and find its answer.
    """

    clients: Clients
    store: AnswerStore
    account: str = ""
    requests_per_day: int = REQUESTS_PER_DAY
    team_tag: str = "team"
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    sleep: Callable[[float], None] = time.sleep
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def usage(self, question: Usage) -> tuple[list[UsageRow], Receipt]:
        """What a period cost. Raises BudgetIsSpent, TryAgainLater or WillNeverWork."""
        answer = self._answer(question)
        return usage_rows(answer.pages), answer.receipt

    def forecast(self, question: Forecast) -> tuple[ForecastRange, Receipt]:
        """What a period will cost. Raises like `usage`."""
        answer = self._answer(question)
        return forecast_of(answer.pages[0]), answer.receipt

    def requests_today(self) -> int:
        """How many were made since midnight UTC."""
        return self.store.requests_on(self.clock().date())

    def check(self) -> list[Check]:
        """Whether both actions are allowed: through the cache, so that doctor costs little."""
        today = self.clock().date()
        month = today.replace(day=1)
        usage = Usage(start=month - timedelta(days=1), end=month)
        coming = Forecast(start=today, end=today + timedelta(days=30))
        return [
            self._check(ACTIONS[0], lambda: self.usage(usage)[1]),
            self._check(ACTIONS[1], lambda: self.forecast(coming)[1]),
        ]

    def _check(self, action: str, ask: Callable[[], Receipt]) -> Check:
        area, subject = "Cost Explorer", action
        try:
            receipt = ask()
        except (OutsideWorldFailed, Refused) as error:
            outcome = (
                Outcome.WARNING if isinstance(error, TryAgainLater | Refused) else Outcome.FAILED
            )
            fix = f"Allow {action}, or take cost_explorer out of finops.yaml."
            return Check(area=area, subject=subject, outcome=outcome, detail=str(error), fix=fix)
        return Check(area=area, subject=subject, outcome=Outcome.OK, detail=receipt.sentence)

    def _answer(self, question: Usage | Forecast) -> Answer:
        with self._lock:
            now = self.clock()
            key = key_of(question, account=self.account)
            kept = self.store.find(key)
            if kept is not None and _is_good(kept, now):
                return self._kept(kept)
            try:
                return self._asked(question, key)
            except (OutsideWorldFailed, Refused) as error:
                if kept is None:
                    raise
                return self._kept(kept, problem=str(error))

    def _kept(self, kept: KeptAnswer, problem: str = "") -> Answer:
        receipt = Receipt(kept.asked_at, True, 0, self.requests_today(), problem)
        return Answer(kept.answer, receipt)

    def _asked(self, question: Usage | Forecast, key: str) -> Answer:
        before = self.requests_today()
        now = self.clock()
        pages = self._pages(question)
        _parsed(question, pages)  # what cannot be read is not kept
        is_final = isinstance(question, Usage) and _is_closed(question.end, now)
        self.store.save(KeptAnswer(key, pages, now, is_final))
        made = self.requests_today()
        return Answer(pages, Receipt(now, False, made - before, made))

    def _pages(self, question: Usage | Forecast) -> list[Any]:
        arguments = question.request()
        pages: list[Any] = []
        seen: set[str] = set()
        while len(pages) < _MOST_PAGES:
            page = self._request(question, arguments)
            page.pop("ResponseMetadata", None)
            pages.append(page)
            token = page.get("NextPageToken")
            if not token:
                return pages
            if token in seen:
                raise WillNeverWork("Cost Explorer gave the same page twice; nothing was kept.")
            seen.add(token)
            arguments = {**arguments, "NextPageToken": token}
        raise WillNeverWork(
            f"Cost Explorer's answer has more than {_MOST_PAGES} pages; ask for fewer days."
        )

    def _request(self, question: Usage | Forecast, arguments: dict[str, Any]) -> Any:
        """One request, or up to three when AWS throttles it; each is counted before it is made."""
        client = self.clients("ce", REGION)
        is_usage = isinstance(question, Usage)
        method = client.get_cost_and_usage if is_usage else client.get_cost_forecast
        for attempt in range(1, _TRIES + 1):
            self._count()
            try:
                return dict(method(**arguments))
            except AWS_ERRORS as error:
                if not is_throttled(error) or attempt == _TRIES:
                    raise failure_of(error, action=ACTIONS[0 if is_usage else 1]) from error
                self.sleep(2.0**attempt)
            except (AttributeError, KeyError, TypeError, ValueError) as error:
                # botocore's parser falls over JSON of another shape.
                raise WillNeverWork(
                    f"What answered is not AWS Cost Explorer ({type(error).__name__})."
                ) from error
        raise AssertionError("the loop returns or raises")

    def _count(self) -> None:
        today = self.clock().date()
        if not self.store.count_request(today, most=self.requests_per_day):
            spent = self.requests_per_day * USD_PER_REQUEST
            raise BudgetIsSpent(
                f"Today's {self.requests_per_day} requests to Cost Explorer (${spent:.2f}) are "
                "made, so it is asked again after midnight UTC; "
                "cost_explorer.requests_per_day in finops.yaml is the limit."
            )


def _is_good(kept: KeptAnswer, now: datetime) -> bool:
    return kept.is_final or now - kept.asked_at < FRESH_FOR


def _is_closed(end: date, now: datetime) -> bool:
    """Whether the bill of the last day before `end` will not change any more."""
    return now - datetime(end.year, end.month, end.day, tzinfo=UTC) > FINAL_AFTER


def _parsed(question: Usage | Forecast, pages: Sequence[Any]) -> None:
    if isinstance(question, Usage):
        usage_rows(pages)
    else:
        forecast_of(pages[0])
