"""Plan the edit of a container: find every place that may be meant, take the one, prove it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from finops.domain.changes import Setting
from finops.domain.errors import Refused
from finops.domain.opportunity import Opportunity
from finops.edits.gitops.matches import Match, Search, search
from finops.edits.gitops.rendered_pieces import rendered_pieces
from finops.edits.gitops.source_index import SourceIndex
from finops.edits.gitops.unseen import unseen_options
from finops.edits.gitops.verifying import Effect, effects
from finops.edits.heaps import heap_piece, refuse_under_heap
from finops.edits.options import Option, match_options, narrowed, plain_options, reading
from finops.edits.pieces import Piece, TemplatePiece, proof_of, put_together
from finops.edits.plain_manifests import (
    ContainerTarget,
    PlainSearch,
    check_schema,
    container_piece,
    find_plain,
    target_piece,
)
from finops.edits.results import (
    AmbiguousSource,
    Candidate,
    PlannedEdit,
    SourceNotFound,
    picked,
)
from finops.edits.slots import Slot
from finops.edits.yaml_source import place_text

_SHOWN = 10  # names in one sentence; more are counted
_Pieces = tuple[Piece | TemplatePiece, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """Options that are decided in one place, with the pieces of the edit there."""

    candidate: Candidate
    pieces: _Pieces
    matches: tuple[Match, ...]


def plan_container(index: SourceIndex, opportunity: Opportunity, choice: str) -> PlannedEdit:
    """The edit of a container with its proof; see `plan_edit` for what it raises."""
    plain = find_plain(index, opportunity)
    rendered = search(index, opportunity)
    options = [*plain_options(index, plain, opportunity), *match_options(rendered, opportunity)]
    options = reading(narrowed(options, opportunity), choice)
    options = _one_container(options, opportunity, choice)
    sources = _sources(index, options, opportunity)
    if not sources:
        sources = _unseen(index, rendered, opportunity, choice)
    if not sources and plain.generated:
        raise _generated(opportunity, plain)
    if not sources:
        raise _not_found(opportunity, plain, rendered)
    source, is_picked = _chosen(sources, opportunity, choice)
    return prove(index, source, opportunity, is_picked=is_picked)


def prove(
    index: SourceIndex, source: Source, opportunity: Opportunity, *, is_picked: bool
) -> PlannedEdit:
    """The edit with its proof. Raises AmbiguousSource where others change that nobody picked."""
    edited = put_together(index.files, source.pieces)
    edits = {each.change.path: each.change.after for each in edited}
    for piece in source.pieces:
        if isinstance(piece, Piece) and not piece.slot.at:
            after = next(each for each in edited if each.change.path == piece.path)
            check_schema(piece, after.slots[0].file)
    found = effects(index, source.matches, opportunity, edits) if source.matches else []
    notes = _notes(found, source, opportunity, is_picked=is_picked)
    checks = [each.sentence for each in found if each.compared and not each.others]
    return PlannedEdit(tuple(each.change for each in edited), proof_of(edited, checks), notes)


def _notes(
    found: Sequence[Effect], source: Source, opportunity: Opportunity, *, is_picked: bool
) -> tuple[str, ...]:
    """What a reviewer should know; other objects that change are a person's to allow."""
    sentences = [
        f"{each.name}: {each.unknown or ', '.join(each.others[:_SHOWN])}"
        for each in found
        if each.others or each.unknown
    ]
    if not sentences:
        return (source.candidate.note,) if source.candidate.note else ()
    listed = _listed(sentences)
    if is_picked:
        label = opportunity.resource.label
        return (f"The file is shared, so this changes more than {label}: {listed}.",)
    candidate = replace(source.candidate, words=f"{source.candidate.words}; also changes {listed}")
    raise AmbiguousSource(
        f"{opportunity.resource.label} is decided by {candidate.path} {source.candidate.words}, "
        f"which others share: {listed}. Pick it to change them all, or add a patch where only "
        "this one is meant.",
        [candidate],
    )


def _one_container(options: list[Option], opportunity: Opportunity, choice: str) -> list[Option]:
    """Without a container's name a workload must have one container, or one was picked."""
    if opportunity.resource.container or len(options) < 2:
        return options
    candidates = [_first_look(each) for each in options]
    index = picked(candidates, choice)
    if index is None:
        raise _ambiguous(opportunity, candidates)
    return [options[index]]


def _first_look(option: Option) -> Candidate:
    """The container as it was found, before it is known what decides its values."""
    if option.target is not None:
        container, path = option.target.container, option.target.path
    else:
        assert option.match is not None  # noqa: S101 - an option is one of the two
        container, path = option.match.container, option.match.unit.entry
    words = f"line {container.node.line} ({container.name})"
    return Candidate(path, place_text(container), words)


def _sources(
    index: SourceIndex, options: Sequence[Option], opportunity: Opportunity
) -> list[Source]:
    """The places that decide, each once. Raises the first refusal when none can be edited."""
    found: dict[tuple[str, str], Source] = {}
    refusals: list[Refused] = []
    for option in options:
        try:
            source = _source(index, option, opportunity)
        except Refused as error:
            refusals.append(error)
            continue
        key = source.candidate.path, source.candidate.place
        known = found.get(key)
        matches = (known.matches if known else ()) + source.matches
        found[key] = replace(source, matches=matches)
    if refusals and not found:
        raise refusals[0]
    return list(found.values())


def _source(index: SourceIndex, option: Option, opportunity: Opportunity) -> Source:
    if option.match is not None:
        candidate, pieces = rendered_pieces(index, option.match, opportunity)
        return Source(candidate, pieces, (option.match,))
    assert option.target is not None  # noqa: S101 - an option is one of the two
    container, path = option.target.container, option.target.path
    words = f"line {container.node.line} ({container.name})"
    pieces = plain_pieces(index, option.target, opportunity)
    return Source(Candidate(path, place_text(container), words), pieces, ())


def plain_pieces(
    index: SourceIndex, target: ContainerTarget, opportunity: Opportunity
) -> tuple[Piece, ...]:
    """The edit of a container as it stands in a file, with what changes beside its resources."""
    refuse_under_heap(
        target.container, opportunity.changes, f"{target.path} line {target.container.node.line}"
    )
    slot = Slot(target.path, target.file)
    return (
        container_piece(
            target, [c for c in opportunity.changes if not c.setting.is_beside_resources]
        ),
        *(
            heap_piece(slot, target.container, c)
            for c in opportunity.changes
            if c.setting is Setting.HEAP
        ),
        *(
            target_piece(index, opportunity.resource, c)
            for c in opportunity.changes
            if c.setting.is_hpa_target
        ),
    )


def _chosen(
    sources: Sequence[Source], opportunity: Opportunity, choice: str
) -> tuple[Source, bool]:
    candidates = [each.candidate for each in sources]
    index = picked(candidates, choice)
    if index is not None:
        return sources[index], True
    if len(sources) == 1:
        return sources[0], False
    raise _ambiguous(opportunity, candidates)


def _ambiguous(opportunity: Opportunity, candidates: Sequence[Candidate]) -> AmbiguousSource:
    resource = opportunity.resource
    places = [f"{each.path} {each.words}" for each in candidates]
    return AmbiguousSource(
        f"{resource.kind} {resource.label} is declared in {len(places)} places: {_listed(places)}. "
        "Which one is in use cannot be told from here; pick one, edit it by hand, or name the "
        "folder after the cluster.",
        candidates,
    )


def _unseen(
    index: SourceIndex, rendered: Search, opportunity: Opportunity, choice: str
) -> list[Source]:
    """Values of charts that are not here: never taken by themselves, but a person may pick one."""
    options = unseen_options(index, rendered.unseen, opportunity)
    if not options:
        return []
    candidates = [each.candidate for each in options]
    if picked(candidates, choice) is None:
        places = [f"{each.path} {each.words}" for each in candidates]
        why = _listed(list(dict.fromkeys(each.problem for each in options)))
        raise AmbiguousSource(
            f"{opportunity.resource.label} comes from a chart that is not in this repository "
            f"({why}), so which of its values decides cannot be "
            f"proved. What holds the value now: {_listed(places)}. Pick one to edit it.",
            candidates,
        )
    return [Source(each.candidate, each.pieces, ()) for each in options]


def _generated(opportunity: Opportunity, plain: PlainSearch) -> Refused:
    return Refused(
        f"{opportunity.resource.label} is declared in {_listed(plain.generated)} only, which says "
        "at its top that it is generated, so an edit would be overwritten; edit what it is made "
        "from."
    )


def _not_found(opportunity: Opportunity, plain: PlainSearch, rendered: Search) -> SourceNotFound:
    resource = opportunity.resource
    problems = [*plain.problems, *rendered.problems]
    skipped = f" Not searched: {_listed(problems)}." if problems else ""
    return SourceNotFound(
        f"None of {plain.count} files ending in .yaml or .yml declares {resource.kind} "
        f"{resource.label}.{skipped}"
    )


def _listed(texts: Sequence[str]) -> str:
    more = [f"and {len(texts) - _SHOWN} more"] if len(texts) > _SHOWN else []
    return "; ".join([*texts[:_SHOWN], *more])
