"""Every kind of resource and setting: what is replaced, what is inserted, what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops.domain.changes import Change, Setting
from finops.domain.opportunity import Opportunity
from finops.edits import AlreadyApplied
from tests.finops.edits.terraform_examples import (
    after,
    change_of,
    instance_type,
    planned,
    question,
    refusal,
)

TYPE = Change(Setting.INSTANCE_TYPE, "m5.xlarge", "m5.large")
GP3 = Change(Setting.VOLUME_TYPE, None, "gp3")


@pytest.mark.parametrize(
    ("kind", "source", "change", "replaced"),
    [
        ("Instance", b'"aws_instance" "x" {\n instance_type = "m5.xlarge"\n}', TYPE, (b"xl", b"l")),
        (
            "Instance",
            b'"aws_instance" "x" {\n root_block_device {\n  volume_size = 100\n }\n}',
            Change(Setting.VOLUME_SIZE_GIB, 100, 60),
            (b"100", b"60"),
        ),
        (
            "Volume",
            b'"aws_ebs_volume" "x" {\n  type = "gp2" # old\n}',
            Change(Setting.VOLUME_TYPE, "gp2", "gp3"),
            (b"gp2", b"gp3"),
        ),
        (
            "Database",
            b'"aws_db_instance" "x" {\n  instance_class = "db.r5.large"\n}',
            Change(Setting.INSTANCE_CLASS, "db.r5.large", "db.r6g.large"),
            (b"db.r5.", b"db.r6g."),
        ),
        (
            "Database",
            b'"aws_rds_cluster_instance" "x" {\n  instance_class = "db.r5.large"\n}',
            Change(Setting.INSTANCE_CLASS, "db.r5.large", "db.r6g.large"),
            (b"db.r5.", b"db.r6g."),
        ),
        (
            "ScalingGroup",
            b'"aws_autoscaling_group" "x" {\n  desired_capacity = "4"\n  min_size = 1\n}',
            Change(Setting.DESIRED_SIZE, 4, 2),
            (b'"4"', b'"2"'),
        ),
        (
            "ScalingGroup",
            b'"aws_autoscaling_group" "x" {\n  max_size = 4\n}',
            Change(Setting.MAX_SIZE, 4, 3),
            (b"= 4", b"= 3"),
        ),
        (
            "NodeGroup",
            b'"aws_eks_node_group" "x" {\n  instance_types = ["m6i.xlarge", "m5.xlarge"]\n}',
            TYPE,
            (b'"m5.xl', b'"m5.l'),
        ),
        (
            "LaunchTemplate",
            b'"aws_launch_template" "x" {\n  instance_type = "m5.xlarge"\n}',
            TYPE,
            (b"xl", b"l"),
        ),
    ],
)
def test_a_literal_of_each_kind_is_replaced(
    kind: str, source: bytes, change: Change, replaced: tuple[bytes, bytes]
) -> None:
    source = b"resource " + source + b"\n"

    assert after(source, change_of(kind, "x", change)) == {"main.tf": source.replace(*replaced)}


def test_a_scaling_group_gets_its_type_from_its_launch_template() -> None:
    source = (
        b'resource "aws_launch_template" "t" {\n  instance_type = "m5.xlarge"\n}\n'
        b'resource "aws_autoscaling_group" "x" {\n  launch_template {\n'
        b"    id = aws_launch_template.t.id\n    version = aws_launch_template.t.latest_version\n"
        b"  }\n}\n"
    )
    other = (
        b'resource "aws_instance" "y" {\n  launch_template {\n    id = aws_launch_template.t.id\n'
    )

    subject = change_of("ScalingGroup", "x", TYPE)
    asked = question(source + other + b"  }\n}\n", subject)

    assert after(source, subject) == {"main.tf": source.replace(b"xlarge", b"large")}
    assert "aws_instance.y" in asked.candidates[0].words


def test_mixed_instances_are_told_apart_by_the_current_type() -> None:
    override = b'      override {\n        instance_type = "%s"\n      }\n'
    source = (
        b'resource "aws_autoscaling_group" "x" {\n  mixed_instances_policy {\n'
        b"    launch_template {\n"
        + override % b"m5.xlarge"
        + override % b"m6i.xlarge"
        + b"    }\n  }\n}\n"
    )

    changed = after(source, change_of("ScalingGroup", "x", TYPE))["main.tf"]

    assert changed == source.replace(b"m5.xlarge", b"m5.large")


@pytest.mark.parametrize(
    ("map_name", "size"),
    [
        (b"eks_managed_node_groups", b"desired_size"),
        (b"self_managed_node_groups", b"desired_size"),
        (b"managed_node_groups", b"desired_size"),
        (b"node_groups", b"desired_capacity"),
        (b"worker_groups", b"asg_desired_capacity"),
    ],
)
def test_every_spelling_of_a_map_of_node_groups_is_known(map_name: bytes, size: bytes) -> None:
    group = b"{\n      %s = 5\n    }" % size
    held = (
        b'[{ name = "blue", %s = 5 }]' % size if b"worker" in map_name else b"{\n    blue = %s\n  }"
    )
    source = b'module "eks" {\n  source = "x"\n  %s = ' % map_name
    source += (held % group if b"%s" in held else held) + b"\n}\n"

    changed = after(source, change_of("NodeGroup", "blue", Change(Setting.DESIRED_SIZE, 5, 4)))

    assert changed == {"main.tf": source.replace(b"= 5", b"= 4")}


def test_a_group_gets_its_own_value_where_only_the_defaults_have_one() -> None:
    source = (
        b'module "eks" {\n  source = "x"\n  eks_managed_node_group_defaults = {\n'
        b"    desired_size = 5\n  }\n  eks_managed_node_groups = {\n    blue = {\n"
        b"      min_size   = 1\n      disk       = 5\n    }\n    red = {}\n  }\n}\n"
    )
    size = Change(Setting.DESIRED_SIZE, 5, 4)

    blue = after(source, change_of("NodeGroup", "blue", size))["main.tf"]
    red = after(source, change_of("NodeGroup", "red", size))["main.tf"]

    assert b"      disk       = 5\n\n      desired_size = 4\n    }\n" in blue
    assert red == source.replace(b"red = {}", b"red = { desired_size = 4 }")


def test_a_missing_setting_is_aligned_with_its_neighbours() -> None:
    source = (
        b'resource "aws_ebs_volume" "x" {\r\n  count             = 1\r\n\r\n'
        b'  availability_zone = "a" # zone\r\n  size              = 10\r\n\r\n  tags = {}\r\n}'
    )

    changed = after(source, change_of("Volume", "x", GP3))["main.tf"]

    at = source.index(b"\r\n\r\n  tags")
    assert changed == source[:at] + b'\r\n  type              = "gp3"' + source[at:]


def test_several_missing_settings_make_one_block() -> None:
    source = b'resource "aws_instance" "x" {\n  ami = "a"\n}\n'
    iops = Change(Setting.VOLUME_IOPS, None, 4000)

    edit = planned(source, change_of("Instance", "x", GP3, iops))

    assert edit.files[0].after == (
        b'resource "aws_instance" "x" {\n  ami = "a"\n\n  root_block_device {\n'
        b'    volume_type = "gp3"\n    iops        = 4000\n  }\n}\n'
    )
    assert edit.proof.lines_changed == 5


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (
            b'resource "aws_ebs_volume" "x" {}',
            b'resource "aws_ebs_volume" "x" {\n  type = "gp3"\n}',
        ),
        (
            b'resource "aws_ebs_volume" "x" {\n}',
            b'resource "aws_ebs_volume" "x" {\n  type = "gp3"\n}',
        ),
        (
            b'resource "aws_ebs_volume" "x" {\n\tsize=1\n}',
            b'resource "aws_ebs_volume" "x" {\n\tsize=1\n\ttype = "gp3"\n}',
        ),
    ],
)
def test_empty_and_odd_blocks_take_an_attribute(before: bytes, expected: bytes) -> None:
    changed = after(before, change_of("Volume", "x", GP3))["main.tf"]

    assert changed.replace(b"type=", b"type =").split() == expected.split()


@pytest.mark.parametrize(
    ("body", "changes", "reason"),
    [
        (
            b'type = "io1"\n iops = 100',
            [Change(Setting.VOLUME_TYPE, "io1", "gp3")],
            "gp3 takes 3000",
        ),
        (
            b'type = "gp3"\n iops = 9000',
            [Change(Setting.VOLUME_TYPE, "gp3", "gp2")],
            "gp2 does not",
        ),
        (b"throughput = 200", [Change(Setting.VOLUME_TYPE, None, "gp2")], "only gp3 takes"),
        (b'type = "st1"', [Change(Setting.VOLUME_TYPE, "gp2", "gp3")], "moved on"),
        (b"type = null", [GP3], "is null"),
        (b'type = ["gp2"]', [GP3], "is no single value"),
        (b"size = 1.5", [Change(Setting.VOLUME_SIZE_GIB, 5, 4)], "is no volume_size_gib"),
        (b'size = "many"', [Change(Setting.VOLUME_SIZE_GIB, 5, 4)], "is no volume_size_gib"),
        (b'type = "gp2"', [Change(Setting.VOLUME_TYPE, "gp2", 'x"\n}')], "to write into a file"),
        (b'type = "gp2"', [Change(Setting.VOLUME_TYPE, "gp2", "${var.x}")], "to write into a file"),
        (
            b'type = "gp2"\n lifecycle {\n  ignore_changes = [type]\n }',
            [Change(Setting.VOLUME_TYPE, "gp2", "gp3")],
            "ignores changes of type",
        ),
        (b'type = "gp2"', [Change(Setting.INSTANCE_CLASS, "a", "b")], "has no instance_class"),
    ],
)
def test_what_would_not_hold_is_refused(body: bytes, changes: list[Change], reason: str) -> None:
    source = b'resource "aws_ebs_volume" "x" {\n ' + body + b"\n}\n"

    assert reason in refusal(source, change_of("Volume", "x", *changes))


def test_a_dynamic_block_is_refused_by_name() -> None:
    source = (
        b'resource "aws_instance" "x" {\n  dynamic "root_block_device" {\n    for_each = [1]\n'
        b'    content {\n      volume_type = "gp2"\n    }\n  }\n}\n'
    )

    assert "made by a dynamic block" in refusal(source, change_of("Instance", "x", GP3))


def test_a_generated_file_is_refused() -> None:
    source = b"# Generated by Terragrunt. Sig: x\n"
    source += b'resource "aws_instance" "web" {\n  instance_type = "m5.xlarge"\n}\n'

    assert "says that it is generated" in refusal(source, instance_type())


def test_json_syntax_is_named_when_nothing_else_declares_the_resource() -> None:
    files = {"main.tf.json": b'{"resource": {"aws_instance": {"web": {}}}}', "a.tf": b"locals {}\n"}

    assert "main.tf.json is JSON" in refusal(files, instance_type())


def test_a_value_that_is_there_already_is_told_apart() -> None:
    with pytest.raises(AlreadyApplied):
        planned(
            b'resource "aws_instance" "web" {\n  instance_type = "m5.large"\n}\n', instance_type()
        )


def test_a_file_of_the_largest_size_is_the_last_that_is_read() -> None:
    block = b'resource "aws_instance" "web" {\n  instance_type = "m5.xlarge"\n}\n'

    assert "is too large" in refusal(b"#" * 5 * 1024**2 + b"\n" + block, instance_type())


_COMMENTS = st.sampled_from([b"", b" # m5.xlarge", b" // \xc3\xa9", b" /* x = 1 */"])
_LINES = st.lists(
    st.sampled_from([b"", b"# type", b"ami = local.ami", b"tags = { a = 1 }", b"/* a\n b */"]),
    max_size=5,
)


@given(
    before=_LINES,
    behind=_LINES,
    indent=st.sampled_from([b"", b"  ", b"\t", b"        "]),
    blanks=st.integers(0, 12),
    comment=_COMMENTS,
    newline=st.sampled_from([b"\n", b"\r\n"]),
    bom=st.booleans(),
    has_end=st.booleans(),
    through=st.sampled_from(["literal", "variable", "local", "template"]),
)
def test_in_any_style_only_the_characters_of_the_value_differ(
    *,
    before: list[bytes],
    behind: list[bytes],
    indent: bytes,
    blanks: int,
    comment: bytes,
    newline: bytes,
    bom: bool,
    has_end: bool,
    through: str,
) -> None:
    def source(value: bytes) -> bytes:
        written = b'"' + value + b'"'
        expression, more = {
            "literal": (written, b""),
            "variable": (b"var.t", b'variable "t" {\ndefault=' + written + b"\n}\n"),
            "local": (b"local.t", b"locals {\n  t    = " + written + comment + b"\n}\n"),
            "template": (b'"${local.t}"', b"locals {\nt=" + written + b"\n}\n"),
        }[through]
        line = b"instance_type" + b" " * blanks + b"= " + expression + comment
        lines = [*before, line, *behind]
        body = b"".join(indent + each + b"\n" for each in lines)
        text = more + b'resource "aws_instance" "web" {\n' + body + b"}"
        text = (text + b"\n" * has_end).replace(b"\n", newline)
        return b"\xef\xbb\xbf" * bom + text

    assert after(source(b"m5.xlarge"), instance_type()) == {"main.tf": source(b"m5.large")}


@given(
    names=st.lists(
        st.sampled_from([b"size", b"availability_zone", b"encrypted", b"kms_key_id"]),
        unique=True,
    ),
    indent=st.integers(1, 8),
    newline=st.sampled_from([b"\n", b"\r\n"]),
    trailing=st.lists(st.sampled_from([b"# end", b"", b"tags = { a = 1 }"]), max_size=3),
    has_end=st.booleans(),
)
def test_in_any_style_an_inserted_line_is_all_that_comes(
    *, names: list[bytes], indent: int, newline: bytes, trailing: list[bytes], has_end: bool
) -> None:
    width = max(map(len, names), default=4)
    lines = [b" " * indent + name.ljust(width) + b" = 1" for name in names]
    lines = [b'resource "aws_ebs_volume" "x" {', *lines, b"", *trailing, b"}", b"# behind"]
    source = newline.join(lines) + newline * has_end

    changed = after(source, change_of("Volume", "x", GP3))["main.tf"]

    new = [line for line in changed.splitlines() if b"gp3" in line]
    kept = [line for line in changed.splitlines() if b"gp3" not in line]
    assert len(new) == 1
    assert [line for line in kept if line] == [line for line in source.splitlines() if line]
    assert changed.endswith(newline) == source.endswith(newline)
    if names:
        assert new[0] == b" " * indent + b"type".ljust(width) + b' = "gp3"'


def test_a_summary_of_changes_reads_well() -> None:
    subject: Opportunity = change_of("Instance", "web", TYPE)

    entry = planned(b'resource "aws_instance" "web" {\n  instance_type = "m5.xlarge"\n}\n', subject)

    assert entry.proof.entries[0].where == "aws_instance.web, instance_type"
    assert "stops and starts the instance" in entry.notes[0]
