from decimal import Decimal

import pydantic
import pytest

from finops.config_file import MAX_PROBLEMS, load_checked
from finops.domain.errors import InvalidInput


class Team(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid")

    channel: str = ""
    max_changes_per_day: int = pydantic.Field(default=10, ge=0)
    limit: Decimal = Decimal(1)


class Directory(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid")

    teams: dict[str, Team] = {}
    api_token: int = 0
    hours: tuple[str, ...] = ()


def load(text: str | bytes) -> Directory:
    return load_checked(text, Directory, source="teams.yml")


def refusal_of(text: str | bytes) -> str:
    with pytest.raises(InvalidInput) as caught:
        load(text)
    return str(caught.value)


def test_a_right_file_becomes_the_model() -> None:
    found = load("teams:\n  payments:\n    channel: '#pay'\n    limit: 2.5\nhours: [22:00, a]\n")

    assert found.teams["payments"] == Team(channel="#pay", limit=Decimal("2.5"))
    assert found.hours == ("22:00", "a")


@pytest.mark.parametrize("text", ["", "   \n", "# only a comment\n", b"\xef\xbb\xbf", "{}"])
def test_an_empty_file_means_all_defaults(text: str | bytes) -> None:
    assert load(text) == Directory()


def test_a_wrong_value_is_named_with_line_path_and_value() -> None:
    said = refusal_of("teams:\n  payments:\n    channel: x\n    max_changes_per_day: -3\n")

    assert said == (
        "teams.yml line 4, teams.payments.max_changes_per_day: should be greater than or equal to "
        "0; it is -3."
    )


def test_an_unknown_key_names_the_nearest_known_one() -> None:
    said = refusal_of("teams:\n  payments:\n    max_change_per_day: 3\n")

    assert "line 3, teams.payments.max_change_per_day" in said
    assert "did you mean max_changes_per_day?" in said


def test_an_unknown_key_far_from_all_lists_what_may_stand_there() -> None:
    assert "here may stand teams, api_token, hours" in refusal_of("zzz: 1")


def test_every_problem_is_listed_in_the_order_of_the_file() -> None:
    said = refusal_of("hours: 3\nteams:\n  a: {limit: x}\n  b: {channel: 7}\n")

    assert [line.split(",")[0] for line in said.splitlines()] == [
        "teams.yml line 1",
        "teams.yml line 3",
        "teams.yml line 4",
    ]


def test_more_than_twenty_problems_are_counted() -> None:
    said = refusal_of("\n".join(f"key{i}: 1" for i in range(30)))

    assert len(said.splitlines()) == MAX_PROBLEMS + 1
    assert said.endswith("and 10 problems more.")


@pytest.mark.parametrize("text", ["api_token: '10'", "api_token: true", "api_token: 1.0"])
def test_text_and_truth_are_not_numbers(text: str) -> None:
    assert "should be a whole number" in refusal_of(text)


def test_a_secret_is_not_repeated() -> None:
    assert "xoxb-1" not in refusal_of("api_token: xoxb-1")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("teams: {}\nhours: []\nteams: {}\n", "line 3, teams: is there twice, first on line 1"),
        ("teams:\n\tpayments: {}\n", "line 2: a tab stands where YAML wants spaces"),
        ("hours: [a\n", "this is not YAML"),
        ("a: 1\n---\nb: 2\n", "this is not YAML"),
        ("hours: [*nobody]", "this is not YAML"),
        ("on: 1", "line 1, on: the key 'on' is not text; put it in quotes."),
        ("hours: ['${SECRET}']", "line 1, hours.0: ${SECRET} is not replaced here"),
        ("hours: !!python/object:os.system x", "is not allowed; write a plain value."),
        ("teams: {a: {limit: .inf}}", "is not a finite number"),
        ("- a\n- b\n", "the whole file: should be"),
        ("just words", "the whole file: should be"),
        (b"\xff\xfe\x00", "is not UTF-8 text"),
        ("a: \x00", "holds a character that text files do not"),
        ("x" * 1_000_001, "over 1 MB"),
        ("[" * 5000, "nests more than 40 deep"),
        ("hours: " + "[" * 39 + "]" * 39, "should be"),
    ],
)
def test_what_no_settings_file_needs_is_refused_in_a_sentence(
    text: str | bytes, words: str
) -> None:
    assert words in refusal_of(text)


def test_one_mistake_is_told_once() -> None:
    assert refusal_of("teams: {a: {limit: .inf}}").count("\n") == 0


@pytest.mark.parametrize(
    "text",
    [
        'teams: {"a\\u202eb\\e[31m\\n": {x: 1}}',
        'hours: ["\\u202e\\0"]',
        "teams: {" + "x" * 300 + ": {x: 1}}",
    ],
    ids=["key", "value", "300 characters"],
)
def test_hostile_text_is_neither_repeated_nor_accepted(text: str) -> None:
    refusal = refusal_of(text)

    assert refusal.isprintable()
    assert len(refusal) < 200


def test_a_merge_key_is_not_called_a_matter_of_quotes() -> None:
    refusal = refusal_of("teams: {a: &a {limit: 1}, b: {<<: *a}}")

    assert "merge keys are not read here; write the settings out." in refusal


def test_an_alias_bomb_is_refused_quickly() -> None:
    lines = ["a0: &a0 [x,x,x,x,x,x,x,x,x,x]"]
    lines += [f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 10)]

    assert "too many values" in refusal_of("\n".join(lines))


def test_an_alias_that_holds_itself_is_refused() -> None:
    assert "too many values" in refusal_of("hours: &a [*a]")


def test_a_value_may_be_reused_by_an_alias() -> None:
    found = load("teams:\n  a: &x {channel: c}\n  b: *x\n")

    assert found.teams["a"] == found.teams["b"]
