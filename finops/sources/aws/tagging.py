"""Tags of what does not bring its own: one paged call instead of one for each resource.

The tagging API knows what has or had a tag. Without it teams of these kinds are unknown, and the
gap says so.
"""

from collections.abc import Mapping

from finops.sources.aws.answers import Answers, tags_of
from finops.sources.aws.calls import Call, under

TAGS = Call(
    service="resourcegroupstaggingapi",
    operation="get_resources",
    action="tag:GetResources",
    reads="tags of load balancers, functions, log groups, caches and buckets",
    items=under("ResourceTagMappingList"),
    page_size=100,
    page_parameter="ResourcesPerPage",
    arguments={
        "ResourceTypeFilters": [
            "elasticloadbalancing:loadbalancer",
            "lambda:function",
            "logs",
            "elasticache",
            "s3",
        ]
    },
    hides=None,
)
CALLS = (TAGS,)


def tags_by_arn(answers: Answers) -> Mapping[str, Mapping[str, str]]:
    """ARN → tags of load balancers, functions, log groups, caches and buckets."""
    return {raw["ResourceARN"]: tags_of(raw) for raw in answers.of(TAGS)}
