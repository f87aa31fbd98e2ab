from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from finops.billing.daily_costs import BillFile
from finops.domain.errors import InvalidInput
from finops.domain.verdict import DailyCost

HEADER = "ChargePeriodStart,ResourceId,EffectiveCost,ChargeCategory,BillingCurrency,Tags"
ALL = {"start": date(2026, 1, 1), "end": date(2027, 1, 1)}


def bill(tmp_path: Path, *rows: str, header: str = HEADER, **options: object) -> list[DailyCost]:
    path = tmp_path / "bill.csv"
    path.write_bytes(("\ufeff" + "\r\n".join([header, *rows]) + "\r\n").encode())
    made = BillFile(path, cluster="prod", **options)  # type: ignore[arg-type]  # tests name fields
    return list(made.daily_costs(**ALL))


def row(start: str = "2026-07-01T00:00:00Z", resource: str = "vol-0abc", cost: str = "1.5") -> str:
    return f'{start},{resource},{cost},Usage,USD,"{{""team"": ""web""}}"'


def test_rows_of_one_day_and_resource_are_added_up(tmp_path: Path) -> None:
    rows = [row(), row("2026-07-01 23:00:00", cost="0.25"), row("2026-07-02T00:00:00Z")]
    first, second = bill(tmp_path, *rows)

    assert first == DailyCost(
        day=date(2026, 7, 1),
        resource_key="prod/Volume/vol-0abc",
        category="billed",
        effective_cost=Decimal("1.75"),
        cluster="prod",
        team="web",
    )
    assert second.day == date(2026, 7, 2)


def test_days_are_utc_days(tmp_path: Path) -> None:
    [cost] = bill(tmp_path, row("2026-07-01T01:00:00+02:00"))

    assert cost.day == date(2026, 6, 30)


def test_only_days_of_the_period_are_given(tmp_path: Path) -> None:
    path = tmp_path / "bill.csv"
    path.write_text("\n".join([HEADER, row("2026-07-01"), row("2026-07-02"), row("2026-07-03")]))
    costs = BillFile(path).daily_costs(start=date(2026, 7, 2), end=date(2026, 7, 3))

    assert [cost.day for cost in costs] == [date(2026, 7, 2)]


def test_cloud_ids_become_keys_of_the_estate(tmp_path: Path) -> None:
    arn = "arn:aws:ec2:us-east-1:123456789012:volume/vol-0abc"
    group = '2026-07-01,i-0123456789abcdef0,1,Usage,USD,"{""eks:nodegroup-name"": ""general""}"'
    ours = row(resource="prod/shop/Deployment/web")
    costs = bill(tmp_path, row(resource=arn), group, ours, row(resource="i-0123456789abcdef1"))
    mapped = bill(tmp_path, row(), resource_keys={"vol-0abc": "x/Volume/y"})

    assert [cost.resource_key for cost in costs] == [
        "i-0123456789abcdef1",
        "prod/NodeGroup/general",
        "prod/Volume/vol-0abc",
        "prod/shop/Deployment/web",
    ]
    assert mapped[0].resource_key == "x/Volume/y"


def test_taxes_and_rows_without_a_resource_do_not_count(tmp_path: Path) -> None:
    tax = "2026-07-01,vol-0abc,9,Tax,USD,"

    assert bill(tmp_path, tax, row(resource="")) == []


def test_allocated_rows_say_so(tmp_path: Path) -> None:
    header = "ChargePeriodStart,ResourceId,EffectiveCost,x_CostCategory"
    [cost] = bill(tmp_path, "2026-07-01,prod/shop/Deployment/web,1,allocated", header=header)

    assert cost.category == "allocated"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (row("1 July"), "line 3: ChargePeriodStart '1 July' is not a date"),
        (row(cost="much"), "line 3: EffectiveCost 'much' is not a number"),
        (row(cost="NaN"), "line 3: EffectiveCost 'NaN' is out of range"),
        (row(cost="1e99"), "line 3: EffectiveCost '1e99' is out of range"),
        ("2026-07-01,vol-0abc,1,Usage,EUR,", "line 3: BillingCurrency 'EUR' is not USD"),
        ("2026-07-01,vol-0abc,1,Usage,USD,{", "line 3: Tags is not a JSON object"),
        ("2026-07-01,vol-0abc,1,Usage,USD,[]", "line 3: Tags is not a JSON object"),
        ("2026-07-01,vol-0abc", "line 3: the row has more or fewer cells"),
        ("2026-07-01,vol-0abc,1,Usage,USD,,x", "line 3: the row has more or fewer cells"),
        ('2026-07-01,vol-0abc,1,Usage,USD,"x', "no CSV"),
    ],
)
def test_a_wrong_row_is_named_with_its_line(tmp_path: Path, line: str, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        bill(tmp_path, row(), line)


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("ResourceId", "columns ChargePeriodStart, EffectiveCost are missing"),
        (f"{HEADER},Tags", "a column name is there twice"),
        ("", "are missing"),
    ],
)
def test_a_wrong_header_is_refused(tmp_path: Path, header: str, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        bill(tmp_path, header=header)


def test_a_missing_file_and_a_wrong_encoding_are_refused(tmp_path: Path) -> None:
    (tmp_path / "latin.csv").write_bytes(HEADER.encode() + b"\n\xff")

    with pytest.raises(InvalidInput, match="cannot be read"):
        list(BillFile(tmp_path / "none.csv").daily_costs(**ALL))
    with pytest.raises(InvalidInput, match="no CSV in UTF-8"):
        list(BillFile(tmp_path / "latin.csv").daily_costs(**ALL))
