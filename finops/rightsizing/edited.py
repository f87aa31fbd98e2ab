"""A person's value in the place of the proposed one: priced and judged by the same evidence.

For a request the saving, the odds and the risk are worked out anew from the proposal's basis. For
a node group each node that leaves saves what one of the proposed ones does, and fewer leaving
holds at least as well.

Worked: 500m asked, 230m proposed for $18.69 on 3 pods ($0.0692 a millicore); a person sets 300m:
(500 − 300) · 0.0692 = $13.85 a month.
"""

import re
from dataclasses import replace
from decimal import Decimal

from finops.domain.basis import RequestBasis
from finops.domain.changes import Change, Setting
from finops.domain.errors import InvalidInput
from finops.domain.money import Saving, format_usd, to_cents
from finops.domain.opportunity import Evidence, Opportunity
from finops.domain.quantities import (
    GIB,
    MIB,
    format_memory,
    parse_cpu_millicores,
    parse_memory_bytes,
)
from finops.rightsizing.confidence import CPU, MEMORY, Odds, confidence_that_it_holds
from finops.rightsizing.past import past_exceedance

_PER_UNIT = {Setting.CPU_REQUEST: Decimal(1000), Setting.MEMORY_REQUEST: Decimal(GIB)}
_ODDS = {Setting.CPU_REQUEST: CPU, Setting.MEMORY_REQUEST: MEMORY}
_LIMITS = frozenset({Setting.CPU_LIMIT, Setting.MEMORY_LIMIT})
# These say something about the proposed value, and would be wrong about another one.
_ABOUT_THE_VALUE = ("proposal", "would have held", "over the last", "room freed")
# A share of itself by which a request falls adds this much risk; `container_requests` says why.
_RISK_OF_FALLING = 0.3


class OutOfBounds(InvalidInput):
    """The value is outside of what a person may set; says what is allowed, and why."""


def is_editable(opportunity: Opportunity) -> bool:
    """Whether there is a value to set: a request with its evidence, or a node group's size."""
    # A request and its autoscaler's target are one pair, and so are memory and a heap in it:
    # another request needs another partner.
    paired = (each.setting.is_beside_resources for each in opportunity.changes)
    if not opportunity.changes or any(paired):
        return False
    first = (opportunity.found_changes or opportunity.changes)[0]
    if first.setting is Setting.DESIRED_SIZE:
        return first.current_number is not None and first.current_number - first.number > 1
    return opportunity.basis is not None and opportunity.basis.least < opportunity.basis.most


def bounds_of(opportunity: Opportunity) -> tuple[int, int]:
    """The lowest and the highest value a person may set; raises InvalidInput where there is none.

    An edited node group may go back to what was proposed before it was edited.
    """
    if not is_editable(opportunity):
        raise InvalidInput("There is no value to set on this proposal; approve or deny it.")
    first = (opportunity.found_changes or opportunity.changes)[0]
    if first.setting is Setting.DESIRED_SIZE:
        return first.number, (first.current_number or 0) - 1
    assert opportunity.basis is not None  # noqa: S101 - it was editable, and no group of nodes
    return opportunity.basis.least, opportunity.basis.most


def with_value(opportunity: Opportunity, value: int, *, by: str) -> Opportunity:
    """The proposal with another value, `edited_by` that person; its id and revision stay.

    `value` is in the unit of the first change; raises OutOfBounds outside of `bounds_of`.
    """
    _require_allowed(opportunity, value)
    found = opportunity.found_changes or opportunity.changes
    edited = replace(opportunity, edited_by=by, found_changes=found)
    if found[0].setting is Setting.DESIRED_SIZE:
        return _resized(edited, value)
    return _rejudged(edited, value)


def written(setting: Setting, value: int) -> str:
    """A value as people write it: `250m`, `512Mi`, `9`."""
    if setting in _PER_UNIT:
        # One unit in a sentence: `1000m to 490m` reads better than `1 to 490m`.
        return f"{value}m" if setting is Setting.CPU_REQUEST else format_memory(value)
    return str(value)


def read_value(setting: Setting, typed: str) -> int:
    """What a person typed for a setting, in its unit; raises InvalidInput with what to type.

    >>> read_value(Setting.CPU_REQUEST, "0.25")
    250
    """
    words = typed.strip()
    if setting is Setting.CPU_REQUEST:
        return parse_cpu_millicores(words)
    if setting is Setting.MEMORY_REQUEST:
        return -(-parse_memory_bytes(words) // MIB) * MIB
    if not re.fullmatch(r"[0-9]{1,5}", words):
        raise InvalidInput(f"Type a whole number of nodes, such as 9, not {words[:20]!r}.")
    return int(words)


def band_of(opportunity: Opportunity, low: float = 0.8, high: float = 0.97) -> tuple[int, int]:
    """The requests that hold with the probabilities `low` and `high`, by bisection.

    (0, 0) where there is no evidence to say. The second is 0 where four times the worst day does
    not hold with `high`: a short history is never so sure.
    """
    basis = opportunity.basis
    if basis is None or not basis.usage.daily_peaks:
        return 0, 0
    base = _ODDS[opportunity.changes[0].setting]
    return _request_at(basis, base, low), _request_at(basis, base, high)


def _request_at(basis: RequestBasis, base: Odds, share: float) -> int:
    under, over = 0.0, 4 * max(basis.usage.daily_peaks)
    for _ in range(24):
        middle = (under + over) / 2
        if _confidence(basis, base, middle) < share:
            under = middle
        else:
            over = middle
    return round(over) if over < 4 * max(basis.usage.daily_peaks) else 0


def _confidence(basis: RequestBasis, base: Odds, request: float) -> float:
    usage = basis.usage
    return confidence_that_it_holds(
        request, usage.daily_peaks, window_days=usage.window_days, base=base
    )


def _require_allowed(opportunity: Opportunity, value: int) -> None:
    least, most = bounds_of(opportunity)
    if least <= value <= most:
        return
    setting = opportunity.changes[0].setting
    why = _why_not_lower(opportunity) if value < least else _why_not_higher(opportunity)
    raise OutOfBounds(
        f"Set {written(setting, least)} to {written(setting, most)}, not "
        f"{written(setting, value)}: {why}"
    )


def _why_not_lower(opportunity: Opportunity) -> str:
    if opportunity.changes[0].setting is Setting.DESIRED_SIZE:
        return "for fewer nodes there is no place for every pod."
    if opportunity.kind.is_for_reliability:
        return "less would not end what the raise is for."
    return "less would not cover what it steadily uses, or break a rule named under Why."


def _why_not_higher(opportunity: Opportunity) -> str:
    if opportunity.kind.is_for_reliability:
        return "more is not covered by the evidence."
    return "more saves nothing; deny it instead."


def _resized(opportunity: Opportunity, value: int) -> Opportunity:
    """So many nodes fewer, so much less is saved; of what an earlier edit made, too."""
    [change, *_] = opportunity.changes
    current = change.current_number or 0
    share = Decimal(current - value) / Decimal(current - change.number)
    saving = Saving(
        to_cents(opportunity.saving.cashable_usd_per_month * share),
        to_cents(opportunity.saving.freed_usd_per_month * share),
    )
    words = f"{opportunity.resource.label} shrinks from {current} to {value} nodes, as edited: "
    return replace(
        opportunity,
        changes=(Change(change.setting, current, value),),
        saving=saving,
        blast_replicas=max(1, round(opportunity.blast_replicas * share)),
        summary=f"{words}that saves {format_usd(saving.cashable_usd_per_month)}/month.",
        evidence=_with_edit(opportunity, value),
    )


def _rejudged(opportunity: Opportunity, value: int) -> Opportunity:
    basis = opportunity.basis
    assert basis is not None  # noqa: S101 - bounds_of has refused before
    request, *others = opportunity.found_changes
    current = request.current_number or 0
    usd = _usd(basis, request.setting, current, value)
    rises = opportunity.kind.is_for_reliability
    fell, falls = ((current - v) / current for v in (opportunity.changes[0].number, value))
    risk = opportunity.risk if rises else opportunity.risk + _RISK_OF_FALLING * (falls - fell)
    said = "holds that" if rises else f"frees room worth {format_usd(usd)}/month"
    return replace(
        opportunity,
        changes=(replace(request, proposed=value), *_limits(others, request, value)),
        saving=Saving() if rises else Saving(freed_usd_per_month=usd),
        cost_usd_per_month=usd if rises else Decimal(0),
        confidence=_confidence(basis, _ODDS[request.setting], value),
        risk=round(min(1.0, max(0.0, risk)), 3),
        summary=f"{basis.opening}; {written(request.setting, value)}, as edited, {said}.",
        evidence=_with_edit(opportunity, value),
    )


def _usd(basis: RequestBasis, setting: Setting, current: int, value: int) -> Decimal:
    moved = abs(basis.effective(current) - basis.effective(value))
    return to_cents(Decimal(moved) / _PER_UNIT[setting] * basis.usd_per_unit)


def _limits(others: list[Change], request: Change, value: int) -> list[Change]:
    """A limit that was to equal the request still does; others are never under it."""
    kept = []
    for change in others:
        is_wall = (
            change.number == request.number and change.current_number == request.current_number
        )
        limit = value if is_wall else max(change.number, value)
        if change.setting not in _LIMITS or limit != change.current_number:
            kept.append(replace(change, proposed=limit))
    return kept


def _with_edit(opportunity: Opportunity, value: int) -> tuple[Evidence, ...]:
    """The facts that still hold, and what the value was before and would have done."""
    first = opportunity.found_changes[0]
    kept = [
        fact
        for fact in opportunity.evidence
        if not fact.label.startswith(_ABOUT_THE_VALUE) and fact.label != "edited"
    ]
    span = f"{written(first.setting, first.number)} → {written(first.setting, value)}"
    kept.append(Evidence("edited", span, opportunity.edited_by))
    return (*kept, *_held(opportunity, value))


def _held(opportunity: Opportunity, value: int) -> list[Evidence]:
    if opportunity.basis is None:
        return []
    usage = opportunity.basis.usage
    past = past_exceedance(usage, value)
    if past is None:
        return []
    label = f"over the last {usage.window_days:.3g} days it would have been exceeded"
    held = f"{past.days - past.days_over} of {past.days} days"
    source = usage.source or "snapshot"
    return [Evidence(label, past.words, source), Evidence("would have held", held, source)]
