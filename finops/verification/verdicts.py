"""What the bill says of a saving: realised, partial, unproven or reversed.

The difference of the daily means before and after, × 730/24 days a month, with an 80 % interval by
Welch's t, widened by how much neighbouring days resemble each other. Rules, in this order:

    reversed   the setting is no longer in place; or the cost fell, rose and the last three days
               (a week, of two and more) are at the old mean; or it only rose (the whole 95 %
               interval is under zero)
    unproven   fewer than 3 days on either side, nothing expected, or the 80 % interval holds zero
    realised   its low end is at least 80 % of what was expected, or the point at least 90 %; and
               the 95 % interval is above zero too
    partial    anything else above zero

The 95 % condition is what keeps chance from being sold: of changes that change nothing, 80 %
intervals alone would call up to one in ten realised where noise is larger than the saving.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import fmean

from finops.domain.money import DAYS_PER_MONTH, Saving, format_usd, to_cents
from finops.domain.verdict import SavingVerdict, Verdict
from finops.verification.welch import Difference, difference_of_means

MIN_DAYS = 3
NOTHING = Saving()
_INTERVAL_SHARE = 0.80
_PROOF_SHARE = 0.95
_LOW_END_SHARE = 0.80
_POINT_SHARE = 0.90
# A saving half as large again as promised had help from something else; that is not ours to claim.
_CLAIMED_AT_MOST = 1.5
_BACK_DAYS = 3


@dataclass(frozen=True, slots=True)
class _Measured:
    """US dollars a month: the point, the 80 % interval and the 95 % interval."""

    point: float
    low: float
    high: float
    proof_low: float
    proof_high: float
    days_before: int
    days_after: int

    @property
    def words(self) -> str:
        between = f"{_usd(self.low)} to {_usd(self.high)}"
        return (
            f"{_usd(self.point)}/month measured, 80 % interval {between}, {self.days_before} days "
            f"before and {self.days_after} after"
        )


def judge(
    expected: Saving,
    before: Sequence[Decimal],
    after: Sequence[Decimal],
    *,
    setting_still_in_place: bool,
    is_cashable: bool,
) -> SavingVerdict:
    """Compare daily costs (US dollars, oldest first, final days only) before and after a change.

    `is_cashable` says which part of `expected` is judged and which part of `realised` is filled.
    Where both sides have a week or more, whole newest weeks are compared, so that weekends weigh
    alike. Pure; the sentence is what people read.
    """
    goal = float(expected.cashable_usd_per_month if is_cashable else expected.freed_usd_per_month)
    days = (len(before), len(after))
    if not setting_still_in_place:
        why = "The setting is no longer in place, so the saving is gone."
        return _verdict(Verdict.REVERSED, why, days)
    reason = _why_not_judged(goal, *days)
    if reason:
        return _verdict(Verdict.UNPROVEN, reason, days)
    earlier, later = _whole_weeks([float(d) for d in before], [float(d) for d in after])
    measured = _measure(earlier, later)
    if _is_back(earlier, [float(day) for day in after]):
        why = "The cost fell and is back: the last days are at the old mean again."
        return _verdict(Verdict.REVERSED, why, days, measured)
    return _classified(goal, measured, is_cashable=is_cashable)


def _classified(goal: float, measured: _Measured, *, is_cashable: bool) -> SavingVerdict:
    days = (measured.days_before, measured.days_after)
    expected = f"{_usd(goal)}/month expected"
    if measured.proof_high < 0:
        why = f"The cost rose instead: {expected}, {measured.words}."
        return _verdict(Verdict.REVERSED, why, days, measured)
    if measured.low <= 0:
        why = f"The noise is larger than the saving: {expected}, {measured.words}."
        return _verdict(Verdict.UNPROVEN, why, days, measured)
    reached = measured.low >= _LOW_END_SHARE * goal or measured.point >= _POINT_SHARE * goal
    kind = Verdict.REALISED if reached and measured.proof_low > 0 else Verdict.PARTIAL
    claimed = measured.point
    why = f"{'Realised' if kind is Verdict.REALISED else 'Partly there'}: {expected}"
    if measured.point > _CLAIMED_AT_MOST * goal:
        claimed = goal
        why += " and no more than that is counted, because something else fell too"
    amount = to_cents(Decimal(claimed))
    realised = Saving(amount, Decimal(0)) if is_cashable else Saving(Decimal(0), amount)
    return _verdict(kind, f"{why}; {measured.words}.", days, measured, realised=realised)


def _why_not_judged(goal: float, days_before: int, days_after: int) -> str:
    if goal <= 0:
        return "Nothing was expected here, so there is nothing to prove."
    for days, side in ((days_before, "before"), (days_after, "after")):
        if days < MIN_DAYS:
            return f"{days} of {MIN_DAYS} days of cost {side} the change."
    return ""


def _whole_weeks(
    before: Sequence[float], after: Sequence[float]
) -> tuple[Sequence[float], Sequence[float]]:
    """The newest whole weeks of both, or both as they are when either is under a week."""
    if len(before) < 7 or len(after) < 7:
        return before, after
    return before[-(len(before) // 7 * 7) :], after[-(len(after) // 7 * 7) :]


def _measure(before: Sequence[float], after: Sequence[float]) -> _Measured:
    difference = difference_of_means(before, after)
    low, high = _monthly(difference, _INTERVAL_SHARE)
    proof_low, proof_high = _monthly(difference, _PROOF_SHARE)
    point = difference.point * float(DAYS_PER_MONTH)
    return _Measured(point, low, high, proof_low, proof_high, len(before), len(after))


def _monthly(difference: Difference, share: float) -> tuple[float, float]:
    low, high = difference.interval(share)
    return low * float(DAYS_PER_MONTH), high * float(DAYS_PER_MONTH)


def _is_back(before: Sequence[float], after: Sequence[float]) -> bool:
    """Whether the cost fell for certain, then rose for certain, and is at the old mean again."""
    last_days = 7 if len(after) >= 14 else _BACK_DAYS
    first, last = after[:-last_days], after[-last_days:]
    if len(first) < MIN_DAYS or fmean(last) < fmean(before):
        return False
    fell = difference_of_means(before, first).interval(_PROOF_SHARE)[0] > 0
    rose = difference_of_means(last, first).interval(_PROOF_SHARE)[0] > 0
    return fell and rose


def _verdict(
    verdict: Verdict,
    sentence: str,
    days: tuple[int, int],
    measured: _Measured | None = None,
    *,
    realised: Saving = NOTHING,
) -> SavingVerdict:
    return SavingVerdict(
        verdict=verdict,
        realised=realised,
        low_usd_per_month=to_cents(Decimal(measured.low if measured else 0)),
        high_usd_per_month=to_cents(Decimal(measured.high if measured else 0)),
        method="difference of daily means, Welch's t, 80 % interval",
        sentence=sentence,
        days_before=days[0],
        days_after=days[1],
    )


def _usd(amount: float) -> str:
    return format_usd(Decimal(amount))
