"""Git's plumbing commands on one bare repository, without anybody's configuration or hooks."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from finops.children import Ended, run_child
from finops.code_hosts.proposals import AUTHOR, AUTHOR_EMAIL
from finops.domain.errors import TryAgainLater, WillNeverWork

# The largest repositories list their tree in seconds; a minute means a dead disk.
TIMEOUT_SECONDS = 60
ABSENT = "0" * 40


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """One file of a tree."""

    path: str
    mode: str
    blob_id: str
    size: int

    @property
    def is_file(self) -> bool:
        """Whether it is a plain file: no symlink and no submodule."""
        return self.mode in ("100644", "100755")


@dataclass(frozen=True, slots=True)
class Commit:
    """What a commit says of itself."""

    tree_id: str
    parents: tuple[str, ...]
    message: str


class RefMoved(Exception):
    """Another process moved a reference first, or holds its lock; read again and try again."""


@dataclass(frozen=True, slots=True)
class BareRepository:
    """Runs git on the repository at `path`. Raises WillNeverWork or TryAgainLater on failure."""

    path: Path

    def run(
        self,
        *arguments: str,
        content: bytes | None = None,
        environment: Mapping[str, str] | None = None,
        allowed: Sequence[int] = (0,),
    ) -> Ended:
        """Run one git command; an exit code that is not allowed raises WillNeverWork."""
        command = ["git", "-c", f"core.hooksPath={os.devnull}", *arguments]
        try:
            done = run_child(
                command,
                content or b"",
                environment=self._environment() | dict(environment or {}),
                timeout_seconds=TIMEOUT_SECONDS,
            )
        except subprocess.TimeoutExpired as error:
            raise TryAgainLater(f"git {arguments[0]} on {self.path} took too long.") from error
        except OSError as error:
            raise WillNeverWork(f"git cannot be started ({error}); install it.") from error
        if done.status not in allowed:
            said = done.said.decode("utf-8", "replace").strip()[:500]
            raise WillNeverWork(f"git {arguments[0]} on {self.path} failed: {said}")
        return done

    def text(self, *arguments: str, content: bytes | None = None) -> str:
        """What a command printed, without the last line end."""
        return self.run(*arguments, content=content).output.decode("utf-8", "replace").rstrip("\n")

    def ref(self, name: str) -> str | None:
        """The object a reference points to, or None."""
        done = self.run("rev-parse", "--verify", "--quiet", f"{name}^{{}}", allowed=(0, 1))
        return done.output.decode().strip() or None

    def entries(self, commit: str, *paths: str) -> list[TreeEntry]:
        """The files of a commit's tree, all or those paths."""
        listing = ["ls-tree", "-r", "-z", "-l", "--full-tree", commit]
        output = self.run(*listing, *(("--", *paths) if paths else ())).output
        return [_tree_entry(line) for line in output.split(b"\0") if line]

    def blobs(self, ids: Sequence[str]) -> dict[str, bytes]:
        """The contents of blobs by id, in one process."""
        wanted = "".join(f"{each}\n" for each in dict.fromkeys(ids)).encode()
        output = self.run("cat-file", "--batch", content=wanted).output if wanted else b""
        found: dict[str, bytes] = {}
        position = 0
        while position < len(output):
            end = output.index(b"\n", position)
            blob_id, _, size = output[position:end].decode().partition(" blob ")
            found[blob_id] = output[end + 1 : end + 1 + int(size)]
            position = end + 2 + int(size)
        return found

    def write_blob(self, content: bytes) -> str:
        """Store the bytes; gives their id."""
        return self.text("hash-object", "-w", "--stdin", content=content)

    def write_tree(self, base: str, blobs: Mapping[str, tuple[str, str]], index: Path) -> str:
        """A tree like that of `base` (empty text: nothing) with `(mode, blob id)` by path."""
        environment = {"GIT_INDEX_FILE": str(index)}
        self.run("read-tree", base or "--empty", environment=environment)
        lines = b"".join(
            f"{mode} {blob_id}\t{path}\0".encode() for path, (mode, blob_id) in blobs.items()
        )
        self.run("update-index", "-z", "--index-info", content=lines, environment=environment)
        return self.run("write-tree", environment=environment).output.decode().strip()

    def write_commit(
        self, tree_id: str, parents: Sequence[str], message: str, *, at: datetime | None = None
    ) -> str:
        """A commit by finops-bot; gives its id. `at` is now when None."""
        arguments = ["commit-tree", tree_id, *(word for p in parents for word in ("-p", p))]
        dates = {}
        if at is not None:
            dates = dict.fromkeys(
                ("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"), f"@{int(at.timestamp())} +0000"
            )
        done = self.run(*arguments, content=message.encode(), environment=dates)
        return done.output.decode().strip()

    def commit(self, commit_id: str) -> Commit:
        """Read a commit."""
        raw = self.text("cat-file", "commit", commit_id)
        head, _, message = raw.partition("\n\n")
        lines = [line.split(" ", 1) for line in head.splitlines() if not line.startswith(" ")]
        parents = tuple(line[1] for line in lines if line[0] == "parent")
        return Commit(lines[0][1], parents, message)

    def move_refs(self, moves: Mapping[str, tuple[str, str]]) -> None:
        """Move references from old to new objects, all or none (`ABSENT`: not there).

        Raises RefMoved when one of them is not where it was, or is locked just now.
        """
        lines = [f"update {name} {new} {old}\n" for name, (old, new) in moves.items()]
        script = "".join(["start\n", *lines, "prepare\n", "commit\n"]).encode()
        done = self.run("update-ref", "--stdin", content=script, allowed=(0, 1, 128))
        if done.status:
            raise RefMoved(done.said.decode("utf-8", "replace").strip())

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": os.devnull,
            "LC_ALL": "C",
            "TZ": "UTC",
            "GIT_DIR": str(self.path),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_LITERAL_PATHSPECS": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_AUTHOR_NAME": AUTHOR,
            "GIT_AUTHOR_EMAIL": AUTHOR_EMAIL,
            "GIT_COMMITTER_NAME": AUTHOR,
            "GIT_COMMITTER_EMAIL": AUTHOR_EMAIL,
        }


def _tree_entry(line: bytes) -> TreeEntry:
    facts, _, path = line.partition(b"\t")
    mode, _, blob_id, size = facts.decode().split()
    return TreeEntry(path.decode("utf-8", "surrogateescape"), mode, blob_id, _size(size))


def _size(text: str) -> int:
    return int(text) if text.isdecimal() else 0
