"""Where an expression of Terraform stands, and what its names mean there."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tree_sitter import Node

from finops.domain.errors import Refused
from finops.edits.hcl_code import Call, Module
from finops.edits.hcl_tree import HclBlock, HclFile, place_parts, text_of


class NotFollowed(Refused):
    """An expression that cannot be followed to a literal; the message says why and where."""


class Absent(NotFollowed):
    """The value is not there: a key that an object lacks, an attribute not written, or null.

    `holder` is the literal object that could hold it, and `key` under which name.
    """

    def __init__(self, message: str, holder: "Place | None" = None, key: str = "") -> None:
        super().__init__(message)
        self.holder = holder
        self.key = key


class Unset(NotFollowed):
    """A variable that gets its value outside of the repository.

    `reference` is the expression that holds `name` (`var.size`), `steps` the names that led there,
    `declared` the file and the block that declare it, if any does.
    """

    def __init__(  # noqa: PLR0917 - what a place to write it needs
        self,
        message: str,
        name: str,
        reference: "Place",
        steps: "Sequence[Step]",
        declared: "Declared | None",
    ) -> None:
        super().__init__(message)
        self.name = name
        self.reference = reference
        self.steps = tuple(step for step in steps if step.name != name)
        self.declared = declared


@dataclass(frozen=True, slots=True)
class Place:
    """An expression in its file and scope.

    `rest` holds the steps of a reference that has no node of its own: in `var.size > 1` the
    grammar puts `var` and `.size` beside each other.
    """

    scope: "Scope"
    file: HclFile
    node: Node
    rest: Sequence[Node] = ()

    def at(self, node: Node) -> "Place":
        """Another expression of the same file and scope."""
        return Place(self.scope, self.file, node)

    @property
    def where(self) -> str:
        """`infra/main.tf line 3`."""
        return f"{self.file.path} line {self.node.start_point.row + 1}"

    @property
    def text(self) -> str:
        """The source of the expression on one line, shortened."""
        text = " ".join(text_of(self.node).split())
        return f"{text[:60]}…" if len(text) > 60 else text

    @property
    def name(self) -> str:
        """`variable.size.default`: the same as long as the structure of the file is."""
        return ".".join(place_parts(self.node))


Declared = tuple[HclFile, HclBlock]

# What a name means: an expression elsewhere, or a text or number that no file writes (a key).
Meaning = Place | str


@dataclass(frozen=True, slots=True)
class Scope:
    """A module as one call of it sees it: with its arguments, loop variables and variable file.

    `bound` holds `each.key`, `each.value`, `count.index` and the names of `for` expressions.
    `is_many` says that it stands for elements whose number only a run of Terraform tells.
    """

    module: Module
    call: Call | None = None
    caller: "Scope | None" = None
    values: HclFile | None = None
    bound: Mapping[str, Meaning] = field(default_factory=dict)
    label: str = ""
    is_many: bool = False

    def binding(self, **names: Meaning) -> "Scope":
        """This scope with more names."""
        return replace(self, bound={**self.bound, **names})

    def of_count(self, index: int) -> "Scope":
        """This scope inside one element of `count`."""
        bound: dict[str, Meaning] = {**self.bound, "count.index": str(index)}
        return replace(self, bound=bound, label=f"{self.label}[{index}]")

    def of_key(self, key: str, value: Place) -> "Scope":
        """This scope inside one element of `for_each`."""
        bound: dict[str, Meaning] = {**self.bound, "each.key": key, "each.value": value}
        return replace(self, bound=bound, label=f"{self.label}[{key!r}]")

    def of_many(self) -> "Scope":
        """This scope inside elements that cannot be told apart."""
        return replace(self, is_many=True, label=f"{self.label}[*]")

    def outward(self) -> Iterator["Scope"]:
        """This scope and those of its callers, up to the root module."""
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.caller

    def outside_loops(self) -> "Scope":
        """This scope without loop variables, as locals see it."""
        return replace(self, bound={})


@dataclass(frozen=True, slots=True)
class Step:
    """A name that was looked through, `var.size`, and where it stands."""

    name: str
    place: Place
