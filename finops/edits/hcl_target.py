"""One change of a setting at the place that decides it: what is written there, what is to be."""

import re
from dataclasses import dataclass

from finops.domain.changes import Change, Setting
from finops.domain.errors import InvalidInput, Refused
from finops.domain.quantities import parse_cpu_millicores, parse_memory_bytes
from finops.edits.hcl_kinds import Path
from finops.edits.hcl_scope import Place, Step
from finops.edits.hcl_tree import literal_text, place_parts, text_of
from finops.edits.hcl_users import other_users
from finops.edits.quantity_style import cpu_like, memory_like
from finops.edits.splices import Splice

_SAFE_TEXT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_CPU = (Setting.CPU_REQUEST, Setting.CPU_LIMIT)
_MEMORY = (Setting.MEMORY_REQUEST, Setting.MEMORY_LIMIT)


@dataclass(frozen=True, slots=True)
class Target:
    """Where one change is to be written.

    `place` is the literal, or the block, object or file that is to get `missing`; a quantity is
    then written in the style of `like`. `steps` are the names that led there. `is_instead` says
    that it is no literal but an expression that one is to stand in the place of.
    """

    change: Change
    place: Place
    missing: Path = ()
    as_list: bool = False
    like: str = "-"
    steps: tuple[Step, ...] = ()
    is_instead: bool = False

    @property
    def is_unknown(self) -> bool:
        """Whether the file does not say a value yet."""
        return bool(self.missing) or self.is_instead

    @property
    def key(self) -> tuple[str, int, Path]:
        """The same for two contexts that one edit would change."""
        return self.place.file.path, self.place.node.start_byte, self.missing

    @property
    def written(self) -> str:
        """What the file says now; empty when it says nothing."""
        if self.missing:
            return ""
        return without_quotes(self.place)

    @property
    def where(self) -> str:
        """`variables.tf line 3 (variable.size.default)`."""
        return f"{self.place.where} ({self.name})"

    @property
    def name(self) -> str:
        """`variable.size.default`, `aws_instance.web.instance_type`."""
        return ".".join(part for part in (self.place.name, *self.missing) if part)

    @property
    def value(self) -> int | str | None:
        """What the file says now in the setting's own unit; None when it says nothing.

        Raises Refused for what is no value of the setting.
        """
        if self.is_unknown:
            return None
        written, setting = self.written, self.change.setting
        try:
            return value_of(setting, written)
        except (InvalidInput, ValueError) as error:
            raise Refused(f"{self.where} is {written!r}, which is no {setting.value}.") from error

    @property
    def is_applied(self) -> bool:
        """Whether the file says the proposal already."""
        return self.value == self.change.proposed

    @property
    def text(self) -> str:
        """What is to be written. Raises Refused for a value that no file should hold."""
        change = self.change
        if self._is_quantity:
            like = self.like if self.is_unknown else self.written
            return quantity_like(change.setting, like, change.number)
        if not _SAFE_TEXT.fullmatch(str(change.proposed)):
            raise Refused(f"{change.proposed!r} is no {change.setting.value} to write into a file.")
        return str(change.proposed)

    @property
    def expression(self) -> str:
        """The text as an expression of Terraform, with quotes where it is no number."""
        quoted = self.text if self.text.isdecimal() and not self._is_quoted else f'"{self.text}"'
        return f"[{quoted}]" if self.as_list else quoted

    @property
    def _is_quoted(self) -> bool:
        return self.change.setting.is_text or self._is_quantity

    @property
    def _is_quantity(self) -> bool:
        return self.change.setting in (*_CPU, *_MEMORY)

    def users(self) -> tuple[str, ...]:
        """What else gets its value from there."""
        return other_users(self.steps)

    def splice(self) -> Splice:
        """The bytes to exchange. Only for a literal that is there."""
        node = self.place.node
        if node.type == "string_lit":
            return Splice(node.start_byte + 1, node.end_byte - 1, self.text.encode())
        is_number = re.fullmatch(r"[0-9]+(\.[0-9]+)?", self.text)
        text = self.text if is_number else f'"{self.text}"'
        return Splice(node.start_byte, node.end_byte, text.encode())

    @property
    def parts(self) -> tuple[str, ...]:
        """Where it stands, from the outside in."""
        return (*place_parts(self.place.node), *self.missing)


def value_of(setting: Setting, text: str) -> int | str:
    """A written value in the setting's own unit. Raises InvalidInput or ValueError."""
    if setting in _CPU:
        return parse_cpu_millicores(text)
    if setting in _MEMORY:
        return parse_memory_bytes(text)
    return text if setting.is_text else int(text)


def quantity_like(setting: Setting, written: str, number: int) -> str:
    """A quantity of Kubernetes in the style of what is written."""
    return cpu_like(written, number) if setting in _CPU else memory_like(written, number)


def without_quotes(place: Place) -> str:
    """The text of a literal."""
    text = literal_text(place.node)
    return text_of(place.node) if text is None else text
