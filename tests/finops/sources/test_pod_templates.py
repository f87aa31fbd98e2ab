"""Heap words are found, secrets are not; figures are read strictly or with a note."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops.sources.pod_templates import runtime_hints


def with_env(**variables: str) -> dict[str, object]:
    return {"env": [{"name": name, "value": value} for name, value in variables.items()]}


@pytest.mark.parametrize(
    ("container", "hints"),
    [
        ({"command": ["java", "-Xmx2g", "-Xms512m", "-jar", "a.jar"]}, ("-Xmx2g", "-Xms512m")),
        (
            {"args": ["sh -c 'java -XX:MaxRAMPercentage=75.0 -jar a'"]},
            ("-XX:MaxRAMPercentage=75.0",),
        ),
        ({"args": ["node", "--max-old-space-size=512", "a.js"]}, ("--max-old-space-size=512",)),
        (
            with_env(JAVA_OPTS="-Dpassword=secret -Xmx1g -XX:MinRAMFraction=2"),
            ("-Xmx1g", "-XX:MinRAMFraction=2"),
        ),
        (with_env(NODE_OPTIONS="--max_old_space_size=300"), ("--max_old_space_size=300",)),
        (with_env(GOMEMLIMIT="1GiB", GOGC="50"), ("GOMEMLIMIT=1GiB", "GOGC=50")),
        (with_env(GOGC="off"), ("GOGC=off",)),
        (with_env(GOMEMLIMIT="$(SECRET)"), ()),
        (with_env(DATABASE_URL="postgres://user:-Xmx@host", TOKEN="abc"), ()),
        ({"args": ["-Xmx2g", "-Xmx2g"]}, ("-Xmx2g",)),
        ({"command": "java -Xmx2g", "env": None, "args": [7]}, ()),
        ({"env": [{"name": "GOMEMLIMIT", "valueFrom": {}}, None]}, ()),
    ],
)
def test_only_words_that_size_a_heap_are_kept(
    container: dict[str, object], hints: tuple[str, ...]
) -> None:
    assert runtime_hints(container) == hints


@given(st.text(), st.text())
def test_no_other_text_ever_leaves_a_container(name: str, value: str) -> None:
    allowed = ("-Xm", "-XX:", "--max", "GOMEMLIMIT=", "GOGC=")

    assert all(hint.startswith(allowed) for hint in runtime_hints(with_env(**{name: value})))
