import os
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from finops.billing.bill_rate_file import BillRateFile
from finops.domain.checks import Outcome

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
HEADER = "ChargePeriodStart,ResourceId,RegionId,EffectiveCost,PricingQuantity,x_UsageType"


def write(path: Path, usd: str, *, day: str = "2026-11-20") -> None:
    row = f"{day}T00:00:00Z,i-0a1b2c3d4,us-east-1,{usd},1,BoxUsage:m5.large"
    path.write_text(f"{HEADER}\n{row}\n")
    # A second write within the clock's tick must be seen too.
    os.utime(path, ns=(0, int(Decimal(usd) * 10**9)))


def rate(bill: BillRateFile) -> Decimal | None:
    found = bill.rates().machine("m5.large", region="us-east-1", is_spot=False)
    return found.usd_per_hour if found else None


def test_a_changed_file_is_read_again_and_an_unchanged_one_is_not(tmp_path: Path) -> None:
    path = tmp_path / "bill.csv"
    write(path, "0.09")
    bill = BillRateFile(path, clock=lambda: NOW)
    first, again = bill.rates(), bill.rates()
    write(path, "0.05")

    assert first is again
    assert rate(bill) == Decimal("0.05")


def test_a_file_that_breaks_leaves_the_known_rates_and_is_told(tmp_path: Path) -> None:
    path = tmp_path / "bill.csv"
    write(path, "0.09")
    bill = BillRateFile(path, clock=lambda: NOW)
    bill.rates()
    path.write_text("half a fi")
    [check] = bill.check()

    assert rate(bill) == Decimal("0.09")
    assert check.outcome is Outcome.FAILED
    assert "the columns ChargePeriodStart" in check.fix
    path.unlink()
    assert "cannot be read" in bill.check()[0].fix
    write(path, "0.08")
    assert rate(bill) == Decimal("0.08")
    assert bill.check()[0].outcome is Outcome.OK


def test_an_old_bill_gives_no_prices(tmp_path: Path) -> None:
    path = tmp_path / "bill.csv"
    write(path, "0.09")
    fresh = BillRateFile(path, clock=lambda: NOW)
    old = BillRateFile(path, clock=lambda: NOW + timedelta(days=45))
    [check] = old.check()

    assert rate(fresh) == Decimal("0.09")
    assert rate(old) is None
    assert (check.outcome, check.detail) == (
        Outcome.WARNING,
        "1 machines have a rate of their own, 1 types a mean; the newest day is 2026-11-20.",
    )


def test_a_bill_without_machines_says_what_to_export(tmp_path: Path) -> None:
    path = tmp_path / "bill.csv"
    path.write_text(f"{HEADER}\n2026-11-20,bucket,us-east-1,1,1,\n")
    [check] = BillRateFile(path, clock=lambda: NOW).check()

    assert check.outcome is Outcome.WARNING
    assert "x_UsageType" in check.fix
