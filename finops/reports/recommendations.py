"""Who should do what by when. Each names a team, a date and what it is worth."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from finops.domain.currency import DOLLARS, Currency
from finops.domain.estate import UNKNOWN_TEAM
from finops.domain.lifecycle import WAITING, Status
from finops.domain.money import Saving
from finops.domain.opportunity import OpportunityRecord
from finops.domain.verdict import Verdict
from finops.reports.report import Recommendation

MOST = 8
_DAYS_TO_DECIDE = 7
_DAYS_TO_MERGE = 3
_DAYS_TO_RESTORE = 2


def was_reversed(record: OpportunityRecord) -> bool:
    """Whether the bill's verdict on it is *reversed*."""
    return str(record.verdict.get("verdict", "")) == Verdict.REVERSED.value


def recommendations_of(
    records: Sequence[OpportunityRecord],
    *,
    today: date,
    owners: Mapping[str, str] | None = None,
    currency: Currency = DOLLARS,
) -> tuple[Recommendation, ...]:
    """At most eight: savings lost first, then agreed ones that hang, then decisions; by worth.

    `owners` names by team the person or group that a recommendation is for.
    """
    by_team: dict[str, list[OpportunityRecord]] = {}
    for record in records:
        by_team.setdefault(record.opportunity.team, []).append(record)
    ranked = []
    for order, make in enumerate((_restore, _merge, _decide)):
        for team, own in sorted(by_team.items()):
            found = make(team, own, today)
            if found is not None:
                ranked.append((order, -found.worth.larger_usd_per_month, team, found))
    ranked.sort(key=lambda item: item[:3])
    known = owners or {}
    return tuple(
        _told(replace(found, owner=known.get(team, "")), currency)
        for _, _, team, found in ranked[:MOST]
    )


def _restore(team: str, records: Sequence[OpportunityRecord], today: date) -> Recommendation | None:
    lost = [record for record in records if was_reversed(record)]
    due = today + timedelta(days=_DAYS_TO_RESTORE)
    what = f"find out why {_count(lost, 'saving was', 'savings were')} reversed"
    return _recommendation(team, lost, due, what)


def _merge(team: str, records: Sequence[OpportunityRecord], today: date) -> Recommendation | None:
    hanging = [record for record in records if record.status is Status.PULL_REQUEST_OPEN]
    due = today + timedelta(days=_DAYS_TO_MERGE)
    numbers = [f"#{r.pull_request_number}" for r in hanging if r.pull_request_number is not None]
    named = f" ({', '.join(numbers[:5])}{' …' if len(numbers) > 5 else ''})" if numbers else ""
    what = f"merge {_count(hanging, 'open pull request', 'open pull requests')}{named}"
    return _recommendation(team, hanging, due, what)


def _decide(team: str, records: Sequence[OpportunityRecord], today: date) -> Recommendation | None:
    waiting = [record for record in records if record.status in WAITING]
    due = today + timedelta(days=_DAYS_TO_DECIDE)
    what = f"decide on {_count(waiting, 'opportunity', 'opportunities')}"
    return _recommendation(team, waiting, due, what)


def _recommendation(
    team: str, records: Sequence[OpportunityRecord], due: date, what: str
) -> Recommendation | None:
    if not records:
        return None
    worth = sum((record.opportunity.saving for record in records), Saving())
    return Recommendation(team=team, due=due, sentence="", worth=worth, action=what)


def _told(one: Recommendation, currency: Currency) -> Recommendation:
    """The same with its sentence, in the currency that is read."""
    who = "Triage" if one.team == UNKNOWN_TEAM else f"Team {one.team}"
    gain = _worth_words(one.worth, currency)
    by = f"{one.due:%a} {one.due.day} {one.due:%b}"
    return replace(one, gain=gain, sentence=f"{who}: {one.action} by {by}, worth {gain}.")


def _worth_words(worth: Saving, currency: Currency) -> str:
    cash, freed = worth.cashable_usd_per_month, worth.freed_usd_per_month
    if cash > 0 and freed > 0:
        return f"{currency.format(cash)}/month in cash and {currency.format(freed)}/month in room"
    if not worth:
        return "more reliability"
    if cash > 0:
        return f"{currency.format(cash)}/month in cash"
    return f"{currency.format(freed)}/month in room"


def _count(records: Sequence[OpportunityRecord], one: str, many: str) -> str:
    return f"{len(records)} {one if len(records) == 1 else many}"
