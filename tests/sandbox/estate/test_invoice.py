"""The demo's invoice: every day adds up, and it tells a story of price, usage and mix."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from finops.domain.costs import CostCategory
from finops.domain.pull_request import RepositoryFiles
from finops.finops_engine import FinOpsEngine
from finops.ledger.bill_writing import check_reconciled
from finops.savings_ledger import SavingsLedger
from sandbox.estate.allocated_invoice import AllocatedInvoice
from sandbox.estate.desired import Declared, read_declared
from sandbox.estate.invoice import SimulatedInvoice
from sandbox.estate.repository import files_below
from sandbox.estate.sources import day_costs
from sandbox.estate.world import SEED

BEGAN = date(2026, 11, 29)


@pytest.fixture(scope="module")
def declared() -> Declared:
    return read_declared(RepositoryFiles(commit="seed", files=files_below(SEED)))


def test_every_day_adds_up_and_its_machines_cost_what_verification_sees(
    declared: Declared,
) -> None:
    invoice = SimulatedInvoice(lambda _moment: declared, BEGAN)
    for total, rows in invoice.days(start=BEGAN - timedelta(days=40), end=BEGAN):
        check_reconciled([total], rows)
        machines = sum(r.effective_cost for r in rows if r.key.service.endswith("Compute Cloud"))
        judged = sum(
            c.effective_cost
            for c in day_costs(declared, total.day)
            if "/NodeGroup/" in c.resource_key
        )

        assert machines == judged
        assert {r.key.category for r in rows} == set(CostCategory)


def test_the_same_day_is_the_same_whenever_it_is_asked(declared: Declared) -> None:
    invoice = SimulatedInvoice(lambda _moment: declared, BEGAN)
    day = BEGAN - timedelta(days=3)
    one = [rows for _, rows in invoice.days(start=day, end=day + timedelta(days=1))]
    many = [rows for _, rows in invoice.days(start=day - timedelta(days=5), end=BEGAN)]

    assert one[0] == many[5]


def test_a_replica_appears_and_a_reservation_makes_the_database_cheaper(
    declared: Declared,
) -> None:
    invoice = SimulatedInvoice(lambda _moment: declared, BEGAN)

    def database(days_ago: int) -> list[Decimal]:
        day = BEGAN - timedelta(days=days_ago)
        [(_, rows)] = invoice.days(start=day, end=day + timedelta(days=1))
        return [r.effective_cost for r in rows if "Relational" in r.key.service]

    assert [len(database(n)) for n in (13, 12)] == [1, 2]
    assert database(5)[0] < database(6)[0]


def test_the_engine_reads_it_day_by_day_beside_the_history_of_three_months(
    declared: Declared, tmp_path: Path
) -> None:
    now = datetime(2026, 11, 29, 12, tzinfo=UTC)
    ledger = SavingsLedger(f"sqlite:///{tmp_path}/finops.db")
    invoice = AllocatedInvoice(SimulatedInvoice(lambda _moment: declared, BEGAN))
    invoice.keep_history(ledger, today=now.date())
    engine = FinOpsEngine(ledger, allocating_bills=(invoice,), now=lambda: now + timedelta(days=2))
    changes = engine.allocate_bills()
    report = engine.cost("last month")
    ledger.close()

    assert list(changes) == []
    assert report.period.words == "November 2026"
    assert (report.not_compared, report.missing) == ("", ())
    assert report.tables[0].difference == 0
