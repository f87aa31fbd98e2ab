"""Bills in Athena: the dialect, the partitions, the budget, and the same answers as DuckDB."""

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import boto3
import duckdb
import pytest
import sqlglot
from hypothesis import given
from hypothesis import strategies as st
from sqlglot import exp

from finops.billing.allocated_bill import allocate
from finops.billing.athena_budget import usd_of
from finops.billing.athena_engine import ACTIONS, AthenaTable, open_athena_bill
from finops.billing.athena_sql import athena_sql, month_condition
from finops.billing.bill_files import find_bill_files
from finops.billing.bill_layout import BillFormat, Column, layout_of
from finops.billing.bill_source import BillSource
from finops.billing.bill_statements import statements_of
from finops.billing.duckdb_engine import local_database, open_bill
from finops.billing.learning_rates import learn_rates
from finops.billing.source_checks import BillSourceChecks
from finops.billing.usage_hours import UsageFiles
from finops.domain.checks import Outcome
from finops.domain.errors import InvalidInput
from tests.finops.billing.bills import container, cur, focus, node, write_csv
from tests.real_parts.aws import Aws

FIRST, LAST = date(2026, 7, 1), date(2026, 8, 1)
NODE = "i-0123456789abcdef0"
TEXT = Column("billing_period")


@given(st.text(max_size=40))
def test_a_value_is_a_literal_whatever_it_says(value: str) -> None:
    sql = athena_sql(
        "SELECT a FROM bill WHERE b = $start", database="d", table="t", values={"start": value}
    )
    tree = sqlglot.parse_one(sql, read="athena")
    literals = [node.this for node in tree.find_all(exp.Literal)]

    assert literals == [value]
    assert [table.sql() for table in tree.find_all(exp.Table)] == ['"d"."t"']


@pytest.mark.parametrize("name", ["", "a b", 'a"; DROP TABLE b', "A", "x" * 300, "bill;"])
def test_a_name_that_glue_would_not_take_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput, match="is no name of a table"):
        AthenaTable(database="billing", table=name, output="s3://out/")


def test_a_tag_that_a_line_lacks_is_no_error_in_athena() -> None:
    layout = layout_of(
        [
            Column("line_item_line_item_type"),
            Column("line_item_usage_start_date", "TIMESTAMP"),
            Column("line_item_resource_id"),
            Column("line_item_unblended_cost", "DOUBLE"),
            Column("resource_tags", "MAP<STRING,STRING>"),
        ],
        where="cur",
    )
    statement = statements_of(layout, team_keys=("team",)).charges
    sql = athena_sql(
        statement, database="d", table="t", values={"start": "2026-07-01", "end": "2026-08-01"}
    )

    assert layout.format is BillFormat.CUR_2
    assert "ELEMENT_AT(\"resource_tags\", 'user_team')" in sql
    assert 'ARBITRARY("resource_tags")' in sql
    assert "[" not in sql
    assert "IGNORE NULLS" not in sql


def test_only_the_months_that_are_needed_are_asked_for() -> None:
    two = {"start": date(2026, 12, 20), "end": date(2027, 1, 3)}
    crawled = [Column("year"), Column("month")]
    counted = [Column("year", "INT"), Column("month", "INT")]

    assert month_condition([TEXT], **two) == "\"billing_period\" IN ('2026-12', '2027-01')"
    assert month_condition(crawled, start=date(2026, 7, 2), end=date(2026, 7, 9)) == (
        """(("year" = '2026' AND ("month" = '7' OR "month" = '07')))"""
    )
    assert month_condition(counted, start=date(2026, 7, 2), end=date(2026, 7, 9)) == (
        """(("year" = 2026 AND ("month" = 7)))"""
    )
    assert month_condition([Column("region")], **two) == "TRUE"


def bill_lines() -> list[dict[str, object]]:
    """A month of CUR with every kind of line, two nodes and hostile ids."""
    plan = {"savings_plan_savings_plan_effective_cost": 0.6, "pricing_public_on_demand_cost": 1.0}
    lines: list[dict[str, object]] = []
    for day in range(1, 32):
        at = {"line_item_usage_start_date": f"2026-07-{day:02} 05:00:00"}
        used = {
            "line_item_usage_type": "BoxUsage:m5.large",
            "line_item_operation": "RunInstances",
            "line_item_usage_amount": 24.0,
        }
        lines += [
            {**cur("SavingsPlanCoveredUsage", 1.0, NODE), **plan, **used, **at},
            {**cur("SavingsPlanNegation", -1.0), **at},
            {**cur("Usage", 0.1 + day / 7, "it's; DROP --", resource_tags_user_team="web"), **at},
            {**cur("Tax", 0.19), **at},
            {**cur("Credit", -0.013), **at},
            {**cur("Usage", 3.0, "vol-0123456789abcdef0", line_item_currency_code="EUR"), **at},
        ]
    return lines


def in_athena(athena: Aws, folder: Path, lines: list[Any]) -> tuple[Path, AthenaTable]:
    """The lines as Parquet, here and as a partitioned table there."""
    path = folder / "bill.parquet"
    relation = duckdb.read_csv(str(write_csv(folder / "lines.csv", lines)))
    relation.write_parquet(str(path))
    table, bucket = f"cur_{uuid.uuid4().hex}", f"bill-{uuid.uuid4().hex}"
    s3, glue = athena.client("s3"), athena.client("glue")
    s3.create_bucket(Bucket=bucket)
    s3.upload_file(str(path), bucket, "cur/billing_period=2026-07/bill.parquet")
    if not any(one["Name"] == "billing" for one in glue.get_databases()["DatabaseList"]):
        glue.create_database(DatabaseInput={"Name": "billing"})
    types = {"VARCHAR": "string", "TIMESTAMP": "timestamp", "DOUBLE": "double", "BIGINT": "bigint"}
    columns = [
        {"Name": name, "Type": types[str(kind)]}
        for name, kind in zip(relation.columns, relation.types, strict=True)
    ]
    serde = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
    glue.create_table(
        DatabaseName="billing",
        TableInput={
            "Name": table,
            "TableType": "EXTERNAL_TABLE",
            "PartitionKeys": [{"Name": "billing_period", "Type": "string"}],
            "StorageDescriptor": {
                "Location": f"s3://{bucket}/cur/",
                "Columns": columns,
                "InputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
                "SerdeInfo": {"SerializationLibrary": serde},
            },
        },
    )
    return path, AthenaTable(
        database="billing", table=table, output=f"s3://{bucket}/out/", poll_seconds=0.05
    )


def answers(connection: duckdb.DuckDBPyConnection, bill: Any, usage: UsageFiles) -> list[Any]:
    """Every placed row, the bill's own totals, and the prices learnt from it."""
    found = allocate(connection, bill, usage, start=FIRST, end=LAST)
    rows = connection.execute("SELECT * EXCLUDE (quantity) FROM micros ORDER BY ALL").fetchall()
    return [*rows, *found.days, learn_rates(connection, today=LAST)]


@pytest.mark.slow
def test_athena_says_of_a_month_what_duckdb_says(
    athena: Aws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in athena.environment.items():
        monkeypatch.setenv(name, value)
    path, place = in_athena(athena, tmp_path, bill_lines())
    usage = UsageFiles(
        (str(write_csv(tmp_path / "containers.csv", [container(NODE, "web", 1, 2)])),),
        (str(write_csv(tmp_path / "estate.csv", [node(NODE)])),),
    )
    said: list[str] = []
    called: set[str] = set()
    session = boto3.Session()
    session.events.register(
        "before-call",
        lambda model, **_: called.add(f"{model.service_model.service_id}:{model.name}"),
    )
    with local_database() as connection:
        bill = open_athena_bill(connection, session, place, say=said.append, start=FIRST, end=LAST)
        there = answers(connection, bill, usage)
        spent = bill.spent
    with local_database() as connection:
        here = answers(connection, open_bill(connection, find_bill_files([str(path)])), usage)

    assert there == here
    assert len(here) > 100
    assert round(here[-1].instances[NODE, "m5.large"].usd_per_hour, 6) == Decimal("0.025")
    assert bill.partitions == "\"billing_period\" IN ('2026-07', '2026-08')"
    assert spent.statements == len(said) == 2
    assert spent.scanned_bytes > 0
    assert "2 statements scanned" in said[-1]
    # The emulator keeps the result elsewhere, so its rows are fetched by the page.
    assert called - {"S3:HeadObject", "S3:GetObject"} == {
        f"Athena:{action.partition(':')[2]}" for action in ACTIONS if "Stop" not in action
    }


@pytest.mark.slow
def test_a_budget_stops_the_statement_that_would_pass_it(
    athena: Aws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in athena.environment.items():
        monkeypatch.setenv(name, value)
    _, place = in_athena(athena, tmp_path, bill_lines())
    # Athena bills 10 MiB at least: $0.0000477 for each of the two statements.
    poor = replace(place, max_usd=usd_of(10 * 2**20) * Decimal("1.5"))
    with local_database() as connection:
        bill = open_athena_bill(connection, athena.session(), poor, start=FIRST, end=LAST)

        with pytest.raises(InvalidInput, match=r"was stopped: it had scanned .* Nothing was kept"):
            answers(connection, bill, UsageFiles())
        assert bill.spent.statements == 2


@pytest.mark.slow
def test_a_table_that_is_no_bill_is_refused_before_anything_is_scanned(
    athena: Aws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in athena.environment.items():
        monkeypatch.setenv(name, value)
    line = {k: v for k, v in focus("1", "a").items() if k != "EffectiveCost"}
    line["ChargePeriodStart"] = "2026-07-01 00:00:00"
    _, place = in_athena(athena, tmp_path, [line])

    with (
        local_database() as connection,
        pytest.raises(InvalidInput, match=r"in Athena: for a bill .* EffectiveCost are missing"),
    ):
        open_athena_bill(connection, athena.session(), place, start=FIRST, end=LAST)


@pytest.mark.slow
def test_the_doctor_sees_how_far_a_table_reaches(
    athena: Aws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in athena.environment.items():
        monkeypatch.setenv(name, value)
    _, place = in_athena(athena, tmp_path, bill_lines())
    source = BillSource(athena=place)
    now = datetime(2026, 8, 1, 9, tzinfo=UTC)
    found = {check.subject: check for check in BillSourceChecks(source, now=lambda: now).check()}

    assert {check.outcome for check in found.values()} == {Outcome.OK}
    assert found["reading"].detail == "CUR legacy in Athena can be queried"
    assert found["days"].detail == (
        "2026-07-01 to 2026-07-31 (the newest is of yesterday): days 31, lines 186"
    )
    assert found["currencies"].detail.startswith("EUR, USD")
