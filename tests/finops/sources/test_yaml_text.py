import pytest

from finops.domain.errors import InvalidInput
from finops.sources.yaml_text import MAX_BYTES, decode, text_documents, typed_document


def nested_aliases(levels: int, width: int) -> str:
    lines = ["a0: &a0 [x, x]"]
    for level in range(1, levels):
        lines.append(f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * width)}]")
    return "\n".join(lines)


def test_scalars_stay_the_text_they_were_written_as() -> None:
    document = text_documents("a: 0644\nb: 1:30\nc: NO\nd: 2024-13-45\ne: ~\nf: !Ref x\n")[0]

    assert document == {
        "a": "0644",
        "b": "1:30",
        "c": "NO",
        "d": "2024-13-45",
        "e": None,
        "f": "x",
    }


def test_a_number_of_six_thousand_digits_is_text() -> None:
    assert text_documents(f"a: {'9' * 6000}") == [{"a": "9" * 6000}]


def test_merge_keys_are_followed() -> None:
    text = "base: &base {cpu: 1}\nuse: {<<: *base, memory: 2}"

    assert text_documents(text) == [{"base": {"cpu": "1"}, "use": {"cpu": "1", "memory": "2"}}]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (nested_aliases(10, 9), "aliases stand for more than"),
        ("a: &a 1\nb: [" + ", ".join(["*a"] * 101) + "]", "more than 100 aliases"),
        ("&a [*a]", "inside its own anchor"),
        ("[" * 5000, "nested over 100 deep"),
        ("a: [1", "line 2: did not find"),
        ("{{ x }}: 1", "unhashable"),
        ("a: \x01", "control characters"),
    ],
)
def test_hostile_yaml_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        text_documents(text)


def test_a_merge_bomb_is_refused_before_anything_is_built() -> None:
    levels = ["a0: &a0 {k: v}"]
    levels += [f"a{i}: &a{i} {{<<: [{', '.join([f'*a{i - 1}'] * 10)}]}}" for i in range(1, 10)]

    with pytest.raises(InvalidInput, match="aliases stand for more than"):
        text_documents("\n".join(levels))


def test_a_file_over_the_limit_is_refused() -> None:
    with pytest.raises(InvalidInput, match="the limit is 5,000,000"):
        decode(b" " * (MAX_BYTES + 1))


def test_a_typed_document_refuses_a_key_written_twice() -> None:
    with pytest.raises(InvalidInput, match="'a' is written twice, again in line 2"):
        typed_document("a: 1\na: 2")


def test_a_typed_document_is_exactly_one() -> None:
    with pytest.raises(InvalidInput, match="2 YAML documents"):
        typed_document("a: 1\n---\nb: 2")
