"""`finops init` in real folders, with a real terminal, and what it never does."""

import json
import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.cli import main
from bot.commands.init import write
from bot.configuration import load_configuration
from finops.domain.errors import InvalidInput
from tests.finops.billing.bills import cur, write_csv
from tests.finops.billing.exports import COLUMNS, exported, reported
from tests.real_parts.aws import Aws
from tests.real_parts.aws_in_front import InFront, Rule

ROOT = Path(__file__).parents[3]
PROGRAM = "import sys; from bot.cli import main; sys.exit(main(sys.argv[1:]))"
EKS = "arn:aws:eks:eu-west-1:123456789012:cluster/shop-prod"
SECONDS_TO_ANSWER = 60


@pytest.fixture(autouse=True)
def somewhere_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))


@pytest.fixture
def a_laptop(tmp_path: Path) -> None:
    """A kubeconfig with two contexts, a clone of a GitHub repository, and a bill."""
    kube = tmp_path / "home" / ".kube"
    kube.mkdir(parents=True)
    (kube / "config").write_text(
        f"current-context: {EKS}\n"
        "contexts:\n"
        f"- {{name: '{EKS}', context: {{cluster: a, user: b}}}}\n"
        "- {name: kind-dev, context: {cluster: a, user: b}}\n"
    )
    for command in (["init", "-q"], ["remote", "add", "origin", "git@github.com:acme/shop.git"]):
        subprocess.run(["git", *command], check=True)
    Path("focus.csv").write_text("ChargePeriodStart,ResourceId,EffectiveCost\n")


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "KUBECONFIG": "", "TERM": "xterm", **more}


def at_a_terminal(*arguments: str, answers: Sequence[str], **more: str) -> tuple[int, str]:
    """Run the command on a pseudo terminal; each time it waits for a line it gets the next."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(  # noqa: S606 - the child of a fork becomes the command
            sys.executable, [sys.executable, "-c", PROGRAM, *arguments], environment(**more)
        )
    left = list(answers)
    shown = ""
    end = time.monotonic() + SECONDS_TO_ANSWER
    while time.monotonic() < end:
        ready, _, _ = select.select([terminal], [], [], 0.2)
        if ready:
            try:
                shown += os.read(terminal, 4096).decode()
            except OSError:  # Linux says so when the child has closed its side
                break
        elif left and shown.endswith(": "):
            os.write(terminal, left.pop(0).encode())
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    os.close(terminal)
    return status, shown


def test_an_empty_folder_gets_a_file_of_comments_that_check_config_accepts(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["init", "--yes"]) == 0
    assert main(["check-config"]) == 0

    shown = capsys.readouterr().out
    assert "Kubernetes  – (no kubeconfig" in shown
    assert "finops.yaml: fine" in shown
    assert list(Path().iterdir()) == [Path("finops.yaml")]


@pytest.mark.usefixtures("a_laptop")
def test_a_laptop_is_taken_as_it_is(
    aws: Aws, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in aws.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("KUBECONFIG")

    assert main(["init", "--yes"]) == 0

    configuration = load_configuration(Path("finops.yaml"))
    assert [cluster.name for cluster in configuration.clusters] == ["shop-prod", "kind-dev"]
    assert [account.name for account in configuration.accounts] == ["aws-123456789012"]
    assert configuration.repositories[0].github == "acme/shop"
    assert configuration.bill is not None
    assert configuration.bill.files == ["focus.csv"]
    shown = capsys.readouterr().out
    assert "acme/shop" in shown
    assert "focus.csv (FOCUS 1.0)" in shown


@pytest.mark.usefixtures("a_laptop")
def test_what_the_account_exports_is_taken_before_a_file_that_lies_here(
    aws: Aws,
    aws_in_front: InFront,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    aws_in_front.rules = [*exported(), reported({"Compression": "ZIP"})]
    for name, value in aws.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws_in_front.endpoint_url)

    assert main(["init", "--yes"]) == 0

    bill = load_configuration(Path("finops.yaml")).bill
    assert bill is not None
    assert (bill.files, bill.region) == (["s3://acme-billing/exports/daily/"], "eu-west-1")
    shown = " ".join(capsys.readouterr().out.split())
    assert "s3://acme-billing/exports/daily/ (CUR 2.0, export daily), focus.csv" in shown
    assert "export hourly; it is zipped: choose Parquet or GZIP" in shown


@pytest.mark.usefixtures("a_laptop")
def test_a_table_over_the_export_is_proposed_and_a_refusal_is_told(
    aws: Aws,
    aws_in_front: InFront,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    storage = {"Location": "s3://acme-billing/exports/daily/data/", "Columns": COLUMNS}
    glue = aws.client("glue", "eu-west-1")
    glue.create_database(DatabaseInput={"Name": "billing"})
    table = {"Name": "cur2", "StorageDescriptor": storage}
    glue.create_table(DatabaseName="billing", TableInput=table)
    results = {"ResultConfiguration": {"OutputLocation": "s3://acme-athena/results/"}}
    group = {"WorkGroup": {"Name": "primary", "Configuration": results}}
    refused = Rule("cur", code="AccessDeniedException", status=400)
    aws_in_front.rules = [
        *exported(),
        refused,
        Rule("athena", "GetWorkGroup", body=json.dumps(group)),
    ]
    for name, value in aws.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws_in_front.endpoint_url)

    assert main(["init", "--yes"]) == 0

    bill = load_configuration(Path("finops.yaml")).bill
    assert bill is not None
    assert bill.athena is not None
    assert bill.athena.output == "s3://acme-athena/results/"
    assert bill.place == "Athena, billing.cur2"
    assert (
        "Not seen exports of 123456789012: DescribeReportDefinitions was refused "
        "(AccessDeniedException)"
    ) in " ".join(capsys.readouterr().out.split())


@pytest.mark.usefixtures("a_laptop")
def test_a_bill_that_is_named_is_the_one_that_is_taken() -> None:
    folder = Path("elsewhere/cur")
    folder.mkdir(parents=True)
    write_csv(folder / "a.csv", [cur("Usage", 1, "i-1")])

    assert main(["init", "--yes", "--bill", "elsewhere/cur", "--bill", "s3://acme/cur/"]) == 0

    bill = load_configuration(Path("finops.yaml")).bill
    assert bill is not None
    assert bill.files == ["elsewhere/cur", "s3://acme/cur/"]


def test_a_named_bill_that_cannot_be_read_is_a_sentence_and_no_file(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("list.csv").write_text("name,price\n")

    assert main(["init", "--yes", "--bill", "list.csv"]) == 2

    assert "the first columns are name, price" in capsys.readouterr().err
    assert not Path("finops.yaml").exists()


@pytest.mark.slow
@pytest.mark.usefixtures("a_laptop")
def test_a_person_answers_and_wrong_answers_are_asked_again() -> None:
    status, shown = at_a_terminal(
        "init",
        answers=[
            "1\n", "\n", "ftp://x\n", "http://127.0.0.1:9\n", "y\n", "\n", "n\n",
            "#shop\n", "C0123456789\n", "\n", "U0123456789, S0123456789\n",
        ],
    )  # fmt: skip

    configuration = load_configuration(Path("finops.yaml"))
    assert status == 0, shown
    assert "Write an address that begins with http" in shown
    assert "Nobody answers as Prometheus does there." in shown
    assert "That is no id" in shown
    (cluster,) = configuration.clusters
    assert cluster.kubernetes is not None
    assert cluster.kubernetes.context == EKS
    assert cluster.prometheus is not None
    assert cluster.prometheus.url == "http://127.0.0.1:9"
    assert cluster.repository == "acme/shop"
    assert configuration.bill is None
    assert configuration.triage_channel == "C0123456789"
    assert configuration.default_approvers.user_groups == ["S0123456789"]


@pytest.mark.slow
@pytest.mark.usefixtures("a_laptop")
@pytest.mark.parametrize("key", ["\x03", "\x04"], ids=["Ctrl-C", "Ctrl-D"])
def test_an_interruption_leaves_nothing_behind(key: str) -> None:
    before = sorted(Path().iterdir())

    status, shown = at_a_terminal("init", answers=["1\n", key])

    assert status == 130, shown
    assert "Nothing was written." in shown
    assert sorted(Path().iterdir()) == before


def test_a_file_that_is_there_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    Path("finops.yaml").write_text("instance: mine\n")

    assert main(["init", "--yes"]) == 2

    assert Path("finops.yaml").read_text() == "instance: mine\n"
    assert "--force" in capsys.readouterr().err


def test_force_replaces_it() -> None:
    Path("finops.yaml").write_text("instance: mine\n")

    assert main(["init", "--yes", "--force"]) == 0

    assert "instance: mine" not in Path("finops.yaml").read_text()


def test_no_second_file_is_put_beside_one_with_the_other_ending(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("finops.yml").write_text("instance: mine\n")

    assert main(["init", "--yes"]) == 2

    assert "finops.yml is there already" in capsys.readouterr().err
    assert not Path("finops.yaml").exists()


def test_without_a_terminal_nobody_is_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with Path(os.devnull).open() as nothing:
        monkeypatch.setattr(sys, "stdin", nothing)
        status = main(["init"])

    assert status == 2
    assert "--yes" in capsys.readouterr().err


def test_a_file_that_came_meanwhile_is_not_replaced() -> None:
    Path("finops.yaml").write_text("instance: theirs\n")

    with pytest.raises(InvalidInput, match="while you answered"):
        write(Path("finops.yaml"), "instance: ours\n", force=False)

    assert Path("finops.yaml").read_text() == "instance: theirs\n"
    assert list(Path().iterdir()) == [Path("finops.yaml")]


def test_a_folder_that_is_not_there_is_a_sentence() -> None:
    with pytest.raises(InvalidInput, match="cannot be written"):
        write(Path("nowhere/finops.yaml"), "", force=False)


def test_no_secret_of_the_environment_gets_into_the_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-hush-hush")
    monkeypatch.setenv("GITHUB_TOKEN", "ghp_hush_hush")

    main(["init", "--yes"])

    shown = capsys.readouterr().out
    assert "SLACK_BOT_TOKEN, GITHUB_TOKEN" in shown
    assert "hush" not in shown + Path("finops.yaml").read_text()
