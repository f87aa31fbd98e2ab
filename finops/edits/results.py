"""What planning an edit gives back, and its two telling refusals.

Refused
├── SourceNotFound    no file of this repository declares the resource; another one may
└── AlreadyApplied    the file already says what is proposed
"""

from dataclasses import dataclass

from finops.domain.errors import Refused
from finops.domain.pull_request import FileChange


class SourceNotFound(Refused):
    """No file of this repository declares the resource; the message says what was searched."""


class AlreadyApplied(Refused):
    """The source file already holds the proposed value, so there is nothing to edit."""


@dataclass(frozen=True, slots=True)
class ProofEntry:
    """One intended difference: the place in the file and its text before and after.

    An empty `before` means the setting was not there; an empty `after` means it is removed.
    """

    where: str
    before: str
    after: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    """That nothing but `entries` changed, shown by parsing the files before and after.

    `path` is the main file; an entry of another file carries its own. Lines count as `git diff
    --numstat` counts them: a replaced line once, an inserted or removed one once.
    """

    path: str
    entries: tuple[ProofEntry, ...]
    lines_changed: int
    unintended_lines_changed: int = 0


@dataclass(frozen=True, slots=True)
class PlannedEdit:
    """Whole new files for one opportunity, the proof, and what a reviewer should know."""

    files: tuple[FileChange, ...]
    proof: Proof
    notes: tuple[str, ...] = ()
