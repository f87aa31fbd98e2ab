import pytest

from finops.domain.errors import WillNeverWork
from finops.edits.hcl_prove import changed_leaves, prove_terraform
from finops.edits.hcl_tree import HclFile
from finops.edits.pieces import Piece, put_together
from finops.edits.slots import Slot
from finops.edits.splices import Splice, apply_splices, count_changed_lines
from finops.edits.yaml_splice import Intent, YamlEdit
from finops.edits.yaml_tree import parse_yaml

SOURCE = b"a: 1\nb: 2\nc: 3\n"
INTENT = Intent(document=0, root=("b",), leaf=("b",), before="2", after="9")


def test_splices_apply_from_any_order() -> None:
    after = apply_splices(SOURCE, [Splice(13, 14, b"33"), Splice(3, 4, b"")])

    assert after == b"a: \nb: 2\nc: 33\n"


@pytest.mark.parametrize("other", [Splice(3, 5, b""), Splice(4, 900, b""), Splice(6, 5, b"")])
def test_overlapping_splices_are_a_fault(other: Splice) -> None:
    with pytest.raises(ValueError, match="overlaps"):
        apply_splices(SOURCE, [Splice(2, 4, b""), other])


def test_lines_no_splice_touches_are_counted_as_unintended() -> None:
    after = b"a: 0\nb: 9\nc: 3\n"

    counts = count_changed_lines(SOURCE, after, [Splice(8, 9, b"9")])

    assert counts == (2, 1)


@pytest.mark.parametrize(
    "splice",
    [
        Splice(8, 14, b"9\nc: 4"),
        Splice(8, 9, b"8"),
        Splice(8, 9, b"["),
        Splice(0, 9, b"a: 5\nb: 9"),
        Splice(8, 9, b"9\nd: 1"),
    ],
)
def test_a_yaml_edit_that_does_something_else_fails_its_proof(splice: Splice) -> None:
    piece = Piece(Slot("a.yaml", parse_yaml(SOURCE)), YamlEdit((splice,), (INTENT,)))

    with pytest.raises(WillNeverWork, match=r"a\.yaml failed its proof"):
        put_together({"a.yaml": SOURCE}, [piece])


@pytest.mark.parametrize("after", [b"a = 1\nb = 9\nc = 4\n", b"a = 1\nb = 8\n", b"a = = 1\n"])
def test_a_terraform_edit_that_does_something_else_fails_its_proof(after: bytes) -> None:
    before, splices = HclFile("a.tf", b"a = 1\nb = 2\nc = 3\n"), [Splice(10, 11, b"9")]

    with pytest.raises(WillNeverWork, match=r"a\.tf failed its proof"):
        prove_terraform(before, after, splices, changed_leaves(before, splices))
