"""What the repository declares: workloads from manifests, machines and disks from Terraform.

The Terraform reader knows only the seed's plain form; the product's own editor is far stricter.
"""

import re
from dataclasses import dataclass

from finops.domain.estate import NodeGroup, Workload
from finops.domain.pull_request import RepositoryFiles
from finops.sources.git_manifests import read_manifests
from finops.sources.manifest_workloads import ManifestRules

CLUSTER = "shop-prod"
_BLOCK = re.compile(r'^resource "(\w+)" "(\w+)" \{\n(.*?)^\}', re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class DeclaredVolume:
    """A volume as Terraform declares it; `is_attached` when an attachment names it."""

    name: str
    size_gib: int
    volume_type: str
    team: str
    is_attached: bool


@dataclass(frozen=True, slots=True)
class Declared:
    """Everything one commit declares."""

    workloads: tuple[Workload, ...]
    node_groups: tuple[NodeGroup, ...]
    volumes: tuple[DeclaredVolume, ...]


def read_declared(repository: RepositoryFiles) -> Declared:
    """Read one commit."""
    terraform = "\n".join(
        content.decode() for path, content in repository.files.items() if path.endswith(".tf")
    )
    blocks = _BLOCK.findall(terraform)
    attached = {
        match
        for kind, _, body in blocks
        if kind == "aws_volume_attachment"
        for match in re.findall(r"aws_ebs_volume\.(\w+)\.id", body)
    }
    return Declared(
        workloads=read_manifests(
            repository.files, cluster=CLUSTER, rules=ManifestRules()
        ).workloads,
        node_groups=tuple(
            _node_group(body) for kind, _, body in blocks if kind == "aws_eks_node_group"
        ),
        volumes=tuple(
            _volume(body, is_attached=label in attached)
            for kind, label, body in blocks
            if kind == "aws_ebs_volume"
        ),
    )


def volume_id(name: str) -> str:
    """An id that looks like AWS's, the same for the same name."""
    return "vol-0" + "".join(f"{ord(letter):02x}" for letter in name)[:16].ljust(16, "0")


def _node_group(body: str) -> NodeGroup:
    return NodeGroup(
        cluster=CLUSTER,
        name=_text(body, "node_group_name"),
        desired_size=_number(body, "desired_size"),
        min_size=_number(body, "min_size"),
        max_size=_number(body, "max_size"),
        instance_type=_found(re.search(r'instance_types\s*=\s*\["([^"]+)"\]', body)),
    )


def _volume(body: str, *, is_attached: bool) -> DeclaredVolume:
    return DeclaredVolume(
        name=_text(body, "Name"),
        size_gib=_number(body, "size"),
        volume_type=_text(body, "type"),
        team=_text(body, "team"),
        is_attached=is_attached,
    )


def _text(body: str, key: str) -> str:
    return _found(re.search(rf'^\s*{key}\s*=\s*"([^"]*)"', body, re.MULTILINE))


def _number(body: str, key: str) -> int:
    return int(_found(re.search(rf"^\s*{key}\s*=\s*(\d+)", body, re.MULTILINE)))


def _found(match: re.Match[str] | None) -> str:
    if match is None:
        raise ValueError("the seed's Terraform has a form that the simulation does not know")
    return match[1]
