"""Removing what Terraform declares: with all that only it uses, or naming who else does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.finops.edits.terraform_examples import after, planned, question, refusal, removal

BALANCER = b"""\
resource "aws_lb" "x" {
  name = "old"
}

resource "aws_lb_listener" "x" {
  load_balancer_arn = aws_lb.x.arn
}

resource "aws_lb_listener_rule" "x" {
  listener_arn = aws_lb_listener.x.arn
}

resource "aws_vpc" "main" {}
"""
GATEWAY = b"""\
resource "aws_eip" "nat" {}

resource "aws_nat_gateway" "x" {
  allocation_id = aws_eip.nat.id
  tags          = { Name = "old" }
}

resource "aws_route" "out" {
  route_table_id = aws_route_table.private.id
  nat_gateway_id = aws_nat_gateway.x.id
}

resource "aws_route_table" "private" {}
"""


def test_a_load_balancer_goes_with_its_listeners_and_their_rules() -> None:
    edit = planned(BALANCER, removal("LoadBalancer", "old"))

    assert edit.files[0].after == b'resource "aws_vpc" "main" {}\n'
    assert len(edit.proof.entries) == 3


def test_a_gateway_goes_with_its_routes_and_the_address_that_only_it_uses() -> None:
    edit = planned(GATEWAY, removal("NatGateway", "old"))

    assert edit.files[0].after == b'resource "aws_route_table" "private" {}\n'
    assert any("lose this way out" in note for note in edit.notes)
    assert any("cannot be had again" in note for note in edit.notes)


def test_an_address_that_something_else_uses_stays() -> None:
    source = GATEWAY + b'output "ip" {\n  value = aws_eip.nat.public_ip\n}\n'

    changed = after(source, removal("NatGateway", "old"))["main.tf"]

    assert b'"aws_eip" "nat"' in changed
    assert b"aws_nat_gateway" not in changed


@pytest.mark.parametrize(
    ("kind", "block"),
    [
        ("Address", b'resource "aws_eip" "x" {\n  tags = { Name = "old" }\n}\n'),
        ("Snapshot", b'resource "aws_ebs_snapshot" "x" {\n  tags = { Name = "old" }\n}\n'),
        ("LoadBalancer", b'resource "aws_elb" "x" {\n  name = "old"\n}\n'),
        ("LoadBalancer", b'resource "aws_alb" "x" {\n  name = "old"\n}\n'),
    ],
)
def test_what_nothing_uses_goes_alone(kind: str, block: bytes) -> None:
    rest = b"locals {}\n"

    assert after(block + b"\n" + rest, removal(kind, "old")) == {"main.tf": rest}


def test_a_dependant_is_named_and_stops_the_removal() -> None:
    source = BALANCER + b'resource "aws_route53_record" "r" {\n  records = [aws_lb.x.dns_name]\n}\n'

    said = refusal(source, removal("LoadBalancer", "old"))

    assert "main.tf line 15 (aws_lb.x)" in said


def test_all_elements_of_a_block_go_only_when_a_person_picks_that() -> None:
    source = b'resource "aws_eip" "x" {\n  count = 2\n  tags = { Name = "old" }\n}\n'

    asked = question(source, removal("Address", "old"))

    assert "made with count" in str(asked)
    assert after(source, removal("Address", "old"), asked.candidates[0].choice) == {"main.tf": b""}


def test_a_switched_block_is_one_and_goes() -> None:
    source = b'resource "aws_eip" "x" {\n  count = var.on ? 1 : 0\n  tags = { Name = "old" }\n}\n'

    assert after(source, removal("Address", "old")) == {"main.tf": b""}


def test_a_module_used_twice_is_a_question() -> None:
    files = {
        "m/main.tf": b'resource "aws_eip" "old" {}\n',
        "main.tf": b'module "a" {\n  source = "./m"\n}\nmodule "b" {\n  source = "./m"\n}\n',
    }

    assert "used several times" in str(question(files, removal("Address", "old")))


def test_a_protected_one_is_refused() -> None:
    source = b'resource "aws_eip" "old" {\n  lifecycle {\n    prevent_destroy = true\n  }\n}\n'

    assert "prevent_destroy" in refusal(source, removal("Address", "old"))


def test_json_of_the_same_module_that_mentions_it_stops_the_removal() -> None:
    files = {"a.tf": b'resource "aws_eip" "old" {}\n', "b.tf.json": b'{"x": "${aws_eip.old.id}"}'}

    assert "b.tf.json could not be read" in refusal(files, removal("Address", "old"))


@given(
    order=st.permutations(["old", "a", "b"]),
    blanks=st.lists(st.integers(0, 2), min_size=3, max_size=3),
    newline=st.sampled_from([b"\n", b"\r\n"]),
    comment=st.booleans(),
)
def test_every_other_block_stays_as_it_is(
    order: list[str], blanks: list[int], newline: bytes, comment: bool
) -> None:
    parts = []
    for name, blank in zip(order, blanks, strict=True):
        head = b"# of " + name.encode() + newline if comment else b""
        block = b'resource "aws_eip" "%s" {%s  domain = "vpc" # x%s}%s'
        parts.append(head + block % (name.encode(), newline, newline, newline) + newline * blank)

    changed = after(b"".join(parts), removal("Address", "old"))["main.tf"]

    for name, part in zip(order, parts, strict=True):
        assert (part.strip() in changed) is (name != "old")
    assert b"old" not in changed


OUTPUT = b'output "dns" {\n  value = aws_lb.x.dns_name\n}\n'


def test_outputs_go_too_when_a_person_picks_that() -> None:
    asked = question(BALANCER + OUTPUT, removal("LoadBalancer", "old"))

    changed = after(BALANCER + OUTPUT, removal("LoadBalancer", "old"), asked.candidates[0].choice)

    assert "main.tf line 15" in str(asked)
    assert "removes the outputs dns too" in asked.candidates[0].words
    assert b"output" not in changed["main.tf"]


def test_an_output_that_another_module_reads_stops_the_removal() -> None:
    files = {
        "m/main.tf": BALANCER + OUTPUT,
        "main.tf": b'module "a" {\n  source = "./m"\n}\nlocals {\n  x = module.a.dns\n}\n',
    }

    said = refusal(files, removal("LoadBalancer", "old"), ":m/main.tf#aws_lb.x and outputs")

    assert "used elsewhere" in said


def test_blocks_that_look_alike_are_not_taken_for_each_other() -> None:
    kept = b'resource "aws_vpc" "%s" {\n  a {\n    b = 1\n  }\n}\n\n'
    gone = b'resource "aws_lb" "x" {\n  name = "old"\n  a {\n    b = 1\n  }\n}\n\n'
    rule = (
        b'resource "aws_lb_listener" "x" {\n  load_balancer_arn = aws_lb.x.arn\n  a {\n  }\n}\n\n'
    )
    source = kept % b"1" + gone + kept % b"2" + rule + kept % b"3"

    edit = planned(source, removal("LoadBalancer", "old"))

    assert edit.files[0].after == kept % b"1" + kept % b"2" + kept % b"3"
    assert edit.proof.lines_changed == len(gone.splitlines()) + len(rule.splitlines())
