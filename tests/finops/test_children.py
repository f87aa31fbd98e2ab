"""Programs that run for us: what they leave, their limits, and whose work comes first."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from finops.children import NICENESS, Ended, run_child


def _python(program: str, content: bytes = b"", **limits: int | float | Path) -> Ended:
    return run_child(
        [sys.executable, "-c", program],
        content,
        environment={},
        **{"timeout_seconds": 30.0, **limits},  # type: ignore[arg-type]
    )


def test_input_output_errors_and_status_are_kept_apart() -> None:
    program = "import sys; print(sys.stdin.read()[::-1]); print('oh', file=sys.stderr); exit(3)"

    assert _python(program, b"abc") == Ended(3, b"cba\n", b"oh\n")


def test_it_sees_only_the_environment_it_was_given_and_its_folder(tmp_path: Path) -> None:
    os.environ["FINOPS_SECRET_OF_A_TEST"] = "hunter2"
    try:
        seen = _python("import os; print('FINOPS_SECRET_OF_A_TEST' in os.environ, os.getcwd())",
                       folder=tmp_path)  # fmt: skip
    finally:
        del os.environ["FINOPS_SECRET_OF_A_TEST"]

    assert seen.output.decode().split() == ["False", str(tmp_path.resolve())]


def test_our_own_work_comes_first() -> None:
    waits = "import os, sys; sys.stdin.read(); print(os.getpriority(os.PRIO_PROCESS, 0))"

    assert int(_python(waits).output) >= NICENESS


def test_what_takes_too_long_is_ended() -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        _python("import time; time.sleep(60)", timeout_seconds=0.2)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds another process's memory")
def test_what_wants_too_much_memory_fails_by_itself() -> None:
    program = "import sys; sys.stdin.read(); bytearray(512 * 1024**2)"

    assert b"MemoryError" in _python(program, most_memory_bytes=256 * 1024**2).said


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds another process's memory")
def test_it_is_not_given_more_memory_than_we_may_have_ourselves() -> None:
    ours, asked = 600 * 1024**2, 1024**3
    inner = (
        "import resource, sys; sys.stdin.read(); print(resource.getrlimit(resource.RLIMIT_DATA))"
    )
    program = (
        "import resource, sys\n"
        "from finops.children import run_child\n"
        f"resource.setrlimit(resource.RLIMIT_DATA, ({ours}, {ours}))\n"
        f"ended = run_child([sys.executable, '-c', {inner!r}], b'', environment={{}},"
        f" timeout_seconds=20, most_memory_bytes={asked})\n"
        "print(ended.output.decode())"
    )

    assert f"({ours}, {ours})" in _python(program, folder=Path.cwd()).output.decode()
