"""EKS clusters and their managed node groups.

Attributes of a KubernetesCluster: `version`, `support` (STANDARD, EXTENDED: what happens at the
end), `standard_support_ends`, `extended_support_ends` (ISO, as EKS itself says).
Attributes of a NodeGroup: `cluster`, `version`, `capacity_type` (ON_DEMAND, SPOT),
`instance_types`, `min_size`, `desired_size`, `max_size`. What is listed but could not be described
has no attributes.
"""

from collections.abc import Iterator
from typing import Any

from finops.domain.cloud import CloudKind, CloudResource
from finops.sources.aws.answers import Answers, tag_map
from finops.sources.aws.calls import Call, single, under

CLUSTERS = Call(
    service="eks",
    operation="list_clusters",
    action="eks:ListClusters",
    reads="EKS clusters",
    items=under("clusters"),
    page_size=100,
    page_parameter="maxResults",
)
CLUSTER = Call(
    service="eks",
    operation="describe_cluster",
    action="eks:DescribeCluster",
    reads="versions of EKS clusters",
    items=single("cluster"),
    after=CLUSTERS,
    asks=lambda _, name: [{"name": name}],
    hides=None,
)
VERSIONS = Call(
    service="eks",
    operation="describe_cluster_versions",
    action="eks:DescribeClusterVersions",
    reads="until when Kubernetes versions have standard support",
    items=under("clusterVersions"),
    page_size=100,
    page_parameter="maxResults",
    arguments={"includeAll": True},
    after=CLUSTERS,
    hides=None,
)
NODE_GROUPS = Call(
    service="eks",
    operation="list_nodegroups",
    action="eks:ListNodegroups",
    reads="EKS node groups",
    items=under("nodegroups"),
    page_size=100,
    page_parameter="maxResults",
    after=CLUSTERS,
    asks=lambda _, name: [{"clusterName": name}],
)
NODE_GROUP = Call(
    service="eks",
    operation="describe_nodegroup",
    action="eks:DescribeNodegroup",
    reads="sizes of EKS node groups",
    items=single("nodegroup"),
    after=NODE_GROUPS,
    asks=lambda cluster, name: [{"clusterName": cluster, "nodegroupName": name}],
    hides=None,
)
CALLS = (CLUSTERS, CLUSTER, VERSIONS, NODE_GROUPS, NODE_GROUP)


def clusters(answers: Answers) -> Iterator[CloudResource]:
    """EKS clusters with the end of their version's support."""
    described = dict(answers.pairs(CLUSTER))
    ends = {raw["clusterVersion"]: raw for raw in answers.of(VERSIONS)}
    for name in answers.of(CLUSTERS):
        raw: dict[str, Any] = described.get(name, {})
        support = ends.get(raw.get("version", ""), {})
        yield answers.resource(
            CloudKind.KUBERNETES_CLUSTER,
            raw.get("arn") or answers.place.arn("eks", f"cluster/{name}"),
            name=name,
            state=raw.get("status", ""),
            created_at=raw.get("createdAt"),
            tags=tag_map((raw.get("tags") or {}).items()),
            facts={
                "version": raw.get("version"),
                "support": raw.get("upgradePolicy", {}).get("supportType"),
                "standard_support_ends": support.get("endOfStandardSupportDate"),
                "extended_support_ends": support.get("endOfExtendedSupportDate"),
            },
        )


def node_groups(answers: Answers) -> Iterator[CloudResource]:
    """Managed node groups."""
    described = {
        (raw.get("clusterName"), raw.get("nodegroupName")): raw for raw in answers.of(NODE_GROUP)
    }
    for cluster, name in answers.pairs(NODE_GROUPS):
        raw: dict[str, Any] = described.get((cluster, name), {})
        scaling = raw.get("scalingConfig", {})
        yield answers.resource(
            CloudKind.NODE_GROUP,
            raw.get("nodegroupArn") or answers.place.arn("eks", f"nodegroup/{cluster}/{name}"),
            name=name,
            state=raw.get("status", ""),
            created_at=raw.get("createdAt"),
            tags=tag_map((raw.get("tags") or {}).items()),
            facts={
                "cluster": cluster,
                "version": raw.get("version"),
                "capacity_type": raw.get("capacityType"),
                "instance_types": raw.get("instanceTypes"),
                "min_size": scaling.get("minSize"),
                "desired_size": scaling.get("desiredSize"),
                "max_size": scaling.get("maxSize"),
            },
        )
