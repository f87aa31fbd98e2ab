"""The contexts a block of Terraform lives in: calls of its module, variable files, keys of loops.

A literal that decides the value in several contexts changes all of them, so they are counted.
"""

from collections.abc import Iterator

from finops.domain.errors import Refused
from finops.edits.hcl_code import Call, Module, TerraformCode
from finops.edits.hcl_follow import Follower
from finops.edits.hcl_functions import number_of
from finops.edits.hcl_scope import NotFollowed, Place, Scope
from finops.edits.hcl_tree import HclBlock, HclFile, text_of, unwrap

MAX_CONTEXTS = 500
_MAX_DEPTH = 10  # of modules that call modules
_MAX_COUNT = 50  # more of one count are as good as many


def scopes_of(code: TerraformCode, module: Module) -> list[Scope]:
    """The scopes in which the module is used. Raises Refused when there are too many to look at.

    A module that nobody calls is a root: one scope for each file of variables that is named on the
    command line, or a single one.
    """
    known = code.scopes.get(module.folder)
    if known is not None:
        return [scope for scope in known if isinstance(scope, Scope)]
    found: list[Scope] = []
    for scope in _scopes(code, module, depth=0):
        found.append(scope)
        if len(found) > MAX_CONTEXTS:
            raise Refused(
                f"The module in {module.folder or 'the root folder'} is used in more than "
                f"{MAX_CONTEXTS} ways; edit it by hand."
            )
    code.scopes[module.folder] = list(found)
    return found


def elements_of(code: TerraformCode, scope: Scope, file: HclFile, block: HclBlock) -> list[Scope]:
    """The scope of each element that `count` or `for_each` makes of the block; at least one."""
    follower = Follower(code)
    each, count = block.attribute("for_each"), block.attribute("count")
    try:
        if each is not None:
            entries = follower.entries(Place(scope, file, each))
            return [scope.of_key(key, value) for key, value in entries.items()] or [scope]
        if count is not None:
            number = number_of(follower, Place(scope, file, count))
            if number > _MAX_COUNT:
                return [scope.of_many()]
            # None at all is edited too: the block is there, whether or not it is switched on.
            return [scope.of_count(index) for index in range(number)] or [scope.of_count(0)]
    except NotFollowed:
        is_switch = count is not None and _is_switch(Place(scope, file, count))
        return [scope.of_count(0) if is_switch else scope.of_many()]
    return [scope]


def _is_switch(place: Place) -> bool:
    """Whether it is `… ? 1 : 0`: one or none, whatever decides."""
    node = unwrap(place.node)
    if node is None or node.type != "conditional":
        return False
    branches = [text_of(c) for c in node.children if c.type == "expression"][1:]
    return set(branches) == {"0", "1"}


def _scopes(code: TerraformCode, module: Module, *, depth: int) -> Iterator[Scope]:
    calls = code.calls_of(module.folder) if depth < _MAX_DEPTH else []
    if not calls:
        named = code.named_values(module.folder)
        roots = [Scope(module, values=file, label=file.path) for file in named]
        yield from roots or [Scope(module)]
        return
    for call in calls:
        for caller in _callers(code, module, call, depth):
            yield Scope(module, call, caller, label=_label(caller, call))


def _callers(code: TerraformCode, module: Module, call: Call, depth: int) -> Iterator[Scope]:
    if call.folder == module.folder:  # it calls itself, which Terraform refuses
        return
    for caller in _scopes(code, code.module(call.folder), depth=depth + 1):
        if call.block is None:
            yield caller
        else:
            yield from elements_of(code, caller, call.file, call.block)


def _label(caller: Scope, call: Call) -> str:
    return f"{caller.label or caller.module.folder or '.'}/{call.name}"
