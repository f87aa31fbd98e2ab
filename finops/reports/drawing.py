"""Paper, colours and letters that the charts share.

Colours are Okabe and Ito's, which people with any colour vision tell apart; what is not verified
is also hatched, so the picture survives a black and white printer. The paper is opaque white, so
that it reads the same in Slack's dark mode. No pyplot: its global state is not thread-safe.
"""

import io
import re
import textwrap
import unicodedata
from dataclasses import dataclass
from functools import cache

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import findfont, get_font
from matplotlib.ft2font import FT2Font
from matplotlib.ticker import FuncFormatter, MaxNLocator

from finops.domain.currency import Currency

INK = "#1A1D21"
QUIET = "#5B6470"
RULE = "#DDE1E6"
PAPER = "#FFFFFF"
VERIFIED = "#009E73"
IN_FLIGHT = "#0072B2"
OFFERED = "#E69F00"
PROMISE = "#D55E00"
# Letters on a bar of that colour, in light and dark mode alike.
ON_OFFERED = "#1A1D20"
ON_DARK = "#FFFFFE"
_VARIABLES = {
    INK: "--ink",
    QUIET: "--quiet",
    RULE: "--rule",
    PAPER: "--paper",
    VERIFIED: "--verified",
    IN_FLIGHT: "--in-flight",
    OFFERED: "--offered",
    PROMISE: "--promise",
}

# It comes with matplotlib, so the picture is the same on every machine.
FONT = "DejaVu Sans"
# Slack shows a picture about 560 px wide: at this width 9.5 points are 12 px there.
WIDTH_INCHES = 6.4
DOTS_PER_INCH = 200
_MARGIN_INCHES = 0.28


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture as PNG bytes, its takeaway as the title, and the same in words for alt text.

    `svg` is the same for a web page: its colours are CSS variables (`--ink`, `--paper`, …), so that
    it follows the page into dark mode.
    """

    png: bytes
    alt_text: str
    title: str
    svg: str = ""


def new_figure(height_inches: float) -> Figure:
    """An empty sheet of the common width."""
    figure = Figure(figsize=(WIDTH_INCHES, height_inches), dpi=DOTS_PER_INCH, facecolor=PAPER)
    FigureCanvasAgg(figure)
    return figure


def write_title(figure: Figure, title: str, note: str) -> float:
    """The takeaway on at most three lines and a quiet note under it; returns inches used."""
    height = figure.get_size_inches()[1]
    lines = textwrap.wrap(legible(title, 140), 53) or [""]
    left = _MARGIN_INCHES / WIDTH_INCHES
    top = _MARGIN_INCHES
    for line in lines[:3]:
        _write(figure, (left, 1 - top / height), line, size=12.5, weight="bold", color=INK)
        top += 0.26
    _write(figure, (left, 1 - (top + 0.03) / height), legible(note, 90), size=9, color=QUIET)
    return top + 0.3


def add_axes(figure: Figure, *, left: float, right: float, top: float, bottom: float) -> Axes:
    """Axes placed by inches from each edge of the sheet, with only a light grid."""
    width, height = figure.get_size_inches()
    box = (
        left / width,
        bottom / height,
        (width - left - right) / width,
        (height - top - bottom) / height,
    )
    axes = figure.add_axes(box)
    axes.set_facecolor(PAPER)
    axes.set_axisbelow(True)
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.tick_params(length=0, labelsize=9.5, labelcolor=QUIET, labelfontfamily=FONT)
    return axes


def money_axis(axes: Axes, currency: Currency, *, along_x: bool, steps: int = 4) -> None:
    """Few round figures with light lines; what is drawn is in that currency already."""
    axis = axes.xaxis if along_x else axes.yaxis
    axis.set_major_locator(MaxNLocator(steps, steps=[1, 2, 2.5, 5, 10]))
    axis.set_major_formatter(FuncFormatter(lambda value, _: currency.tick(value)))
    axis.grid(True, color=RULE, linewidth=0.8)


def write(axes: Axes, at: tuple[float, float], words: str, **style: object) -> None:
    """Words at data coordinates; a dollar sign is a dollar sign and never mathematics."""
    options = {"family": FONT, "parse_math": False, "fontsize": 9.5, "color": INK, **style}
    axes.text(at[0], at[1], words, **options)  # type: ignore[arg-type] # text's own options


def png_of(figure: Figure) -> bytes:
    """The sheet as PNG bytes."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", facecolor=PAPER, metadata={"Software": None})
    return buffer.getvalue()


def chart_of(figure: Figure, *, title: str, alt_text: str) -> Chart:
    """The sheet as a chart, for chats and documents (PNG) and for web pages (SVG)."""
    return Chart(png=png_of(figure), alt_text=alt_text, title=title, svg=svg_of(figure))


def svg_of(figure: Figure) -> str:
    """The sheet as an `<svg>` element for inlining; letters are shapes, as in the PNG."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", facecolor=PAPER, metadata={"Date": None, "Creator": None})
    drawn = buffer.getvalue()
    element = drawn[drawn.index("<svg") :]
    for colour, variable in _VARIABLES.items():
        element = re.sub(colour, f"var({variable})", element, flags=re.IGNORECASE)
    return _without_metadata(element)


def on_paper(svg: str) -> str:
    """The same with the colours of white paper in the place of the page's variables."""
    for colour, variable in _VARIABLES.items():
        svg = svg.replace(f"var({variable})", colour)
    return svg


def _without_metadata(element: str) -> str:
    return re.sub(r"<metadata>.*?</metadata>", "", element, flags=re.DOTALL)


def legible(words: str, most: int) -> str:
    """One line of at most `most` characters that the font can draw and nothing can turn around."""
    kept = [
        " " if unicodedata.category(letter) in ("Zs", "Zl", "Zp", "Cc") else letter
        for letter in unicodedata.normalize("NFC", words)
        if unicodedata.category(letter) not in ("Cf", "Cs", "Co", "Cn", "Mn", "Me")
    ]
    drawn = "".join(letter if _glyphs().get_char_index(ord(letter)) else "□" for letter in kept)
    line = " ".join(drawn.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


@cache
def _glyphs() -> FT2Font:
    return get_font(findfont(FONT))


def _write(figure: Figure, at: tuple[float, float], words: str, **style: object) -> None:
    options = {"family": FONT, "parse_math": False, "va": "top", "ha": "left", **style}
    figure.text(at[0], at[1], words, **options)  # type: ignore[arg-type] # text's own options
