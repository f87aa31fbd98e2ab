"""The containers of a pod spec, read from a manifest (strictly) or from a server (with notes)."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

from finops.domain.errors import InvalidInput
from finops.domain.estate import Container, ContainerRole
from finops.domain.quantities import parse_cpu_millicores, parse_memory_bytes
from finops.sources.raw_objects import (
    LABEL,
    Mapped,
    at,
    listing,
    mapping,
    name_at,
    printable,
    shown,
    text,
)

# Told of each figure that makes no sense, as `spec.containers[0]…cpu: why`; may raise.
Problem = Callable[[str], None]

TEMPLATE = ("spec", "template")
_TEMPLATES: Mapping[str, tuple[str, ...]] = {
    "Pod": (),
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
}
# Only words that size a heap, whole: anything else in arguments or environment may be a secret.
_HEAP_WORD = re.compile(
    r"(?<![\w-])(?:-Xm[sx][0-9]+[kKmMgGtT]?"
    r"|-XX:(?:Max|Min|Initial)RAM(?:Percentage|Fraction)=[0-9.]+"
    r"|--max[-_]old[-_]space[-_]size=[0-9]+)(?![\w.])"
)
_GO_VALUES = {
    "GOMEMLIMIT": re.compile(r"off|[0-9]+(?:[KMGT]i)?B?"),
    "GOGC": re.compile(r"off|[0-9]+"),
}


def template_path(kind: str) -> tuple[str, ...]:
    """Where the pod template (its `metadata` and `spec`) of a kind stands: `spec.template`."""
    return _TEMPLATES.get(kind, TEMPLATE)


def pod_spec_of(document: Mapped, kind: str) -> Mapped:
    """The pod spec inside a workload's document."""
    return mapping(at(document, *template_path(kind), "spec"))


def refuse(problem: str) -> None:
    """Raise InvalidInput: the Problem of a strict reader."""
    raise InvalidInput(problem)


def read_containers(spec: Mapped, place: str, problem: Problem) -> tuple[Container, ...]:
    """App containers, then init containers and native sidecars in the order in which they start.

    A figure that makes no sense is None after `problem` was told. Raises InvalidInput for a
    container without a proper name, and for two of one name.
    """
    read = [
        read_container(mapping(raw), f"{place}.containers[{index}]", problem)
        for index, raw in enumerate(listing(spec.get("containers")))
    ]
    inits = [
        read_container(mapping(raw), f"{place}.initContainers[{index}]", problem, is_init=True)
        for index, raw in enumerate(listing(spec.get("initContainers")))
    ]
    read += inits
    if len({container.name for container in read}) < len(read):
        raise InvalidInput(f"{place}.containers: two containers have one name")
    return tuple(read)


def read_container(
    raw: Mapped, place: str, problem: Problem, *, is_init: bool = False
) -> Container:
    """One container; an init container with `restartPolicy: Always` is a sidecar."""
    requests, limits = at(raw, "resources", "requests"), at(raw, "resources", "limits")
    role = ContainerRole.APP
    if is_init:
        role = ContainerRole.SIDECAR if is_sidecar(raw) else ContainerRole.INIT
    return Container(
        name=name_at(raw.get("name"), f"{place}.name", rule=LABEL),
        cpu_request_millicores=cpu_of(requests, f"{place}.resources.requests", problem),
        cpu_limit_millicores=cpu_of(limits, f"{place}.resources.limits", problem),
        memory_request_bytes=memory_of(requests, f"{place}.resources.requests", problem),
        memory_limit_bytes=memory_of(limits, f"{place}.resources.limits", problem),
        role=role,
        image=text(raw.get("image"))[:500],
        runtime_hints=runtime_hints(raw),
    )


def is_sidecar(init: Mapped) -> bool:
    """Whether an init container runs beside the others until the pod ends (Kubernetes 1.28)."""
    return init.get("restartPolicy") == "Always"


def runtime_hints(container: Mapped) -> tuple[str, ...]:
    """The words that size a heap, from command, arguments and environment; nothing else of them."""
    found: dict[str, None] = {}
    for written in (*listing(container.get("command")), *listing(container.get("args"))):
        found |= dict.fromkeys(_HEAP_WORD.findall(written) if isinstance(written, str) else ())
    for variable in listing(container.get("env")):
        found |= dict.fromkeys(_hints_of_variable(mapping(variable)))
    return tuple(found)


def _hints_of_variable(variable: Mapped) -> Iterator[str]:
    name, value = variable.get("name"), variable.get("value")
    if not isinstance(name, str) or not isinstance(value, str):
        return
    if name in _GO_VALUES:
        if _GO_VALUES[name].fullmatch(value):
            yield f"{name}={value}"
    else:
        yield from _HEAP_WORD.findall(value)


def cpu_of(values: object, place: str, problem: Problem) -> int | None:
    """The `cpu` of requests, limits, capacity or the like in millicores; None if not there."""
    return _quantity(mapping(values).get("cpu"), f"{place}.cpu", problem, parse_cpu_millicores)


def memory_of(values: object, place: str, problem: Problem) -> int | None:
    """The `memory` of requests, limits, capacity or the like in bytes; None if not there."""
    return _quantity(mapping(values).get("memory"), f"{place}.memory", problem, parse_memory_bytes)


def other_amounts_of(values: object, place: str, problem: Problem) -> dict[str, int]:
    """All but `cpu` and `memory`, by name: devices counted, storage in bytes."""
    found = {}
    for written, raw in mapping(values).items():
        name = printable(written)[:100]
        if name not in ("cpu", "memory", "pods"):
            amount = _quantity(raw, f"{place}.{name}", problem, parse_memory_bytes)
            found[name] = amount or 0
    return found


def _quantity(raw: object, place: str, problem: Problem, parse: Callable[[str], int]) -> int | None:
    if raw is None:
        return None
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        raw = str(raw)  # custom resources keep `cpu: 1` as a number
    if not isinstance(raw, str):
        problem(f"{place}: {shown(raw)} is not a quantity such as 250m or 128Mi")
        return None
    try:
        return _parsed(raw, parse)
    except InvalidInput as error:
        problem(f"{place}: {str(error).rstrip('.')}")
        return None


# A cluster of 10,000 pods has a few hundred different quantities.
@lru_cache(maxsize=4096)
def _parsed(raw: str, parse: Callable[[str], int]) -> int:
    return parse(raw)
