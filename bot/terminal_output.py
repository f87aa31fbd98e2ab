"""The terminal itself: its width, its colours, and whether there is one at all (rich).

Colour only on a terminal, none with NO_COLOR; the names of the 16 colours, so that a light and a
dark theme both stay readable.
"""

import sys
from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

WIDEST = 120
INTO_A_FILE = 100
NARROWEST = 60


def output() -> Console:
    """Standard output."""
    return Console(file=sys.stdout, highlight=False, markup=False, emoji=False, soft_wrap=True)


def errors() -> Console:
    """Standard error: progress and what is no result."""
    return Console(file=sys.stderr, highlight=False, markup=False, emoji=False, soft_wrap=True)


def width_of(console: Console) -> int:
    """How wide text may be: the terminal, at least 60, at most 120; 100 into a file."""
    return max(NARROWEST, min(WIDEST, console.width)) if console.is_terminal else INTO_A_FILE


def print_spans(console: Console, lines: Iterable[Iterable[tuple[str, str]]]) -> None:
    """Print lines of (text, style) pieces."""
    for line in lines:
        console.print(Text.assemble(*line))
