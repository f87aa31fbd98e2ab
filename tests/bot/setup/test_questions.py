"""Asking: Enter takes the default, a wrong answer is asked again."""

from collections.abc import Callable

import pytest

from bot.setup.questions import AtTerminal, chosen

OPTIONS = ["us", "eu", "ap"]


def at_terminal(*answers: str) -> tuple[AtTerminal, list[str]]:
    said: list[str] = []
    left = list(answers)

    def ask(question: str) -> str:
        said.append(question)
        return left.pop(0)

    return AtTerminal(said.append, ask), said


def no_hash(answer: str) -> str:
    return "No hash, please." if "#" in answer else ""


def test_enter_takes_the_default() -> None:
    asked, said = at_terminal("", "", "")

    assert asked.text("Name", default="prod") == "prod"
    assert asked.yes("Sure?", default=True)
    assert asked.some("Which?", OPTIONS, default=["eu"]) == ["eu"]
    assert said[0] == "Name [prod]: "


def test_a_wrong_answer_is_asked_again_with_the_reason() -> None:
    asked, said = at_terminal("#a", "b", "perhaps", "no")

    assert asked.text("Channel", problem=no_hash) == "b"
    assert not asked.yes("Sure?", default=True)
    assert "  No hash, please." in said
    assert "  Please answer y or n." in said


@pytest.mark.parametrize(
    ("answer", "found", "wrong"),
    [
        ("1", ["us"], ""),
        ("3, 1", ["us", "ap"], ""),
        ("eu,2", ["eu"], ""),
        ("ALL", OPTIONS, ""),
        ("none", [], ""),
        ("4", [], "4"),
        ("us, xx", ["us"], "xx"),
        ("0", [], "0"),
    ],
)
def test_numbers_and_names_both_choose(answer: str, found: list[str], wrong: str) -> None:
    assert chosen(answer, OPTIONS) == (found, wrong)


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, EOFError])
def test_an_interruption_goes_through(interruption: type[BaseException]) -> None:
    def ask(_question: str) -> str:
        raise interruption

    questions: list[Callable[[AtTerminal], object]] = [
        lambda asked: asked.text("x"),
        lambda asked: asked.yes("x", default=True),
        lambda asked: asked.some("x", OPTIONS, default=[]),
    ]
    for question in questions:
        with pytest.raises(interruption):
            question(AtTerminal(lambda _: None, ask))
