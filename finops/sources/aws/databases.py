"""RDS instances, Aurora and other database clusters, and ElastiCache.

Attributes of a Database: `instance_class`, `engine`, `engine_version`, `is_multi_az`, `zone`,
`storage_gib`, `storage_type`, `iops`, `throughput_mib_per_second`, `cluster`, `is_replica`,
`license`, `extended_support` (whether it may go on past the end, for a price), and
`standard_support_ends` (ISO, as RDS itself says; absent when it does not).
Attributes of a DatabaseCluster: `engine`, `engine_version`, `engine_mode`, `members`,
`is_multi_az`, `storage_type`, `min_capacity_units`, `max_capacity_units`, `extended_support`,
`standard_support_ends`.
Attributes of a Cache: `node_type`, `nodes`, `engine`, `engine_version`, `replication_group`.
"""

from collections.abc import Iterator
from datetime import datetime

from finops.domain.cloud import CloudKind, CloudResource
from finops.sources.aws.answers import Answers, tags_of
from finops.sources.aws.calls import Call, Raw, under
from finops.sources.aws.tagging import tags_by_arn

DATABASES = Call(
    service="rds",
    operation="describe_db_instances",
    action="rds:DescribeDBInstances",
    reads="databases",
    items=under("DBInstances"),
    page_size=100,
    page_parameter="MaxRecords",
    smallest_page=20,
)
DATABASE_CLUSTERS = Call(
    service="rds",
    operation="describe_db_clusters",
    action="rds:DescribeDBClusters",
    reads="database clusters",
    items=under("DBClusters"),
    page_size=100,
    page_parameter="MaxRecords",
    smallest_page=20,
)
DATABASE_VERSIONS = Call(
    service="rds",
    operation="describe_db_major_engine_versions",
    action="rds:DescribeDBMajorEngineVersions",
    reads="until when database versions have standard support",
    items=under("DBMajorEngineVersions"),
    page_size=100,
    page_parameter="MaxRecords",
    smallest_page=20,
    after=DATABASES,
    hides=None,
)
CACHES = Call(
    service="elasticache",
    operation="describe_cache_clusters",
    action="elasticache:DescribeCacheClusters",
    reads="caches",
    items=under("CacheClusters"),
    page_size=100,
    page_parameter="MaxRecords",
    smallest_page=20,
)
CALLS = (DATABASES, DATABASE_CLUSTERS, DATABASE_VERSIONS, CACHES)


def databases(answers: Answers) -> Iterator[CloudResource]:
    """Database instances, members of clusters too."""
    for raw in answers.of(DATABASES):
        yield answers.resource(
            CloudKind.DATABASE,
            raw["DBInstanceArn"],
            name=raw["DBInstanceIdentifier"],
            state=raw.get("DBInstanceStatus", ""),
            created_at=raw.get("InstanceCreateTime"),
            tags=tags_of(raw, "TagList"),
            facts={
                "instance_class": raw.get("DBInstanceClass"),
                "is_multi_az": raw.get("MultiAZ"),
                "zone": raw.get("AvailabilityZone"),
                "storage_gib": raw.get("AllocatedStorage"),
                "storage_type": raw.get("StorageType"),
                "iops": raw.get("Iops"),
                "throughput_mib_per_second": raw.get("StorageThroughput"),
                "cluster": raw.get("DBClusterIdentifier"),
                "is_replica": bool(raw.get("ReadReplicaSourceDBInstanceIdentifier")),
                "license": raw.get("LicenseModel"),
                **_engine_facts(answers, raw),
            },
        )


def database_clusters(answers: Answers) -> Iterator[CloudResource]:
    """Aurora, Multi-AZ clusters, DocumentDB and Neptune: all of them answer the RDS API."""
    for raw in answers.of(DATABASE_CLUSTERS):
        scaling = raw.get("ServerlessV2ScalingConfiguration") or {}
        yield answers.resource(
            CloudKind.DATABASE_CLUSTER,
            raw["DBClusterArn"],
            name=raw["DBClusterIdentifier"],
            state=raw.get("Status", ""),
            created_at=raw.get("ClusterCreateTime"),
            tags=tags_of(raw, "TagList"),
            facts={
                "engine_mode": raw.get("EngineMode"),
                "members": [m["DBInstanceIdentifier"] for m in raw.get("DBClusterMembers", ())],
                "is_multi_az": raw.get("MultiAZ"),
                "storage_type": raw.get("StorageType"),
                "min_capacity_units": scaling.get("MinCapacity"),
                "max_capacity_units": scaling.get("MaxCapacity"),
                **_engine_facts(answers, raw),
            },
        )


def caches(answers: Answers) -> Iterator[CloudResource]:
    """ElastiCache clusters: each node of a replication group is one."""
    tags = tags_by_arn(answers)
    for raw in answers.of(CACHES):
        name = raw["CacheClusterId"]
        arn = raw.get("ARN") or answers.place.arn("elasticache", f"cluster:{name}")
        yield answers.resource(
            CloudKind.CACHE,
            arn,
            name=name,
            state=raw.get("CacheClusterStatus", ""),
            created_at=raw.get("CacheClusterCreateTime"),
            tags=tags.get(arn, {}),
            facts={
                "node_type": raw.get("CacheNodeType"),
                "nodes": raw.get("NumCacheNodes"),
                "engine": raw.get("Engine"),
                "engine_version": raw.get("EngineVersion"),
                "replication_group": raw.get("ReplicationGroupId"),
            },
        )


def _engine_facts(answers: Answers, raw: Raw) -> dict[str, object]:
    allowed = raw.get("EngineLifecycleSupport")
    return {
        "engine": raw.get("Engine"),
        "engine_version": raw.get("EngineVersion"),
        # `open-source-rds-extended-support`, or the same followed by `-disabled`.
        "extended_support": None if allowed is None else not allowed.endswith("-disabled"),
        "standard_support_ends": standard_support_ends(answers, raw),
    }


def standard_support_ends(answers: Answers, raw: Raw) -> datetime | None:
    """When the version's standard support ends: mysql 8.0.35 is of the major version 8.0."""
    engine, version = raw.get("Engine", ""), raw.get("EngineVersion", "")
    for known in answers.of(DATABASE_VERSIONS):
        major = known.get("MajorEngineVersion", "")
        if known.get("Engine") == engine and f"{version}.".startswith(f"{major}."):
            for lifecycle in known.get("SupportedEngineLifecycles", ()):
                if "standard" in lifecycle.get("LifecycleSupportName", ""):
                    ends: datetime | None = lifecycle.get("LifecycleSupportEndDate")
                    return ends
    return None
