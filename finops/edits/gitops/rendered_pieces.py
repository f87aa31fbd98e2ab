"""From the deciding places of a rendered container to the pieces of the edit."""

from collections.abc import Sequence

from finops.domain.changes import Change, Setting
from finops.domain.errors import Refused
from finops.domain.opportunity import Opportunity
from finops.edits.gitops.deciding import Decider, Deciding
from finops.edits.gitops.matches import Match
from finops.edits.gitops.sites import Holder, Literal, Site, TemplateLine
from finops.edits.gitops.source_index import SourceIndex
from finops.edits.gitops.template_holders import TemplateHolder
from finops.edits.heaps import refuse_under_heap
from finops.edits.pieces import Piece, TemplatePiece
from finops.edits.plain_manifests import target_piece
from finops.edits.results import AlreadyApplied, Candidate
from finops.edits.setting_text import unit_of, written_like
from finops.edits.splices import Splice
from finops.edits.yaml_insert import Missing, insert_settings
from finops.edits.yaml_source import refuse_shared
from finops.edits.yaml_splice import Intent, YamlEdit, edit_container, section_of
from finops.edits.yaml_tree import Path

_Pieces = tuple[Piece | TemplatePiece, ...]


def rendered_pieces(
    index: SourceIndex, match: Match, opportunity: Opportunity
) -> tuple[Candidate, _Pieces]:
    """The place that decides, for people, and the pieces of the edit.

    Raises AlreadyApplied when what is rendered is what is proposed, and Refused with the reason.
    """
    changes = [each for each in opportunity.changes if not each.setting.is_beside_resources]
    refuse_under_heap(match.container, opportunity.changes, f"{match.unit.entry}, rendered,")
    pending = _pending(match, changes)
    deciding = Deciding(index, match, opportunity)
    deciders = deciding.decide(pending)
    pieces: list[Piece | TemplatePiece] = [*_pieces(deciders)]
    for change in opportunity.changes:
        if change.setting.is_hpa_target:
            pieces += _of_target(index, deciding, match, change, opportunity)
        elif change.setting is Setting.HEAP:
            pieces += _pieces(deciding.decide([change]))
    site = deciders[0].site
    words = f"line {site.line} ({match.document.origin})"
    return Candidate(site.path, site.place, words), tuple(pieces)


def _pending(match: Match, changes: Sequence[Change]) -> list[Change]:
    """The changes that what is rendered does not hold yet; Refused when it holds another value."""
    try:
        edit = edit_container(match.document.file, match.container, changes)
    except AlreadyApplied as error:
        raise AlreadyApplied(f"{match.unit.entry}, rendered: {error}") from error
    except Refused as error:
        raise Refused(f"{match.unit.entry}, rendered: {error}") from error
    wanted = {intent.leaf[-2:] for intent in edit.intents}
    return [each for each in changes if section_of(each.setting) in wanted]


def _of_target(  # noqa: PLR0917 - the rendered unit first, then plain manifests
    index: SourceIndex,
    deciding: Deciding,
    match: Match,
    change: Change,
    opportunity: Opportunity,
) -> list[Piece | TemplatePiece]:
    if deciding.leaf(match.rendering, change) is None:
        return [target_piece(index, opportunity.resource, change)]
    return [*_pieces(deciding.decide([change]))]


def _pieces(deciders: Sequence[Decider]) -> _Pieces:
    """Literals one by one, additions to one mapping together."""
    found: list[Piece | TemplatePiece] = []
    added: dict[tuple[object, ...], list[Decider]] = {}
    templated: dict[tuple[str, str], list[Decider]] = {}
    for decider in deciders:
        site = decider.site
        if isinstance(site, Holder):
            key = site.path, site.slot.at, site.source.document, site.source.path, site.source.key
            added.setdefault(key, []).append(decider)
        elif isinstance(site, TemplateHolder):
            templated.setdefault(site.key, []).append(decider)
        else:
            found.append(_replaced(site, decider.change))
    more = (_added_to_template(each) for each in templated.values())
    return (*found, *(_added(each) for each in added.values()), *more)


def _replaced(site: Site, change: Change) -> Piece | TemplatePiece:
    if isinstance(site, TemplateLine):
        (splice,) = site.splices(change.setting, change.number)
        return TemplatePiece(site.path, splice, site.place, site.text)
    assert isinstance(site, Literal)  # noqa: S101 - there are three kinds of sites
    try:
        refuse_shared(site.slot.file, site.trail, document=site.document)
    except Refused as error:
        raise Refused(f"{site.path}: {error}") from error
    text = written_like(change.setting, site.node.text, change.number)
    intent = Intent(site.document, site.at, site.at, site.node.text, text)
    splice = site.inner_splice(change.setting, change.number)
    return Piece(site.slot, YamlEdit((splice,), (intent,)))


def _added_to_template(deciders: Sequence[Decider]) -> TemplatePiece:
    site = deciders[0].site
    assert isinstance(site, TemplateHolder)  # noqa: S101 - the caller has grouped them
    return TemplatePiece(site.path, site.splice([d.change for d in deciders]), site.place, "")


def _added(deciders: Sequence[Decider]) -> Piece:
    holder = deciders[0].site
    assert isinstance(holder, Holder)  # noqa: S101 - the caller has grouped them
    source = holder.source
    missing = [_missing(holder, each.change) for each in deciders]
    try:
        refuse_shared(holder.slot.file, source.trail, document=source.document)
        roots, splices = insert_settings(holder.slot.file, source, missing)
    except Refused as error:
        raise Refused(f"{holder.path}: {error}") from error
    intents = tuple(_intent(holder, each, roots) for each in missing)
    return Piece(holder.slot, YamlEdit(_ordered(splices), intents))


def _missing(holder: Holder, change: Change) -> Missing:
    section, name = section_of(change.setting)
    other = "limits" if section == "requests" else "requests"
    known = holder.source.node.text_at(holder.source.key, other, name) or "-"
    return Missing(
        section, unit_of(change.setting), written_like(change.setting, known, change.number)
    )


def _intent(holder: Holder, missing: Missing, roots: dict[Path, Path]) -> Intent:
    below = (holder.source.key, missing.section, missing.resource)
    path = holder.source.path
    return Intent(
        holder.source.document,
        (*path, *roots[below]),
        (*path, *below),
        None,
        missing.text,
    )


def _ordered(splices: Sequence[Splice]) -> tuple[Splice, ...]:
    return tuple(splices)
