"""What an account exports, by AWS's own wire formats: moto's Glue and Athena, the rest in front."""

import json
from functools import partial
from typing import Any

import pytest

from finops.billing.data_exports import ACTIONS, BillTable, FoundExport, FoundExports, find_exports
from tests.finops.billing.exports import (
    COLUMNS,
    NO_EXPORTS,
    NO_REPORTS,
    WHOLE,
    exported,
    focus,
    reported,
)
from tests.real_parts.aws import Aws
from tests.real_parts.aws_in_front import InFront, Rule


def found(aws: Aws, front: InFront, *rules: Rule) -> FoundExports:
    front.rules = list(rules)

    def client(service: str, region: str) -> Any:
        return aws.session(region).client(service, endpoint_url=front.endpoint_url)

    return find_exports(client)


def only(aws: Aws, front: InFront, *rules: Rule) -> FoundExport:
    [export] = found(aws, front, *rules).exports
    return export


def test_data_exports_and_legacy_reports_are_found_with_their_folders(
    aws: Aws, aws_in_front: InFront
) -> None:
    first, second = found(aws, aws_in_front, *exported(), reported({})).exports

    assert first == FoundExport(
        name="daily",
        kind="CUR 2.0",
        address="s3://acme-billing/exports/daily/",
        region="eu-west-1",
    )
    assert second == FoundExport(
        name="hourly", kind="CUR legacy", address="s3://acme-cur/old/hourly/", region="us-east-1"
    )


@pytest.mark.parametrize("table", ["FOCUS_1_0_AWS", "FOCUS_1_2_AWS", "focus_1_0_aws_preview"])
def test_focus_exports_are_bills(aws: Aws, aws_in_front: InFront, table: str) -> None:
    export = only(aws, aws_in_front, *exported(focus(table), {}), NO_REPORTS)

    assert (export.kind, export.trouble) == ("FOCUS", "")


@pytest.mark.parametrize("table", ["COST_OPTIMIZATION_RECOMMENDATIONS", "CARBON_EMISSIONS"])
def test_what_is_no_bill_is_passed_over(aws: Aws, aws_in_front: InFront, table: str) -> None:
    assert found(aws, aws_in_front, *exported(focus(table)), NO_REPORTS).exports == []


@pytest.mark.parametrize(
    ("rules", "trouble"),
    [
        ([*exported(settings={}), NO_REPORTS], "it has no resource ids"),
        (
            [*exported(settings=WHOLE | {"TIME_GRANULARITY": "MONTHLY"}), NO_REPORTS],
            "a line a month",
        ),
        (
            [
                *exported(
                    status={"StatusCode": "UNHEALTHY", "StatusReason": "INSUFFICIENT_PERMISSION"}
                ),
                NO_REPORTS,
            ],
            "cannot deliver it (INSUFFICIENT_PERMISSION)",
        ),
        ([NO_EXPORTS, reported({"AdditionalSchemaElements": []})], "it has no resource ids"),
        ([NO_EXPORTS, reported({"Compression": "ZIP"})], "it is zipped: choose Parquet or GZIP"),
        (
            [NO_EXPORTS, reported({"ReportStatus": {"lastStatus": "ERROR_NO_BUCKET"}})],
            "cannot deliver it (ERROR_NO_BUCKET)",
        ),
    ],
)
def test_an_export_that_is_no_good_says_why(
    aws: Aws, aws_in_front: InFront, rules: list[Rule], trouble: str
) -> None:
    assert trouble in only(aws, aws_in_front, *rules).trouble


def test_what_is_in_trouble_comes_last(aws: Aws, aws_in_front: InFront) -> None:
    names = [
        one.name for one in found(aws, aws_in_front, *exported(settings={}), reported({})).exports
    ]

    assert names == ["hourly", "daily"]


def glue_table(aws: Aws, name: str, location: str, columns: list[dict[str, str]]) -> None:
    glue = aws.client("glue", "eu-west-1")
    if not glue.get_databases()["DatabaseList"]:
        glue.create_database(DatabaseInput={"Name": "billing"})
    glue.create_table(
        DatabaseName="billing",
        TableInput={"Name": name, "StorageDescriptor": {"Location": location, "Columns": columns}},
    )


def test_a_table_over_the_export_is_found_by_its_place_and_columns(
    aws: Aws, aws_in_front: InFront
) -> None:
    glue_table(
        aws, "status", "s3://acme-billing/exports/daily/status/", [{"Name": "a", "Type": "int"}]
    )
    glue_table(aws, "other", "s3://acme-billing/exports/daily-2/data/", COLUMNS)
    glue_table(aws, "cur2", "s3://acme-billing/exports/daily/data", COLUMNS)
    results = {"ResultConfiguration": {"OutputLocation": "s3://acme-athena/results/"}}
    group = {"WorkGroup": {"Name": "primary", "Configuration": results}}
    answer = Rule("athena", "GetWorkGroup", body=json.dumps(group))

    assert only(aws, aws_in_front, *exported(), NO_REPORTS, answer).table == BillTable(
        "billing", "cur2", "s3://acme-athena/results/"
    )
    asked = {call.rpartition(" ")[2] for call in aws_in_front.seen}
    assert {action.partition(":")[2] for action in ACTIONS} == asked


def test_a_table_without_a_place_for_results_is_told_and_files_are_taken(
    aws: Aws, aws_in_front: InFront
) -> None:
    glue_table(aws, "cur2", "s3://acme-billing/exports/daily/data/", COLUMNS)
    seen = found(aws, aws_in_front, *exported(), NO_REPORTS)

    assert [one.table for one in seen.exports] == [None]
    assert "billing.cur2 in Athena is a table over daily" in seen.notes[0]


def test_what_may_not_be_asked_is_a_note_and_hides_nothing_else(
    aws: Aws, aws_in_front: InFront
) -> None:
    denied = partial(Rule, code="AccessDeniedException", status=400)
    seen = found(aws, aws_in_front, denied("bcm-data-exports"), denied("glue"), reported({}))

    assert [one.name for one in seen.exports] == ["hourly"]
    assert seen.notes == [
        "ListExports was refused (AccessDeniedException)",
        "tables over hourly: GetDatabases was refused (AccessDeniedException)",
    ]


def test_what_is_not_aws_is_a_note(aws: Aws, aws_in_front: InFront) -> None:
    page = Rule("bcm-data-exports", "ListExports", body='{"Exports": [{"a": 1}]}')
    seen = found(aws, aws_in_front, page, Rule("cur", body="<html>proxy</html>"))

    assert (seen.exports, seen.notes) == ([], ["what answered is not AWS (KeyError)"])
