"""The edits that could implement an opportunity in Terraform, one for each place that decides."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from finops.domain.changes import Change
from finops.domain.errors import Refused
from finops.domain.opportunity import Opportunity
from finops.domain.pull_request import RepositoryFiles
from finops.edits.hcl_code import TerraformCode
from finops.edits.hcl_locate import listed, located
from finops.edits.hcl_outside import Way, ways
from finops.edits.hcl_rules import notes_of, refuse_generated, refuse_unfit
from finops.edits.hcl_scope import Unset
from finops.edits.hcl_settings import target_of
from finops.edits.hcl_sites import Site
from finops.edits.hcl_target import Target
from finops.edits.hcl_workloads import autoscaler_target, container_sites
from finops.edits.hcl_write import written
from finops.edits.results import Candidate, PlannedEdit


@dataclass(frozen=True, slots=True)
class Alternative:
    """The same edit for one or more contexts of a declaration.

    `way` is set where nothing in here decides the value yet: it is where it could be written.
    """

    targets: tuple[Target, ...]
    sites: tuple[Site, ...]
    way: Way | None = None

    @property
    def pending(self) -> list[Target]:
        """What the files do not say already."""
        return [target for target in self.targets if not target.is_applied]

    @property
    def main(self) -> Target:
        """The first of what is to be written."""
        return (self.pending or list(self.targets))[0]

    @property
    def others(self) -> list[str]:
        """What else would change: other elements, other calls, other users of a variable."""
        contexts: dict[tuple[str, int], set[str]] = {}
        for site in self.sites:
            block = site.place.file.path, site.place.node.start_byte
            contexts.setdefault(block, set()).add(site.place.scope.label)
        labels = max(contexts.values(), key=len)
        several = [f"all of {', '.join(sorted(labels)[:10])}"] if len(labels) > 1 else []
        many = [
            f"every element of {s.address}"
            for s in self.sites
            if any(scope.is_many for scope in s.place.scope.outward())
        ]
        users = [user for target in self.pending for user in target.users()]
        return [*several, *many[:1], *dict.fromkeys(users)]

    def candidate(self) -> Candidate:
        """What a person may pick."""
        line = f"line {self.main.place.node.start_point.row + 1}, for {self.sites[0].address}"
        words = self.way.words if self.way else line
        others = self.others
        also = f"; it changes {listed(others)} too" if others else ""
        note = self.way.note if self.way else ""
        return Candidate(self.main.place.file.path, self.main.name, f"{words}{also}", note=note)

    def edit(self, code: TerraformCode, opportunity: Opportunity) -> PlannedEdit:
        """The edit. Raises Refused where a file is generated or values would contradict."""
        site = self.sites[0]
        refuse_generated(target.place.file for target in self.pending)
        refuse_unfit(code, site, opportunity.changes)
        notes = notes_of(site, opportunity.changes)
        return written(self.pending, (*notes, *([self.way.note] if self.way else [])))


def alternatives(
    code: TerraformCode, sites: Sequence[Site], opportunity: Opportunity
) -> tuple[list[Alternative], dict[str, Refused]]:
    """Each edit that may be meant, and by its words what keeps the other contexts from one."""
    grouped: dict[tuple[object, ...], tuple[tuple[Target, ...], list[Site], Way | None]] = {}
    problems: dict[str, Refused] = {}
    for site in sites:
        found: list[tuple[tuple[Target, ...], Way | None]]
        try:
            found = [(_targets(code, site, opportunity), None)]
        except Unset as error:
            problems.setdefault(str(error), error)
            found = list(_written_down(code, site, opportunity, error))
        except Refused as error:
            problems.setdefault(str(error), error)
            continue
        for targets, way in found:
            key = tuple(target.key for target in targets)
            grouped.setdefault(key, (targets, [], way))[1].append(site)
    every = [Alternative(targets, tuple(held), way) for targets, held, way in grouped.values()]
    return [each for each in every if not each.way or _holds(code, each, opportunity)], problems


def _targets(code: TerraformCode, site: Site, opportunity: Opportunity) -> tuple[Target, ...]:
    return tuple(_target(code, site, opportunity, change) for change in opportunity.changes)


def _target(code: TerraformCode, site: Site, opportunity: Opportunity, change: Change) -> Target:
    if change.setting.is_hpa_target:
        return autoscaler_target(code, opportunity, change)
    return target_of(code, site, change)


def _written_down(
    code: TerraformCode, site: Site, opportunity: Opportunity, unset: Unset
) -> Iterator[tuple[tuple[Target, ...], Way | None]]:
    """For each way that all of the changes can go together, where that would write them."""
    for kind in ways(code, unset, opportunity.changes[0]):
        targets: list[Target] = []
        chosen: list[Way] = []
        for change in opportunity.changes:
            try:
                targets.append(_target(code, site, opportunity, change))
            except Unset as error:
                chosen += [way] if (way := ways(code, error, change).get(kind)) else []
                targets += [chosen[-1].target] if way else []
            except Refused:
                break
        if len(targets) == len(opportunity.changes):
            yield tuple(targets), chosen[0]


def _holds(code: TerraformCode, each: Alternative, opportunity: Opportunity) -> bool:
    """Whether the edit can be made, and the edited files lead from the declaration to it."""
    try:
        edit = each.edit(code, opportunity)
        after = {file.path: file.after for file in edit.files}
        edited = TerraformCode(RepositoryFiles("", {**code.sources, **after}))
        found = _sites_again(edited, opportunity, each.sites)
        decided = [_targets(edited, site, opportunity) for site in found]
    except Refused:
        return False
    return bool(decided) and all(target.is_applied for targets in decided for target in targets)


def _sites_again(
    code: TerraformCode, opportunity: Opportunity, sites: Sequence[Site]
) -> list[Site]:
    wanted = {_identity(site) for site in sites}
    found = container_sites(code, opportunity) or located(code, opportunity)
    return [site for site in found if _identity(site) in wanted]


def _identity(site: Site) -> tuple[str, str, str]:
    return site.place.file.path, site.address, site.place.scope.label
