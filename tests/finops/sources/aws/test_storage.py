import io
import zipfile
from datetime import UTC, datetime, timedelta
from typing import Any

from finops.domain.cloud import CloudKind
from tests.finops.sources.aws.readings import REGION, only, read, sentences
from tests.real_parts.aws_in_front import InFront, Rule


def make_bucket(aws: Any, name: str, region: str = REGION) -> Any:
    s3 = aws.client("s3", region)
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": region})
    return s3


def test_buckets_say_what_their_rules_do_and_how_large_they_are(aws: Any) -> None:
    s3 = make_bucket(aws, "logs")
    make_bucket(aws, "plain")
    make_bucket(aws, "elsewhere", "eu-west-1")
    s3.put_bucket_versioning(Bucket="logs", VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_tagging(Bucket="logs", Tagging={"TagSet": [{"Key": "team", "Value": "sre"}]})
    s3.put_bucket_lifecycle_configuration(
        Bucket="logs",
        LifecycleConfiguration={
            "Rules": [
                {
                    "ID": "old",
                    "Status": "Enabled",
                    "Filter": {"Prefix": ""},
                    "NoncurrentVersionExpiration": {"NoncurrentDays": 30},
                }
            ]
        },
    )
    s3.put_object(Bucket="logs", Key="a", Body=b"x" * 5000)
    found = {r.name: r for r in read(aws, metric_days=7).resources}
    logs, plain = found["logs"], found["plain"]

    assert found.keys() == {"logs", "plain"}
    assert (logs.team, logs.attributes["versioning"]) == ("sre", "Enabled")
    assert logs.attributes["has_lifecycle"] is True
    assert logs.attributes["expires_noncurrent"] is True
    assert logs.attributes["aborts_uploads"] is False
    assert plain.attributes["has_lifecycle"] is False
    assert plain.attributes["versioning"] == "Off"
    assert "size_bytes" not in plain.attributes  # nobody has measured it


def test_the_size_of_a_bucket_is_the_sum_of_its_storage_classes(aws: Any) -> None:
    make_bucket(aws, "logs")
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=1, microsecond=0)
    for storage_type, size in (("StandardStorage", 3e9), ("GlacierStorage", 7e9)):
        dimensions = {"BucketName": "logs", "StorageType": storage_type}
        aws.client("cloudwatch").put_metric_data(
            Namespace="AWS/S3",
            MetricData=[
                {
                    "MetricName": "BucketSizeBytes",
                    "Dimensions": [{"Name": k, "Value": v} for k, v in dimensions.items()],
                    "Timestamp": midnight - timedelta(days=1),
                    "Value": size,
                }
            ],
        )
    bucket = only(read(aws, metric_days=30), CloudKind.BUCKET)

    assert bucket.attributes["size_bytes"] == 10_000_000_000
    assert bucket.metrics["BucketSizeBytes/GlacierStorage"].window_days < 4


def test_a_bucket_that_refuses_by_its_own_policy_leaves_the_others_known(
    aws: Any, aws_in_front: InFront
) -> None:
    for name in ("closed", "open"):
        make_bucket(aws, name)
    aws_in_front.rules = [Rule("s3", "/closed?lifecycle", code="AccessDenied")]
    reading = read(aws, endpoint_url=aws_in_front.endpoint_url)
    found = {r.name: r.attributes for r in reading.resources}

    assert "has_lifecycle" not in found["closed"]
    assert found["open"]["has_lifecycle"] is False
    assert "s3:GetLifecycleConfiguration" in sentences(reading)[0]


def test_log_groups_that_keep_for_ever_have_a_retention_of_zero(aws: Any) -> None:
    logs = aws.client("logs")
    logs.create_log_group(logGroupName="/for-ever", tags={"team": "web"})
    logs.create_log_group(logGroupName="/month")
    logs.put_retention_policy(logGroupName="/month", retentionInDays=30)
    found = {r.name: r for r in read(aws).resources}

    assert found["/for-ever"].attributes["retention_days"] == 0
    assert found["/for-ever"].team == "web"
    assert found["/month"].attributes["retention_days"] == 30
    assert found["/month"].created_at is not None


def test_functions_come_with_memory_architecture_and_last_change(aws: Any) -> None:
    iam = aws.client("iam")
    role = iam.create_role(RoleName="r", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("main.py", "def handler(event, context): ...")
    aws.client("lambda").create_function(
        FunctionName="resize",
        Runtime="python3.12",
        Role=role,
        Handler="main.handler",
        Code={"ZipFile": code.getvalue()},
        MemorySize=1024,
        Architectures=["arm64"],
        Tags={"team": "media"},
    )
    function = only(read(aws, metric_days=7), CloudKind.FUNCTION)
    facts = function.attributes

    assert (facts["memory_mb"], facts["architecture"]) == (1024, "arm64")
    assert str(facts["last_modified"]).startswith("20")
    assert function.team == "media"
    assert function.metrics.keys() == {"Invocations", "Duration"}
