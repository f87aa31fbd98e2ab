"""What a namespace allows (LimitRange, ResourceQuota, its labels) and the PriorityClasses."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from finops.domain.cluster_objects import ContainerBounds, NamespacePolicy, Quota
from finops.domain.errors import InvalidInput
from finops.domain.quantities import parse_cpu_millicores, parse_memory_bytes, parse_number
from finops.sources.kubernetes.listing import Notes
from finops.sources.kubernetes.objects import Scope, meta_of, tags_in
from finops.sources.pod_templates import cpu_of, memory_of
from finops.sources.raw_objects import Mapped, at, mappings, texts


@dataclass(frozen=True, slots=True)
class Bounded:
    """The container part of one LimitRange."""

    namespace: str
    bounds: ContainerBounds


@dataclass(frozen=True, slots=True)
class Allotted:
    """One ResourceQuota."""

    namespace: str
    quota: Quota


@dataclass(frozen=True, slots=True)
class Tagged:
    """One Namespace with its labels and kept annotations."""

    namespace: str
    tags: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Priority:
    """One PriorityClass; `is_default` for pods that name none."""

    name: str
    value: int
    is_default: bool


def read_limit_range(raw: Mapped, scope: Scope, notes: Notes) -> Bounded | None:
    """What it allows one container; limits of pods and claims are of no interest here."""
    meta = meta_of(raw)

    def told(problem: str) -> None:
        notes.add(f"{meta.namespace}/{meta.name}: {problem}")

    found = [
        ContainerBounds(
            min_cpu_millicores=cpu_of(limit.get("min"), "min", told),
            max_cpu_millicores=cpu_of(limit.get("max"), "max", told),
            min_memory_bytes=memory_of(limit.get("min"), "min", told),
            max_memory_bytes=memory_of(limit.get("max"), "max", told),
            default_cpu_request_millicores=cpu_of(
                limit.get("defaultRequest"), "defaultRequest", told
            ),
            default_memory_request_bytes=memory_of(
                limit.get("defaultRequest"), "defaultRequest", told
            ),
            max_limit_request_ratio_cpu=_ratio(limit, "cpu"),
            max_limit_request_ratio_memory=_ratio(limit, "memory"),
        )
        for limit in mappings(at(raw, "spec", "limits"))
        if limit.get("type") == "Container"
    ]
    return Bounded(meta.namespace, tightest(found)) if found else None


def _ratio(limit: Mapped, resource: str) -> float | None:
    written = at(limit, "maxLimitRequestRatio", resource)
    try:
        return parse_number(str(written)) if isinstance(written, str | int) else None
    except InvalidInput:
        return None


def tightest(bounds: Iterable[ContainerBounds]) -> ContainerBounds:
    """What all of several LimitRanges allow: the highest minimum, the lowest maximum."""
    every = tuple(bounds)
    fields = {}
    for name in ContainerBounds.__dataclass_fields__:
        values = [value for each in every if (value := getattr(each, name)) is not None]
        if values:
            fields[name] = max(values) if name.startswith("min_") else min(values)
    return ContainerBounds(**fields)


def read_quota(raw: Mapped, scope: Scope, notes: Notes) -> Allotted:
    """Hard limits and use, CPU in millicores, memory and storage in bytes."""
    meta = meta_of(raw)
    where = f"{meta.namespace}/{meta.name}"
    hard = at(raw, "status", "hard") or at(raw, "spec", "hard")
    quota = Quota(
        name=meta.name,
        hard=dict(_amounts(hard, f"{where}: hard", notes)),
        used=dict(_amounts(at(raw, "status", "used"), f"{where}: used", notes)),
    )
    return Allotted(meta.namespace, quota)


def _amounts(raw: object, place: str, notes: Notes) -> Iterator[tuple[str, int]]:
    for name, written in texts(raw).items():
        try:
            yield name, _amount(name, written)
        except InvalidInput as error:
            notes.add(f"{place}.{name[:80]}: {str(error).rstrip('.')}")


def _amount(name: str, written: str) -> int:
    if name.endswith("cpu"):
        return parse_cpu_millicores(written)
    if name.endswith(("memory", "storage")) or "hugepages-" in name:
        return parse_memory_bytes(written)
    return int(parse_number(written))


def read_namespace(raw: Mapped, scope: Scope, notes: Notes) -> Tagged:
    """Its labels and kept annotations."""
    meta = meta_of(raw, is_namespaced=False)
    return Tagged(meta.name, tags_in(meta, scope))


def read_priority_class(raw: Mapped, scope: Scope, notes: Notes) -> Priority | None:
    """Its value, from -2,147,483,648 to 2,000,001,000 (system-node-critical)."""
    value = raw.get("value")
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidInput("value: is no whole number")
    name = meta_of(raw, is_namespaced=False).name
    return Priority(name, value, raw.get("globalDefault") is True)


def policies_of(
    namespaces: Iterable[Tagged], bounds: Iterable[Bounded], quotas: Iterable[Allotted]
) -> tuple[NamespacePolicy, ...]:
    """One policy for each namespace that anything is known of."""
    tags = {each.namespace: each.tags for each in namespaces}
    bounds_of: dict[str, list[ContainerBounds]] = {}
    for bounded in bounds:
        bounds_of.setdefault(bounded.namespace, []).append(bounded.bounds)
    quotas_of: dict[str, list[Quota]] = {}
    for allotted in quotas:
        quotas_of.setdefault(allotted.namespace, []).append(allotted.quota)
    return tuple(
        NamespacePolicy(
            namespace=name,
            bounds=tightest(bounds_of.get(name, ())),
            quotas=tuple(quotas_of.get(name, ())),
            tags=tags.get(name, {}),
        )
        for name in sorted({*tags, *bounds_of, *quotas_of})
    )
