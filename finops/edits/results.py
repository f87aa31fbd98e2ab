"""What planning an edit gives back, and its three telling refusals.

Refused
├── SourceNotFound    no file of this repository declares the resource; another one may
├── AlreadyApplied    the file already says what is proposed
└── AmbiguousSource   several places may decide the value; a person can pick one of `candidates`
"""

from collections.abc import Sequence
from dataclasses import dataclass

from finops.domain.errors import Refused
from finops.domain.pull_request import FileChange

SOURCE_TAG = "finops-bot/source"
"""Our own tag and annotation: where a resource is declared. `infra/main.tf@aws_instance.web` for
what Terraform makes, `config/apps.yaml#services.web.resources` for a workload."""


class SourceNotFound(Refused):
    """No file of this repository declares the resource; the message says what was searched."""


class AlreadyApplied(Refused):
    """The source file already holds the proposed value, so there is nothing to edit."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One place that may decide the value, for a person to pick.

    `path` is the file, `place` the place in it (`spec.values.resources`; empty: all of it).
    `words` is what people read of it: its line, and what picking it would mean. A caller
    keeps `choice` and passes it back as the choice for that resource. `note` is what the reviewer
    of a picked place should know.
    """

    path: str
    place: str = ""
    words: str = ""
    repository: str = ""
    note: str = ""

    @property
    def choice(self) -> str:
        """`acme/platform:apps/values.yaml#resources`: the same text as long as the place is."""
        place = f"#{self.place}" if self.place else ""
        return f"{self.repository}:{self.path}{place}"

    def answers(self, choice: str) -> bool:
        """Whether it is this place that was picked; a choice without repository fits any."""
        repository, _, rest = choice.partition(":")
        is_own = not self.repository or not repository or repository == self.repository
        return is_own and rest == self.choice.partition(":")[2]


class AmbiguousSource(Refused):
    """Several places may decide the value and nothing tells which; the message names them.

    `reason` is what a card says of it that lists the candidates itself; empty for the usual words.
    """

    def __init__(self, message: str, candidates: Sequence[Candidate], *, reason: str = "") -> None:
        super().__init__(message)
        self.candidates = tuple(candidates)
        self.reason = reason


def picked(candidates: Sequence[Candidate], choice: str) -> int | None:
    """The index of the candidate that was picked, or None when none or several answer.

    A place inside the file may have moved since, so a file with one candidate is enough.
    """
    if not choice:
        return None
    exact = [index for index, each in enumerate(candidates) if each.answers(choice)]
    path = choice.partition(":")[2].partition("#")[0]
    same = [index for index, each in enumerate(candidates) if each.path == path]
    found = exact or same
    return found[0] if len(found) == 1 else None


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
    --numstat` counts them: a replaced line once, an inserted or removed one once. `checks` are
    sentences of what was rendered before and after, and compared.
    """

    path: str
    entries: tuple[ProofEntry, ...]
    lines_changed: int
    unintended_lines_changed: int = 0
    checks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlannedEdit:
    """Whole new files for one opportunity, the proof, and what a reviewer should know."""

    files: tuple[FileChange, ...]
    proof: Proof
    notes: tuple[str, ...] = ()
