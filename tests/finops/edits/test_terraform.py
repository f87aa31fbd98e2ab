from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops.domain.changes import Change, Setting
from finops.domain.errors import Refused
from finops.domain.opportunity import Opportunity, Resource, WasteKind
from finops.edits import AlreadyApplied, PlannedEdit, SourceNotFound, plan_edit
from tests.finops.edits.opportunities import node_group, opportunity, repository, volume

GROUP = b"""\
resource "aws_eks_node_group" "this" {
  node_group_name = "workers"
  scaling_config {
    desired_size = 5 # five
    max_size     = 9
    min_size     = 2
  }
}
"""
MODULE = b"""\
module "eks" {
  source = "terraform-aws-modules/eks/aws"

  eks_managed_node_groups = {
    workers = { desired_size = 5, min_size = 4, max_size = 9 }
    others = {
      desired_size = 5
    }
  }
}
"""
VOLUMES = b"""\
resource "aws_instance" "app" {
  ami = "ami-1"
}

# The old database.
# Nobody uses it.
resource "aws_ebs_volume" "data" {
  size = 10
  tags = merge(local.tags, { Name = "old-data" })
}

resource "aws_volume_attachment" "data" {
  volume_id   = aws_ebs_volume.data.id
  instance_id = aws_instance.app.id
}

output "app" {
  value = aws_instance.app.id
}
"""
IMPORT = b"""\
import {
  to = aws_ebs_volume.data
  id = "vol-0a1"
}
"""


def planned(source: bytes, subject: Opportunity) -> PlannedEdit:
    return plan_edit(repository({"infra/main.tf": source}), subject)


def refusal(files: Mapping[str, bytes], subject: Opportunity) -> str:
    with pytest.raises(Refused) as caught:
        plan_edit(repository(files), subject)
    return str(caught.value)


def test_the_desired_size_of_a_resource_is_set() -> None:
    edit = planned(GROUP, node_group())

    assert edit.files[0].after == GROUP.replace(b"= 5 # five", b"= 3 # five")
    assert edit.proof.lines_changed == 1
    assert edit.proof.entries[0].where == ("aws_eks_node_group.this, scaling_config, desired_size")


def test_a_minimum_above_the_new_size_is_lowered_only_when_the_change_says_so() -> None:
    alone = refusal({"main.tf": GROUP}, node_group(proposed=1))
    both = opportunity(
        Resource(cluster="prod", kind="NodeGroup", name="workers"),
        Change(Setting.DESIRED_SIZE, 5, 1),
        Change(Setting.MIN_SIZE, 2, 1),
        kind=WasteKind.IDLE_NODE,
    )
    edit = planned(GROUP, both)

    assert "has min_size 2, above the proposed 1" in alone
    expected = GROUP.replace(b"desired_size = 5", b"desired_size = 1")
    assert edit.files[0].after == expected.replace(b"min_size     = 2", b"min_size     = 1")


@pytest.mark.parametrize("name", ["workers", "workers-20260105090000123400000001"])
def test_a_group_in_the_map_of_a_module_is_set_and_noted(name: str) -> None:
    edit = planned(MODULE, node_group(name, proposed=4))

    changed = b"workers = { desired_size = 4, min_size = 4, max_size = 9 }"
    assert edit.files[0].after == MODULE.replace(MODULE.splitlines()[4].strip(), changed)
    assert "ignores later changes of desired_size" in edit.notes[0]


def test_windows_line_ends_and_a_byte_order_mark_stay() -> None:
    source = b"\xef\xbb\xbf" + GROUP.replace(b"\n", b"\r\n")

    edit = planned(source, node_group())

    assert edit.files[0].after == source.replace(b"= 5", b"= 3")


def test_a_label_counts_when_the_name_is_an_expression() -> None:
    source = GROUP.replace(b'"workers"', b"var.name").replace(b'"this"', b'"workers"')

    edit = planned(source, node_group())

    assert edit.files[0].after == source.replace(b"= 5", b"= 3")


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b"= 5", b"= var.size", "var.size is declared nowhere"),
        (b"= 5", b"= 4", "is 4, but the estate showed 5 for desired_size"),
        (b"= 5", b'= "${var.size}"', "var.size is declared nowhere"),
        (b"= 5", b'= "${var.a}${var.b}"', "put together from parts"),
        (b"= 5", b"= data.aws_x.y.size", "only known when Terraform runs"),
        (b"= 5", b"= 2 + 3", "is computed"),
        (b"= 2", b"= local.min", "takes min_size from an expression"),
        (b"= 9", b"= 2", "max_size 2, below the proposed 3"),
        (b"desired_size", b"other_size", "does not write desired_size"),
        (
            b"  node_group_name",
            b"  lifecycle {\n    ignore_changes = [scaling_config[0].desired_size]\n  }\n"
            b"  node_group_name",
            "ignores changes of desired_size",
        ),
    ],
)
def test_a_size_that_cannot_be_set_is_refused(old: bytes, new: bytes, reason: str) -> None:
    said = refusal({"main.tf": GROUP.replace(old, new)}, node_group())

    assert reason in said
    assert "main.tf line " in said


def test_a_set_size_is_told_apart() -> None:
    with pytest.raises(AlreadyApplied):
        planned(GROUP.replace(b"= 5", b"= 3"), node_group())


def test_two_groups_of_one_name_are_refused_with_both_places() -> None:
    said = refusal({"a.tf": GROUP, "b.tf": MODULE}, node_group())

    assert "a.tf line 4, for aws_eks_node_group.this" in said
    assert "b.tf line 5, for module.eks.eks_managed_node_groups.workers" in said


def test_an_unreadable_file_is_named_when_nothing_is_found() -> None:
    said = refusal({"a.tf": b'resource "aws_eks_node_group" {{{ workers'}, node_group())

    assert "a.tf is not readable as HCL" in said


def test_a_node_outside_groups_has_no_file() -> None:
    node = Resource(cluster="prod", kind="Node", name="ip-10-0-0-1")

    said = refusal({"a.tf": GROUP}, opportunity(node, kind=WasteKind.IDLE_NODE))

    assert "belongs to no node group" in said


def test_a_volume_goes_with_its_comment_its_attachment_and_one_blank_line() -> None:
    edit = planned(VOLUMES, volume(name="old-data"))

    head, tail = VOLUMES.index(b"# The old"), VOLUMES.index(b"output")
    assert edit.files[0].after == VOLUMES[:head] + VOLUMES[tail:]
    assert [entry.where for entry in edit.proof.entries] == [
        "resource aws_ebs_volume.data",
        "resource aws_volume_attachment.data",
    ]
    assert edit.proof.lines_changed == 12


def test_a_volume_is_known_by_its_import_block_in_another_file() -> None:
    files = {"infra/main.tf": VOLUMES, "infra/imports.tf": IMPORT}

    edit = plan_edit(repository(files), volume("vol-0a1"))

    assert {change.path: change.after for change in edit.files}["infra/imports.tf"] == b""
    assert {entry.path for entry in edit.proof.entries} == set(files)


def test_an_id_in_the_tags_goes_before_a_name() -> None:
    named = b'resource "aws_ebs_volume" "one" {\n  tags = { Name = "x" }\n}\n'
    by_id = b'resource "aws_ebs_volume" "two" {\n  tags = { "finops:volume-id" = "vol-0a1" }\n}\n'

    edit = planned(named + b"\n" + by_id, volume("vol-0a1", "x"))

    assert edit.files[0].after == named


def test_a_block_with_another_id_is_not_it() -> None:
    said = refusal(
        {"infra/main.tf": VOLUMES, "infra/imports.tf": IMPORT}, volume("vol-9", "old-data")
    )

    assert "declares volume vol-9" in said


@pytest.mark.parametrize(
    ("added", "reason"),
    [
        (b'output "v" {\n  value = aws_ebs_volume.data.id\n}\n', "main.tf line 21"),
        (b'locals {\n  v = "a-${aws_ebs_volume.data.id}"\n}\n', "main.tf line 21"),
        (b"moved {\n  from = aws_ebs_volume.x\n  to = aws_ebs_volume.data\n}\n", "line 22"),
        (b"locals {\n  a = [aws_volume_attachment.data.id]\n}\n", "aws_volume_attachment.data"),
    ],
)
def test_a_volume_that_is_used_elsewhere_is_refused(added: bytes, reason: str) -> None:
    said = refusal({"main.tf": VOLUMES + added}, volume(name="old-data"))

    assert reason in said


@pytest.mark.parametrize(
    ("new", "reason"),
    [
        (b"  count = 2\n  size", "made with count"),
        (b"  for_each = var.volumes\n  size", "made with for_each"),
        (b"  lifecycle {\n    prevent_destroy = true\n  }\n  size", "prevent_destroy"),
    ],
)
def test_a_counted_or_protected_volume_is_refused(new: bytes, reason: str) -> None:
    said = refusal({"main.tf": VOLUMES.replace(b"  size", new)}, volume(name="old-data"))

    assert reason in said


def test_an_unreadable_neighbour_that_mentions_the_volume_stops_the_removal() -> None:
    files = {"main.tf": VOLUMES, "broken.tf": b"x = = aws_ebs_volume.data"}

    said = refusal(files, volume(name="old-data"))

    assert "broken.tf could not be read" in said


def test_an_unknown_volume_is_not_found() -> None:
    with pytest.raises(SourceNotFound):
        planned(VOLUMES, volume("vol-5", "nothing"))


@given(
    indent=st.integers(0, 8),
    spaces=st.integers(0, 4),
    newline=st.sampled_from([b"\n", b"\r\n"]),
    comments=st.lists(st.sampled_from([b"# desired_size = 5", b"// \xc3\xa9", b"/* x */"])),
    current=st.integers(1, 900),
    proposed=st.integers(0, 900),
)
def test_a_size_in_any_layout_is_all_that_differs(
    *,
    indent: int,
    spaces: int,
    newline: bytes,
    comments: list[bytes],
    current: int,
    proposed: int,
) -> None:
    def group(size: int) -> bytes:
        blank = b" " * spaces
        assignment = b"desired_size" + blank + b"=" + blank + str(size).encode()
        inner = [*comments, assignment + b" # x", b"max_size = 1000"]
        body = b"".join(b" " * indent + line + b"\n" for line in inner)
        head = b'resource "aws_eks_node_group" "workers" {\n'
        text = MODULE + head + b"scaling_config {\n" + body + b"}\n}\n"
        return text.replace(b"workers = {", b"x = {").replace(b"\n", newline)

    if current == proposed:
        return

    edit = planned(group(current), node_group(current=current, proposed=proposed))

    assert edit.files[0].after == group(proposed)


@given(
    blocks=st.permutations([b"a", b"b", b"data", b"c"]),
    blanks=st.lists(st.integers(0, 2), min_size=4, max_size=4),
    comments=st.lists(st.booleans(), min_size=4, max_size=4),
)
def test_removing_a_volume_leaves_every_other_line(
    blocks: list[bytes], blanks: list[int], comments: list[bool]
) -> None:
    lines: list[bytes] = []
    for name, blank, has_comment in zip(blocks, blanks, comments, strict=True):
        lines += [b"# about " + name] * has_comment
        lines += [b'resource "aws_ebs_volume" "' + name + b'" {', b"  n = 1 # " + name, b"}"]
        lines += [b""] * blank
    source = b"".join(line + b"\n" for line in lines)

    after = planned(source, volume(name="data")).files[0].after

    kept = [line for line in after.splitlines() if line and line not in (b"}",)]
    expected = [line for line in lines if line and line != b"}" and b"data" not in line]
    assert kept == expected
    assert source.count(b"\n\n") - after.count(b"\n\n") <= 2
