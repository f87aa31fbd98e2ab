"""What a finance leader checks: what was banked, what is likely to come, and what is not proved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from finops.domain.lifecycle import Status
from finops.domain.money import usd_between
from finops.domain.verdict import Verdict
from finops.reports.lines import ReportLine, Stage

# Fewer judged savings than this say less of the next one than its own odds do.
ENOUGH_JUDGED = 5


@dataclass(frozen=True, slots=True)
class VerdictRow:
    """The judged savings of one verdict: cash promised and cash found, a month."""

    verdict: Verdict
    count: int
    promised_usd_per_month: Decimal
    found_usd_per_month: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyFacts:
    """Cash only, in US dollars.

    `banked_usd` is what the verified savings have kept off the bill since they took effect.
    `expected_usd_per_month` is verified cash plus what is in flight at its odds; `kept_share` are
    the odds where enough was judged: cash found ÷ cash promised, 0-1.
    """

    verified_usd_per_month: Decimal
    banked_usd: Decimal
    expected_usd_per_month: Decimal
    most_usd_per_month: Decimal
    judged: int
    kept_share: Decimal | None
    verdicts: tuple[VerdictRow, ...] = ()
    unproven: tuple[ReportLine, ...] = ()

    @property
    def verified_usd_per_year(self) -> Decimal:
        """Verified cash at the rate of today for twelve months."""
        return self.verified_usd_per_month * 12

    @property
    def odds_words(self) -> str:
        """Where the forecast's odds come from, in a sentence."""
        if self.most_usd_per_month == self.verified_usd_per_month:
            return "No cash is in flight, so it stays at what is verified."
        if self.kept_share is None:
            return (
                "In flight counts at each proposal's own odds: fewer than "
                f"{ENOUGH_JUDGED} cash savings were judged so far."
            )
        return (
            f"In flight counts at {self.kept_share * 100:.0f} %: the share of promised cash that "
            f"the bill showed in {self.judged} judged savings."
        )


def money_facts(lines: Sequence[ReportLine], *, until: datetime) -> MoneyFacts:
    """The facts as they stand at `until`."""
    verified = [line for line in lines if line.stage is Stage.VERIFIED]
    in_flight = [line for line in lines if line.stage is Stage.IN_FLIGHT]
    judged = [line for line in verified if line.estimate.cashable_usd_per_month > 0]
    share = kept_share(judged)
    cash = _found(verified)
    return MoneyFacts(
        verified_usd_per_month=cash,
        banked_usd=sum((_banked(line, until) for line in verified), Decimal(0)),
        expected_usd_per_month=cash
        + sum((_expected(line, share) for line in in_flight), Decimal(0)),
        most_usd_per_month=cash + _promised(in_flight),
        judged=len(judged),
        kept_share=share,
        verdicts=_verdict_rows(judged),
        unproven=_unproven(lines),
    )


def kept_share(judged: Sequence[ReportLine]) -> Decimal | None:
    """Cash found ÷ cash promised; None while too few were judged to say."""
    promised = _promised(judged)
    if len(judged) < ENOUGH_JUDGED or promised <= 0:
        return None
    return min(Decimal(1), _found(judged) / promised)


def _banked(line: ReportLine, until: datetime) -> Decimal:
    since = line.implemented_at or line.verified_at or until
    return usd_between(line.realised.cashable_usd_per_month, since, until)


def _expected(line: ReportLine, share: Decimal | None) -> Decimal:
    odds = Decimal(str(line.confidence)) if share is None else share
    return line.estimate.cashable_usd_per_month * odds


def _verdict_rows(judged: Sequence[ReportLine]) -> tuple[VerdictRow, ...]:
    groups = (
        (verdict, [line for line in judged if line.verdict == verdict]) for verdict in Verdict
    )
    return tuple(
        VerdictRow(verdict, len(lines), _promised(lines), _found(lines))
        for verdict, lines in groups
        if lines
    )


def _unproven(lines: Sequence[ReportLine]) -> tuple[ReportLine, ...]:
    """Money that people may believe in and the bill has not shown whole, the most first."""
    proved = (Verdict.REALISED.value, Verdict.REVERSED.value)
    open_ones = [
        line
        for line in lines
        if line.estimate
        and (line.status is Status.IMPLEMENTED or line.stage is Stage.VERIFIED)
        and line.verdict not in proved
    ]
    open_ones.sort(key=lambda line: (-line.estimate.larger_usd_per_month, line.opportunity_id))
    return tuple(open_ones)


def _promised(lines: Sequence[ReportLine]) -> Decimal:
    return sum((line.estimate.cashable_usd_per_month for line in lines), Decimal(0))


def _found(lines: Sequence[ReportLine]) -> Decimal:
    return sum((line.realised.cashable_usd_per_month for line in lines), Decimal(0))
