"""The guardrails of a team, and what other ones would mean."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from finops.domain.currency import DOLLARS, Currency
from finops.engine.what_if import Moved, Standing, WhatIf
from finops.guardrail_policies.window_words import window_words
from finops.guardrails import GuardrailRules, GuardrailVerdict
from handlers.blocks import text
from handlers.blocks.elements import Block, context, header, section
from handlers.blocks.text import count, of_team
from handlers.ids import COMMAND

_ALLOW, _ASK, _DENY = GuardrailVerdict
# What a verdict means for a change, as the rest of a line.
VERDICT_WORDS = {_ALLOW: "allowed", _ASK: "needs an approver", _DENY: "blocked"}
# Each limit as people say it; what is not here is not a number.
_WORDS = {
    "max_changes_per_day": "changes a day",
    "max_saving_usd_per_day": "monthly saving changed a day",
    "max_single_change_usd_per_month": "one change, a month",
    "max_single_change_percent": "one change, of the present value",
    "min_confidence": "least confidence",
    "max_risk": "most risk",
    "max_risk_without_approval": "most risk without an approver",
    "max_replicas_per_change": "replicas in one change",
    "max_share_of_team_workloads_per_day": "of a team's workloads a day",
    "max_namespaces_per_day": "namespaces a day",
    "max_evidence_age_hours": "most age of the evidence",
}


def policy_blocks(
    rules: GuardrailRules,
    *,
    team: str,
    frozen: Sequence[str] = (),
    currency: Currency = DOLLARS,
) -> list[Block]:
    """Every limit with the name it has in the file, in the dollars that it is set in."""
    lines = [
        f"{_value(name, getattr(rules, name), currency)}  {words}  `{name}`"
        for name, words in _WORDS.items()
    ]
    windows = "; ".join(map(window_words, rules.change_windows.windows)) or "any time"
    tags = ", ".join(
        f"{tag} ({VERDICT_WORDS[verdict]})"
        for tag, verdict in rules.protected_tags.items()
        if verdict is not _ALLOW  # taken off the list
    )
    approval = "\n".join(_approval_lines(rules, currency))
    held = [f":snowflake: {text.safe(each, 300)}" for each in frozen]
    return [
        header(f"Guardrails{_plain_team(team)}"),
        *([section("\n".join(held))] if held else []),
        section("\n".join(lines)),
        section(
            f"*Change windows* {text.safe(windows, 500)}\n"
            f"*Protected tags* {text.safe(tags or 'none', 500)}\n{approval}".strip()
        ),
        context(
            f"`{COMMAND} policy what-if max_risk=0.5` shows what another limit would mean for "
            f"everything that waits. Limits are set by `{COMMAND} settings`, or under "
            "guardrails: in the configuration file."
        ),
    ]


def _approval_lines(rules: GuardrailRules, currency: Currency) -> list[str]:
    """How many must agree, where that is more than one, and who merges."""
    asked = rules.approvals
    more = [f"{asked.required} approvals"] if asked.required > 1 else []
    if asked.two_from_usd_per_month is not None:
        more.append(f"two from {currency.quoted(asked.two_from_usd_per_month)} a month on")
    if asked.two_from_risk is not None:
        more.append(f"two from a risk of {asked.two_from_risk:g} on")
    if asked.four_eyes:
        more.append("another person merges than the one who approved")
    lines = [f"*Approvals* {', '.join(more)}"] if more else []
    if rules.auto_approve:
        lines.append("Approved without a click where all agree.")
    return lines


def what_if_blocks(
    result: WhatIf, changes: Mapping[str, str], *, team: str, currency: Currency = DOLLARS
) -> list[Block]:
    """Before and after, and the largest that would move."""
    asked = ", ".join(f"{text.safe(k, 60)} = {text.safe(v, 40)}" for k, v in changes.items())
    blocks = [
        section(f"*{what_if_takeaway(result)}*\nWith {asked}{of_team(team)}."),
        section("\n".join(_row(verdict, result, currency) for verdict in (_ALLOW, _ASK, _DENY))),
    ]
    if result.examples:
        shown = "\n".join(_moved(each, currency) for each in result.examples)
        blocks.append(section(f"The largest that would move:\n{shown}"))
    looked = f"{result.looked_at:,} of {result.waiting:,} that wait, the largest savings"
    if result.looked_at == result.waiting:
        looked = f"All {count(result.waiting, 'opportunity')} that wait"
    blocks.append(
        context(
            f"{looked}, judged now. {_amounts(currency)} are cash or room, whichever is larger. "
            "Nothing was changed."
        )
    )
    return blocks


def what_if_summary(result: WhatIf, currency: Currency = DOLLARS) -> str:
    """The takeaway, and before and after of each verdict below it."""
    if not result.waiting:
        return "Nothing waits now, so nothing would be judged differently."
    rows = "\n".join(_row(verdict, result, currency) for verdict in (_ALLOW, _ASK, _DENY))
    return f"{text.bold(what_if_takeaway(result))}\n{rows}"


def what_if_takeaway(result: WhatIf) -> str:
    """`3 more opportunities would be blocked`, or that nothing would change."""
    if not result.waiting:
        return "Nothing waits, so there is nothing to compare"
    blocked = _difference(result, _DENY)
    if blocked > 0:
        return f"{_more(blocked, 'more')} would be blocked"
    if blocked < 0:
        return f"{_more(-blocked, 'fewer')} would be blocked"
    asked = _difference(result, _ASK)
    if asked:
        return f"{_more(abs(asked), 'more' if asked > 0 else 'fewer')} would need an approver"
    return "Nothing that waits would be judged differently"


def _more(number: int, word: str) -> str:
    return f"{number:,} {word} {'opportunity' if number == 1 else 'opportunities'}"


def _difference(result: WhatIf, verdict: GuardrailVerdict) -> int:
    return result.after.counts.get(verdict, 0) - result.before.counts.get(verdict, 0)


def _amounts(currency: Currency) -> str:
    return "Dollars" if currency.is_usd else f"{currency.noun[:1].upper()}{currency.noun[1:]}"


def _row(verdict: GuardrailVerdict, result: WhatIf, currency: Currency) -> str:
    before, after = (
        _cell(standing, verdict, currency) for standing in (result.before, result.after)
    )
    return f"*{_VERDICTS[verdict]}*  {before} → {after}"


_VERDICTS = {_ALLOW: "Allowed", _ASK: "An approver must agree", _DENY: "Blocked"}


def _cell(standing: Standing, verdict: GuardrailVerdict, currency: Currency) -> str:
    worth = standing.usd_per_month.get(verdict, Decimal(0))
    return f"{standing.counts.get(verdict, 0):,} ({currency.short(worth)}/month)"


def _moved(each: Moved, currency: Currency) -> str:
    opportunity = each.record.opportunity
    label = text.safe(opportunity.resource.label, 120)
    worth = currency.short(opportunity.saving.larger_usd_per_month)
    return f"• {label}, {worth}/month: {VERDICT_WORDS[each.before]} → {VERDICT_WORDS[each.after]}"


def _value(name: str, value: object, currency: Currency) -> str:
    if name.endswith(("usd_per_day", "usd_per_month")):
        return f"*{currency.quoted(Decimal(str(value)))}*"
    if name.endswith("percent"):
        return f"*{value:g} %*"
    if name in ("min_confidence", "max_share_of_team_workloads_per_day"):
        return f"*{float(str(value)) * 100:g} %*"
    if name.endswith("hours"):
        return f"*{value:g} h*"
    return f"*{value:g}*"


def _plain_team(team: str) -> str:
    return f" of team {text.plain(team, 60)}" if team else ""
