"""Which blocks of Terraform declare which kind of resource, and where each setting stands in them.

A path goes through nested blocks and objects: `root_block_device.volume_type`. A setting may have
several spellings, of which a block uses one: the EKS module renamed its sizes twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from finops.domain.changes import Setting

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Declaration:
    """One way of declaring a resource.

    `block` is `("resource", "aws_instance")`, or `("module", source)` for a module of a registry.
    `names` are the attributes with the name that AWS knows. The first path of a setting is the one
    that is written when it is missing. `templates` lead to a launch template that decides the rest.
    """

    block: tuple[str, str]
    settings: Mapping[Setting, tuple[Path, ...]] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    templates: tuple[Path, ...] = ()


def _paths(**settings: str) -> dict[Setting, tuple[Path, ...]]:
    return {
        Setting[name.upper()]: tuple(tuple(path.split(".")) for path in paths.split())
        for name, paths in settings.items()
    }


def _resource(kind: str, *, names: str = "", templates: str = "", **settings: str) -> Declaration:
    paths = tuple(tuple(path.split(".")) for path in templates.split())
    return Declaration(("resource", kind), _paths(**settings), tuple(names.split()), paths)


_INSTANCE = {
    "instance_type": "instance_type",
    "volume_type": "root_block_device.volume_type root_block_device.type",
    "volume_size_gib": "root_block_device.volume_size root_block_device.size",
    "volume_iops": "root_block_device.iops",
    "volume_throughput": "root_block_device.throughput",
}
_DATABASE = {
    "instance_class": "instance_class",
    "storage_type": "storage_type",
    "storage_size_gib": "allocated_storage",
    "volume_iops": "iops",
    "volume_throughput": "storage_throughput",
}
_TEMPLATE = {
    "instance_type": "instance_type",
    "volume_type": "block_device_mappings.ebs.volume_type",
    "volume_size_gib": "block_device_mappings.ebs.volume_size",
    "volume_iops": "block_device_mappings.ebs.iops",
    "volume_throughput": "block_device_mappings.ebs.throughput",
}
_SIZES = {"desired_size": "desired_capacity", "min_size": "min_size", "max_size": "max_size"}
_MIXED = "mixed_instances_policy.launch_template"

DECLARATIONS: Mapping[str, tuple[Declaration, ...]] = {
    "Instance": (
        _resource("aws_instance", templates="launch_template.id launch_template.name", **_INSTANCE),
        _resource("aws_spot_instance_request", **_INSTANCE),
        Declaration(
            ("module", "terraform-aws-modules/ec2-instance/aws"), _paths(**_INSTANCE), ("name",)
        ),
    ),
    "Volume": (
        _resource(
            "aws_ebs_volume",
            volume_type="type",
            volume_size_gib="size",
            volume_iops="iops",
            volume_throughput="throughput",
        ),
    ),
    "Database": (
        _resource("aws_db_instance", names="identifier", **_DATABASE),
        _resource("aws_rds_cluster_instance", names="identifier", instance_class="instance_class"),
        Declaration(
            ("module", "terraform-aws-modules/rds/aws"), _paths(**_DATABASE), ("identifier",)
        ),
    ),
    "DatabaseCluster": (
        _resource(
            "aws_rds_cluster",
            names="cluster_identifier",
            instance_class="db_cluster_instance_class",
            storage_type="storage_type",
            storage_size_gib="allocated_storage",
        ),
    ),
    "ScalingGroup": (
        _resource(
            "aws_autoscaling_group",
            names="name",
            templates=(
                f"launch_template.id launch_template.name launch_configuration "
                f"{_MIXED}.launch_template_specification.launch_template_id "
                f"{_MIXED}.launch_template_specification.launch_template_name"
            ),
            instance_type=f"{_MIXED}.override.instance_type",
            **_SIZES,
        ),
        Declaration(
            ("module", "terraform-aws-modules/autoscaling/aws"),
            _paths(instance_type="instance_type", **_SIZES),
            ("name",),
        ),
    ),
    "LaunchTemplate": (
        _resource("aws_launch_template", names="name", **_TEMPLATE),
        _resource("aws_launch_configuration", names="name", **_INSTANCE),
    ),
    "NodeGroup": (
        _resource(
            "aws_eks_node_group",
            names="node_group_name",
            templates="launch_template.id launch_template.name",
            desired_size="scaling_config.desired_size",
            min_size="scaling_config.min_size",
            max_size="scaling_config.max_size",
            instance_type="instance_types",
        ),
        Declaration(
            ("module", "terraform-aws-modules/eks/aws//modules/eks-managed-node-group"),
            _paths(
                desired_size="desired_size",
                min_size="min_size",
                max_size="max_size",
                instance_type="instance_types",
            ),
            ("name",),
        ),
    ),
    "LoadBalancer": tuple(_resource(t, names="name") for t in ("aws_lb", "aws_alb", "aws_elb")),
    "Address": (_resource("aws_eip"),),
    "NatGateway": (_resource("aws_nat_gateway"),),
    "Snapshot": (_resource("aws_ebs_snapshot"), _resource("aws_ebs_snapshot_copy")),
}

# The maps of node groups that modules take: the EKS module from version 18 and before, and the
# EKS blueprints of version 4; each with its map of defaults.
GROUP_MAPS: Mapping[str, tuple[str, ...]] = {
    "eks_managed_node_groups": ("eks_managed_node_group_defaults",),
    "self_managed_node_groups": ("self_managed_node_group_defaults",),
    "managed_node_groups": (),
    "node_groups": ("node_groups_defaults",),
    "worker_groups": ("workers_group_defaults",),
    "worker_groups_launch_template": ("workers_group_defaults",),
}
_GROUP_SETTINGS = _paths(
    desired_size="desired_size desired_capacity asg_desired_capacity",
    min_size="min_size min_capacity asg_min_size",
    max_size="max_size max_capacity asg_max_size",
    instance_type="instance_types instance_type override_instance_types",
)
GROUP = Declaration(("module", ""), _GROUP_SETTINGS, ("name", "node_group_name"))


def declarations_of(kind: str) -> tuple[Declaration, ...]:
    """The blocks that may declare a resource of that kind; none for what is not in Terraform."""
    return DECLARATIONS.get(kind, ())
