"""Set requests and limits of one container by splicing bytes; nothing else of the file moves."""

from collections.abc import Sequence
from dataclasses import dataclass

from finops.domain.changes import Change, Setting
from finops.domain.errors import InvalidInput, Refused
from finops.domain.quantities import parse_cpu_millicores, parse_memory_bytes
from finops.edits.quantity_style import cpu_like, memory_like
from finops.edits.results import AlreadyApplied
from finops.edits.splices import Splice
from finops.edits.yaml_insert import Missing, insert_settings
from finops.edits.yaml_source import ContainerSource, is_merged, place_text, refuse_shared
from finops.edits.yaml_tree import NodeKind, Path, YamlFile, YamlNode

_AT = {
    Setting.CPU_REQUEST: ("requests", "cpu"),
    Setting.CPU_LIMIT: ("limits", "cpu"),
    Setting.MEMORY_REQUEST: ("requests", "memory"),
    Setting.MEMORY_LIMIT: ("limits", "memory"),
}
_WORDS = {
    Setting.CPU_REQUEST: "CPU request",
    Setting.CPU_LIMIT: "CPU limit",
    Setting.MEMORY_REQUEST: "memory request",
    Setting.MEMORY_LIMIT: "memory limit",
    Setting.HEAP: "Java heap",
    Setting.HPA_CPU_TARGET: "autoscaler's CPU target",
    Setting.HPA_MEMORY_TARGET: "autoscaler's memory target",
}
_LIMIT_OF = {
    Setting.CPU_REQUEST: Setting.CPU_LIMIT,
    Setting.MEMORY_REQUEST: Setting.MEMORY_LIMIT,
}
_QUOTED = {"": "{}", "'": "'{}'", '"': '"{}"'}


def words_of(setting: Setting) -> str:
    """`CPU request`: how people call the setting."""
    return _WORDS[setting]


@dataclass(frozen=True, slots=True)
class Intent:
    """One leaf that is to differ. Everything below `root` is new when the leaf was not there."""

    document: int
    root: Path
    leaf: Path
    before: str | None
    after: str


@dataclass(frozen=True, slots=True)
class YamlEdit:
    """The splices of an edit and what they are meant to change."""

    splices: tuple[Splice, ...]
    intents: tuple[Intent, ...]


def section_of(setting: Setting) -> tuple[str, str]:
    """`("requests", "cpu")`: the keys of the setting below `resources`."""
    return _AT[setting]


def holds_all(container: ContainerSource, changes: Sequence[Change]) -> bool:
    """Whether every setting has the value that the estate shows."""
    try:
        return all(_effective(container, each.setting) == each.current for each in changes)
    except Refused:
        return False


def holds_any(container: ContainerSource, changes: Sequence[Change]) -> bool:
    """Whether the container itself writes one of the settings to change."""
    return any(setting_node(container, change.setting) is not None for change in changes)


def edit_container(
    file: YamlFile, container: ContainerSource, changes: Sequence[Change]
) -> YamlEdit:
    """The splices that set the changes, in the file's own style.

    Raises AlreadyApplied when the file says all of it already, and Refused when the file holds
    another value than the estate, when a value is no literal or is shared by an anchor, or when a
    request would end above its limit.
    """
    _refuse_unclear(file, container, changes)
    pending = [change for change in changes if not _is_applied(container, change)]
    if not pending:
        where = f"line {container.node.line}"
        raise AlreadyApplied(f"{where} already sets {_proposals(container, changes)}.")
    _refuse_request_above_limit(container, pending)
    replacements = [_replacement(file, container, c) for c in pending if _has(container, c)]
    missing = [_missing(container, change) for change in pending if not _has(container, change)]
    roots, insertions = insert_settings(file, container, missing) if missing else ({}, ())
    intents = tuple(_intent(container, change, roots) for change in pending)
    return YamlEdit((*replacements, *insertions), intents)


def _refuse_unclear(file: YamlFile, container: ContainerSource, changes: Sequence[Change]) -> None:
    resources = container.node.get(container.key)
    if resources is None and is_merged(container.node):
        raise Refused(f"line {container.node.line} merges `<<`; write its resources out first.")
    refuse_shared(file, container.trail, document=container.document)
    for change in changes:
        section_name, resource_name = _AT[change.setting]
        section = resources.get(section_name) if resources else None
        leaf = section.get(resource_name) if section else None
        nodes = tuple(node for node in (resources, section, leaf) if node is not None)
        refuse_shared(file, nodes, document=container.document)
        merged = [node for node in nodes if is_merged(node)]
        if merged:
            raise Refused(f"line {merged[0].line} merges `<<`; write its values out first.")


def _is_applied(container: ContainerSource, change: Change) -> bool:
    """Whether the file holds the proposal; Refused when it holds neither that nor the current."""
    found = _effective(container, change.setting)
    if found == change.number and _has(container, change):
        return True
    if found != change.current_number:
        raise Refused(
            f"The file has moved on: {place_text(container, container.key, *_AT[change.setting])} "
            f"is {_written(container, change.setting)}, but the estate showed "
            f"{_quantity(change.setting, change.current_number)}. Wait for the next cycle."
        )
    return False


def _refuse_request_above_limit(container: ContainerSource, pending: Sequence[Change]) -> None:
    proposed = {change.setting: change.number for change in pending}
    for request, limit in _LIMIT_OF.items():
        if request not in proposed and limit not in proposed:
            continue
        wanted = proposed.get(request, _value(container, request))
        bound = proposed.get(limit, _value(container, limit))
        if wanted is not None and bound is not None and wanted > bound:
            raise Refused(
                f"The {_WORDS[request]} {_quantity(request, wanted)} would be above the "
                f"{_WORDS[limit]} {_quantity(limit, bound)} of line {container.node.line}, which "
                "Kubernetes rejects; raise the limit first."
            )


def _replacement(file: YamlFile, container: ContainerSource, change: Change) -> Splice:
    """Exchange the scalar's own text; an anchor or tag before it and its quotes stay."""
    leaf = setting_node(container, change.setting)
    assert leaf is not None  # noqa: S101 - the caller asks `_has` first
    if leaf.style not in _QUOTED:
        raise Refused(f"line {leaf.line} writes its value as a block; write it on one line.")
    quoted = _QUOTED[leaf.style].format(leaf.text)
    if not file.text[leaf.start : leaf.end].endswith(quoted):
        raise Refused(f"line {leaf.line} writes its value with escapes; write it plainly.")
    after = _QUOTED[leaf.style].format(_new_text(container, change))
    start, end = file.byte_at(leaf.end - len(quoted)), file.byte_at(leaf.end)
    return Splice(start, end, after.encode())


def _missing(container: ContainerSource, change: Change) -> Missing:
    section, resource = _AT[change.setting]
    return Missing(section, resource, _new_text(container, change))


def _intent(container: ContainerSource, change: Change, roots: dict[Path, Path]) -> Intent:
    below = (container.key, *_AT[change.setting])
    leaf = setting_node(container, change.setting)
    return Intent(
        document=container.document,
        root=(*container.path, *roots.get(below, below)),
        leaf=(*container.path, *below),
        before=leaf.text if leaf else None,
        after=_new_text(container, change),
    )


def _new_text(container: ContainerSource, change: Change) -> str:
    """The proposal in the style of the old value, or of its neighbour when there was none."""
    section, resource = _AT[change.setting]
    other = "limits" if section == "requests" else "requests"
    texts = [container.node.text_at(container.key, each, resource) for each in (section, other)]
    style = cpu_like if resource == "cpu" else memory_like
    return style(next((text for text in texts if text), "-"), change.number)


def setting_node(container: ContainerSource, setting: Setting) -> YamlNode | None:
    """The node that holds the setting, or None when it is not written."""
    node: YamlNode | None = container.node
    for key in (container.key, *_AT[setting]):
        node = node.get(key) if node else None
    return node


def value_of(container: ContainerSource, setting: Setting) -> int | None:
    """The written quantity in the setting's unit, or None; Refused when it is none."""
    return _value(container, setting)


def _has(container: ContainerSource, change: Change) -> bool:
    return setting_node(container, change.setting) is not None


def _effective(container: ContainerSource, setting: Setting) -> int | None:
    """What Kubernetes makes of it: a request that is not written is the limit."""
    value = _value(container, setting)
    return (
        _value(container, _LIMIT_OF[setting]) if value is None and setting in _LIMIT_OF else value
    )


def _value(container: ContainerSource, setting: Setting) -> int | None:
    """The written quantity in base units, or None. Refused when it is no literal quantity."""
    leaf = setting_node(container, setting)
    if leaf is None:
        return None
    parse = parse_cpu_millicores if _AT[setting][1] == "cpu" else parse_memory_bytes
    try:
        return parse(leaf.text if leaf.kind is NodeKind.SCALAR else "")
    except InvalidInput as error:
        raise Refused(
            f"line {leaf.line} sets the {_WORDS[setting]} to {leaf.text or 'nothing'!r}, which is "
            "not a quantity; write a number there."
        ) from error


def _quantity(setting: Setting, value: int | None) -> str:
    if value is None:
        return "no value"
    return cpu_like("-", value) if _AT[setting][1] == "cpu" else memory_like("-", value)


def _written(container: ContainerSource, setting: Setting) -> str:
    leaf = setting_node(container, setting)
    return "not set" if leaf is None else leaf.text or "empty"


def _proposals(container: ContainerSource, changes: Sequence[Change]) -> str:
    return ", ".join(
        f"the {_WORDS[c.setting]} to {_written(container, c.setting)}" for c in changes
    )
