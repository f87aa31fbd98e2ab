"""Edits of a whole GitOps repository, each proved by rendering, and judged by rendering again.

Everything that the repository deploys is rendered once; every container of every workload in it is
a target, and so is every `resources` in the values of a HelmRelease, or of a dependency whose chart
is elsewhere. Where the product asks which place is meant, the target's own place or else the first
that it offers is picked, as an owner would; `asked` counts these. Pods of `helm test` are never
deployed and no targets. The judge writes the edited files out, renders the same units with
kustomize and Helm, and compares what ruamel.yaml loads of it with what was there before: only the
intended quantities of the target may differ, in every unit that deploys it.
"""

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path as FilePath
from typing import Any

from benchmarks.edits_judge import Path, Unreadable, is_exact, load_all, unintended_bytes
from benchmarks.edits_manifests import changes_of, place_of, reason_of, resources_in, targets_in
from benchmarks.edits_tally import Tally, opportunity_for
from finops.domain.errors import FinOpsError
from finops.domain.opportunity import Opportunity, Resource
from finops.domain.pull_request import RepositoryFiles
from finops.edits import AlreadyApplied, AmbiguousSource, Candidate, PlannedEdit, plan_edit
from finops.edits.gitops.rendering import Rendering
from finops.edits.gitops.source_index import SourceIndex

_TEST_HOOK = re.compile(r"""helm\.sh/hook["']?:\s*["']?test""")
_MAX_FILE_BYTES = 5 * 1024**2


@dataclass(frozen=True, slots=True)
class Deployed:
    """A container that a unit, or a plain file, deploys."""

    resource: Resource
    held: Mapping[str, Any]
    hints: frozenset[tuple[str, str]]
    # For values of a chart that is not here: the file and the place in it.
    path: str = ""
    at: Path = ()
    least_limit: int = 0


def judge_repository(folder: FilePath) -> Tally:
    """Plan, apply and judge an edit of every container that the repository deploys."""
    tally = Tally()
    files = read_folder(folder)
    index = SourceIndex(files)
    before = [index.render(unit, "") for unit in index.units]
    for rendering in before:
        tally.named += [f"not rendered: {problem}" for problem in rendering.problems]
    seen: set[tuple[str, frozenset[tuple[str, str]]]] = set()
    for deployed in (*_rendered(before), *_plain(index), *_unseen(index), *_absent(index)):
        key = deployed.resource.key, deployed.hints
        if key not in seen:
            seen.add(key)
            _judge(index, before, deployed, tally)
    return tally


def read_folder(folder: FilePath) -> dict[str, bytes]:
    """The text files below a folder by path, without symlinks, `.git` and what is over 5 MB."""
    found: dict[str, bytes] = {}
    for path in sorted(folder.rglob("*")):
        inner = path.relative_to(folder)
        if ".git" in inner.parts or path.is_symlink() or not path.is_file():
            continue
        source = path.read_bytes() if path.stat().st_size <= _MAX_FILE_BYTES else b"\0"
        if b"\0" not in source[:8000]:
            found[inner.as_posix()] = source
    return found


def _judge(index: SourceIndex, before: list[Rendering], deployed: Deployed, tally: Tally) -> None:
    where = deployed.resource.key
    try:
        changes, wanted = changes_of(deployed.held, least_limit=deployed.least_limit)
        opportunity = opportunity_for(deployed.resource, changes, _tags(deployed.hints))
        planned = _planned(index, opportunity, deployed, tally)
    except AlreadyApplied as error:
        tally.refuse("already applied", f"{where}: {error}")
        return
    except FinOpsError as error:
        tally.refuse(reason_of(error), f"{where}: {error}")
        return
    except Exception as error:  # noqa: BLE001 - one fault must not hide the other targets
        tally.refuse(f"fault of finops-bot: {type(error).__name__}", f"{where}: {error}")
        return
    if deployed.path:
        is_right = _file_is_as_wanted(index, deployed, planned, wanted)
    else:
        is_right = _renders_as_wanted(index, before, deployed, planned, wanted)
    odd = sum(unintended_bytes(each.before, each.after) for each in planned.files)
    tally.judge(is_right=is_right, unintended=odd, where=where)


def _planned(
    index: SourceIndex, opportunity: Opportunity, deployed: Deployed, tally: Tally
) -> PlannedEdit:
    """The edit; a question is answered with the target's place or the first, a second one too."""
    files = RepositoryFiles("wild", index.files)
    choices: dict[str, str] = {}
    for _ in range(3):
        start = time.perf_counter()
        try:
            planned = plan_edit(files, opportunity, choices=choices, index=index)
        except AmbiguousSource as error:
            choices = {opportunity.resource.key: _pick(error.candidates, deployed)}
            continue
        tally.seconds.append(time.perf_counter() - start)
        tally.asked += bool(choices)
        tally.picks += bool(choices)
        return planned
    return plan_edit(files, opportunity, choices=choices, index=index)


def _pick(candidates: Sequence[Candidate], deployed: Deployed) -> str:
    place = place_of(deployed.at) if deployed.path else ""
    own = [c for c in candidates if (c.path, c.place) == (deployed.path, place)]
    return (own or list(candidates))[0].choice


def _file_is_as_wanted(
    index: SourceIndex, deployed: Deployed, planned: PlannedEdit, wanted: Mapping[Path, Any]
) -> bool:
    """Whether the values of the target alone changed; what their chart makes of it is not here."""
    [change] = planned.files
    if change.path != deployed.path or not planned.notes:
        return False
    old, new = load_all(index.files[deployed.path]), load_all(change.after)
    return is_exact(old, new, {(*deployed.at, *at): v for at, v in wanted.items()})


def _renders_as_wanted(  # noqa: PLR0917 - the state of one run
    index: SourceIndex,
    before: list[Rendering],
    deployed: Deployed,
    planned: PlannedEdit,
    wanted: Mapping[Path, Any],
) -> bool:
    """Whether the target changed as wanted, and whatever else changed was said before."""
    edits = {each.path: each.after for each in planned.files}
    changed, others = _plain_changes(index, edits, deployed, wanted), 0
    for unit, old in zip(index.units, before, strict=True):
        if old.paths & edits.keys():
            mine, odd = _changed_objects(old, index.render(unit, "", edits=edits), deployed, wanted)
            changed, others = changed + mine, others + odd
    return changed > 0 and (not others or bool(planned.notes))


def _changed_objects(
    old: Rendering, new: Rendering, deployed: Deployed, wanted: Mapping[Path, Any]
) -> tuple[int, int]:
    """How many objects changed as wanted, and how many otherwise."""
    if len(old.documents) != len(new.documents):
        return 0, 1
    pairs = [
        (one.text.encode(), other.text.encode())
        for number, (one, other) in enumerate(zip(old.documents, new.documents, strict=True))
        if one.text != other.text and number not in old.carriers
    ]
    mine = sum(_is_wanted(one, other, deployed, wanted) for one, other in pairs)
    return mine, len(pairs) - mine


def _plain_changes(
    index: SourceIndex,
    edits: Mapping[str, bytes],
    deployed: Deployed,
    wanted: Mapping[Path, Any],
) -> int:
    return sum(
        _is_wanted(index.files[path], after, deployed, wanted)
        for path, after in edits.items()
        if index.is_plain(path)
    )


def _is_wanted(before: bytes, after: bytes, deployed: Deployed, wanted: Mapping[Path, Any]) -> bool:
    """Whether two texts differ in the wanted quantities of the target alone."""
    try:
        old, new = load_all(before), load_all(after)
    except Unreadable:
        return False
    resource = deployed.resource
    for target in targets_in(old):
        is_it = (target.resource.kind, target.resource.name, target.resource.container) == (
            resource.kind,
            resource.name,
            resource.container,
        )
        if is_it and is_exact(old, new, {(*target.at, *at): v for at, v in wanted.items()}):
            return True
    return False


def _rendered(before: list[Rendering]) -> Iterator[Deployed]:
    for rendering in before:
        for document in rendering.documents:
            if _TEST_HOOK.search(document.text):
                continue
            for each in _containers(document.text.encode(), document.namespace):
                yield replace(each, hints=document.hints)


def _plain(index: SourceIndex) -> Iterator[Deployed]:
    for path in sorted(index.files):
        if path.endswith((".yaml", ".yml")) and index.is_plain(path):
            yield from _containers(index.files[path], "")


def _unseen(index: SourceIndex) -> Iterator[Deployed]:
    """The values of releases of Flux, each as a container that carries the release's label."""
    for path in sorted(index.files):
        if not path.endswith((".yaml", ".yml")) or b"HelmRelease" not in index.files[path]:
            continue
        try:
            documents = load_all(index.files[path])
        except Unreadable:
            continue
        for target in targets_in(documents):
            if target.is_picked:
                hints = frozenset({("helmrelease", target.resource.name)})
                resource = replace(target.resource, namespace="")
                yield Deployed(resource, target.held, hints, path, target.at)


def _absent(index: SourceIndex) -> Iterator[Deployed]:
    """The values of charts from elsewhere that a chart of the repository depends on."""
    charts = index.repository.charts
    for chart in charts.folders:
        path = f"{chart}/values.yaml" if chart else "values.yaml"
        missing = charts.missing_dependencies(chart)
        try:
            documents = load_all(index.files[path]) if missing and path in index.files else []
        except Unreadable:
            continue
        values = documents[0] if documents and isinstance(documents[0], dict) else {}
        for each in missing:
            for at, held in resources_in(values.get(each.key), (0, each.key)):
                inner = ".".join(map(str, at[2:-1]))
                name = charts.name(chart)
                yield Deployed(
                    Resource(cluster="wild", kind="Deployment", name=name, container=inner),
                    held,
                    frozenset({("helm", name)}),
                    path,
                    at,
                )


def _containers(source: bytes, namespace: str) -> Iterator[Deployed]:
    try:
        documents = load_all(source)
    except Unreadable:
        return
    for target in targets_in(documents):
        if not target.is_picked:
            resource = replace(target.resource, namespace=target.resource.namespace or namespace)
            yield Deployed(resource, target.held, frozenset(), least_limit=target.least_limit)


_TAGS = {"argocd": "argocd.argoproj.io/instance", "helm": "meta.helm.sh/release-name"} | {
    "helmrelease": "helm.toolkit.fluxcd.io/name",
    "flux": "kustomize.toolkit.fluxcd.io/name",
}


def _tags(hints: frozenset[tuple[str, str]]) -> dict[str, str]:
    """The labels that the deployers put on what they deploy."""
    return {_TAGS[kind]: name for kind, name in hints if kind in _TAGS}
