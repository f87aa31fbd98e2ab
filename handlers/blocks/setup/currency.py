"""What amounts are shown in: a currency, its rate, and of which day that rate is."""

from datetime import date

from finops.domain.currency import Currency
from handlers.blocks import text
from handlers.blocks.elements import Block, section
from handlers.blocks.inputs import day_picker, text_input
from handlers.blocks.setup.parts import SETTING, locked, setting, settings_form
from handlers.ids import ViewId
from handlers.reference import SettingsReference

CODE, RATE, AS_OF = "code", "per_usd", "as_of"
_MEANING = (
    "The bot keeps US dollars, as AWS bills and quotes them. Here you choose what people read: on "
    "cards, in plans, digests and reports, at one fixed rate that stands below each total. Limits "
    "and list prices stay dollars."
)


def currency_modal(now: Currency, *, instance: str, is_locked: bool, today: date) -> Block:
    """The form, as it stands. `today` is offered as the day of a rate that has none yet."""
    return settings_form(
        "Currency",
        [section(_MEANING), *(_locked(now) if is_locked else _inputs(now, today))],
        callback_id=ViewId.SETUP_CURRENCY,
        reference=str(SettingsReference(instance)),
    )


def currency_words(now: Currency) -> str:
    """`Euros · €0.92 per $, as of 1 Nov 2026`."""
    name = f"{now.noun[:1].upper()}{now.noun[1:]}"
    return text.safe(" · ".join(filter(None, (name, now.rate_words))), 120)


def _locked(now: Currency) -> list[Block]:
    return [locked("Currency", currency_words(now))]


def _inputs(now: Currency, today: date) -> list[Block]:
    rate = "" if now.is_usd else f"{now.per_usd.normalize():f}"
    return [
        setting(
            "Currency", text_input(SETTING, now.code, example="EUR", longest=3), CODE,
            hint="An ISO 4217 code such as EUR, GBP or CHF. USD shows what is recorded.",
            optional=False,
        ),
        setting(
            "One US dollar is", text_input(SETTING, rate, example="0.92", longest=20), RATE,
            hint="In that currency. Not needed for USD.",
        ),
        setting(
            "Rate of", day_picker(SETTING, now.as_of or today), AS_OF,
            hint="finops doctor reminds you when it is over 45 days old.",
        ),
    ]  # fmt: skip
