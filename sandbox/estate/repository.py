"""Making a bare git repository from files, in one `git fast-import`."""

import os
import subprocess
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path


def create_repository(folder: Path, files: Mapping[str, bytes], *, at: datetime) -> Path:
    """A bare repository with one commit on `main`; the folder must not exist yet."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    _git("init", "--quiet", "--bare", "--initial-branch=main", str(folder))
    _git("-C", str(folder), "fast-import", "--quiet", stdin=_stream(files, at))
    return folder


def files_below(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by its path with forward slashes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _stream(files: Mapping[str, bytes], at: datetime) -> bytes:
    message = b"The estate as it was before the bot came\n"
    parts = [
        b"commit refs/heads/main\n",
        f"committer Acorn platform <platform@acorn.example> {int(at.timestamp())} +0000\n".encode(),
        b"data %d\n%s\n" % (len(message), message),
    ]
    for path, content in files.items():
        parts.append(b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(content), content))
    return b"".join(parts)


def _git(*arguments: str, stdin: bytes = b"") -> None:
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
    }
    subprocess.run(
        ["git", *arguments],
        input=stdin,
        env=environment,
        check=True,
        capture_output=True,
        timeout=60,
    )
