"""The benchmark's judge must be able to say that an edit was wrong."""

from pathlib import Path
from typing import Any

import pytest

import benchmarks.edits_terraform as benchmark
from benchmarks.edits_terraform import judge_terraform
from benchmarks.hcl_oracle import PARTS, HclOracle
from finops.domain.changes import Change, Setting
from finops.domain.opportunity import Opportunity
from finops.domain.pull_request import FileChange
from finops.edits import PlannedEdit, Proof, plan_edit
from tests.real_parts.needs import needs

pytestmark = [pytest.mark.real]

INSTANCE = b'resource "aws_instance" "web" {\n  instance_type = "m5.xlarge"\n  ami = "a"\n}\n'
SHARED = (
    b'resource "aws_instance" "%s" {\n  instance_type = var.type\n  root_block_device {\n'
    b'    volume_type = "gp2"\n  }\n}\n'
)


@pytest.fixture(autouse=True)
def _oracle() -> None:
    needs("node", "nothing else runs HashiCorp's parser")
    needs(PARTS / "node_modules" / "@cdktf" / "hcl2json", "it is the judge")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "main.tf").write_bytes(INSTANCE)
    return tmp_path


def edited(monkeypatch: pytest.MonkeyPatch, after: bytes) -> None:
    def plan(files: Any, subject: Opportunity, *, choices: Any) -> PlannedEdit:
        del subject, choices
        before = files.files["main.tf"]
        return PlannedEdit((FileChange("main.tf", before, after),), Proof("main.tf", (), 1))

    monkeypatch.setattr(benchmark, "plan_edit", plan)


def test_a_folder_is_edited_exactly(folder: Path) -> None:
    found = judge_terraform(folder).as_json()

    assert (found["targets"], found["exact"], found["wrong"]) == (2, 2, 0)
    assert found["unintended_bytes"] == 0


@pytest.mark.parametrize(
    "after",
    [
        INSTANCE.replace(b"m5.xlarge", b"m5.other"),
        INSTANCE.replace(b'"m5.xlarge"', b'"m6i.xlarge"').replace(b'"a"', b'"b"'),
        INSTANCE.replace(b'"m5.xlarge"', b'"m6i.xlarge'),
        INSTANCE,
    ],
)
def test_another_value_another_place_and_bad_syntax_are_wrong(
    folder: Path, monkeypatch: pytest.MonkeyPatch, after: bytes
) -> None:
    edited(monkeypatch, after)

    assert judge_terraform(folder).wrong == 2


@pytest.mark.parametrize(
    "after",
    [
        INSTANCE.replace(b"m5.xlarge", b"m6i.xlarge").replace(b"  ami", b"   ami"),
        INSTANCE.replace(b"m5.xlarge", b"m6i.xlarge") + b"# more\n",
    ],
)
def test_bytes_that_terraform_does_not_see_are_counted(
    folder: Path, monkeypatch: pytest.MonkeyPatch, after: bytes
) -> None:
    edited(monkeypatch, after)

    assert judge_terraform(folder).unintended_bytes > 0


def test_a_question_is_answered_with_what_it_offers_and_counts_once(tmp_path: Path) -> None:
    variable = b'variable "type" {\n  default = "m5.large"\n}\n'
    (tmp_path / "main.tf").write_bytes(SHARED % b"a" + SHARED % b"b" + variable)

    found = judge_terraform(tmp_path)

    assert (found.targets, found.asked, found.wrong, found.exact) == (4, 2, 0, 4)


def test_each_place_for_a_value_from_outside_is_judged(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_bytes(SHARED % b"a" + b'variable "type" {}\n')
    (tmp_path / "terraform.tfvars").write_bytes(b'region = "eu-central-1"\n')

    found = judge_terraform(tmp_path).as_json()

    assert (found["asked"], found["picks"], found["exact"], found["wrong"]) == (1, 3, 2, 0)
    assert (found["refused"], found["refused_or_asked_share"]) == (0, 0.5)


def test_a_picked_place_that_gets_another_value_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = SHARED % b"a" + b'variable "type" {}\n'
    (tmp_path / "main.tf").write_bytes(source)
    right = plan_edit

    def plan(files: Any, subject: Opportunity, *, choices: Any) -> PlannedEdit:
        made = right(files, subject, choices=choices)
        after = made.files[0].after.replace(b"m6i.xlarge", b"m6i.metal")
        return PlannedEdit((FileChange("main.tf", source, after),), made.proof)

    monkeypatch.setattr(benchmark, "plan_edit", plan)

    assert judge_terraform(tmp_path).wrong == 1


def test_files_of_one_address_are_a_collection_and_no_module(tmp_path: Path) -> None:
    (tmp_path / "a.tf").write_bytes(INSTANCE)
    (tmp_path / "b.tf").write_bytes(INSTANCE)

    assert judge_terraform(tmp_path).exact == 4


def test_the_oracle_refuses_what_terraform_refuses() -> None:
    with HclOracle() as oracle:
        assert oracle.parse(b"a = 1\na = 2\n") is None
        assert oracle.parse(b"\xff") is None
        assert oracle.parse(b"\xef\xbb\xbfa = 1\n") == {"a": 1}


def test_a_change_that_no_size_allows_is_no_target() -> None:
    block = {"min_size": 1, "max_size": 1}

    assert benchmark._change(Setting.DESIRED_SIZE, 1, (), block) is None
    assert benchmark._change(Setting.DESIRED_SIZE, 2, (), {}) == Change(Setting.DESIRED_SIZE, 2, 1)
