import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from finops.code_hosts.git_plumbing import BareRepository
from finops.domain.errors import Refused, TryAgainLater, WillNeverWork
from finops.domain.manners import RebaseWhen
from finops.domain.pull_request import PullRequest, PullRequestState
from tests.finops.code_hosts.conftest import LocalPlatform
from tests.finops.code_hosts.hosts import AFTER, BEFORE, BRANCH, NOW, PATH, proposal
from tests.real_parts.bare_repository import BareRepositoryFactory

OPEN_IN_A_PROCESS = """
import sys
from pathlib import Path
from finops.code_hosts import LocalGitHost
from tests.finops.code_hosts.hosts import proposal
host = LocalGitHost(Path(sys.argv[1]), "acme/shop", str)
proposed = proposal(host)
sys.stdin.readline()
sys.stdout.write(str(host.open_pull_request(proposed).number))
"""


def test_threads_that_open_at_once_get_one_pull_request(local: LocalPlatform) -> None:
    proposed = proposal(local.host())
    start = threading.Barrier(8)

    def open_one() -> PullRequest:
        start.wait()
        return local.host().open_pull_request(proposed)

    with ThreadPoolExecutor(8) as pool:
        opened = [each.result() for each in [pool.submit(open_one) for _ in range(8)]]

    assert len(set(opened)) == 1
    assert local.count() == 1


def test_threads_that_open_different_ones_lose_none(local: LocalPlatform) -> None:
    branches = [f"finops/op-{number}" for number in range(8)]

    def open_one(branch: str) -> int:
        host = local.host()
        return host.open_pull_request(proposal(host, branch=branch)).number

    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(open_one, branches))

    assert sorted(numbers) == list(range(1, 9))
    assert {pull.branch for pull in local.host().list_pull_requests()} == set(branches)


def test_processes_that_open_at_once_get_one_pull_request(local: LocalPlatform) -> None:
    root = Path(__file__).parents[3]
    command = [sys.executable, "-c", OPEN_IN_A_PROCESS, str(local.path)]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    pipe = subprocess.PIPE
    processes = [
        subprocess.Popen(command, stdin=pipe, stdout=pipe, env=environment) for _ in range(3)
    ]

    numbers = [process.communicate(b"go\n", timeout=60)[0] for process in processes]

    assert numbers == [b"1"] * 3
    assert local.count() == 1


def test_a_merge_conflict_is_refused_with_a_sentence(local: LocalPlatform) -> None:
    host = local.host()
    number = host.open_pull_request(proposal(host)).number
    local.push("main", PATH, b"cpu: 450m\r\n")

    with pytest.raises(Refused, match="Pull request 1 of acme/shop conflicts with main"):
        host.merge(number, by="maria", at=NOW)

    assert host.pull_request(number).state is PullRequestState.OPEN
    assert local.read("main", PATH) == b"cpu: 450m\r\n"


def test_a_merge_keeps_what_others_pushed(local: LocalPlatform) -> None:
    host = local.host()
    number = host.open_pull_request(proposal(host)).number
    local.push("main", "README.md", b"# New\n")

    merged = host.merge(number, by="maria", at=NOW)

    assert (merged.merged_by, merged.merged_at) == ("maria", NOW)
    assert local.read("main", PATH) == AFTER
    assert local.read("main", "README.md") == b"# New\n"
    assert host.merge(number, by="paul", at=NOW) == merged


def test_merging_at_once_is_one_merge(local: LocalPlatform) -> None:
    host = local.host()
    number = host.open_pull_request(proposal(host)).number

    with ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(local.host().merge, number, by=f"p{n}", at=NOW) for n in range(4)]
        merged = {job.result() for job in jobs}

    log = BareRepository(local.path).text("rev-list", "--merges", "--count", "main")
    assert len(merged) == 1
    assert log == "1"


def test_a_closed_one_is_not_merged_and_a_merged_one_not_closed(local: LocalPlatform) -> None:
    host = local.host()
    closed = host.open_pull_request(proposal(host)).number
    merged = host.open_pull_request(proposal(host, branch="finops/op-2")).number
    host.close(closed, by="maria", at=NOW)
    host.merge(merged, by="maria", at=NOW)

    with pytest.raises(Refused, match="is closed"):
        host.merge(closed, by="maria", at=NOW)
    with pytest.raises(Refused, match="is merged"):
        host.close(merged, by="maria", at=NOW)


def test_the_diff_shows_each_file(local: LocalPlatform) -> None:
    host = local.host()
    number = host.open_pull_request(proposal(host)).number

    [(path, text)] = host.diff(number)
    host.merge(number, by="maria", at=NOW)

    assert path == PATH
    assert "-\ufeffcpu: 500m\r\n+\ufeffcpu: 120m\r\n" in text
    assert host.diff(number) == [(path, text)]


def test_modes_stay_and_links_and_binaries_are_not_read(
    bare_repository: BareRepositoryFactory, tmp_path: Path
) -> None:
    work_tree = tmp_path / "infrastructure.work" / "apps" / "shop"
    work_tree.mkdir(parents=True)
    (work_tree / "link.yaml").symlink_to("frontend.yaml")
    (work_tree / "frontend.yaml").touch(mode=0o755)
    platform = LocalPlatform(
        bare_repository({PATH: BEFORE, "image.yaml": b"\0\1", "big.yaml": b"#" * (5 * 2**20 + 1)})
    )
    host = platform.host()

    files = host.read_files().files
    host.open_pull_request(proposal(host))

    mode = BareRepository(platform.path).entries(f"refs/heads/{BRANCH}", PATH)[0].mode
    assert set(files) == {PATH}
    assert mode == "100755"


def test_hooks_and_configuration_of_others_do_not_run(
    local: LocalPlatform, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    hook = local.path / "hooks" / "reference-transaction"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    config = tmp_path / "gitconfig"
    config.write_text("[core]\n  autocrlf = true\n[commit]\n  gpgSign = true\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    host = local.host()

    host.open_pull_request(proposal(host))

    author = BareRepository(local.path).text("log", "-1", "--format=%an", f"refs/heads/{BRANCH}")
    assert local.read(BRANCH, PATH) == AFTER
    assert author == "finops-bot"


def test_a_lock_left_behind_is_named(local: LocalPlatform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("finops.code_hosts.local_git._MAX_TRIES", 2)
    host = local.host()
    proposed = proposal(host)
    lock = local.path / "refs" / "heads" / "finops" / "op-1.lock"
    lock.parent.mkdir(parents=True)
    lock.touch()

    with pytest.raises(TryAgainLater, match=r"op-1\.lock"):
        host.open_pull_request(proposed)


def test_an_empty_or_missing_repository_is_a_sentence(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", "--bare", str(tmp_path / "empty")], check=True)

    with pytest.raises(WillNeverWork, match="has no commit"):
        LocalPlatform(tmp_path / "empty").host().read_files()
    with pytest.raises(WillNeverWork, match=r"no git repository at .*missing; check the path"):
        LocalPlatform(tmp_path / "missing").host().read_files()


def test_an_idle_tick_reads_no_file_and_no_pull_request_again(
    local: LocalPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = local.host()
    proposed = proposal(host)
    number = host.open_pull_request(proposed).number
    host.refresh_pull_request(number, proposed, when=RebaseWhen.CONFLICTED)
    host.pull_request(number)
    commands: list[str] = []
    run = BareRepository.run

    def counted(self: BareRepository, *arguments: str, **more: Any) -> Any:
        commands.append(arguments[0])
        return run(self, *arguments, **more)

    monkeypatch.setattr(BareRepository, "run", counted)
    host.pull_request(number)
    files = host.read_files()
    host.refresh_pull_request(number, proposed, when=RebaseWhen.CONFLICTED)

    assert files.files[PATH] == BEFORE
    assert set(commands) == {"rev-parse"}
