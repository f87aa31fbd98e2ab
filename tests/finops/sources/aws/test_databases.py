from typing import Any

import pytest

from finops.domain.cloud import CloudKind
from finops.sources.aws.answers import Answers, Place
from finops.sources.aws.databases import DATABASE_VERSIONS, standard_support_ends
from tests.finops.sources.aws.readings import only, read
from tests.real_parts.aws_in_front import InFront, Rule

# As RDS answers DescribeDBMajorEngineVersions, shortened to one engine; moto does not have it.
VERSIONS = """<DescribeDBMajorEngineVersionsResponse xmlns="http://rds.amazonaws.com/doc/2014-10-31/">
<DescribeDBMajorEngineVersionsResult><DBMajorEngineVersions><DBMajorEngineVersion>
<Engine>mysql</Engine><MajorEngineVersion>8.0</MajorEngineVersion><SupportedEngineLifecycles>
<SupportedEngineLifecycle>
<LifecycleSupportName>open-source-rds-standard-support</LifecycleSupportName>
<LifecycleSupportStartDate>2018-10-23T00:00:00Z</LifecycleSupportStartDate>
<LifecycleSupportEndDate>2026-07-31T23:59:59.999Z</LifecycleSupportEndDate>
</SupportedEngineLifecycle><SupportedEngineLifecycle>
<LifecycleSupportName>open-source-rds-extended-support</LifecycleSupportName>
<LifecycleSupportStartDate>2026-08-01T00:00:00Z</LifecycleSupportStartDate>
<LifecycleSupportEndDate>2029-07-31T23:59:59.999Z</LifecycleSupportEndDate>
</SupportedEngineLifecycle></SupportedEngineLifecycles></DBMajorEngineVersion>
</DBMajorEngineVersions></DescribeDBMajorEngineVersionsResult>
</DescribeDBMajorEngineVersionsResponse>"""


def test_a_database_says_what_it_is_and_when_its_support_ends(
    aws: Any, aws_in_front: InFront
) -> None:
    aws_in_front.rules = [Rule("rds", "DescribeDBMajorEngineVersions", body=VERSIONS)]
    aws.client("rds").create_db_instance(
        DBInstanceIdentifier="orders",
        DBInstanceClass="db.m5.large",
        Engine="mysql",
        EngineVersion="8.0.35",
        AllocatedStorage=200,
        StorageType="gp3",
        MultiAZ=True,
        MasterUsername="admin",
        MasterUserPassword="not-a-secret",
        Tags=[{"Key": "team", "Value": "shop"}],
    )
    reading = read(aws, endpoint_url=aws_in_front.endpoint_url, metric_days=7)
    database = only(reading, CloudKind.DATABASE)
    facts = database.attributes

    assert (database.name, database.team, database.state) == ("orders", "shop", "available")
    assert (facts["instance_class"], facts["storage_gib"]) == ("db.m5.large", 200)
    assert (facts["engine"], facts["engine_version"], facts["is_multi_az"]) == (
        "mysql",
        "8.0.35",
        True,
    )
    assert facts["standard_support_ends"] == "2026-07-31T23:59:59.999000+00:00"
    assert database.metrics.keys() == {"DatabaseConnections", "CPUUtilization"}
    assert reading.gaps == ()


@pytest.mark.parametrize(
    ("engine", "version", "is_known"),
    [
        ("aurora-mysql", "8.0.mysql_aurora.3.04.0", True),
        ("aurora-mysql", "8.01", False),
        ("mysql", "8.0.35", False),
        ("aurora-mysql", "8.0", True),
    ],
)
def test_a_version_belongs_to_the_major_version_that_it_begins_with(
    engine: str, version: str, is_known: bool
) -> None:
    answers = Answers(Place("123456789012", "eu-central-1"))
    lifecycle = {
        "LifecycleSupportName": "open-source-rds-standard-support",
        "LifecycleSupportEndDate": "2028-04-30",
    }
    major = {
        "Engine": "aurora-mysql",
        "MajorEngineVersion": "8.0",
        "SupportedEngineLifecycles": [lifecycle],
    }
    answers.found[DATABASE_VERSIONS] = [(None, major)]
    ends = standard_support_ends(answers, {"Engine": engine, "EngineVersion": version})

    assert (ends is not None) is is_known


def test_a_cluster_of_databases_knows_its_members(aws: Any) -> None:
    rds = aws.client("rds")
    rds.create_db_cluster(
        DBClusterIdentifier="shop",
        Engine="aurora-postgresql",
        EngineVersion="13.9",
        MasterUsername="admin1",
        MasterUserPassword="not-a-secret",
    )
    rds.create_db_instance(
        DBInstanceIdentifier="shop-1",
        DBClusterIdentifier="shop",
        DBInstanceClass="db.r6g.large",
        Engine="aurora-postgresql",
    )
    reading = read(aws)
    cluster = only(reading, CloudKind.DATABASE_CLUSTER)

    assert (cluster.name, cluster.attributes["engine"]) == ("shop", "aurora-postgresql")
    assert cluster.attributes["members"] == ("shop-1",)
    assert only(reading, CloudKind.DATABASE).attributes["cluster"] == "shop"


def test_caches_are_asked_for_the_hits_of_their_engine(aws: Any) -> None:
    elasticache = aws.client("elasticache")
    for name, engine in (("sessions", "redis"), ("pages", "memcached")):
        elasticache.create_cache_cluster(
            CacheClusterId=name, CacheNodeType="cache.t3.micro", Engine=engine, NumCacheNodes=1
        )
    found = {r.name: r for r in read(aws, metric_days=7).resources}

    assert found["sessions"].attributes["node_type"] == "cache.t3.micro"
    assert found["sessions"].attributes["nodes"] == 1
    assert found["sessions"].metrics.keys() == {"CurrConnections", "CacheHits", "CacheMisses"}
    assert found["pages"].metrics.keys() == {"CurrConnections", "GetHits", "GetMisses"}
