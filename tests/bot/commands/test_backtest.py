"""`finops backtest` on files as people have them."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.cli import main
from tests.finops.rightsizing.traces import write_pods


def test_a_table_says_what_each_policy_would_have_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write_pods(tmp_path / "pods.csv", 42, with_requests=True)
    status = main(["backtest", str(file)])
    table = capsys.readouterr().out
    now = next(line for line in table.splitlines() if "set now" in line)

    assert status == 0
    assert "2 series  2 windows: 28 days to learn from, the next 14 to test" in table
    assert now.split()[2:4] == ["1.00", "79"]  # 2 · 500m asked; the mean use of each is 105m
    for name in ("KRR's rule", "VPA's rule", "lean", "safe", "least possible"):
        assert name in table


def test_what_is_set_is_unknown_where_the_file_does_not_say(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["backtest", str(write_pods(tmp_path / "pods.csv", 4))])
    table = capsys.readouterr().out

    assert "add columns cpu_request_m and mem_request_mib" in table
    assert "Only 4 days: 2 train and 2 test, instead of 28 and 14." in table


def test_json_and_a_picture_with_its_alt_text(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, picture = write_pods(tmp_path / "pods.csv", 4), tmp_path / "frontier.png"
    main(["backtest", str(file), "--json", "--picture", str(picture)])
    said = capsys.readouterr()
    found = json.loads(said.out)

    assert found["policies"]["set"] == {"cpu": None, "memory": None}
    assert found["policies"]["lean"]["cpu"]["ratio"] > 1
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert "Two charts of cost against risk. Lean over-runs 0 %" in said.err


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ([], "Name one thing to replay"),
        (["{file}", "--prometheus", "http://127.0.0.1:9"], "Name one thing to replay"),
        (["--prometheus", "localhost"], "is no URL"),
        (["--prometheus", "http://127.0.0.1:9", "--matcher", "prod"], "not written as NAME=VALUE"),
        (["--prometheus", "http://127.0.0.1:9", "--days", "1"], "--days goes from 2 to 182"),
        (["--cluster", "nowhere"], "There is no cluster 'nowhere'; known:"),
        (["nowhere.csv"], "There is no file nowhere.csv"),
        (["{file}", "--kind", "vms"], "cannot be read as vms: it has no column t,"),
        (["{file}", "--picture", "/nowhere/f.png"], "/nowhere/f.png cannot be written"),
        (["{short}"], "needs 2 days at least"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], reason: str
) -> None:
    places = {
        "file": write_pods(tmp_path / "pods.csv", 2),
        "short": write_pods(tmp_path / "short.csv", 1),
    }

    assert main(["backtest", *(one.format(**places) for one in arguments)]) == 2
    assert reason in capsys.readouterr().err


def live(days: float) -> str:
    """A container that used 100m and 200m by turns, up to now."""
    end, name = int(time.time()) // 60 * 60, '{namespace="shop",pod="web-0",container="server"}'
    times = range(end - round(days * 86_400), end + 1, 120)
    total, cpu, memory = 0.0, [], []
    for moment in times:
        total += 120 * (0.2 if moment // 3_600 % 2 else 0.1)
        cpu.append(f"container_cpu_usage_seconds_total{name} {total} {moment}")
        memory.append(f"container_memory_working_set_bytes{name} {2**27} {moment}")
    return "\n".join(["# TYPE container_cpu_usage_seconds counter", *cpu, *memory])


@pytest.mark.real
def test_the_past_of_a_prometheus_is_replayed_by_address_and_by_cluster(
    prometheus: Callable[[str], str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = prometheus(live(3.9))
    configuration = tmp_path / "finops.yaml"
    configuration.write_text(
        f"clusters:\n  - name: prod\n    prometheus: {{url: '{url}'}}\n"
        "    kubernetes: {context: none}\n"
    )
    monkeypatch.setenv("FINOPS_CONFIG", str(configuration))
    by_address = main(["backtest", "--prometheus", url])
    table = capsys.readouterr()
    by_cluster = main(["backtest", "--cluster", "prod", "--json"])
    found = json.loads(capsys.readouterr().out)

    assert (by_address, by_cluster) == (0, 0)
    assert "1 series  1 windows: 2 days to learn from, the next 2 to test" in table.out
    assert "What is set now is unknown: the server has no kube_pod_container_resource" in table.out
    assert "reading days of Prometheus" in table.err
    assert found["policies"]["lean"]["cpu"]["asked"] == pytest.approx(
        408, rel=0.05
    )  # two days: 2 · 1.02
