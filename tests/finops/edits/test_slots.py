"""YAML inside YAML is edited where it stands, in any indentation and line ending."""

from hypothesis import given
from hypothesis import strategies as st

from finops.edits.pieces import Piece, put_together
from finops.edits.slots import slots_of
from finops.edits.splices import Splice
from finops.edits.yaml_splice import Intent, YamlEdit
from finops.edits.yaml_tree import parse_yaml

INNER = ["web:", "  # größer", "  cpu: 500m # inner", "", "  list:", "  - a: 1"]


def outer(*, step: int, inner: int, chomp: str, newline: str, tail: str) -> str:
    pad = " " * (step + inner)
    block = "".join(f"{pad}{line}".rstrip() + "\n" for line in INNER)
    text = f"# é\nspec:\n{' ' * step}values: |{chomp} # a comment\n{block}{tail}"
    return text.replace("\n", newline)


styles = st.fixed_dictionaries(
    {
        "step": st.integers(1, 6),
        "inner": st.integers(1, 6),
        "chomp": st.sampled_from(["", "-", "+"]),
        "newline": st.sampled_from(["\n", "\r\n"]),
        "tail": st.sampled_from(["", "other: 500m\n", "---\ncpu: 500m\n"]),
    }
)


@given(style=styles, has_bom=st.booleans())
def test_a_value_in_a_block_text_is_all_that_differs(
    style: dict[str, object], *, has_bom: bool
) -> None:
    text = outer(**style)  # type: ignore[arg-type]  # hypothesis knows no keyword types
    source = (("\ufeff" if has_bom else "") + text).encode()
    slot = slots_of("a.yaml", parse_yaml(source))[1]
    node = slot.file.documents[0].get("web")
    leaf = node.get("cpu") if node else None
    assert leaf is not None
    start, end = slot.file.byte_at(leaf.start), slot.file.byte_at(leaf.end)
    intent = Intent(0, ("web", "cpu"), ("web", "cpu"), "500m", "120m")
    edit = YamlEdit((Splice(start, end, b"120m"),), (intent,))

    (edited,) = put_together({"a.yaml": source}, [Piece(slot, edit)])

    assert edited.change.after == source.replace(b"cpu: 500m # inner", b"cpu: 120m # inner")
    assert edited.entries[0].where == "spec.values > web.cpu"


@given(style=styles)
def test_added_lines_get_the_indentation_of_the_block(style: dict[str, object]) -> None:
    text = outer(**style)  # type: ignore[arg-type]  # hypothesis knows no keyword types
    slot = slots_of("a.yaml", parse_yaml(text.encode()))[1]
    at = slot.file.source.index(b"# inner") + len(b"# inner")
    newline = str(style["newline"]).encode()
    intent = Intent(0, ("web", "memory"), ("web", "memory"), None, "1Gi")
    edit = YamlEdit((Splice(at, at, newline + b"  memory: 1Gi"),), (intent,))

    (edited,) = put_together({"a.yaml": text.encode()}, [Piece(slot, edit)])

    after = edited.change.after.decode().splitlines()
    added = next(line for line in after if line.endswith("memory: 1Gi"))
    beside = next(line for line in after if line.endswith("# inner"))
    assert len(added) - len(added.lstrip()) == len(beside) - len(beside.lstrip())
    assert len(after) == len(text.splitlines()) + 1
