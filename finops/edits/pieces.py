"""The pieces of an edit: what changes in which YAML text, put together per file and proved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from finops.domain.errors import Refused
from finops.domain.pull_request import FileChange
from finops.edits.prove import failed, prove_lines, prove_values
from finops.edits.results import Proof, ProofEntry
from finops.edits.slots import At, Slot, slots_of
from finops.edits.splices import Splice, apply_splices
from finops.edits.yaml_splice import Intent, YamlEdit
from finops.edits.yaml_tree import UnreadableYaml, parse_yaml


@dataclass(frozen=True, slots=True)
class Piece:
    """What changes in one YAML text of a file."""

    slot: Slot
    edit: YamlEdit

    @property
    def path(self) -> str:
        """The file."""
        return self.slot.path

    def splices(self) -> tuple[Splice, ...]:
        """The splices of the whole file."""
        return self.slot.carried_over(self.edit.splices)


@dataclass(frozen=True, slots=True)
class TemplatePiece:
    """A literal that changes in a chart's template, which is no YAML and is proved by rendering."""

    path: str
    splice: Splice
    place: str
    before: str

    def splices(self) -> tuple[Splice, ...]:
        """The splice of the file."""
        return (self.splice,)


@dataclass(frozen=True, slots=True)
class EditedFile:
    """One file with its edit applied and proved; `slots` are its texts afterwards."""

    change: FileChange
    lines_changed: int
    entries: tuple[ProofEntry, ...]
    slots: tuple[Slot, ...]


def put_together(
    files: Mapping[str, bytes], pieces: Sequence[Piece | TemplatePiece]
) -> list[EditedFile]:
    """The changed files with the proof that only the intended places differ.

    Raises Refused when two pieces want the same bytes, WillNeverWork when the proof fails.
    """
    return [
        _edited(path, files[path], [each for each in pieces if each.path == path])
        for path in dict.fromkeys(piece.path for piece in pieces)
    ]


def proof_of(edited: Sequence[EditedFile], checks: Sequence[str] = ()) -> Proof:
    """The proof of all files together, with what was rendered and compared."""
    entries = tuple(entry for each in edited for entry in each.entries)
    lines = sum(each.lines_changed for each in edited)
    return Proof(edited[0].change.path, entries, lines, checks=tuple(checks))


def _edited(path: str, before: bytes, pieces: Sequence[Piece | TemplatePiece]) -> EditedFile:
    splices = [splice for piece in pieces for splice in piece.splices()]
    try:
        after = apply_splices(before, splices)
    except ValueError as error:
        raise Refused(f"{path}: two changes meet in one place; edit it by hand.") from error
    lines = prove_lines(path, before, after, splices)
    parsed = [piece for piece in pieces if isinstance(piece, Piece)]
    slots = _proved(path, after, parsed) if parsed else ()
    entries = tuple(entry for piece in pieces for entry in _entries(piece))
    return EditedFile(FileChange(path, before, after), lines, entries, slots)


def _proved(path: str, after: bytes, pieces: Sequence[Piece]) -> tuple[Slot, ...]:
    """The texts of the edited file, when in each of them only what was intended differs."""
    try:
        new = slots_of(path, parse_yaml(after))
    except UnreadableYaml as error:
        raise failed(path, f"the edited file is no longer YAML: {error}") from error
    for at, (slot, intents, around) in _by_slot(pieces).items():
        found = next((each for each in new if each.at == at), None)
        if found is None:
            raise failed(path, "an inner text is no longer YAML")
        prove_values(path, slot.file, found.file, intents, around)
    return tuple(new)


def _by_slot(
    pieces: Sequence[Piece],
) -> dict[tuple[At, ...], tuple[Slot, list[Intent], list[Intent]]]:
    """For each text its intents, and the inner texts in it that are edited themselves."""
    found: dict[tuple[At, ...], tuple[Slot, list[Intent], list[Intent]]] = {}
    for piece in pieces:
        slot = piece.slot
        found.setdefault(slot.at, (slot, [], []))[1].extend(piece.edit.intents)
        while slot.outer is not None:
            document, inner = slot.at[-1]
            slot = slot.outer
            around = Intent(document, inner, inner, None, "")
            found.setdefault(slot.at, (slot, [], []))[2].append(around)
    return found


def _entries(piece: Piece | TemplatePiece) -> list[ProofEntry]:
    if isinstance(piece, TemplatePiece):
        after = piece.splice.text.decode()
        return [ProofEntry(piece.place, piece.before, after, piece.path)]
    return [
        ProofEntry(
            piece.slot.place(intent.document, intent.leaf),
            intent.before or "",
            intent.after,
            piece.path,
        )
        for intent in piece.edit.intents
    ]
