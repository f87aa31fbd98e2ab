import json
from typing import Any

from finops.domain.cloud import CloudKind
from finops.domain.estate import SnapshotPart
from tests.finops.sources.aws.readings import only, read
from tests.real_parts.aws_in_front import InFront, Rule

# As EKS answers DescribeClusterVersions, shortened to one version; moto does not have it.
VERSIONS = json.dumps(
    {
        "clusterVersions": [
            {
                "clusterVersion": "1.31",
                "clusterType": "eks",
                "status": "extended-support",
                "endOfStandardSupportDate": 1764115200,
                "endOfExtendedSupportDate": 1795651200,
            }
        ]
    }
)


def make_cluster(aws: Any) -> None:
    eks, role = aws.client("eks"), "arn:aws:iam::123456789012:role/eks"
    eks.create_cluster(
        name="prod",
        version="1.31",
        roleArn=role,
        resourcesVpcConfig={"subnetIds": ["subnet-1"]},
        tags={"team": "core"},
    )
    eks.create_nodegroup(
        clusterName="prod",
        nodegroupName="general",
        subnets=["subnet-1"],
        nodeRole=role,
        instanceTypes=["m5.large"],
        scalingConfig={"minSize": 1, "maxSize": 9, "desiredSize": 4},
    )


def test_a_cluster_knows_when_the_support_of_its_version_ends(
    aws: Any, aws_in_front: InFront
) -> None:
    aws_in_front.rules = [Rule("eks", "/cluster-versions", body=VERSIONS)]
    make_cluster(aws)
    reading = read(aws, endpoint_url=aws_in_front.endpoint_url)
    cluster, group = (
        only(reading, CloudKind.KUBERNETES_CLUSTER),
        only(reading, CloudKind.NODE_GROUP),
    )
    facts = group.attributes

    assert (cluster.name, cluster.team, cluster.state) == ("prod", "core", "ACTIVE")
    assert cluster.attributes["version"] == "1.31"
    assert cluster.attributes["standard_support_ends"] == "2025-11-26T00:00:00+00:00"
    assert (facts["min_size"], facts["desired_size"], facts["max_size"]) == (1, 4, 9)
    assert (facts["cluster"], facts["instance_types"]) == ("prod", ("m5.large",))
    assert reading.gaps == ()


def test_a_cluster_that_may_not_be_described_is_still_there(
    aws: Any, aws_in_front: InFront
) -> None:
    make_cluster(aws)
    aws_in_front.rules = [
        Rule("eks", "/cluster-versions", body=VERSIONS),
        Rule("eks", "/clusters/prod/node-groups", code="AccessDeniedException"),
        Rule("eks", "/clusters/prod", code="AccessDeniedException"),
    ]
    reading = read(aws, endpoint_url=aws_in_front.endpoint_url)
    cluster = only(reading, CloudKind.KUBERNETES_CLUSTER)
    [gap] = reading.gaps

    assert (cluster.name, dict(cluster.attributes)) == ("prod", {})
    assert "eks:DescribeCluster, eks:ListNodegroups" in gap.sentence
    assert gap.hides == {SnapshotPart.CLOUD_RESOURCES}
