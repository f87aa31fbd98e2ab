from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from finops.billing.bill_lines import Pricing, RateLine
from finops.billing.focus_lines import FocusLines, line_from
from finops.domain.errors import InvalidInput

ROW = {
    "ChargeCategory": "Usage",
    "ChargePeriodStart": "2026-11-20T05:00:00Z",
    "ChargePeriodEnd": "2026-11-20T06:00:00Z",
    "ResourceId": "i-0a1b2c3d4e5f60718",
    "RegionId": "eu-central-1",
    "EffectiveCost": "0.0712",
    "ListCost": "0.115",
    "PricingQuantity": "1",
    "PricingCategory": "Standard",
    "CommitmentDiscountCategory": "",
    "CommitmentDiscountId": "",
    "x_UsageType": "EUC1-BoxUsage:m5.large",
    "ChargeDescription": "$0.115 per On Demand Linux m5.large Instance Hour",
}


def line(**cells: str) -> RateLine | None:
    return line_from(ROW | cells)


def machine(**cells: str) -> tuple[str, Pricing, Decimal]:
    found = line(**cells)
    assert found is not None
    return found.instance_type, found.pricing, found.hours


def test_an_hour_of_a_machine_is_read_whole() -> None:
    assert line() == RateLine(
        day=date(2026, 11, 20),
        resource_id="i-0a1b2c3d4e5f60718",
        effective_cost=Decimal("0.0712"),
        list_cost=Decimal("0.115"),
        region="eu-central-1",
        instance_type="m5.large",
        hours=Decimal(1),
    )


@pytest.mark.parametrize(
    ("cells", "pricing"),
    [
        ({"CommitmentDiscountCategory": "Spend"}, Pricing.SAVINGS_PLAN),
        ({"CommitmentDiscountCategory": "Usage"}, Pricing.RESERVED),
        ({"x_UsageType": "EUC1-SpotUsage:m5.large"}, Pricing.SPOT),
        ({"PricingCategory": "Dynamic"}, Pricing.SPOT),
        ({"x_UsageType": "BoxUsage:m5.large"}, Pricing.ON_DEMAND),
    ],
)
def test_how_an_hour_was_paid_is_known(cells: dict[str, str], pricing: Pricing) -> None:
    assert machine(**cells) == ("m5.large", pricing, Decimal(1))


@pytest.mark.parametrize(
    ("description", "instance_type", "pricing"),
    [
        (
            "$0.115 per On Demand Linux m7i-flex.xlarge Instance Hour",
            "m7i-flex.xlarge",
            "on demand",
        ),
        ("c5.large Linux/UNIX Spot Instance-hour in EU (Frankfurt)", "c5.large", "spot"),
        ("Linux/UNIX (Amazon VPC), t2.nano reserved instance applied", "t2.nano", "on demand"),
        ("$0.00 for 4245 Mbps per c6a.4xlarge instance-hour (or partial hour)", "", "on demand"),
        ("$0.010 per GB - regional data transfer", "", "on demand"),
    ],
)
def test_without_the_usage_type_the_description_tells_the_machine(
    description: str, instance_type: str, pricing: str
) -> None:
    found = machine(x_UsageType="", ChargeDescription=description)

    assert found == (instance_type, Pricing(pricing), Decimal(bool(instance_type)))


@pytest.mark.parametrize(
    "usage_type", ["EUC1-EBSOptimized:m5.large", "EUC1-DataTransfer-Out-Bytes", "CPUCredits:t3"]
)
def test_what_else_a_machine_costs_is_no_machine_hour(usage_type: str) -> None:
    assert machine(x_UsageType=usage_type)[0] == ""


def test_a_day_is_a_day_of_utc() -> None:
    found = line(ChargePeriodStart="2026-11-21T01:00:00+02:00", ChargePeriodEnd="")

    assert found is not None
    assert found.day == date(2026, 11, 20)


def test_a_database_is_no_machine() -> None:
    assert machine(ResourceId="arn:aws:rds:eu-central-1:1:db:web")[0] == ""


def test_a_licensed_machine_is_marked() -> None:
    found = line(ChargeDescription="$0.188 per On Demand Windows m5.large Instance Hour")

    assert found is not None
    assert not found.is_plain_linux


@pytest.mark.parametrize(
    "cells",
    [
        {"ChargeCategory": "Credit"},
        {"ResourceId": ""},
        {"BillingCurrency": "EUR"},
        {"ChargePeriodStart": "2026-11-01", "ChargePeriodEnd": "2026-12-01"},
    ],
)
def test_what_is_no_daily_usage_in_dollars_is_passed_over(cells: dict[str, str]) -> None:
    assert line(**cells) is None


def test_a_broken_line_does_not_spoil_the_others(tmp_path: Path) -> None:
    path = tmp_path / "bill.csv"
    good = ",".join(ROW.values())
    broken = [good.replace("0.0712", text) for text in ("much", "NaN", "Infinity", "1e9999999", "")]
    path.write_text("\n".join([",".join(ROW), good, *broken, "x", "", good]) + "\n")
    lines = FocusLines(path)

    assert len(list(lines)) == 2
    assert lines.unreadable == 6


def test_a_file_that_is_no_focus_export_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bill.csv"
    path.write_text("a,b\n1,2\n")

    with pytest.raises(InvalidInput, match="line 1: the columns ChargePeriodStart, ResourceId"):
        list(FocusLines(path))
    with pytest.raises(InvalidInput, match="cannot be read"):
        list(FocusLines(tmp_path / "gone.csv"))
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidInput, match="no CSV in UTF-8"):
        list(FocusLines(path))
