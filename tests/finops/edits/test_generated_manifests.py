"""Editors against manifests nobody wrote: any indentation, quotes, line ends, comments."""

from dataclasses import dataclass
from typing import Any

import yaml
from hypothesis import given
from hypothesis import strategies as st

from finops.domain.quantities import parse_cpu_millicores
from finops.edits import plan_edit
from tests.finops.edits.opportunities import cpu_opportunity, repository

BLANKS = ["", "\n", "# größer 🚀\n", "# cpu: 500m\n\n"]
NEIGHBOURS = ["memory: 1Gi", "memory: &m '1Gi' # anchored", 'ephemeral-storage: "2Gi"']


@dataclass(frozen=True)
class Style:
    step: int
    list_step: int
    comment: str
    quote: str
    order: tuple[int, ...]
    blank: str


styles = st.builds(
    Style,
    step=st.integers(1, 6),
    list_step=st.integers(0, 4),
    comment=st.sampled_from(["", " # 500m", "  # é {{ x }}"]),
    quote=st.sampled_from(["", "'", '"']),
    order=st.permutations(range(3)).map(tuple),
    blank=st.sampled_from(BLANKS),
)


def manifest(style: Style, *, name: str, cpu: str | None, neighbour: str) -> str:
    """A Deployment with one container; `cpu` None leaves the request out."""

    def indented(depth: int, text: str) -> str:
        return " " * (style.step * depth) + text

    item = " " * (style.step * 3 + style.list_step)
    key = item + "  "
    quoted = f"{style.quote}{cpu}{style.quote}"
    settings = [f"cpu: {quoted}{style.comment}"] if cpu else []
    settings.append(neighbour)
    requests = "".join(f"{key}{' ' * style.step * 2}{each}\n" for each in settings)
    resources = f"{key}resources:\n{key}{' ' * style.step}requests:{style.comment}\n{requests}"
    parts = [f"{key}image: x{style.comment}\n", resources, f"{key}args: |\n{key}   cpu: 500m\n"]
    return "".join(
        [
            f"kind: Deployment\nmetadata:\n{indented(1, f'name: {name}')}\n{style.blank}spec:\n",
            f"{indented(1, 'template:')}\n{indented(2, 'spec:')}\n{indented(3, 'containers:')}\n",
            f"{item}- name: server\n",
            style.blank,
            *(parts[index] for index in style.order),
        ]
    )


@given(
    style=styles,
    other=styles,
    has_bom=st.booleans(),
    newline=st.sampled_from(["\n", "\r\n"]),
    position=st.integers(0, 2),
    neighbour=st.sampled_from(NEIGHBOURS),
    current=st.integers(1, 5000),
    proposed=st.integers(1, 5000),
)
def test_a_replaced_value_is_all_that_differs(
    *,
    style: Style,
    other: Style,
    has_bom: bool,
    newline: str,
    position: int,
    neighbour: str,
    current: int,
    proposed: int,
) -> None:
    texts = [manifest(other, name="other", cpu="500m", neighbour=neighbour) for _ in range(2)]
    wanted = manifest(style, name="frontend", cpu=f"{current}m", neighbour=neighbour)
    changed = manifest(style, name="frontend", cpu=f"{proposed}m", neighbour=neighbour)
    before, expected = (
        (("\ufeff" if has_bom else "") + "---\n".join([*texts[:position], x, *texts[position:]]))
        .replace("\n", newline)
        .encode()
        for x in (wanted, changed)
    )
    if current == proposed:
        return

    planned = plan_edit(
        repository({"a.yml": before}), cpu_opportunity(current=current, proposed=proposed)
    )

    assert planned.files[0].after == expected
    assert planned.proof.lines_changed == 1


@given(
    style=styles,
    newline=st.sampled_from(["\n", "\r\n"]),
    neighbour=st.sampled_from(NEIGHBOURS),
    proposed=st.integers(1, 5000),
)
def test_an_added_value_is_all_that_differs(
    style: Style, newline: str, neighbour: str, proposed: int
) -> None:
    before = manifest(style, name="frontend", cpu=None, neighbour=neighbour)
    before = before.replace("\n", newline)

    planned = plan_edit(
        repository({"a.yml": before.encode()}),
        cpu_opportunity(current=None, proposed=proposed),
    )

    old, new = before.splitlines(True), planned.files[0].after.decode().splitlines(True)
    added = next(index for index, line in enumerate(new) if line not in old)
    assert new[:added] + new[added + 1 :] == old
    assert requests_of(yaml.safe_load("".join(new))) == requests_of(yaml.safe_load(before)) | {
        "cpu": proposed
    }


def requests_of(document: Any) -> dict[str, object]:
    """The requests as loaded, an oracle of its own; CPU as millicores."""
    requests = document["spec"]["template"]["spec"]["containers"][0]["resources"]["requests"]
    found: dict[str, object] = dict(requests)
    if "cpu" in found:
        found["cpu"] = parse_cpu_millicores(str(found["cpu"]))
    return found
