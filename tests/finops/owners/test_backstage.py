"""Which Backstage component a workload belongs to."""

import pytest

from finops.domain.errors import InvalidInput
from finops.owners.backstage import Catalog, components_in, owner_name


def entity(name: str, owner: str = "shop", kind: str = "Component", **annotations: str) -> str:
    lines = "".join(
        f"    backstage.io/kubernetes-{key.replace('_', '-')}: '{value}'\n"
        for key, value in annotations.items()
    )
    return (
        f"---\napiVersion: backstage.io/v1alpha1\nkind: {kind}\nmetadata:\n  name: {name}\n"
        f"  annotations:\n    x: y\n{lines}spec:\n  type: service\n  owner: {owner}\n"
    )


def catalog(*entities: str) -> Catalog:
    return Catalog.of(components_in("catalog-info.yaml", "".join(entities).encode()))


def claimed(found: Catalog, name: str, namespace: str = "web", **labels: str) -> list[str]:
    names = {key.replace("_", "/", 1).replace("_", "-"): value for key, value in labels.items()}
    return [component.name for component in found.claimants(namespace, name, names)]


def test_a_selector_goes_before_an_id_before_a_name_before_a_namespace() -> None:
    found = catalog(
        entity("rest", namespace="web"),
        entity("cart"),
        entity("by-id", id="cart"),
        entity("by-labels", label_selector="app=cart, tier!=cache"),
    )

    assert claimed(found, "other") == ["rest"]
    assert claimed(found, "cart") == ["cart"]
    assert claimed(found, "cart", **{"backstage.io_kubernetes_id": "cart"}) == ["by-id"]
    assert claimed(found, "cart", app="cart", **{"backstage.io_kubernetes_id": "cart"}) == [
        "by-labels"
    ]
    assert claimed(found, "cart", app="cart", tier="cache") == ["cart"]
    assert claimed(found, "nobody", namespace="elsewhere") == []


def test_a_namespace_limits_what_the_other_annotations_claim() -> None:
    found = catalog(
        entity("a", id="cart", namespace="shop"),
        entity("b", label_selector="app", namespace="shop"),
    )
    labels = {"backstage.io_kubernetes_id": "cart", "app": "x"}

    assert claimed(found, "cart", namespace="web", **labels) == []
    assert claimed(found, "cart", namespace="shop", **labels) == ["b"]


@pytest.mark.parametrize("selector", ["tier in (web,api)", "app=", "tier notin (a)", ","])
def test_a_selector_that_is_not_read_claims_nothing(selector: str) -> None:
    assert claimed(catalog(entity("a", label_selector=selector)), "x", app="cart", tier="web") == []


def test_several_claimants_are_all_named() -> None:
    found = catalog(entity("a", id="cart"), entity("b", owner="data", id="cart"))

    assert claimed(found, "x", **{"backstage.io_kubernetes_id": "cart"}) == ["a", "b"]


def test_only_what_runs_something_is_a_component() -> None:
    found = catalog(
        entity("g", kind="Group"),
        entity("s", kind="System"),
        entity("r", kind="Resource"),
        "---\nkind: Deployment\nmetadata: {name: d}\nspec: {owner: x}\n",
        "---\napiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: 7}\nspec: {}\n",
        "---\n- a list\n---\n",
    )

    assert [component.name for component in found.components] == ["r"]


@pytest.mark.parametrize(
    ("reference", "name"),
    [
        ("group:default/shop", "shop"),
        ("Group:shop", "shop"),
        ("default/shop", "shop"),
        ("shop", "shop"),
        ("user:default/jane", "@jane"),
        ("User:jane", "@jane"),
    ],
)
def test_an_owner_is_referred_to_in_every_form(reference: str, name: str) -> None:
    assert owner_name(reference) == name


def test_a_bomb_is_refused_and_a_template_says_nothing() -> None:
    bomb = "a: &a [x,x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{','.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(12)
    )

    with pytest.raises(InvalidInput, match="catalog-info"):
        list(components_in("catalog-info.yaml", bomb.encode()))
    with pytest.raises(InvalidInput, match=r"x/catalog-info\.yaml line 2"):
        list(components_in("x/catalog-info.yaml", b"a: [1"))
    assert list(components_in("c", b"name: ${{ values.x }}\n{{ broken")) == []
    assert list(components_in("c", entity("'${{ values.name }}'").encode())) == []
