"""Asking a person, or taking every default."""

from collections.abc import Callable, Sequence
from typing import Protocol

NONE = "none"
ALL = "all"


class Questions(Protocol):
    """Who answers: a person at a terminal, or the defaults (`--yes`)."""

    def text(
        self, question: str, *, default: str = "", problem: Callable[[str], str] = lambda _: ""
    ) -> str:
        """One line; `problem` says what is wrong with an answer, empty when nothing is."""
        ...

    def yes(self, question: str, *, default: bool) -> bool:
        """Yes or no."""
        ...

    def some(self, question: str, options: Sequence[str], *, default: Sequence[str]) -> list[str]:
        """Any of the options."""
        ...

    def say(self, line: str = "") -> None:
        """Tell the person something."""
        ...


class Defaults:
    """`--yes`: nobody is asked, nothing is said."""

    def text(
        self, question: str, *, default: str = "", problem: Callable[[str], str] = lambda _: ""
    ) -> str:
        """The default."""
        return default

    def yes(self, question: str, *, default: bool) -> bool:
        """The default."""
        return default

    def some(self, question: str, options: Sequence[str], *, default: Sequence[str]) -> list[str]:
        """The default."""
        return list(default)

    def say(self, line: str = "") -> None:
        """Nobody listens."""


class AtTerminal:
    """A person; Enter takes the default in brackets. Ctrl-C and Ctrl-D go through."""

    def __init__(self, say: Callable[[str], None], ask: Callable[[str], str] = input) -> None:
        self._say = say
        self._ask = ask

    def text(
        self, question: str, *, default: str = "", problem: Callable[[str], str] = lambda _: ""
    ) -> str:
        """Asked again until it is right."""
        while True:
            shown = f" [{default}]" if default else ""
            answer = self._ask(f"{question}{shown}: ").strip() or default
            wrong = problem(answer) if answer else ""
            if not wrong:
                return answer
            self._say(f"  {wrong}")

    def yes(self, question: str, *, default: bool) -> bool:
        """Y or n."""
        shown = "Y/n" if default else "y/N"

        def problem(answer: str) -> str:
            is_known = answer.lower() in ("y", "yes", "n", "no")
            return "" if is_known else "Please answer y or n."

        while True:
            answer = self._ask(f"{question} [{shown}]: ").strip()
            if not answer:
                return default
            if not problem(answer):
                return answer.lower().startswith("y")
            self._say(f"  {problem(answer)}")

    def some(self, question: str, options: Sequence[str], *, default: Sequence[str]) -> list[str]:
        """Numbers or names with commas, `all` or `none`."""
        self._say(question)
        for number, option in enumerate(options, start=1):
            self._say(f"  {number:>2}  {option}")
        usual = ALL if list(default) == list(options) else ", ".join(default) or NONE

        def problem(answer: str) -> str:
            wrong = chosen(answer, options)[1]
            return (
                f"{wrong!r} is none of them; write numbers with commas, all or none."
                if wrong
                else ""
            )

        answer = self.text("Numbers with commas, all or none", default=usual, problem=problem)
        return chosen(answer, options)[0]

    def say(self, line: str = "") -> None:
        """Print it."""
        self._say(line)


def chosen(answer: str, options: Sequence[str]) -> tuple[list[str], str]:
    """The options an answer names, in their own order, and the first word that names none.

    >>> chosen("2, eu", ["us", "eu", "ap"])
    (['eu'], '')
    """
    words = [word.strip() for word in answer.split(",") if word.strip()]
    if [word.lower() for word in words] == [ALL]:
        return list(options), ""
    if [word.lower() for word in words] == [NONE]:
        return [], ""
    numbered = {str(number): option for number, option in enumerate(options, start=1)}
    found = [word if word in options else numbered.get(word) for word in words]
    wrong = next((word for word, option in zip(words, found, strict=True) if option is None), "")
    return [option for option in options if option in found], wrong
