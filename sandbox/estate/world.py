"""The simulated world: a repository, a clock, and what was deployed when."""

import threading
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from finops.code_hosts.local_git import LocalGitHost
from finops.domain.errors import Refused
from finops.domain.money import DAYS_PER_MONTH
from finops.domain.pull_request import PullRequest
from finops.pr_generator import parse_metadata
from sandbox.estate.clock import EstateClock
from sandbox.estate.desired import Declared, read_declared
from sandbox.estate.invoice import SimulatedInvoice, invoice_rows

REPOSITORY = "acorn/platform"
SEED = Path(__file__).parent / "seed"


class SimulatedWorld:
    """What is merged is deployed at once; each day's cost follows what was deployed then."""

    def __init__(self, host: LocalGitHost, clock: EstateClock) -> None:
        self._host = host
        self._clock = clock
        self._lock = threading.Lock()
        self._deployments: list[tuple[datetime, Declared]] = []
        self._commit = ""
        self._opened: dict[int, datetime] = {}
        self.invoice = SimulatedInvoice(self.declared_at, began=clock.now().date())
        self._headlines: Callable[[Decimal], list[dict[str, str]]] = lambda _bill: []
        self.declared_now()

    def show_headlines(self, headlines: Callable[[Decimal], list[dict[str, str]]]) -> None:
        """What the page's top bar shows beside the date, from the bill in US dollars a month."""
        self._headlines = headlines

    def declared_now(self) -> Declared:
        """What the main branch declares; a new commit counts as deployed now."""
        files = self._host.read_files()
        with self._lock:
            if files.commit != self._commit:
                self._deployments.append((self._clock.now(), read_declared(files)))
                self._commit = files.commit
            return self._deployments[-1][1]

    def declared_at(self, moment: datetime) -> Declared:
        """What was deployed at a moment; before the start it was as at the start."""
        with self._lock:
            past = [declared for since, declared in self._deployments if since <= moment]
            return past[-1] if past else self._deployments[0][1]

    # What the page asks (sandbox.slack.world.World)

    def state(self) -> dict[str, Any]:
        """The date, the figures and the pull requests."""
        return {
            "now": self._clock.now().replace(second=0, microsecond=0).isoformat(),
            "headlines": self._headlines(self._bill_usd_per_month()),
            "pull_requests": [self._summary(pull) for pull in self._host.list_pull_requests()],
        }

    def advance(self, days: int) -> None:
        """Skip days."""
        self._clock.advance(days)

    def pull_request(self, number: int) -> dict[str, Any]:
        """One pull request with its body and diff."""
        pull = self._host.pull_request(number)
        files = [{"path": path, "diff": diff} for path, diff in self._host.diff(number)]
        return {**self._summary(pull), "body": pull.body, "files": files}

    def merge(self, number: int, user_id: str) -> None:
        """Merge it; what it declares is deployed at once."""
        try:
            self._host.merge(number, by=user_id, at=self._clock.now())
        except Refused as error:
            if "conflicts" not in str(error):
                raise
            raise Refused(
                f"#{number} changes a file that a merge a moment ago changed too. The bot is "
                "bringing it up to date: press Merge again in a few seconds."
            ) from error
        self.declared_now()

    def close(self, number: int, user_id: str) -> None:
        """Close it unmerged."""
        self._host.close(number, by=user_id, at=self._clock.now())

    def _summary(self, pull: PullRequest) -> dict[str, Any]:
        metadata = parse_metadata(pull.body)
        # The host keeps no such date; the page looks within a second of the opening.
        opened_at = self._opened.setdefault(pull.number, self._clock.now())
        return {
            "number": pull.number,
            "title": pull.title,
            "state": pull.state.value,
            "branch": pull.branch,
            "opportunity_id": metadata.opportunity if metadata else "",
            "created_at": opened_at.isoformat(),
        }

    def _bill_usd_per_month(self) -> Decimal:
        today = self._clock.now().date()
        rows = invoice_rows(self.declared_now(), today, self.invoice.began)
        return sum((row.effective_cost for row in rows), Decimal(0)) * DAYS_PER_MONTH
