"""A whole list, page by page: each object becomes a small value and its JSON is dropped."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from finops.domain.errors import InvalidInput, OutsideWorldFailed
from finops.domain.estate import Gap
from finops.sources.kubernetes.api import (
    CredentialsRefused,
    CursorExpired,
    Denied,
    KubernetesApi,
    NotServed,
)
from finops.sources.kubernetes.resources import Resource, fix_of
from finops.sources.raw_objects import Mapped, at, mapping, text

# One object → what is kept of it, None for what is of no interest. Notes go to the second argument.
Read = Callable[[Mapped, "Notes"], object]

_EXAMPLES = 3
# Each goes on where the last one ended, but a server that only says 410 must not hold us for ever.
_MOST_EXPIRED = 10


@dataclass(slots=True)
class Notes:
    """What was wrong with objects of one list: counted, with the first three as examples."""

    count: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, sentence: str) -> None:
        """Count it; `sentence` names the object and the key."""
        self.count += 1
        if len(self.examples) < _EXAMPLES:
            self.examples.append(sentence)

    def __str__(self) -> str:
        more = self.count - len(self.examples)
        return "; ".join(self.examples) + (f"; and {more:,} more" if more else "")


@dataclass(slots=True)
class Listed:
    """One list as far as it was read. `skipped` objects are missing, `odd` ones lack a figure."""

    resource: Resource
    values: list[object] = field(default_factory=list)
    skipped: Notes = field(default_factory=Notes)
    odd: Notes = field(default_factory=Notes)
    failure: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether every page came."""
        return not self.failure

    def gaps(self, source: str) -> Iterator[Gap]:
        """What is missing, in sentences."""
        hides, name = self.resource.hides, self.resource.name
        if self.failure:
            yield Gap(source, f"{name} could not be listed: {self.failure}.", hides=hides)
        if self.skipped.count:
            sentence = f"{self.skipped.count:,} of {name} could not be read: {self.skipped}."
            yield Gap(source, sentence, hides=hides)
        if self.odd.count:
            sentence = f"Figures of {name} make no sense and were left out: {self.odd}."
            yield Gap(source, sentence)


@dataclass(frozen=True, slots=True)
class Question:
    """Which list is asked for, in which version and in how large pages."""

    api: KubernetesApi
    resource: Resource
    version: str
    page_size: int = 500

    def page(self, cursor: str) -> Mapped:
        """The page at the cursor; raises what the API raises."""
        following = {"continue": cursor} if cursor else {}
        path = self.resource.path(self.version)
        return self.api.get(path, limit=self.page_size, **following).body


def read_list(question: Question, read: Read) -> Listed:
    """The whole list, or what came of it with the reason why not more.

    A list that changes faster than it can be read (410) goes on without consistency where the
    server offers that, else it begins anew once. Raises CredentialsRefused.
    """
    listed, cursor = Listed(question.resource), ""
    restarts = expired = 0
    while True:
        try:
            cursor = _read_page(question.page(cursor), listed, cursor, read)
            if not cursor:
                return listed
        except CursorExpired as error:
            expired += 1
            restarts += not error.cursor
            if restarts > 1 or expired > _MOST_EXPIRED:
                return replace(listed, failure=str(error))
            cursor = error.cursor
            if not cursor:
                listed = Listed(question.resource)
        except CredentialsRefused:
            raise
        except OutsideWorldFailed as error:
            return replace(listed, failure=_why(error, question.resource))


def _why(error: OutsideWorldFailed, resource: Resource) -> str:
    """Why a list is not whole; nothing for an add-on that is not there."""
    if isinstance(error, NotServed) and resource.is_optional:
        return ""
    if isinstance(error, Denied):
        return f"the server refuses the verb list on it ({error}); {fix_of(resource)}"
    return str(error)


def _read_page(body: Mapped, listed: Listed, cursor: str, read: Read) -> str:
    """Read one page into `listed`; returns the cursor of the next, empty at the end."""
    items = body.get("items")
    if not isinstance(items, list):
        raise OutsideWorldFailed("its answer is no list: it has no items")
    for raw in items:
        _read_one(raw, listed, read)
    following = at(body, "metadata", "continue")
    if not isinstance(following, str):
        return ""
    if following and following == cursor:
        raise OutsideWorldFailed("it gives the same page again and again")
    return following


def _read_one(raw: object, listed: Listed, read: Read) -> None:
    try:
        value = read(mapping(raw), listed.odd)
    except InvalidInput as error:
        listed.skipped.add(f"{_label(raw)}: {error}")
        return
    if value is not None:
        listed.values.append(value)


def _label(raw: object) -> str:
    metadata = mapping(mapping(raw).get("metadata"))
    named = (text(metadata.get(key))[:80] for key in ("namespace", "name"))
    return "/".join(part for part in named if part) or "an object without a name"
