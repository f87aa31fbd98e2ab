"""Which nodes a placement allows: selector, required node affinity, taints. One rule a function.

Source: kube-scheduler's filters NodeAffinity and TaintToleration. `NotIn` and `DoesNotExist` hold
where the label is missing; `Gt` and `Lt` compare whole numbers and fail on anything else.
"""

from collections.abc import Mapping, Sequence

from finops.domain.cluster_objects import Placement, Requirement, Taint, Toleration
from finops.domain.estate import Node

_HARD = ("NoSchedule", "NoExecute")


def is_selected(placement: Placement, node: Node) -> bool:
    """Whether selector and required node affinity name the node."""
    return selects(placement.node_selector, node.labels) and matches_a_term(
        placement.required_terms, node
    )


def selects(selector: Mapping[str, str], labels: Mapping[str, str]) -> bool:
    """Whether the labels have every pair of the selector."""
    return all(labels.get(key) == value for key, value in selector.items())


def matches_a_term(terms: Sequence[Sequence[Requirement]], node: Node) -> bool:
    """Whether one term holds with all its requirements; no terms allow every node."""
    return not terms or any(all(_holds(each, node) for each in term) for term in terms)


def tolerates(tolerations: Sequence[Toleration], taints: Sequence[Taint]) -> bool:
    """Whether each taint that keeps pods off is tolerated."""
    return all(
        any(_covers(toleration, taint) for toleration in tolerations)
        for taint in taints
        if taint.effect in _HARD
    )


def _covers(toleration: Toleration, taint: Taint) -> bool:
    if toleration.effect not in ("", taint.effect):
        return False
    if toleration.operator == "Exists":
        return toleration.key in ("", taint.key)
    return (toleration.key, toleration.value) == (taint.key, taint.value)


def _holds(requirement: Requirement, node: Node) -> bool:
    # A match field has one name only, and it is no label.
    said = node.name if requirement.key == "metadata.name" else node.labels.get(requirement.key)
    match requirement.operator:
        case "In":
            return said in requirement.values
        case "NotIn":
            return said not in requirement.values
        case "Exists":
            return said is not None
        case "DoesNotExist":
            return said is None
        case operator:
            return _compares(operator, said, requirement.values)


def _compares(operator: str, said: str | None, values: Sequence[str]) -> bool:
    try:
        have, bound = int(said or ""), int(values[0])
    except (ValueError, IndexError):
        return False
    return have > bound if operator == "Gt" else operator == "Lt" and have < bound


def words_of(placement: Placement) -> str:
    """What narrows the choice of nodes, for a sentence; empty when nothing does."""
    said = [f"node selector {key}={value}" for key, value in placement.node_selector.items()]
    said += [
        f"node affinity {each.key} {each.operator} {', '.join(each.values)}".rstrip()
        for term in placement.required_terms[:2]
        for each in term[:2]
    ]
    return "; ".join(said[:3])
