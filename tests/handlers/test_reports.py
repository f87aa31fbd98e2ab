"""`/finops report` and `/finops why`: answered at once, delivered by the worker."""

from collections.abc import Callable

import pytest

from finops.domain.errors import InvalidInput
from finops.finops_engine import FinOpsEngine
from finops.report_generator import Edition, PeriodKind
from handlers.commands.report import read_request
from sandbox.slack import Driver
from sandbox.slack.delivery import Ack
from tests.handlers.builders import DANA, PAYMENTS, opportunity, recorded


def said(ack: Ack) -> str:
    assert ack.payload is not None
    return str(ack.payload)


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ("", (PeriodKind.WEEKLY, Edition.LEADERS)),
        ("monthly", (PeriodKind.MONTHLY, Edition.LEADERS)),
        ("weekly cfo", (PeriodKind.WEEKLY, Edition.CFO)),
        ("CTO Month", (PeriodKind.MONTHLY, Edition.CTO)),
        ("`weekly`", (PeriodKind.WEEKLY, Edition.LEADERS)),
    ],
)
def test_kind_and_edition_come_in_any_order(words: str, asked: tuple[PeriodKind, Edition]) -> None:
    assert read_request(words) == asked


@pytest.mark.parametrize("words", ["weakly", "weekly cfoo", "<!channel>"])
def test_a_word_that_is_neither_is_refused_with_the_usage(words: str) -> None:
    with pytest.raises(InvalidInput, match="Say /finops report weekly or monthly"):
        read_request(words)


@pytest.mark.usefixtures("app")
def test_a_report_is_acknowledged_and_comes_as_a_direct_message(
    driver: Driver, engine: FinOpsEngine, deliver: Callable[[], list[str]]
) -> None:
    recorded(engine, opportunity())
    ack = driver.slash(DANA, PAYMENTS, "/finops", "report weekly cfo")
    again = driver.slash(DANA, PAYMENTS, "/finops", "report weekly cfo")

    assert "direct message" in said(ack)
    assert "asked for just now" in said(again)
    assert deliver() == []
    assert len(driver.messages(driver.dm(DANA))) == 1


@pytest.mark.usefixtures("app")
def test_why_answers_with_the_chain_and_sends_its_picture(
    driver: Driver, engine: FinOpsEngine, deliver: Callable[[], list[str]]
) -> None:
    known = recorded(engine, opportunity())
    ack = driver.slash(DANA, PAYMENTS, "/finops", f"why {known.id}")

    assert "3 of 8 links are there" in said(ack)
    assert "Metric window" in said(ack)
    assert deliver() == []
    assert "image" in str(driver.messages(driver.dm(DANA))[0]["blocks"])


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("words", ["why", "why op-none", "why ../etc"])
def test_why_of_nothing_says_what_to_do(driver: Driver, words: str) -> None:
    ack = driver.slash(DANA, PAYMENTS, "/finops", words)

    assert "Name one" in said(ack) or "no opportunity" in said(ack)
