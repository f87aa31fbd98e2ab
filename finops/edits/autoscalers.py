"""Where the target of a workload's autoscaler is written.

HorizontalPodAutoscaler in all its versions (autoscaling/v1 `targetCPUUtilizationPercentage`, v2
`averageUtilization`, v2beta1 `targetAverageUtilization`), and the cpu and memory triggers of a
ScaledObject of KEDA.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from finops.domain.changes import Setting
from finops.domain.opportunity import Resource
from finops.edits.yaml_source import Place, manifests
from finops.edits.yaml_tree import NodeKind, Path, YamlFile, YamlNode

_RESOURCE = {Setting.HPA_CPU_TARGET: "cpu", Setting.HPA_MEMORY_TARGET: "memory"}
_DEFAULT_KIND = "Deployment"


@dataclass(frozen=True, slots=True)
class TargetSource:
    """One target in one document: the scalar with all nodes on the way to it."""

    document: int
    path: Path
    trail: tuple[YamlNode, ...]
    namespace: str
    autoscaler: str

    @property
    def node(self) -> YamlNode:
        """The scalar with the per cents."""
        return self.trail[-1]


def find_targets(file: YamlFile, resource: Resource, setting: Setting) -> list[TargetSource]:
    """Every target of that resource in the autoscalers of the workload."""
    return [
        TargetSource(
            place.document,
            place.path,
            place.trail,
            root.node.text_at("metadata", "namespace"),
            root.node.text_at("metadata", "name"),
        )
        for root in manifests(file)
        if _scales(root.node, resource)
        for place in _targets(root, resource, _RESOURCE[setting])
        if place.node.kind is NodeKind.SCALAR
    ]


def _scales(manifest: YamlNode, resource: Resource) -> bool:
    kind = manifest.text_at("kind")
    spec = manifest.get("spec")
    if kind not in ("HorizontalPodAutoscaler", "ScaledObject") or spec is None:
        return False
    scaled = spec.text_at("scaleTargetRef", "kind") or _DEFAULT_KIND
    namespace = manifest.text_at("metadata", "namespace")
    return (
        scaled == resource.kind
        and spec.text_at("scaleTargetRef", "name") == resource.name
        and namespace in ("", resource.namespace or namespace)
    )


def _targets(root: Place, resource: Resource, word: str) -> Iterator[Place]:
    if root.node.text_at("kind") == "ScaledObject":
        yield from _triggers(root, word)
        return
    simple = root.descend(("spec", "targetCPUUtilizationPercentage"))
    if simple is not None and word == "cpu":
        yield simple
    metrics = root.descend(("spec", "metrics"))
    for index, item in enumerate(metrics.node.items() if metrics else ()):
        if metrics is not None:
            yield from _of_metric(metrics.child(index, item), resource, word)


def _of_metric(metric: Place, resource: Resource, word: str) -> Iterator[Place]:
    for key in ("resource", "containerResource"):
        source = metric.descend((key,))
        if source is None or source.node.text_at("name") != word:
            continue
        if key == "containerResource" and source.node.text_at("container") != resource.container:
            continue
        for path in (("target", "averageUtilization"), ("targetAverageUtilization",)):
            found = source.descend(path)
            if found is not None:
                yield found


def _triggers(root: Place, word: str) -> Iterator[Place]:
    triggers = root.descend(("spec", "triggers"))
    for index, item in enumerate(triggers.node.items() if triggers else ()):
        kind = item.text_at("metricType") or item.text_at("metadata", "type") or "Utilization"
        if triggers is not None and item.text_at("type") == word and kind == "Utilization":
            found = triggers.child(index, item).descend(("metadata", "value"))
            if found is not None:
                yield found
