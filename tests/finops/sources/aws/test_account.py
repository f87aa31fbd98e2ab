"""Whole accounts against moto: regions, pages, metrics, and who reports which disk."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from finops.detectors.orphan_volume import OrphanVolumeDetector
from finops.domain.cloud import CloudKind
from finops.domain.estate import SnapshotPart
from finops.domain.opportunity import Opportunity
from finops.sources.aws.cluster import AwsInventory
from tests.finops.sources.aws.readings import (
    PRICES,
    REGION,
    clients,
    only,
    read,
    reader,
    sentences,
    tag,
)
from tests.real_parts.aws_in_front import InFront, Rule

ACCOUNT = "123456789012"


def volume(aws: Any, region: str = REGION, **tags: str) -> str:
    made = aws.client("ec2", region).create_volume(
        AvailabilityZone=f"{region}a",
        Size=100,
        VolumeType="gp3",
        Iops=4000,
        Throughput=250,
        TagSpecifications=tag("volume", **({"Name": "v"} | tags)),
    )
    volume_id: str = made["VolumeId"]
    return volume_id


def test_all_enabled_regions_are_read(aws: Any) -> None:
    here, there = volume(aws), volume(aws, "ap-south-1", Team="data")
    reading = read(aws, "all")
    found = {v.volume_id: v for v in reading.volumes}

    assert found.keys() == {here, there}
    assert (found[there].account, found[there].region) == (ACCOUNT, "ap-south-1")
    assert (found[there].zone, found[there].team) == ("ap-south-1a", "data")
    assert (found[here].iops, found[here].throughput_mib_per_second) == (4000, 250)
    # 100 GiB × $0.08, 1,000 IOPS over 3,000 × $0.005, 125 MiB/s over 125 × $0.04
    assert found[here].price_usd_per_month == Decimal("18.00")
    assert sentences(reading) == [
        "Prices in ap-south-1, eu-central-1 are those of us-east-1, the only region in the bundled "
        "list; real ones are usually a little higher."
    ]


def test_without_the_right_to_list_regions_one_is_read_and_the_rest_is_a_gap(
    aws: Any, aws_in_front: InFront
) -> None:
    aws_in_front.rules = [Rule("ec2", "DescribeRegions", code="UnauthorizedOperation")]
    here = volume(aws)
    volume(aws, "ap-south-1")
    reading = read(aws, "all", endpoint_url=aws_in_front.endpoint_url)

    assert [v.volume_id for v in reading.volumes] == [here]
    assert "allow ec2:DescribeRegions, or list the regions" in sentences(reading)[0]
    assert reading.gaps[0].hides == {SnapshotPart.VOLUMES, SnapshotPart.CLOUD_RESOURCES}


def test_every_page_is_read_and_nothing_is_asked_twice(aws: Any, aws_in_front: InFront) -> None:
    logs = aws.client("logs")
    for number in range(120):  # 50 a page
        logs.create_log_group(logGroupName=f"/app/{number}", tags={"team": "web"})
    reading = read(aws, endpoint_url=aws_in_front.endpoint_url)
    groups = [r for r in reading.resources if r.kind is CloudKind.LOG_GROUP]
    asked = [line for line in aws_in_front.seen if "DescribeLogGroups" in line]
    whole = list(zip(aws_in_front.seen, aws_in_front.bodies, strict=True))

    assert len(groups) == 120
    assert {group.team for group in groups} == {"web"}
    assert len(asked) == 3
    assert len(whole) == len(set(whole))


def test_a_disk_of_a_configured_cluster_is_reported_by_the_cluster_alone(aws: Any) -> None:
    own = volume(aws, **{"kubernetes.io/cluster/prod": "owned"})
    elsewhere = volume(aws, "ap-south-1", **{"kubernetes.io/cluster/prod": "owned"})
    other, nobodys = volume(aws, **{"kubernetes.io/cluster/gone": "owned"}), volume(aws)
    cluster = AwsInventory(
        clients=clients(aws),
        regions=[REGION],
        cluster="prod",
        prices=PRICES,
        only_own_volumes=True,
    )
    by_cluster = cluster.read(now=datetime.now(UTC)).volumes
    by_account = read(aws, REGION, "ap-south-1", claims=[cluster.claim]).volumes

    assert [v.volume_id for v in by_cluster] == [own]
    assert {v.volume_id for v in by_account} == {other, nobodys, elsewhere}


def measured(aws: Any, namespace: str, metric: str, days_ago: int, **dimensions: str) -> None:
    moment = datetime.now(UTC).replace(hour=0, minute=0, second=1) - timedelta(days=days_ago)
    aws.client("cloudwatch").put_metric_data(
        Namespace=namespace,
        MetricData=[
            {
                "MetricName": metric,
                "Dimensions": [{"Name": k, "Value": v} for k, v in dimensions.items()],
                "Timestamp": moment,
                "Value": value,
            }
            for value in (10.0, 30.0)
        ],
    )


def test_the_last_reads_and_writes_say_since_when_a_volume_is_unused(aws: Any) -> None:
    used, unused = volume(aws), volume(aws)
    measured(aws, "AWS/EBS", "VolumeReadOps", 12, VolumeId=used)
    measured(aws, "AWS/EBS", "VolumeReadOps", 10, VolumeId=used)
    now = datetime.now(UTC)
    snapshot = reader(aws).snapshot(now=now)
    found = {v.volume_id: v for v in snapshot.volumes}
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    ops = found[used].metrics["VolumeReadOps"]
    [proposal] = [
        finding
        for finding in OrphanVolumeDetector().find(snapshot)
        if isinstance(finding, Opportunity)
    ]
    since = {e.label: e for e in proposal.evidence}["detached since"]

    assert (ops.datapoints, ops.total, ops.mean) == (2, 80.0, None)
    assert found[used].detached_since == midnight - timedelta(days=9)
    # Made a moment ago: no measurement reaches further back than that.
    assert found[unused].detached_since == found[unused].created_at
    assert proposal.resource.name == used
    assert proposal.resource.cluster == "data"
    assert since.source.startswith("CloudWatch measured its last reads or writes on")


def test_metrics_are_counted_and_summarised_by_statistic(aws: Any) -> None:
    ec2 = aws.client("ec2")
    answer = ec2.run_instances(
        ImageId="ami-12c6146b", InstanceType="m5.large", MinCount=1, MaxCount=1
    )
    instance_id = answer["Instances"][0]["InstanceId"]
    for days_ago in (3, 2):
        measured(aws, "AWS/EC2", "CPUUtilization", days_ago, InstanceId=instance_id)
    reading = read(aws, metric_days=7)
    machine = only(reading, CloudKind.INSTANCE)
    cpu = machine.metrics["CPUUtilization"]

    assert (cpu.datapoints, cpu.mean, cpu.maximum, cpu.total) == (2, 20.0, 30.0, None)
    assert 7 <= cpu.window_days <= 8
    assert machine.metrics["NetworkIn"].datapoints == 0
    assert machine.price_usd_per_month == Decimal("70.080")
    # CPU in two statistics, network in and out; reads and writes of its root disk.
    assert reading.metrics_asked == 6
    assert reading.metrics_usd == Decimal("0.00006")


def test_refused_metrics_leave_resources_without_any_and_hide_nothing(
    aws: Any, aws_in_front: InFront
) -> None:
    aws_in_front.rules = [Rule("monitoring", code="AccessDeniedException")]
    volume(aws)
    reading = read(aws, endpoint_url=aws_in_front.endpoint_url, metric_days=7)

    assert reading.volumes[0].metrics == {}
    assert reading.volumes[0].detached_since is None
    assert sentences(reading)[0] == (
        "AWS account data may not read metrics that tell what is idle in eu-central-1: allow the "
        "IAM actions cloudwatch:GetMetricData (deploy/aws-iam-policy.json)."
    )
    assert reading.gaps[0].hides == frozenset()
