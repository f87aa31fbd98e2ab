"""Whatever a server says, reading does not crash: damage to any place of any object."""

import copy
from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from finops.ports import ClusterState
from finops.sources.kubernetes.api import Answer, KubernetesApi
from finops.sources.kubernetes.assembly import Found, assemble
from finops.sources.kubernetes.listing import Question, read_list
from finops.sources.kubernetes.objects import Scope
from finops.sources.kubernetes.readers import reader_of
from finops.sources.kubernetes.resources import LISTED
from tests.finops.sources.kubernetes.builders import Raw, metadata
from tests.finops.sources.kubernetes.estates import shop
from tests.finops.sources.kubernetes.test_cluster import NOW

Path = tuple[str | int, ...]

junk = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=5)
    | st.sampled_from(["1e9", "-5", "0", "true", "2026-13-45T00:00:00Z", "\u202e", "x" * 400]),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2)
    ),
    max_leaves=4,
)


class CannedApi(KubernetesApi):
    """Answers one list from memory."""

    def __init__(self, items: list[Any]) -> None:
        self.items = items

    def get(self, path: str, **query: str | int) -> Answer:
        return Answer({"items": self.items}, {})


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    yield path
    if isinstance(value, dict):
        for key, item in value.items():
            yield from places(item, (*path, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from places(item, (*path, number))


def damaged(objects: dict[str, list[Raw]], path: Path, instead: object) -> dict[str, Any]:
    found: Any = copy.deepcopy(objects)
    parent = found
    for step in path[:-1]:
        parent = parent[step]
    parent[path[-1]] = instead
    return dict(found)


def read(objects: dict[str, Any]) -> ClusterState:
    found = Found()
    for resource in LISTED:
        items = objects.get(resource.kind, [])
        question = Question(
            CannedApi(items if isinstance(items, list) else [items]), resource, "v1"
        )
        found.add(read_list(question, reader_of(resource, Scope(cluster="prod"))))
    return assemble(found, cluster="prod", version="v1.33.4", now=NOW)


def whole_shop() -> dict[str, list[Raw]]:
    """The shop, and one of what it lacks."""
    return shop("1.33") | {
        "NodePool": [{"metadata": metadata("general", ""), "spec": {"limits": {"nodes": "7"}}}],
        "LimitRange": [
            {
                "metadata": metadata("l"),
                "spec": {"limits": [{"type": "Container", "max": {"cpu": "4"}}]},
            }
        ],
        "ResourceQuota": [{"metadata": metadata("q"), "spec": {"hard": {"pods": "5"}}}],
        "Endpoints": [
            {"metadata": metadata("web"), "subsets": [{"addresses": [{"ip": "10.0.0.1"}]}]}
        ],
        "VerticalPodAutoscaler": [
            {
                "metadata": metadata("v"),
                "spec": {"targetRef": {"kind": "Deployment", "name": "web"}},
            }
        ],
        "Rollout": [
            {
                "metadata": metadata("r"),
                "spec": {"workloadRef": {"kind": "Deployment", "name": "web"}},
            }
        ],
    }


SHOP = whole_shop()
PLACES = [path for path in places(SHOP) if len(path) > 1]


@settings(max_examples=400)
@given(st.sampled_from(PLACES), junk)
def test_no_damage_to_an_object_is_a_crash(path: Path, instead: object) -> None:
    state = read(damaged(SHOP, path, instead))

    assert len(state.workloads) >= 4
    assert all(gap.sentence.isprintable() and len(gap.sentence) < 2000 for gap in state.gaps)


@settings(max_examples=100)
@given(st.lists(st.tuples(st.sampled_from(PLACES), junk), min_size=2, max_size=6))
def test_much_damage_is_no_crash_either(damage: list[tuple[Path, object]]) -> None:
    objects: dict[str, Any] = SHOP
    for path, instead in damage:
        try:
            objects = damaged(objects, path, instead)
        except (KeyError, IndexError, TypeError):
            continue  # an earlier damage has removed this place

    assert read(objects).server_version == "v1.33.4"


@given(st.sampled_from(PLACES))
def test_what_is_missing_is_no_crash(path: Path) -> None:
    assert read(damaged(SHOP, path, None)).server_version == "v1.33.4"


def test_the_whole_shop_is_read_without_a_gap() -> None:
    assert read(whole_shop()).gaps == ()
