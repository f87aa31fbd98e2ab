"""Edits of manifests found in the wild: every container of every workload is a target.

Each file is taken as a repository of its own. A target asks for all at once: every request and
limit that is written falls to three quarters (a limit not under a Java heap and what is outside of
it), and a request that is not written is added. What a HelmRelease holds under a `resources` key is
a target too, picked as an owner would, because its chart is not there. Files that are templates or
say that they are generated count as refused.
"""

import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path as FilePath
from typing import Any

from benchmarks.edits_judge import (
    Path,
    Unreadable,
    is_exact,
    load_all,
    quantity,
    unintended_bytes,
)
from benchmarks.edits_tally import GENERATED, TEMPLATE, Tally, opportunity_for
from finops.domain.changes import Change, Setting
from finops.domain.errors import FinOpsError, InvalidInput
from finops.domain.heaps import floor_of, heap_in
from finops.domain.opportunity import Resource
from finops.domain.pull_request import RepositoryFiles
from finops.edits import AmbiguousSource, PlannedEdit, plan_edit
from finops.edits.plain_manifests import is_generated

SUFFIXES = (".yaml", ".yml")
_LISTINGS = ("containers", "initContainers")
_MIB = 1024**2
_SETTINGS = {
    ("requests", "cpu"): Setting.CPU_REQUEST,
    ("limits", "cpu"): Setting.CPU_LIMIT,
    ("requests", "memory"): Setting.MEMORY_REQUEST,
    ("limits", "memory"): Setting.MEMORY_LIMIT,
}
_WORKLOAD = re.compile(
    rb"^kind:\s*[\"']?(Deployment|StatefulSet|DaemonSet|CronJob|Job|Pod|ReplicaSet)\b", re.M
)
_LIFTED = re.compile(r"line \d+|'[^']*'|\"[^\"]*\"|\b\d[\w.]*|[\w./-]+\.ya?ml\S*|\(.*?\)")


@dataclass(frozen=True, slots=True)
class Target:
    """One container to edit, and where ruamel.yaml found its `resources`."""

    resource: Resource
    at: Path
    held: Mapping[str, Any]
    is_picked: bool = False
    # What its Java needs by `-Xmx`; nobody would propose a limit under that.
    least_limit: int = 0


def judge_manifests(folder: FilePath) -> Tally:
    """Plan, apply and judge every edit of every file below the folder."""
    tally = Tally()
    for path in sorted(folder.rglob("*")):
        if path.suffix in SUFFIXES and path.is_file() and not path.is_symlink():
            judge_file(path.name, path.read_bytes(), tally)
    return tally


def judge_file(name: str, source: bytes, tally: Tally) -> None:
    """Judge one file as a repository of its own."""
    try:
        documents = load_all(source)
    except Unreadable as error:
        _count_unreadable(name, source, str(error), tally)
        return
    generated = is_generated(source)
    for target in targets_in(documents):
        if generated:
            tally.refuse(GENERATED, f"{name}: {target.resource.key}")
        else:
            _judge(name, source, documents, target, tally)


def targets_in(documents: list[Any]) -> Iterator[Target]:
    """Every container of every object, and every `resources` of a HelmRelease's values."""
    for number, document in enumerate(documents):
        for at, manifest in _objects(document, (number,)):
            kind, name = manifest.get("kind"), _name(manifest)
            if kind == "HelmRelease":
                yield from _values(manifest, at, name)
            elif kind and name and kind != "CustomResourceDefinition":
                yield from _containers(
                    manifest,
                    at,
                    Resource(
                        cluster="wild", kind=str(kind), name=name, namespace=_namespace(manifest)
                    ),
                )


def changes_of(
    held: Mapping[str, Any], *, least_limit: int = 0
) -> tuple[tuple[Change, ...], dict[Path, Decimal]]:
    """The changes for what a container holds, and what must stand there afterwards.

    Raises InvalidInput when it holds something that is no quantity.
    """
    known = {at: quantity(_section(held, at[0]).get(at[1])) for at in _SETTINGS}
    changes: list[Change] = []
    wanted: dict[Path, Decimal] = {}
    for at, setting in _SETTINGS.items():
        written = _section(held, at[0]).get(at[1])
        if written is not None and known[at] is None:
            raise InvalidInput(f"{'.'.join(at)} is {written!r}, which is no quantity")
        current = known[at] if written is not None else known["limits", at[1]]
        if written is None and at[0] == "limits":
            continue
        scale = 1000 if at[1] == "cpu" else 1
        now = None if current is None else int((current * scale).to_integral_value("ROUND_CEILING"))
        proposed = _proposed(at[1], now, is_limit=at[0] == "limits")
        if at == ("limits", "memory") and proposed < least_limit:
            proposed = least_limit if least_limit < (now or 0) else (now or 0) + 2 * _MIB
        changes.append(Change(setting, now, proposed))
        wanted[at] = Decimal(proposed) / scale
    return tuple(changes), wanted


def _proposed(resource: str, now: int | None, *, is_limit: bool) -> int:
    if now is None:
        return 50 if resource == "cpu" else 64 * _MIB
    if resource == "cpu":
        return max(now * 3 // 4, 1) if now > 1 else now + 1 + is_limit
    smaller = now * 3 // 4 // _MIB * _MIB
    return smaller if smaller else now + _MIB * (1 + is_limit)


def _judge(  # noqa: PLR0917 - the state of one run
    name: str, source: bytes, documents: list[Any], target: Target, tally: Tally
) -> None:
    where = f"{name}: {target.resource.key}"
    try:
        changes, leaves = changes_of(target.held, least_limit=target.least_limit)
        planned = _planned(name, source, target, changes, tally)
    except FinOpsError as error:
        tally.refuse(reason_of(error), f"{where}: {error}")
        return
    except Exception as error:  # noqa: BLE001 - one fault must not hide the other files
        tally.refuse(f"fault of finops-bot: {type(error).__name__}", f"{where}: {error}")
        return
    after = planned.files[0].after
    wanted = {(*target.at, *at): value for at, value in leaves.items()}
    try:
        is_right = len(planned.files) == 1 and is_exact(documents, load_all(after), wanted)
    except Unreadable:
        is_right = False
    tally.judge(is_right=is_right, unintended=unintended_bytes(source, after), where=where)


def _planned(  # noqa: PLR0917 - the state of one run
    name: str, source: bytes, target: Target, changes: tuple[Change, ...], tally: Tally
) -> PlannedEdit:
    opportunity = opportunity_for(target.resource, changes)
    files = RepositoryFiles("wild", {name: source})
    choices: dict[str, str] = {}
    if target.is_picked:
        choices = {target.resource.key: _pick(files, opportunity, target)}
    start = time.perf_counter()
    planned = plan_edit(files, opportunity, choices=choices)
    tally.seconds.append(time.perf_counter() - start)
    return planned


def _pick(files: RepositoryFiles, opportunity: Any, target: Target) -> str:
    """What an owner would pick: the candidate whose place is the target's."""
    place = place_of(target.at)
    try:
        plan_edit(files, opportunity)
    except AmbiguousSource as error:
        return next((c.choice for c in error.candidates if c.place == place), "")
    return ""


def place_of(at: Path) -> str:
    """A place as the product writes it: `document 2, spec.values.app[0].resources`."""
    number, *path = at
    text = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in path).removeprefix(".")
    return f"document {int(number) + 1}, {text}" if number else text


def reason_of(error: Exception) -> str:
    """The refusal without names and figures, so that equal reasons count together."""
    text = str(error)
    if "template" in text:
        return TEMPLATE
    if "generated" in text:
        return GENERATED
    return " ".join(_LIFTED.sub("…", text).split())[:110]


def _count_unreadable(name: str, source: bytes, problem: str, tally: Tally) -> None:
    """What a template makes cannot be told without its chart, so it is one target."""
    if not _WORKLOAD.search(source):
        return
    is_template = b"{{" in source or b"${" in source or b"<%" in source
    tally.refuse(TEMPLATE if is_template else "not YAML", f"{name}: {problem}")


def _objects(document: Any, at: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    if not isinstance(document, dict):
        return
    items = document.get("items")
    if str(document.get("kind", "")).endswith("List") and isinstance(items, list):
        for index, item in enumerate(items):
            yield from _objects(item, (*at, "items", index))
    else:
        yield at, document


def _containers(value: Any, at: Path, resource: Resource) -> Iterator[Target]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _containers(item, (*at, index), resource)
    if not isinstance(value, dict):
        return
    for key, each in value.items():
        if key in _LISTINGS and isinstance(each, list):
            for index, item in enumerate(each):
                if isinstance(item, dict) and isinstance(item.get("name"), str):
                    yield _container(item, (*at, key, index, "resources"), resource)
        else:
            yield from _containers(each, (*at, key), resource)


def _container(item: dict[str, Any], at: Path, resource: Resource) -> Target:
    named = Resource(
        cluster=resource.cluster,
        kind=resource.kind,
        name=resource.name,
        namespace=resource.namespace,
        container=item["name"],
    )
    heap = heap_in(" ".join(_texts(item.get("env")) + _texts(item.get("args"))))
    least = 0 if heap is None else floor_of(heap)
    return Target(named, at, item.get("resources") or {}, least_limit=least)


def _texts(value: Any) -> list[str]:
    """Every text in environment or arguments."""
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for each in inner for text in _texts(each)]


def _values(manifest: dict[str, Any], at: Path, name: str) -> Iterator[Target]:
    values = (manifest.get("spec") or {}).get("values") or {}
    for place, held in resources_in(values, (*at, "spec", "values")):
        resource = Resource(
            cluster="wild",
            kind="Deployment",
            name=name,
            namespace=_namespace(manifest),
            container=".".join(map(str, place[3:-1])),
        )
        yield Target(resource, place, held, is_picked=True)


def resources_in(value: Any, at: Path) -> Iterator[tuple[Path, Any]]:
    """Every `resources` with requests in values, and where it stands."""
    for key, each in value.items() if isinstance(value, dict) else ():
        if key == "resources" and isinstance(each, dict) and _section(each, "requests"):
            yield (*at, key), each
        else:
            yield from resources_in(each, (*at, key))


def _section(held: Any, name: str) -> Mapping[str, Any]:
    found = held.get(name) if isinstance(held, dict) else None
    return found if isinstance(found, dict) else {}


def _name(manifest: dict[str, Any]) -> str:
    metadata = manifest.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else ""
    return name if isinstance(name, str) else ""


def _namespace(manifest: dict[str, Any]) -> str:
    metadata = manifest.get("metadata")
    namespace = metadata.get("namespace") if isinstance(metadata, dict) else ""
    return namespace if isinstance(namespace, str) else ""
