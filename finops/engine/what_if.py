"""What other guardrails would mean for everything that waits: asked before they are set."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from finops.domain.errors import InvalidInput
from finops.domain.lifecycle import Status
from finops.domain.opportunity import OpportunityRecord
from finops.engine.guarding import guardrail_context
from finops.engine.parts import Parts
from finops.guardrails import GuardrailContext, GuardrailRules, Guardrails, GuardrailVerdict

# The largest savings; more would not be answered within Slack's three seconds.
MOST_RECORDS = 1_000
MOST_EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Standing:
    """How many waiting opportunities, and of how many dollars a month, each verdict holds for."""

    counts: Mapping[GuardrailVerdict, int]
    usd_per_month: Mapping[GuardrailVerdict, Decimal]


@dataclass(frozen=True, slots=True)
class Moved:
    """One opportunity whose verdict would be another."""

    record: OpportunityRecord
    before: GuardrailVerdict
    after: GuardrailVerdict


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Before and after, and the largest of those that would move. `looked_at` of `waiting`."""

    before: Standing
    after: Standing
    moved: int
    examples: tuple[Moved, ...]
    looked_at: int
    waiting: int


def what_if(
    parts: Parts,
    changes: Mapping[str, str],
    *,
    team: str | None = None,
    general_only: bool = False,
) -> WhatIf:
    """Judge what waits by the present rules and by changed ones; nothing is written.

    `changes` are settings as typed, `{"max_risk": "0.5"}`. They hold for `team`, else for all;
    with `general_only` a team's own limits stay, as they do when a general one is set. Raises
    InvalidInput naming a setting that does not exist, or what is wrong with its value.
    """
    settings = parts.guardrails.settings
    other = Guardrails(_changed(settings, _read(changes), team, general_only=general_only))
    with parts.ledger.reading() as tx:
        found = tx.find(statuses=[Status.DETECTED, Status.NOTIFIED], team=team)
        contexts: dict[tuple[str, str], GuardrailContext] = {}
        judged = []
        for record in found[:MOST_RECORDS]:
            # What a team has changed today is the same for all that waits in a cluster.
            key = (record.opportunity.team, record.opportunity.resource.cluster)
            if key not in contexts:
                contexts[key] = guardrail_context(tx, record, now=parts.now())
            judged.append((record, _aged(contexts[key], record)))
    return _compare(parts.guardrails, other, judged, waiting=len(found))


def _compare(
    now: Guardrails,
    other: Guardrails,
    judged: Sequence[tuple[OpportunityRecord, GuardrailContext]],
    *,
    waiting: int,
) -> WhatIf:
    verdicts = [
        Moved(
            record,
            now.evaluate(record.opportunity, context).verdict,
            other.evaluate(record.opportunity, context).verdict,
        )
        for record, context in judged
    ]
    moved = [each for each in verdicts if each.before is not each.after]
    return WhatIf(
        before=_standing([(each.before, each.record) for each in verdicts]),
        after=_standing([(each.after, each.record) for each in verdicts]),
        moved=len(moved),
        examples=tuple(moved[:MOST_EXAMPLES]),
        looked_at=len(verdicts),
        waiting=waiting,
    )


def _aged(context: GuardrailContext, record: OpportunityRecord) -> GuardrailContext:
    return replace(context, evidence_seen_at=record.last_seen_at)


def _standing(verdicts: Sequence[tuple[GuardrailVerdict, OpportunityRecord]]) -> Standing:
    counts: Counter[GuardrailVerdict] = Counter(verdict for verdict, _ in verdicts)
    usd: dict[GuardrailVerdict, Decimal] = {}
    for verdict, record in verdicts:
        saving = record.opportunity.saving.larger_usd_per_month
        usd[verdict] = usd.get(verdict, Decimal(0)) + saving
    return Standing(counts, usd)


def _read(changes: Mapping[str, str]) -> dict[str, Any]:
    known = {name for name, field in GuardrailRules.model_fields.items() if _is_plain(field)}
    for name in changes:
        if name not in known:
            near = get_close_matches(name, known, n=1, cutoff=0.5)
            hint = f"Did you mean {near[0]}?" if near else f"Known: {', '.join(sorted(known))}."
            raise InvalidInput(f"There is no guardrail “{name[:60]}”. {hint}")
    return dict(changes)


def _is_plain(field: Any) -> bool:
    """Whether one word can be its value: windows and tags are more than that."""
    return field.annotation in (int, float, bool, Decimal)


def _changed(
    settings: Any, changes: Mapping[str, Any], team: str | None, *, general_only: bool
) -> Any:
    """The settings as the file would read with these lines; a team's own lines come last."""
    text = settings.model_dump(mode="json", exclude_unset=True)
    teams = text.setdefault("teams", {})
    names = [team] if team else [None, *(() if general_only else teams)]
    for name in names:
        place = text if name is None else teams.setdefault(name, {})
        place.update(changes)
    try:
        return type(settings).model_validate(text)
    except ValidationError as error:
        first = error.errors()[0]
        raise InvalidInput(
            f"{first['loc'][-1]} cannot be {str(first['input'])[:40]!r}: {first['msg']}."
        ) from error
