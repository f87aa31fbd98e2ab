"""The proof by rendering: in every unit that reads the edited files, only the intended differs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from finops.domain.changes import Change, Setting
from finops.domain.errors import WillNeverWork
from finops.domain.opportunity import Opportunity
from finops.edits.gitops.comparing import (
    Difference,
    Expected,
    changed_carriers,
    differences,
    stable,
    unexpected,
)
from finops.edits.gitops.deciding import Deciding
from finops.edits.gitops.matches import Match
from finops.edits.gitops.rendering import Rendering
from finops.edits.gitops.source_index import SourceIndex
from finops.edits.gitops.units import Unit
from finops.edits.setting_text import unit_of
from finops.edits.yaml_source import ContainerSource
from finops.edits.yaml_tree import Path, YamlNode

# An overlay's file that more units read than these is a platform's, and a person's to edit.
MAX_UNITS = 40


@dataclass(frozen=True, slots=True)
class Effect:
    """What an edit does to one unit: `others` are the objects besides the intended."""

    unit: Unit
    compared: int
    intended: int
    others: tuple[str, ...] = ()
    unknown: str = ""

    @property
    def name(self) -> str:
        """How people call the unit."""
        return self.unit.step.name if self.unit.step is not None else self.unit.entry

    @property
    def sentence(self) -> str:
        """What stands in the proof."""
        differ = "differs" if self.intended == 1 else "differ"
        return (
            f"{self.name}: {self.compared} objects rendered before and after, {self.intended} "
            f"{differ}, in nothing but the intended values"
        )


def effects(
    index: SourceIndex,
    matches: Sequence[Match],
    opportunity: Opportunity,
    edits: Mapping[str, bytes],
) -> list[Effect]:
    """What the edit does to every unit that reads the edited files.

    Raises WillNeverWork when the wanted object does not come out as proposed.
    """
    units: dict[Unit, Match | None] = {match.unit: match for match in matches}
    known = {(unit.entry, unit.number, _layers(unit)) for unit in units}
    for unit in index.readers(edits):
        if (unit.entry, unit.number, _layers(unit)) not in known:
            units[unit] = None
    if len(units) > MAX_UNITS:
        entry = next(iter(edits))
        return [
            Effect(each, 0, 0, unknown=f"{entry} is read by {len(units)} of them") for each in units
        ]
    return [_effect(index, unit, match, opportunity, edits) for unit, match in units.items()]


def _layers(unit: Unit) -> str:
    """A unit without its release's name, which differs by what was tried."""
    return unit.step.name if unit.step is not None else ""


def _effect(  # noqa: PLR0917 - one unit with what was asked of all
    index: SourceIndex,
    unit: Unit,
    match: Match | None,
    opportunity: Opportunity,
    edits: Mapping[str, bytes],
) -> Effect:
    name = opportunity.resource.name if match is not None else "\0"

    def rendered(files: Mapping[str, bytes] | None) -> Rendering:
        return index.render(unit, name, edits=files, touching=edits)

    before, after = rendered(None), rendered(edits)
    if after.problems and after.problems != before.problems:
        raise _failed(unit, f"it no longer renders: {after.problems[0]}")
    if before.problems and not before.documents:
        return Effect(unit, 0, 0, unknown=before.problems[0])
    found, carriers = differences(before, after), changed_carriers(before, after)
    expected = [] if match is None else _expected(index, match, before, opportunity)
    wanted = {each.leaf.identity for each in expected}
    if any(each.identity not in wanted for each in found):
        found = stable(found, before, index.render_anew(unit, name, touching=edits))
    found += [each for each in carriers if match is None or not _carries(each, match)]
    if match is None:
        return Effect(unit, len(after.documents), 0, tuple(each.label for each in found))
    return _judged(unit, found, expected, len(after.documents))


def _carries(carrier: Difference, match: Match) -> bool:
    """Whether the values in it become the wanted object."""
    kind, _, name = carrier.identity
    hints = match.document.hints
    return kind in ("ConfigMap", "ApplicationSet") or bool(
        {("helmrelease", name), ("argocd", name), ("flux", name)} & hints
    )


def _judged(
    unit: Unit, found: Sequence[Difference], expected: Sequence[Expected], compared: int
) -> Effect:
    wanted = {each.leaf.identity for each in expected}
    intended = [each for each in found if each.identity in wanted]
    for identity in wanted:
        if identity not in {each.identity for each in intended}:
            raise _failed(unit, f"{identity[0]} {identity[2]} does not change")
    for each in intended:
        mine = [one for one in expected if one.leaf.identity == each.identity]
        if words := unexpected(each, mine):
            raise _failed(unit, words)
    others = tuple(each.label for each in found if each.identity not in wanted)
    return Effect(unit, compared, len(intended), others)


def _expected(
    index: SourceIndex, match: Match, before: Rendering, opportunity: Opportunity
) -> list[Expected]:
    deciding = Deciding(index, match, opportunity)
    container = deciding.container(before)
    found: list[Expected] = []
    for change in opportunity.changes:
        leaf = deciding.leaf(before, change)
        if leaf is None or container is None:
            raise _failed(match.unit, f"{opportunity.resource.label} is gone")
        if change.setting.is_beside_resources:
            found.append(Expected(change, leaf, leaf.path, leaf.path))
        else:
            path = (*leaf.path, "resources", *_keys(change))
            found.append(Expected(change, leaf, path, _root(container, path)))
    return found


def _keys(change: Change) -> tuple[str, str]:
    is_limit = change.setting in (Setting.CPU_LIMIT, Setting.MEMORY_LIMIT)
    return ("limits" if is_limit else "requests"), unit_of(change.setting)


def _root(container: ContainerSource, path: Path) -> Path:
    """The highest key that is new, or was empty."""
    node: YamlNode | None = container.node
    for size, key in enumerate(path[len(container.path) :], start=len(container.path) + 1):
        node = node.get(str(key)) if node is not None else None
        if node is None or not node.children:
            return path[:size]
    return path


def _failed(unit: Unit, what: str) -> WillNeverWork:
    return WillNeverWork(
        f"The edit failed its proof by rendering {unit.entry}: {what}. Nothing was written; edit "
        "it by hand."
    )
