"""The Terraform of a repository: its modules (folders), who calls them, and files of variables."""

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

from tree_sitter import Node

from finops.domain.pull_request import RepositoryFiles
from finops.edits.hcl_tree import HclBlock, HclFile, attributes_in, literal_text, object_entries

MAX_FILE_BYTES = 5 * 1024**2
_CODE = (".tf", ".tofu")
_TERRAGRUNT = "terragrunt.hcl"
_VALUES = ".tfvars"
_LOCAL_SOURCE = re.compile(rb'source\s*=\s*"(\.\.?(?:/[^"$%]*)?)"')


@dataclass(frozen=True)  # without slots: what is found in it is kept
class Module:
    """The files of one folder, which Terraform reads as one."""

    folder: str
    files: tuple[HclFile, ...]

    @cached_property
    def variables(self) -> Mapping[str, list[tuple[HclFile, HclBlock]]]:
        """The declarations of variables by name: one each, but for override files and mistakes."""
        found: dict[str, list[tuple[HclFile, HclBlock]]] = {}
        for file, block in self.blocks("variable"):
            if block.labels:
                found.setdefault(block.labels[0], []).append((file, block))
        return found

    @cached_property
    def locals(self) -> Mapping[str, list[tuple[HclFile, Node]]]:
        """The local values by name."""
        found: dict[str, list[tuple[HclFile, Node]]] = {}
        for file, block in self.blocks("locals"):
            for name, node in attributes_in(block.body).items():
                found.setdefault(name, []).append((file, node))
        return found

    @cached_property
    def references(self) -> dict[str, list[tuple[HclFile, Node]]]:
        """Where names are used, as far as they were asked for."""
        return {}

    def blocks(self, kind: str, *labels: str) -> Iterator[tuple[HclFile, HclBlock]]:
        """The top-level blocks of that kind with their files."""
        for file in self.files:
            for block in file.blocks(kind, *labels):
                yield file, block

    def resource(self, address: str) -> tuple[HclFile, HclBlock] | None:
        """The block of `type.name`, or None."""
        found = self.blocks("resource", *address.split(".", 1))
        return next(found, None)


@dataclass(frozen=True, slots=True)
class Call:
    """Where a module is used: by a `module` block or by a `terragrunt.hcl` with `inputs`."""

    folder: str
    file: HclFile
    name: str
    arguments: Mapping[str, Node]
    block: HclBlock | None = None


class TerraformCode:
    """All Terraform of one commit. Files are parsed when they are asked for."""

    def __init__(self, files: RepositoryFiles) -> None:
        safe = {path: data for path, data in files.files.items() if _is_safe(path)}
        self.sources = {p: s for p, s in safe.items() if len(s) <= MAX_FILE_BYTES}
        self.too_large = sorted(p for p in safe.keys() - self.sources.keys() if p.endswith(_CODE))
        self._folders: dict[str, list[str]] = {}
        for path in sorted(self.sources):
            if path.endswith(_CODE):
                self._folders.setdefault(posixpath.dirname(path), []).append(path)
        self._modules: dict[str, Module] = {}
        self._files: dict[str, HclFile] = {}
        self.unreadable: set[str] = set()
        # What was found in it, for the next edit of the same commit.
        self.sites: dict[str, list[object]] = {}
        self.scopes: dict[str, list[object]] = {}

    def folders_with(self, *words: str) -> Iterator[str]:
        """The folders of which a file holds one of the words, in order."""
        wanted = [word.encode() for word in words]
        for folder, paths in sorted(self._folders.items()):
            if any(word in self.sources[path] for path in paths for word in wanted):
                yield folder

    @property
    def count(self) -> int:
        """How many files of Terraform there are."""
        return sum(map(len, self._folders.values()))

    def module(self, folder: str) -> Module:
        """The module of a folder; files that are not HCL are left out and named in `unreadable`."""
        if folder not in self._modules:
            files = [self.file(path) for path in self._folders.get(folder, ())]
            self.unreadable |= {file.path for file in files if not file.is_readable}
            readable = tuple(file for file in files if file.is_readable)
            self._modules[folder] = Module(folder, readable)
        return self._modules[folder]

    def file(self, path: str) -> HclFile:
        """One file of the commit."""
        if path not in self._files:
            self._files[path] = HclFile(path, self.sources[path])
        return self._files[path]

    def neighbours(self, path: str) -> list[str]:
        """The files of the same folder that are Terraform but could not be read as HCL."""
        folder = posixpath.dirname(path)
        self.module(folder)
        unread = [p for p in self._folders.get(folder, ()) if p in self.unreadable]
        as_json = [
            p for p in self.sources if p.endswith(".tf.json") and posixpath.dirname(p) == folder
        ]
        return [*unread, *as_json]

    def calls_of(self, folder: str) -> list[Call]:
        """Every use of the module in that folder, in order of path."""
        return self._calls.get(folder, [])

    @cached_property
    def _calls(self) -> dict[str, list[Call]]:
        found: dict[str, list[Call]] = {}
        for path in sorted(self.sources):
            is_code = path.endswith(_CODE) or posixpath.basename(path) == _TERRAGRUNT
            if is_code and _LOCAL_SOURCE.search(self.sources[path]):
                for target, call in _calls_in(self.file(path)):
                    if target is not None:
                        found.setdefault(target, []).append(call)
        return found

    def called_folder(self, folder: str, source: str) -> str | None:
        """The folder that a local `source` means, or None for a remote or strange one."""
        target = local_folder(folder, source)
        return target if target in self._folders else None

    def automatic_values(self, folder: str) -> list[HclFile]:
        """Files of variables that Terraform reads by itself; the last one counts."""
        found = [p for p in self._values_files if posixpath.dirname(p) == folder]
        own = [p for p in found if posixpath.basename(p) == "terraform.tfvars"]
        more = [p for p in found if p.endswith(".auto.tfvars")]
        return [self.file(path) for path in (*own, *more)]

    def named_values(self, folder: str) -> list[HclFile]:
        """Files of variables that somebody has to name on the command line, near this folder."""
        root = f"{folder}/" if folder else ""
        automatic = {file.path for file in self.automatic_values(folder)}
        near = [p for p in self._values_files if p.startswith(root) and p not in automatic]
        return [
            self.file(path)
            for path in near
            # A folder with Terraform of its own has files of variables of its own.
            if posixpath.dirname(path) == folder or posixpath.dirname(path) not in self._folders
        ]

    @cached_property
    def _values_files(self) -> list[str]:
        return sorted(path for path in self.sources if path.endswith(_VALUES))


_kept: list[tuple[RepositoryFiles, TerraformCode]] = []


def code_of(files: RepositoryFiles) -> TerraformCode:
    """The Terraform of one commit. The last one is kept: a cycle asks for many edits of it."""
    for known, code in tuple(_kept):
        if known is files:
            return code
    code = TerraformCode(files)
    _kept[:] = [(files, code)]
    return code


def local_folder(folder: str, source: str) -> str | None:
    """`../modules/web` seen from `envs/prod` is `envs/modules/web`; None when it leaves."""
    if not source.startswith("."):
        return None
    joined = posixpath.normpath(posixpath.join(folder, source.replace("//", "/")))
    return None if joined.startswith("..") else joined.removeprefix(".").removeprefix("/")


def _calls_in(file: HclFile) -> Iterator[tuple[str | None, Call]]:
    folder = posixpath.dirname(file.path)
    if not file.is_readable:
        return
    if posixpath.basename(file.path) == _TERRAGRUNT:
        inputs = attributes_in(file.body).get("inputs")
        for block in file.blocks("terraform"):
            target = local_folder(folder, literal_text(block.attribute("source")) or "")
            yield target, Call(folder, file, "inputs", object_entries(inputs))
        return
    for block in file.blocks("module"):
        source = literal_text(block.attribute("source")) or ""
        if source.startswith(".") and block.labels:
            name = f"module.{block.labels[0]}"
            call = Call(folder, file, name, attributes_in(block.body), block)
            yield local_folder(folder, source), call


def _is_safe(path: str) -> bool:
    is_inside = not path.startswith("/") and ".." not in PurePosixPath(path).parts
    return is_inside and path.isprintable()
