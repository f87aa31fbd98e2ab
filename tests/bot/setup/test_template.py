"""The file that `finops init` writes: always valid, complete, and each key explained."""

import re
from pathlib import Path
from typing import Any, get_args

import pydantic
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.configuration import Configuration
from bot.setup.aws_accounts import AwsAccount
from bot.setup.bills import Bill
from bot.setup.git_remote import GitHubRemote
from bot.setup.interview import Answers, ClusterAnswer
from bot.setup.template import render
from finops.billing.data_exports import BillTable
from finops.config_file import load_checked

FULL = Answers(
    clusters=(
        ClusterAnswer("shop-prod", "arn:aws:eks:eu-west-1:1:cluster/shop-prod", "http://p:9090"),
        ClusterAnswer("here"),
    ),
    accounts=(AwsAccount("123456789012"), AwsAccount("210987654321", "data")),
    repository=GitHubRemote("acme/platform"),
    triage_channel="C0123456789",
    leadership_channel="C0223456789",
    approvers=("U0123456789", "S0123456789"),
    bill=Bill(words="bill.csv", files=("bill.csv",)),
    time_zone="Europe/Berlin",
)
# Nobody else gets in: what is read from kubeconfig and AWS is printable.
words = st.text(min_size=1, max_size=30).filter(str.isprintable)
answers = st.builds(
    Answers,
    clusters=st.lists(
        st.builds(ClusterAnswer, words, words), max_size=3, unique_by=lambda each: each.name
    ).map(tuple),
    accounts=st.lists(
        st.builds(AwsAccount, st.from_regex(r"[0-9]{12}", fullmatch=True), words),
        max_size=3, unique_by=lambda each: each.number,
    ).map(tuple),
)  # fmt: skip


@pytest.fixture(autouse=True)
def with_a_bill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("bill.csv").touch()
    Path("bill").mkdir()
    Path("bill/focus.csv").touch()


def read(text: str) -> Configuration:
    return load_checked(text, Configuration, source="finops.yaml")


def test_what_was_answered_is_what_is_read() -> None:
    configuration = read(render(FULL))

    prod, here = configuration.clusters
    assert prod.name == "shop-prod"
    assert prod.kubernetes is not None
    assert prod.kubernetes.context.startswith("arn:aws:eks:")
    assert prod.prometheus is not None
    assert prod.prometheus.url == "http://p:9090"
    assert prod.repository == here.repository == "acme/platform"
    assert here.kubernetes is not None
    assert here.kubernetes.in_cluster
    assert [(a.name, a.profile) for a in configuration.accounts] == [
        ("aws-123456789012", ""), ("aws-210987654321", "data"),
    ]  # fmt: skip
    assert configuration.default_approvers.users == ["U0123456789"]
    assert configuration.default_approvers.user_groups == ["S0123456789"]
    assert configuration.triage_channel == "C0123456789"
    assert configuration.schedule.time_zone == "Europe/Berlin"
    assert configuration.bill is not None


@pytest.mark.parametrize(
    "bill",
    [
        Bill(words="x", files=('s3://acme/"cur: #/', "no"), region="eu-west-1", profile="p: 1"),
        Bill(words="x", table=BillTable("billing", "cur2", "s3://out/"), region="eu-west-1"),
    ],
)
def test_a_bill_is_written_as_it_is_read(bill: Bill) -> None:
    section = read(render(Answers(bill=bill))).bill

    assert section is not None
    assert section.addresses == bill.files
    assert (section.region, section.aws.profile) == (bill.region, bill.profile)
    assert (section.athena is None) == (bill.table is None)


def test_nothing_seen_is_a_file_of_comments_that_reads_as_the_defaults() -> None:
    assert read(render(Answers())) == Configuration()


@given(answers)
def test_whatever_things_are_called_the_file_can_be_read(given: Answers) -> None:
    configuration = read(render(given))

    assert [each.name for each in configuration.clusters] == [c.name for c in given.clusters]
    assert [a.profile for a in configuration.accounts] == [a.profile for a in given.accounts]


def test_every_commented_setting_works_when_it_is_switched_on() -> None:
    text = re.sub(r"(?m)^( *)#(?!#)", r"\1", render(Answers()))

    configuration = read(text)

    assert configuration.clusters[0].prometheus is not None
    assert configuration.accounts[0].role_arn
    assert configuration.teams["shop"].approvers.user_groups == ["S0123456789"]
    assert configuration.guardrails.max_changes_per_day == 10
    assert configuration.pace.expire_after_days == 14


def keys_of(model: type[pydantic.BaseModel]) -> set[str]:
    found = set(model.model_fields)
    for field in model.model_fields.values():
        for inner in _models_in(field.annotation):
            found |= keys_of(inner)
    return found


def _models_in(annotation: Any) -> list[type[pydantic.BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, pydantic.BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in _models_in(part)]


def test_every_key_that_there_is_stands_in_the_file() -> None:
    text = render(Answers())

    missing = {key for key in keys_of(Configuration) if not re.search(rf"\b{key}\b", text)}

    assert missing == set()
