"""What a repository says of owners, read once for each commit."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from finops.domain.errors import InvalidInput
from finops.domain.estate import Gap
from finops.domain.pull_request import RepositoryFiles
from finops.owners.backstage import FILE_NAMES, Catalog, Component, components_in
from finops.owners.codeowners import Codeowners, find_codeowners
from finops.owners.owner import OwnerRules

SOURCE = "owners"
# A catalogue of more files is a catalogue of everything, test data and vendored code among it.
MAX_CATALOG_FILES = 5_000


class HasFiles(Protocol):
    """The part of a code host that is read here."""

    def read_files(self) -> RepositoryFiles:
        """The text files of the main branch."""
        ...


@dataclass(frozen=True, slots=True)
class RepositoryOwners:
    """CODEOWNERS and the Backstage catalogue of one commit; None where there is none."""

    codeowners: Codeowners | None = None
    catalog: Catalog | None = None
    gaps: tuple[Gap, ...] = ()


class OwnerFiles:
    """Reads the files of one repository; safe to use from many threads."""

    def __init__(self, host: HasFiles, rules: OwnerRules) -> None:
        self._host = host
        self._rules = rules
        self._lock = threading.Lock()
        self._read: tuple[str, RepositoryOwners] | None = None

    def read(self) -> RepositoryOwners:
        """What the newest commit says; raises what the code host raises."""
        if not (self._rules.codeowners or self._rules.backstage):
            return RepositoryOwners()
        found = self._host.read_files()
        with self._lock:
            if self._read is None or self._read[0] != found.commit:
                self._read = found.commit, read_owners(found.files, self._rules)
            return self._read[1]


def read_owners(files: Mapping[str, bytes], rules: OwnerRules) -> RepositoryOwners:
    """Parse the files that the rules want; one that is broken becomes a gap."""
    gaps: list[Gap] = []
    codeowners = None
    if rules.codeowners:
        try:
            codeowners = find_codeowners(files)
        except InvalidInput as error:
            gaps.append(Gap(SOURCE, str(error)))
    components = _components(files, gaps) if rules.backstage else []
    return RepositoryOwners(codeowners, Catalog.of(components) if components else None, tuple(gaps))


def _components(files: Mapping[str, bytes], gaps: list[Gap]) -> list[Component]:
    found: list[Component] = []
    paths = sorted(path for path in files if path.rpartition("/")[2] in FILE_NAMES)
    for path in paths[:MAX_CATALOG_FILES]:
        try:
            found += components_in(path, files[path])
        except InvalidInput as error:
            gaps.append(Gap(SOURCE, f"A Backstage file was not read: {error}"))
    return found
