"""The bills that an AWS account exports already: Data Exports, legacy reports, tables over them.

Everything is asked with read-only calls, and what may not be asked is a note, not a failure: most
accounts are no payer, and have none. AWS answers for exports in us-east-1 only.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from finops.billing.bill_layout import Column, layout_of
from finops.domain.errors import InvalidInput

ACTIONS = (
    "athena:GetWorkGroup",
    "bcm-data-exports:GetExport",
    "bcm-data-exports:ListExports",
    "cur:DescribeReportDefinitions",
    "glue:GetDatabases",
    "glue:GetTables",
)
REGION = "us-east-1"
WORKGROUP = "primary"
_MOST_EXPORTS, _MOST_DATABASES = 50, 100
_FROM = re.compile(r"\bFROM\s+([A-Z0-9_]+)", re.IGNORECASE)
_FAILURES = (ClientError, BotoCoreError, ResponseParserError)

# (service, region) → a boto3 client
Clients = Callable[[str, str], Any]


@dataclass(frozen=True, slots=True)
class BillTable:
    """A table in Athena over an export's files, and where its workgroup puts results."""

    database: str
    table: str
    output: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundExport:
    """One export of bills: `kind` is CUR 2.0, FOCUS or CUR legacy, `address` its folder in S3.

    `trouble` says why it is no good as it is, and what to do; empty for most.
    """

    name: str
    kind: str
    address: str
    region: str
    trouble: str = ""
    table: BillTable | None = None


@dataclass(slots=True)
class FoundExports:
    """What there is, the best first, and what could not be asked."""

    exports: Sequence[FoundExport] = ()
    notes: list[str] = field(default_factory=list)


def find_exports(clients: Clients) -> FoundExports:
    """Ask one account for everything that exports a bill; never raises for what AWS answers."""
    found = FoundExports()
    exports = [*_asked(found, _data_exports, clients), *_asked(found, _reports, clients)]
    found.exports = sorted(
        (_with_table(found, clients, one) for one in exports),
        key=lambda one: (bool(one.trouble), _ORDER.index(one.kind), one.name),
    )
    return found


_ORDER = ("CUR 2.0", "FOCUS", "CUR legacy")


def _asked(
    found: FoundExports, ask: Callable[[Clients], Iterator[FoundExport]], clients: Clients
) -> list[FoundExport]:
    try:
        return list(ask(clients))
    except _FAILURES as error:
        found.notes.append(_said(error))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        found.notes.append(f"what answered is not AWS ({type(error).__name__})")
    return []


def _said(error: Exception) -> str:
    if isinstance(error, ClientError):
        code = str(error.response.get("Error", {}).get("Code", "?"))[:60]
        return f"{error.operation_name} was refused ({code})"
    return f"no answer ({type(error).__name__})"


def _data_exports(clients: Clients) -> Iterator[FoundExport]:
    client = clients("bcm-data-exports", REGION)
    pages = client.get_paginator("list_exports").paginate(
        PaginationConfig={"MaxItems": _MOST_EXPORTS}
    )
    for page in pages:
        for listed in page.get("Exports", ()):
            answer = client.get_export(ExportArn=listed["ExportArn"])
            export = _data_export(answer["Export"], answer.get("ExportStatus") or {})
            if export is not None:
                yield export


def _data_export(export: Mapping[str, Any], status: Mapping[str, Any]) -> FoundExport | None:
    """An export of costs; None for recommendations, prices, carbon and what else is exported."""
    query = export["DataQuery"]
    named = _FROM.search(query["QueryStatement"])
    table = named[1].upper() if named else ""
    is_focus = table.startswith("FOCUS")
    if not is_focus and table != "COST_AND_USAGE_REPORT":
        return None
    place = export["DestinationConfigurations"]["S3Destination"]
    settings = (query.get("TableConfigurations") or {}).get(table) or {}
    return FoundExport(
        name=export["Name"],
        kind="FOCUS" if is_focus else "CUR 2.0",
        address=_address(place["S3Bucket"], place.get("S3Prefix") or "", export["Name"]),
        region=place["S3Region"],
        trouble=_trouble(
            is_healthy=status.get("StatusCode", "HEALTHY") == "HEALTHY",
            reason=str(status.get("StatusReason") or ""),
            has_resources=is_focus or settings.get("INCLUDE_RESOURCES", "FALSE") == "TRUE",
            granularity="" if is_focus else str(settings.get("TIME_GRANULARITY", "HOURLY")),
            compression=str(place["S3OutputConfigurations"].get("Compression", "")),
        ),
    )


def _reports(clients: Clients) -> Iterator[FoundExport]:
    pages = clients("cur", REGION).get_paginator("describe_report_definitions")
    for page in pages.paginate(PaginationConfig={"MaxItems": _MOST_EXPORTS}):
        for report in page.get("ReportDefinitions", ()):
            status = str((report.get("ReportStatus") or {}).get("lastStatus") or "SUCCESS")
            yield FoundExport(
                name=report["ReportName"],
                kind="CUR legacy",
                address=_address(
                    report["S3Bucket"], report.get("S3Prefix") or "", report["ReportName"]
                ),
                region=report["S3Region"],
                trouble=_trouble(
                    is_healthy=status == "SUCCESS",
                    reason=status,
                    has_resources="RESOURCES" in (report.get("AdditionalSchemaElements") or ()),
                    granularity=report["TimeUnit"],
                    compression=report["Compression"],
                ),
            )


def _address(bucket: str, prefix: str, name: str) -> str:
    """Both kinds put their months, data and manifests below a folder of the export's own name."""
    steps = [step for step in f"{prefix}/{name}".split("/") if step]
    return f"s3://{bucket}/{'/'.join(steps)}/"


def _trouble(
    *, is_healthy: bool, reason: str, has_resources: bool, granularity: str, compression: str
) -> str:
    if not is_healthy:
        return f"AWS cannot deliver it ({reason or 'unhealthy'}): see its bucket's policy"
    if not has_resources:
        return "it has no resource ids: export again with resources included"
    if granularity == "MONTHLY":
        return "it has a line a month: export again by the hour or the day"
    if compression.upper() == "ZIP":
        return "it is zipped: choose Parquet or GZIP"
    return ""


def _with_table(found: FoundExports, clients: Clients, export: FoundExport) -> FoundExport:
    """With the table that lies over its files, where there is one and results have a place."""
    if export.trouble:
        return export
    try:
        named = next(_tables_over(clients("glue", export.region), export.address), None)
        if named is None:
            return export
        answer = clients("athena", export.region).get_work_group(WorkGroup=WORKGROUP)
    except _FAILURES as error:
        found.notes.append(f"tables over {export.name}: {_said(error)}")
        return export
    configuration = answer["WorkGroup"].get("Configuration") or {}
    output = (configuration.get("ResultConfiguration") or {}).get("OutputLocation") or ""
    if urlsplit(output).scheme != "s3":
        found.notes.append(
            f"{'.'.join(named)} in Athena is a table over {export.name}, but the workgroup "
            f"{WORKGROUP} has no place for results; give bill: athena: an output"
        )
        return export
    return replace(export, table=BillTable(*named, output))


def _tables_over(glue: Any, address: str) -> Iterator[tuple[str, str]]:
    """(database, table) of every bill whose files are the export's."""
    databases = glue.get_paginator("get_databases").paginate(
        PaginationConfig={"MaxItems": _MOST_DATABASES}
    )
    for page in databases:
        for database in page.get("DatabaseList", ()):
            tables = glue.get_paginator("get_tables").paginate(DatabaseName=database["Name"])
            for some in tables:
                for table in some.get("TableList", ()):
                    if _is_bill(table, address):
                        yield database["Name"], table["Name"]


def _is_bill(table: Mapping[str, Any], address: str) -> bool:
    """Beside a report's table there is one about its delivery, in the same folder."""
    storage = table.get("StorageDescriptor") or {}
    if not f"{str(storage.get('Location') or '').rstrip('/')}/".startswith(address):
        return False
    columns = [Column(one["Name"], str(one.get("Type")).upper()) for one in storage["Columns"]]
    try:
        layout_of(columns, where=table["Name"])
    except InvalidInput:
        return False
    return True
