"""What the terminal shows: cash and room apart, nothing wider than the screen."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from bot.terminal import (
    figures_lines,
    period_savings_lines,
    record_lines,
    savings_lines,
    show_lines,
)
from finops.billing.periods import read_period
from finops.domain.lifecycle import Status
from finops.domain.money import Saving
from finops.domain.opportunity import WasteKind
from finops.engine.period_savings import PeriodSavings
from finops.finops_engine import SavingsSummary
from finops.ledger.audit import AuditEntry
from finops.savings_ledger import Breakdown
from tests.finops.currencies import EUROS, FRANCS, dollars_left
from tests.handlers.builders import NOW, PRIYA, reasons, record

CASH, ROOM = Saving(Decimal(80)), Saving(freed_usd_per_month=Decimal("51.65"))


def test_a_list_stands_below_its_statuses_and_ends_in_a_sum_of_each_kind() -> None:
    found = [record(kind=WasteKind.IDLE_NODE), record(Status.VERIFIED), record(team="unknown")]

    lines = record_lines(found)

    assert [line for line in lines if line in ("Notified", "Verified")] == ["Notified", "Verified"]
    assert lines[2].split()[1:5] == ["$73", "–", "payments", "Shrink"]
    assert "no team" in lines[3]
    assert lines[-1] == "Together: $73 a month off the bill, $82 a month freed as room."


@pytest.mark.parametrize("kind", WasteKind)
def test_nothing_is_wider_than_a_hundred_columns(kind: WasteKind) -> None:
    long = record(kind=kind, summary="It asks for more. " * 20, team="t" * 20)
    history = [AuditEntry(1, NOW + timedelta(hours=1), PRIYA, "approved", long.id, {}, "")]

    lines = [*record_lines([long]), *show_lines(long, reasons("It is outside. " * 12), history)]

    for line in "\n".join(lines).splitlines():
        assert len(line) <= 100 or " " not in line.strip()


def test_an_empty_list_says_what_to_do() -> None:
    assert "`finops scan`" in record_lines([])[0]


def test_what_is_in_flight_is_not_offered_as_well() -> None:
    row = Breakdown("shop", 2, CASH, ROOM, Saving())
    summary = SavingsSummary(CASH + ROOM, ROOM, Saving(), (row,), (), ())

    lines = savings_lines(summary)

    assert lines[1].split() == ["Offered", "$80", "–"]
    assert lines[2].split() == ["In", "flight", "–", "$51.65"]
    assert lines[-3].split() == ["shop", "$80", "–", "–", "$51.65", "–", "–"]


def test_figures_of_the_demo_read_as_words() -> None:
    assert figures_lines({"realised_usd_per_month": 579.28, "audit_intact": True}) == [
        "realised usd per month   $579",
        "audit intact             yes",
    ]


def test_everything_at_the_terminal_is_told_in_euros() -> None:
    sentence = "Realised: $80.00/month expected, $79.00/month measured."
    verified = replace(
        record(Status.VERIFIED, saving=CASH), realised=CASH, status_reason=sentence,
        verdict={"verdict": "realised", "sentence": sentence},
    )  # fmt: skip
    found = [record(kind=kind) for kind in WasteKind] + [verified]
    row = Breakdown("shop", 2, CASH, ROOM, CASH)
    summary = SavingsSummary(CASH + ROOM, ROOM, CASH, (row,), (), ())
    history = [AuditEntry(1, NOW, PRIYA, "approved", verified.id, {}, "")]
    limit = reasons("The saving of $1,200/month is over the limit of $1,000/month.")
    period = PeriodSavings(
        period=read_period("2026-10", today=NOW.date()), team="", kept_usd=Decimal(1000),
        kept_before_usd=Decimal(10), verified=CASH, verified_count=1, approved_count=1,
        denied_count=0, largest=(verified,),
    )  # fmt: skip

    parts = (
        record_lines(found, EUROS),
        savings_lines(summary, EUROS),
        period_savings_lines(period, EUROS),
        figures_lines({"realised_usd_per_month": 579.28}, EUROS),
        *(show_lines(each, limit, history, EUROS) for each in found),
    )

    for lines in parts:
        shown = "\n".join(lines)
        assert dollars_left(" ".join(shown.split())) == []
        assert "€" in shown
    assert record_lines(found, EUROS)[-1].endswith("€0.92 per $, as of 1 Nov 2026.")
    assert "Realised: €73.60/month expected, €72.68/month measured" in " ".join(
        "\n".join(show_lines(verified, (), history, EUROS)).split()
    )


def test_wide_amounts_keep_their_columns() -> None:
    many = [record(saving=Saving(Decimal(amount), Decimal(5))) for amount in (9, 1_234_567)]

    lines = [line for line in record_lines(many, FRANCS) if "CHF" in line and "op-" in line]

    assert len({line.index("payments") for line in lines}) == 1
