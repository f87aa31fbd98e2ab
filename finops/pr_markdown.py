"""Markdown that shows what it is given and does nothing: it pings nobody and forges no table."""

import re
from collections.abc import Iterable, Sequence

MAX_BODY = 60_000  # GitHub takes 65,536 characters.

_SIGNS = re.compile(r"([\\`*_\[\]|~])")
# A zero-width space behind these keeps GitHub from pinging people and linking issues.
_LINKS = re.compile(r"(@|#|:(?=//)|\bwww\.|\bGH-)", re.IGNORECASE)
_ZERO_WIDTH_SPACE = "\u200b"


def escape(text: str) -> str:
    """One line of Markdown that shows `text` and does nothing."""
    plain = one_line(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _LINKS.sub(rf"\1{_ZERO_WIDTH_SPACE}", _SIGNS.sub(r"\\\1", plain))


def one_line(text: str) -> str:
    """Printable text on one line."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def listing_of(title: str, texts: Iterable[str]) -> str:
    """A heading with a list below it; nothing where the list is empty."""
    lines = [f"- {escape(text)}" for text in texts]
    return "\n".join([f"### {title}\n", *lines]) if lines else ""


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; cells are escaped, the head is not."""
    lines = [list(head), ["---"] * len(head), *([escape(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def heading(words: str) -> str:
    """With a capital."""
    return words[:1].upper() + words[1:]


def count(number: int, noun: str) -> str:
    """`1 line`, `3 lines`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def shortened(text: str) -> str:
    """Cut at a line to what GitHub takes, and say so."""
    kept = text[:MAX_BODY].rsplit("\n", 1)[0]
    return text if len(text) <= MAX_BODY else f"{kept}\n\n(Shortened to what GitHub takes.)"
