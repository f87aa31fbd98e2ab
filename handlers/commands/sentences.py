"""A natural sentence that means a command: by simple rules, and only when one fits.

No language model: what is not understood is said so, with the nearest command.
"""

import re
from collections.abc import Iterable

from finops.billing.periods import find_period

_ID = r"(?P<id>op-[0-9a-f]{4,10})"
_ASKS_FOR = r"(?:please |can you |could you |would you |i want to |let'?s |hey |hi )*"
_WAITS = "(?:waits?|waiting|pending|to decide|to do)"
_COSTS = "(?:costs?|spend|spent|pay|paid|bill)"
_LIMITS = "(?:guardrails?|limits?|polic(?:y|ies)|may approve)"
_SAVED, _COST = "savings {team} {period}", "cost {team} {period}"
# The first that fits decides. `{team}` is filled with the team that the sentence names.
_RULES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), command)
    for pattern, command in (
        (rf"^{_ASKS_FOR}(?:why|explain)\b.*{_ID}", "why {id}"),
        (rf"\b(?:who (?:owns|has)|show|see|details?)\b.*{_ID}", "show {id}"),
        (rf"^{_ASKS_FOR}(?:un ?freeze|resume|thaw|continue)\b", "unfreeze {team}"),
        (rf"^{_ASKS_FOR}(?:stop|halt|pause) (?:everything|all|the bot)", "freeze all"),
        (rf"^{_ASKS_FOR}(?:look|search|check|scan) (?:for )?(?:new )?(?:waste|again|now)", "scan"),
        (r"^what (?:have|did|do) (?:we|i|you|\S+) (?:already )?(?:save|saved)\b", _SAVED),
        (r"^how much (?:have|has|did|do|does|are) .*\bsav(?:e|ed|ing)\b", _SAVED),
        (r"\b(?:our|the|my|\S+'s) savings\b", _SAVED),
        (r"^what can (?:we|i|\S+) save\b", "list {team}"),
        (rf"^(?:what|which|anything)\b.*\b{_WAITS}\b", "list {team}"),
        (r"^what(?:'s| is| are) (?:open|in flight|under way)\b", "list {team} in flight"),
        (rf"^(?:what|how much) (?:does|do|did|is|are|was) .*\b{_COSTS}\b", _COST),
        (r"\b(?:our|the|my|\S+'s) (?:aws )?(?:costs?|bill|spend)\b", _COST),
        (rf"^(?:what|which|who)\b.*\b{_LIMITS}\b", "policy {team}"),
        (r"^(?:what|which|list(?: all)?|show(?: me)?)(?: the)? teams\b", "teams"),
        (r"\b(?:monthly|month) (?:report|digest)\b", "report monthly"),
        (r"\b(?:report|digest)\b", "report weekly"),
        (r"^(?:what can you do|how does this work|who are you)\b", "help"),
    )
)  # fmt: skip


def understood(sentence: str, *, teams: Iterable[str], commands: Iterable[str]) -> str:
    """The command that a sentence means, without `/finops`; empty when none fits.

    `commands` are those that exist; a rule for another one does not count.

    >>> understood("how much did shop save last month?", teams=["shop"], commands=["savings"])
    'savings shop last month'
    """
    words = " ".join(sentence.casefold().strip(" ?!.").split())
    known = set(commands)
    for pattern, command in _RULES:
        found = pattern.search(words)
        if found and command.split()[0] in known:
            filled = {
                "team": _team_in(words, teams),
                "id": found.groupdict().get("id", ""),
                "period": find_period(words)[0],
            }
            return " ".join(command.format(**filled).split())
    return ""


def _team_in(words: str, teams: Iterable[str]) -> str:
    """The longest name of a team that stands in the sentence as whole words."""
    named = [
        team
        for team in teams
        if re.search(rf"(?<![\w-]){re.escape(team.casefold())}(?![\w-])", words)
    ]
    return max(named, key=len, default="")
