"""S3 buckets, CloudWatch log groups, Lambda functions.

Attributes of a Bucket: `has_lifecycle`, `expires_noncurrent`, `aborts_uploads`, `has_transitions`
(what its enabled lifecycle rules do), `versioning` (Enabled, Suspended, Off), `storage_types` (as
CloudWatch names them), and, from metrics, `size_bytes`.
Attributes of a LogGroup: `retention_days` (0: for ever), `stored_bytes`, `log_class`.
Attributes of a Function: `memory_mb`, `architecture`, `runtime`, `timeout_seconds`, `last_modified`
(ISO), `package` (Zip, Image).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from finops.domain.cloud import CloudKind, CloudResource
from finops.sources.aws.answers import Answers, moment
from finops.sources.aws.calls import Call, Raw, under, whole
from finops.sources.aws.tagging import tags_by_arn

BUCKETS = Call(
    service="s3",
    operation="list_buckets",
    action="s3:ListAllMyBuckets",
    reads="buckets",
    items=under("Buckets"),
    page_size=1000,
    page_parameter="MaxBuckets",
    region_parameter="BucketRegion",
)
BUCKET_LIFECYCLE = Call(
    service="s3",
    operation="get_bucket_lifecycle_configuration",
    action="s3:GetLifecycleConfiguration",
    reads="lifecycle rules of buckets",
    items=whole,
    after=BUCKETS,
    asks=lambda _, bucket: [{"Bucket": bucket["Name"]}],
    absent_codes=frozenset({"NoSuchLifecycleConfiguration"}),
    hides=None,
)
BUCKET_VERSIONING = Call(
    service="s3",
    operation="get_bucket_versioning",
    action="s3:GetBucketVersioning",
    reads="versioning of buckets",
    items=whole,
    after=BUCKETS,
    asks=lambda _, bucket: [{"Bucket": bucket["Name"]}],
    hides=None,
)
BUCKET_METRICS = Call(
    service="cloudwatch",
    operation="list_metrics",
    action="cloudwatch:ListMetrics",
    reads="which storage classes buckets use",
    items=under("Metrics"),
    arguments={"Namespace": "AWS/S3", "MetricName": "BucketSizeBytes"},
    after=BUCKETS,
    hides=None,
)
LOG_GROUPS = Call(
    service="logs",
    operation="describe_log_groups",
    action="logs:DescribeLogGroups",
    reads="log groups",
    items=under("logGroups"),
    page_size=50,
    page_parameter="limit",
)
FUNCTIONS = Call(
    service="lambda",
    operation="list_functions",
    action="lambda:ListFunctions",
    reads="Lambda functions",
    items=under("Functions"),
    page_size=50,
    page_parameter="MaxItems",
)
CALLS = (BUCKETS, BUCKET_LIFECYCLE, BUCKET_VERSIONING, BUCKET_METRICS, LOG_GROUPS, FUNCTIONS)


def buckets(answers: Answers) -> Iterator[CloudResource]:
    """The buckets of the region."""
    tags, types = tags_by_arn(answers), _storage_types(answers)
    rules = {
        bucket["Name"]: raw.get("Rules", ()) for bucket, raw in answers.pairs(BUCKET_LIFECYCLE)
    }
    versioning = {bucket["Name"]: raw for bucket, raw in answers.pairs(BUCKET_VERSIONING)}
    for raw in answers.of(BUCKETS):
        name = raw["Name"]
        state = versioning.get(name)
        # A bucket's own policy may refuse what the role allows: then nobody knows.
        found = rules.get(name)
        yield answers.resource(
            CloudKind.BUCKET,
            name,
            name=name,
            created_at=raw.get("CreationDate"),
            tags=tags.get(f"arn:{answers.place.partition}:s3:::{name}", {}),
            facts={
                **({} if found is None else _lifecycle(found)),
                "versioning": None if state is None else state.get("Status", "Off"),
                "storage_types": types.get(name),
            },
        )


def with_size(resource: CloudResource) -> CloudResource:
    """A bucket with the sum of its storage types' sizes; any other resource as it is."""
    if resource.kind is not CloudKind.BUCKET:
        return resource
    sizes = [metric.mean for metric in resource.metrics.values() if metric.mean is not None]
    if not sizes:
        return resource
    return replace(resource, attributes={**resource.attributes, "size_bytes": round(sum(sizes))})


def _lifecycle(rules: Any) -> dict[str, bool]:
    enabled = [rule for rule in rules if rule.get("Status") == "Enabled"]
    keys = {key for rule in enabled for key in rule}
    return {
        "has_lifecycle": bool(enabled),
        "expires_noncurrent": "NoncurrentVersionExpiration" in keys,
        "aborts_uploads": "AbortIncompleteMultipartUpload" in keys,
        "has_transitions": bool(keys & {"Transitions", "NoncurrentVersionTransitions"}),
    }


def _storage_types(answers: Answers) -> Mapping[str, list[str]]:
    types: dict[str, list[str]] = defaultdict(list)
    for metric in answers.of(BUCKET_METRICS):
        named = {one["Name"]: one["Value"] for one in metric.get("Dimensions", ())}
        if {"BucketName", "StorageType"} <= named.keys():
            types[named["BucketName"]].append(named["StorageType"])
    return {name: sorted(found) for name, found in types.items()}


def log_groups(answers: Answers) -> Iterator[CloudResource]:
    """Log groups of CloudWatch."""
    tags = tags_by_arn(answers)
    for raw in answers.of(LOG_GROUPS):
        name = raw["logGroupName"]
        arn = raw.get("logGroupArn") or answers.place.arn("logs", f"log-group:{name}")
        yield answers.resource(
            CloudKind.LOG_GROUP,
            arn,
            name=name,
            created_at=_epoch(raw),
            tags=tags.get(arn, {}),
            facts={
                "retention_days": raw.get("retentionInDays", 0),
                "stored_bytes": raw.get("storedBytes"),
                "log_class": raw.get("logGroupClass"),
            },
        )


def _epoch(raw: Raw) -> datetime | None:
    milliseconds = raw.get("creationTime")
    return datetime.fromtimestamp(milliseconds / 1000, UTC) if milliseconds else None


def functions(answers: Answers) -> Iterator[CloudResource]:
    """Lambda functions; Lambda says when the code last changed, not when it was made."""
    tags = tags_by_arn(answers)
    for raw in answers.of(FUNCTIONS):
        arn = raw["FunctionArn"]
        yield answers.resource(
            CloudKind.FUNCTION,
            arn,
            name=raw["FunctionName"],
            state=raw.get("State") or "",
            tags=tags.get(arn, {}),
            facts={
                "memory_mb": raw.get("MemorySize"),
                "architecture": next(iter(raw.get("Architectures", ())), None),
                "runtime": raw.get("Runtime"),
                "timeout_seconds": raw.get("Timeout"),
                "last_modified": moment(raw.get("LastModified")),
                "package": raw.get("PackageType"),
            },
        )
