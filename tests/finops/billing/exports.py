"""Data exports and legacy reports, as AWS's own answers tell them: moto has neither."""

import json
from typing import Any

from tests.real_parts.aws_in_front import Rule

ARN = "arn:aws:bcm-data-exports:us-east-1:123456789012:export/daily-1"
CUR_2 = "SELECT line_item_usage_account_id FROM COST_AND_USAGE_REPORT"
WHOLE = {"INCLUDE_RESOURCES": "TRUE", "TIME_GRANULARITY": "HOURLY"}
MONTHLY = {"TIME_GRANULARITY": "MONTHLY"}
COLUMNS = [
    {"Name": name, "Type": "string"}
    for name in (
        "line_item_line_item_type",
        "line_item_usage_start_date",
        "line_item_resource_id",
        "line_item_unblended_cost",
    )
]


def exported(
    query: str = CUR_2,
    settings: dict[str, str] | None = None,
    status: dict[str, str] | None = None,
    **output: str,
) -> list[Rule]:
    """One data export, as `ListExports` and `GetExport` tell it."""
    table = query.rpartition(" ")[2]
    format_ = {"Format": "PARQUET", "Compression": "PARQUET", "Overwrite": "OVERWRITE_REPORT"}
    export = {
        "ExportArn": ARN,
        "Name": "daily",
        "DataQuery": {
            "QueryStatement": query,
            "TableConfigurations": {table: WHOLE if settings is None else settings},
        },
        "DestinationConfigurations": {
            "S3Destination": {
                "S3Bucket": "acme-billing",
                "S3Prefix": "exports",
                "S3Region": "eu-west-1",
                "S3OutputConfigurations": {"OutputType": "CUSTOM", **format_, **output},
            }
        },
        "RefreshCadence": {"Frequency": "SYNCHRONOUS"},
    }
    said = status or {"StatusCode": "HEALTHY"}
    listed = {"Exports": [{"ExportArn": ARN, "ExportName": "daily", "ExportStatus": said}]}
    return [
        Rule("bcm-data-exports", "ListExports", body=json.dumps(listed)),
        Rule(
            "bcm-data-exports",
            "GetExport",
            body=json.dumps({"Export": export, "ExportStatus": said}),
        ),
    ]


def reported(*reports: dict[str, Any]) -> Rule:
    """Legacy reports, as `DescribeReportDefinitions` tells them."""
    usual = {
        "ReportName": "hourly",
        "TimeUnit": "HOURLY",
        "Format": "textORcsv",
        "Compression": "GZIP",
        "AdditionalSchemaElements": ["RESOURCES"],
        "S3Bucket": "acme-cur",
        "S3Prefix": "/old/",
        "S3Region": "us-east-1",
        "AdditionalArtifacts": [],
    }
    body = json.dumps({"ReportDefinitions": [usual | report for report in reports]})
    return Rule("cur", "DescribeReportDefinitions", body=body)


def focus(table: str) -> str:
    return f"SELECT BilledCost, ResourceId FROM {table}"  # noqa: S608 - nobody runs it


NO_REPORTS = reported()
NO_EXPORTS = Rule("bcm-data-exports", "ListExports", body='{"Exports": []}')
