import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops.domain.cluster_objects import Requirement
from finops.sources.kubernetes.selectors import Selector, SelectorIndex

LABELS = {"app": "web", "tier": "front"}


@pytest.mark.parametrize(
    ("operator", "key", "values", "meant"),
    [
        ("In", "app", ("web", "db"), True),
        ("In", "app", ("db",), False),
        ("In", "gone", ("db",), False),
        ("NotIn", "app", ("db",), True),
        ("NotIn", "app", ("web",), False),
        ("NotIn", "gone", ("web",), True),
        ("Exists", "app", (), True),
        ("Exists", "gone", (), False),
        ("DoesNotExist", "gone", (), True),
        ("DoesNotExist", "app", (), False),
        ("Magic", "app", (), False),
    ],
)
def test_each_operator_means_what_kubernetes_means(
    operator: str, key: str, values: tuple[str, ...], meant: bool
) -> None:
    assert Selector({}, (Requirement(key, operator, values),)).matches(LABELS) is meant


def test_all_labels_and_all_expressions_must_hold() -> None:
    exists = Requirement("tier", "Exists")

    assert Selector({"app": "web"}, (exists,)).matches(LABELS)
    assert not Selector({"app": "db"}, (exists,)).matches(LABELS)
    assert Selector().matches({})


labels = st.dictionaries(st.sampled_from("abc"), st.sampled_from("xy"), max_size=3)


@given(st.lists(st.tuples(st.sampled_from(["n", "m"]), labels)), labels)
def test_the_index_finds_what_trying_all_would_find(
    entries: list[tuple[str, dict[str, str]]], pod: dict[str, str]
) -> None:
    numbered = [(ns, Selector(wanted), number) for number, (ns, wanted) in enumerate(entries)]
    expected = [number for ns, selector, number in numbered if ns == "n" and selector.matches(pod)]

    assert SelectorIndex(numbered).matching("n", pod) == expected
