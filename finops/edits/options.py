"""The places in what a repository deploys that may be the container, and which are left of them."""

from collections.abc import Callable
from dataclasses import dataclass

from finops.domain.opportunity import Opportunity
from finops.edits.gitops.matches import Match, Search, hints_of, holds_current
from finops.edits.gitops.source_index import SourceIndex
from finops.edits.gitops.steps import HelmStep
from finops.edits.plain_manifests import ContainerTarget, PlainSearch
from finops.edits.yaml_splice import holds_all


@dataclass(frozen=True, slots=True)
class Option:
    """One place in what the repository deploys that may be the container.

    It is a plain manifest, or what rendering a unit gives.
    """

    target: ContainerTarget | None
    match: Match | None
    namespace: str
    hints: frozenset[tuple[str, str]]
    clues: frozenset[str]
    is_current: bool


def plain_options(index: SourceIndex, plain: PlainSearch, opportunity: Opportunity) -> list[Option]:
    """The plain manifests that declare it; who applies them is asked only to tell several apart."""
    changes = [each for each in opportunity.changes if not each.setting.is_beside_resources]
    return [
        Option(
            target,
            None,
            target.container.namespace,
            index.plain_hints(target.path) if len(plain.targets) > 1 else frozenset(),
            frozenset(target.path.split("/")[:-1]),
            holds_all(target.container, changes),
        )
        for target in plain.targets
    ]


def match_options(rendered: Search, opportunity: Opportunity) -> list[Option]:
    """What rendering the units gave."""
    return [
        Option(
            None,
            match,
            _namespace(match),
            match.document.hints,
            match.document.clues | frozenset(match.unit.entry.split("/")[:-1]),
            holds_current(match, opportunity.changes),
        )
        for match in rendered.matches
    ]


def _namespace(match: Match) -> str:
    """Where it is deployed; a chart that no deployer names goes where we said."""
    if isinstance(match.unit.step, HelmStep):
        return ""
    return match.document.root_namespace or match.document.namespace


def narrowed(options: list[Option], opportunity: Opportunity) -> list[Option]:
    """Those that the hints, the namespace, the cluster's name and the values leave."""
    resource = opportunity.resource
    hints = hints_of(opportunity.tags)
    found = _kept(options, lambda each: bool(each.hints & hints))
    if resource.namespace:
        found = _kept(found, lambda each: each.namespace == resource.namespace)
    found = _kept(found, lambda each: resource.cluster in each.clues)
    # Without a container's name, the one that happens to have the value would be a guess.
    return _kept(found, lambda each: each.is_current) if resource.container else found


def _kept(found: list[Option], wanted: Callable[[Option], bool]) -> list[Option]:
    """Those that are wanted, if that tells them apart at all."""
    kept = [each for each in found if wanted(each)] if len(found) > 1 else []
    return kept or found


def reading(options: list[Option], choice: str) -> list[Option]:
    """Those that a picked file can decide, if there are any."""
    path = choice.partition(":")[2].partition("#")[0]
    found = [
        each
        for each in options
        if (each.target and each.target.path == path)
        or (each.match and path in each.match.rendering.paths)
    ]
    return found or options
