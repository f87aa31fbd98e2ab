"""CODEOWNERS as GitHub reads it: the last line that matches a file says who owns it.

Lines that GitHub skips are skipped here: negation (`!`), character ranges (`[a-z]`), an escaped `#`
and owners that are neither `@name` nor an address. So are the section heads of GitLab. A matching
line without owners means that nobody owns the file, which is not the same as no matching line.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import takewhile

from finops.domain.errors import InvalidInput
from finops.owners.path_patterns import matches, segments_of

# In this order, and only the first one that is there counts.
PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
# GitHub loads no larger one.
MAX_BYTES = 3 * 1024**2
MAX_LINES = 10_000
_TOKEN = re.compile(r"(?:\\ |[^\s])+")
_OWNER = re.compile(r"@[A-Za-z0-9][\w.-]*(?:/[\w.-]+)*|[^@\s]+@[^@\s]+")


@dataclass(frozen=True, slots=True)
class CodeownersLine:
    """One line: `owners` as they are written, none for a line that takes ownership away.

    `beginning` is what every matching path begins with: most lines are ruled out by that alone.
    """

    number: int
    pattern: str
    owners: tuple[str, ...]
    segments: tuple[str, ...]
    beginning: str


@dataclass(frozen=True, slots=True)
class Codeowners:
    """The lines of one file; each path is looked up once."""

    place: str
    lines: tuple[CodeownersLine, ...]
    _known: dict[str, CodeownersLine | None] = field(default_factory=dict)

    def line_for(self, path: str) -> CodeownersLine | None:
        """The last line that matches, or None."""
        if path not in self._known:
            self._known[path] = self._search(path)
        return self._known[path]

    def _search(self, path: str) -> CodeownersLine | None:
        parts = path.split("/")
        for line in reversed(self.lines):
            if path.startswith(line.beginning) and matches(line.segments, parts):
                return line
        return None


def find_codeowners(files: Mapping[str, bytes]) -> Codeowners | None:
    """The CODEOWNERS of a repository; None without one.

    Raises InvalidInput with a whole sentence for one that is too large to be loaded.
    """
    place = next((place for place in PLACES if place in files), None)
    if place is None:
        return None
    data = files[place]
    if len(data) > MAX_BYTES:
        raise InvalidInput(f"{place} has {len(data):,} bytes; GitHub and I read at most 3 MB.")
    lines = tuple(_lines(data.decode("utf-8", "replace").removeprefix("\ufeff")))
    if len(lines) > MAX_LINES:
        raise InvalidInput(f"{place} has {len(lines):,} lines with owners; I read {MAX_LINES:,}.")
    return Codeowners(place, lines)


def _lines(text: str) -> Iterator[CodeownersLine]:
    for number, written in enumerate(text.split("\n"), start=1):
        tokens = _TOKEN.findall(written)
        if not tokens or tokens[0].startswith(("#", "!", "[", "^[")):
            continue
        pattern = tokens[0].replace("\\ ", " ")
        owners = tuple(_before_comment(tokens[1:]))
        is_valid = not any(c in pattern for c in "\\[]") and all(map(_OWNER.fullmatch, owners))
        if is_valid and pattern.strip("/"):
            segments = segments_of(pattern)
            fixed = takewhile(lambda segment: not set("*?") & set(segment), segments)
            yield CodeownersLine(number, pattern, owners, segments, "/".join(fixed))


def _before_comment(tokens: list[str]) -> Iterator[str]:
    for token in tokens:
        if token.startswith("#"):
            return
        yield token
