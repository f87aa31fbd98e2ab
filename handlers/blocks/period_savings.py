"""The answer to `/finops savings [team] period`."""

from finops.domain.currency import DOLLARS, Currency
from finops.domain.estate import UNKNOWN_TEAM
from finops.domain.opportunity import OpportunityRecord
from finops.engine.period_savings import PeriodSavings
from finops.pr_body import action_words
from handlers.blocks import text
from handlers.blocks.elements import Block, context, fields, section, table


def period_savings_blocks(found: PeriodSavings, *, currency: Currency = DOLLARS) -> list[Block]:
    """What stayed off the bill of those days first; then what was proved and decided on them."""
    title = text.bold(f"Savings{text.of_team(found.team)} · {found.period.words}")
    return [
        section(f"{title}\n{period_takeaway(found, currency=currency)}{_decided(found)}"),
        fields(
            f"*Kept off the bill*\n{currency.short(found.kept_usd)}\n"
            f"{_before(found, currency=currency)}",
            f"*Verified*\n{text.count(found.verified_count, 'change')}\n"
            f"{text.saving_lines(found.verified, currency)}",
        ),
        *_largest(found, currency=currency),
        context(
            "Kept off the bill is verified cash by the day, from each change's deployment on. "
            "Room that was freed in what is paid for anyway is not in it."
        ),
    ]


def period_takeaway(found: PeriodSavings, *, currency: Currency = DOLLARS) -> str:
    """One sentence; nothing is said to be saved that the bill did not show."""
    if found.kept_usd:
        new = text.count(found.verified_count, "change") + " proved in these days"
        return f"{currency.short(found.kept_usd)} stayed off the bill" + (
            f", with {new}." if found.verified_count else ", by changes proved before."
        )
    if found.verified:
        return f"Verified: {text.saved(found.verified, currency)}."
    if found.approved_count:
        agreed = text.count(found.approved_count, "change")
        return f"Nothing is verified for these days yet; {agreed} agreed to."
    return "Nothing was verified or approved on these days."


def _decided(found: PeriodSavings) -> str:
    if not found.approved_count and not found.denied_count:
        return ""
    return f" {found.approved_count} approved and {found.denied_count} denied."


def _before(found: PeriodSavings, *, currency: Currency) -> str:
    before = found.period.before()
    return f"{currency.short(found.kept_before_usd)} in {before.words_in(found.period.start.year)}"


def _largest(found: PeriodSavings, *, currency: Currency) -> list[Block]:
    if not found.largest:
        return []
    rows = [_row(each, with_team=not found.team, currency=currency) for each in found.largest]
    head = ["Verified in these days", *([] if found.team else ["Team"]), "A month"]
    return [table([head, *rows])]


def _row(each: OpportunityRecord, *, with_team: bool, currency: Currency) -> list[str]:
    known = each.opportunity
    team = text.NO_TEAM if known.team == UNKNOWN_TEAM else known.team
    worth = text.saving_cell(each.realised, currency)
    return [action_words(known), *([team] if with_team else []), worth]
