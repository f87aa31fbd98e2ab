"""From the currency's form to one setting, or what is wrong with it. Pure.

Code, rate and day are one setting: a rate means nothing beside another code.
"""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from finops.domain.currency import USD
from handlers.blocks.setup.currency import AS_OF, CODE, RATE
from handlers.blocks.setup.parts import setting_block
from handlers.form_values import changed, entered
from handlers.settings_desk import Change
from handlers.setup.changes import Problems, settings_in
from handlers.setup.standing import CURRENCY

# `1,390` won or 1.39 of them: one is a thousand times the other, and both are written so.
_TWO_READINGS = re.compile(r"([1-9]\d{0,2}),(\d{3})")


def currency_changes(view: Mapping[str, Any]) -> list[Change]:
    """The whole setting where anything of it was changed; dollars take it back."""
    if not changed(view):
        return []
    code, rate, day = _entered(view)
    rate = rate.replace(",", ".")
    chosen = None if code == USD else {CODE: code, RATE: rate, AS_OF: day}
    return [(CURRENCY, chosen)]


def currency_problems(view: Mapping[str, Any]) -> Problems:
    """What is wrong with it; whether there is such a code is said by the settings themselves."""
    code, rate, day = _entered(view)
    if code == USD:
        return {}
    problems: Problems = {}
    if found := _TWO_READINGS.fullmatch(rate):
        problems[setting_block(RATE)] = (
            f"Write {found[1]}{found[2]} or {found[1]}.{found[2]}; a comma may mean either."
        )
    elif not _is_rate(rate.replace(",", ".")):
        problems[setting_block(RATE)] = (
            f"Write how many {code[:3]} one US dollar is, as a number such as 0.92."
        )
    if not day:
        problems[setting_block(AS_OF)] = "Choose the day of which this rate is."
    return problems


def _entered(view: Mapping[str, Any]) -> tuple[str, str, str]:
    values = settings_in(entered(view))
    code, rate, day = (str(values.get(name, "")) for name in (CODE, RATE, AS_OF))
    return code.upper(), rate, day


def _is_rate(words: str) -> bool:
    try:
        rate = Decimal(words)
    except InvalidOperation:
        return False
    return rate.is_finite() and rate > 0
