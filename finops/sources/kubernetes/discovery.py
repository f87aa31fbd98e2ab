"""Which version of each resource a server serves: 1.20 has no CronJob in batch/v1, 1.25 no v1beta1.

`/apis` names the groups with their versions, `/apis/<group>/<version>` the resources of one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from finops.domain.errors import OutsideWorldFailed
from finops.domain.estate import Gap
from finops.sources.kubernetes.api import CredentialsRefused, Denied, KubernetesApi, NotServed
from finops.sources.kubernetes.resources import Resource
from finops.sources.raw_objects import at, mappings, text


@dataclass(frozen=True, slots=True)
class Served:
    """The newest understood version of each resource that is served.

    `unknown` holds resources whose group could not be asked, with the reason.
    """

    versions: Mapping[Resource, str] = field(default_factory=dict)
    unknown: Mapping[Resource, str] = field(default_factory=dict)


def discover(api: KubernetesApi, resources: Iterable[Resource]) -> Served:
    """Ask which of the resources are served; a group that does not answer is unknown.

    Raises CredentialsRefused, and what `/apis` raises, except where listing groups is forbidden:
    then the newest version of each is taken at its word.
    """
    try:
        groups = _versions_by_group(api)
    except Denied:
        return Served({resource: resource.versions[0] for resource in resources})
    versions: dict[Resource, str] = {}
    unknown: dict[Resource, str] = {}
    asked: dict[str, frozenset[str] | str] = {}
    for resource in resources:
        offered = groups.get(resource.group, ())
        found = _newest(api, resource, offered, asked)
        if found.startswith("!"):
            unknown[resource] = found[1:]
        elif found:
            versions[resource] = found
    return Served(versions, unknown)


def gaps_of_discovery(served: Served, source: str) -> list[Gap]:
    """One gap for each resource of which nobody knows whether it is served."""
    return [
        Gap(
            source,
            f"{resource.name} could not be looked for: {reason}.",
            hides=resource.hides,
        )
        for resource, reason in served.unknown.items()
    ]


def _versions_by_group(api: KubernetesApi) -> dict[str, tuple[str, ...]]:
    groups: dict[str, tuple[str, ...]] = {"": ("v1",)}
    for group in mappings(api.get("/apis").body.get("groups")):
        named = (text(version.get("version")) for version in mappings(group.get("versions")))
        groups[text(group.get("name"))] = tuple(version for version in named if version)
    return groups


def _newest(
    api: KubernetesApi,
    resource: Resource,
    offered: tuple[str, ...],
    asked: dict[str, frozenset[str] | str],
) -> str:
    """The version, nothing, or `!` and why it is unknown."""
    for version in resource.versions:
        if version not in offered:
            continue
        path = resource.path(version).rpartition("/")[0]
        if path not in asked:
            asked[path] = _plurals(api, path)
        plurals = asked[path]
        if isinstance(plurals, str):
            return f"!{plurals}"
        if resource.plural in plurals:
            return version
    return ""


def _plurals(api: KubernetesApi, path: str) -> frozenset[str] | str:
    try:
        listed = mappings(at(api.get(path).body, "resources"))
    except NotServed:
        return frozenset()
    except CredentialsRefused:
        raise
    except OutsideWorldFailed as error:
        return f"{path} did not answer ({error})"
    return frozenset(text(each.get("name")) for each in listed)
