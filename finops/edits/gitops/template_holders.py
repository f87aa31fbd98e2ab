"""Where a container in a chart's template, which is no YAML, could get resources it has none of."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from finops.domain.changes import Change, Setting
from finops.edits.setting_text import unit_of, written_like
from finops.edits.splices import Splice

# Every container has an image; what stands below that line is still the container's.
_IMAGE = re.compile(rb"^([ \t]*)(- )?image:[ \t]+\S[^\r\n]*(\r?\n)", re.M)


@dataclass(frozen=True, slots=True, eq=False)
class TemplateHolder:
    """The place below a container's image. `at` is a byte of the file, `indent` the container's."""

    path: str
    at: int
    indent: str
    newline: str
    line: int

    @property
    def place(self) -> str:
        """Where in the file."""
        return f"below line {self.line}"

    @property
    def key(self) -> tuple[str, str]:
        """The same for the same place."""
        return self.path, self.place

    def splices(self, setting: Setting, value: int) -> tuple[Splice, ...]:
        """The splice that adds the one setting."""
        return (self.splice([Change(setting, None, value)]),)

    def splice(self, changes: Sequence[Change]) -> Splice:
        """The splice that adds all of them."""
        lines = [f"{self.indent}resources:"]
        for section in ("requests", "limits"):
            own = [each for each in changes if _section(each.setting) == section]
            lines += [f"{self.indent}  {section}:"] if own else []
            lines += [
                f"{self.indent}    {unit_of(each.setting)}: "
                f"{written_like(each.setting, '-', each.number)}"
                for each in own
            ]
        return Splice(self.at, self.at, "".join(f"{x}{self.newline}" for x in lines).encode())


def template_holders(path: str, source: bytes) -> Iterator[TemplateHolder]:
    """The place below each image of a template."""
    for match in _IMAGE.finditer(source):
        indent = match[1].decode() + "  " * bool(match[2])
        line = source.count(b"\n", 0, match.start()) + 1
        yield TemplateHolder(path, match.end(), indent, match[3].decode(), line)


def _section(setting: Setting) -> str:
    return "limits" if setting in (Setting.CPU_LIMIT, Setting.MEMORY_LIMIT) else "requests"
