"""What is asked for against what is risked: our modes beside KRR's and VPA's rules, as a picture.

A line is one policy with everything it asks for multiplied: how much risk its kind of rule leaves
at each cost. The nearer to the lower left, the better; nothing can be left of 1 at no risk.
"""

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from finops.reports.drawing import (
    IN_FLIGHT,
    INK,
    OFFERED,
    PAPER,
    QUIET,
    RULE,
    VERIFIED,
    Chart,
    add_axes,
    new_figure,
    png_of,
    write,
    write_title,
)
from finops.rightsizing.backtest import Backtest, Curve, Figures

_NAMES = {
    "lean": "lean",
    "safe": "safe",
    "krr": "KRR's rule",
    "vpa": "VPA's rule",
    "set": "set now",
}
_COLOURS = {"lean": VERIFIED, "safe": VERIFIED, "krr": OFFERED, "vpa": IN_FLIGHT, "set": INK}
_LEAST, _MOST = 0.7, 2.6
Points = dict[str, Figures]


def frontier_chart(result: Backtest) -> Chart:
    """Draw CPU and memory side by side."""
    cpu, memory = _points(result, "cpu"), _points(result, "memory")
    title = _title(cpu)
    figure = new_figure(3.9)
    note = "Across: what is asked for ÷ the least that would have done. Lower left is better."
    top = write_title(figure, title, note) + 0.25
    left = add_axes(figure, left=0.62, right=3.4, top=top, bottom=0.42)
    right = add_axes(figure, left=3.62, right=0.28, top=top, bottom=0.42)
    _draw(left, cpu, result.cpu_frontiers, "CPU: over > 5 % of the time")
    _draw(right, memory, result.memory_frontiers, "Memory: ever over")
    left.set_ylabel("share of windows over", color=QUIET, fontsize=9.5)
    return Chart(png=png_of(figure), alt_text=_alt_text(title, cpu, memory), title=title)


def _points(result: Backtest, resource: str) -> Points:
    found = {name: getattr(result.of(name), resource) for name in _NAMES}
    return {name: figures for name, figures in found.items() if figures is not None}


def _draw(axes: Axes, points: Points, frontiers: dict[str, Curve], heading: str) -> None:
    highest = 1.25 * max(figures.risk for figures in points.values()) or 0.1
    for name, curve in frontiers.items():
        axes.plot(*zip(*curve, strict=True), color=_COLOURS[name], linewidth=1.6, alpha=0.55)
    for name, figures in points.items():
        _mark(axes, name, figures)
    axes.set_xlim(_LEAST, _MOST)
    axes.set_ylim(0, highest)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}×"))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: percent_words(value)))
    axes.yaxis.set_major_locator(MaxNLocator(5))
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.grid(True, color=RULE, linewidth=0.8)
    axes.axvline(1, color=QUIET, linewidth=1, linestyle=(0, (3, 3)))
    axes.set_title(heading, loc="left", fontsize=9.5, color=INK, weight="bold", pad=8)


def _mark(axes: Axes, name: str, figures: Figures) -> None:
    """A dot with its name; what lies beyond the edge is named at the edge with its figure."""
    inside = figures.ratio <= _MOST
    place = min(figures.ratio, _MOST)
    hollow = "white" if name == "safe" else _COLOURS[name]
    axes.plot(
        place, figures.risk, marker="o" if inside else ">", markersize=7, clip_on=False, zorder=4,
        markerfacecolor=hollow, markeredgecolor=_COLOURS[name], markeredgewidth=1.8,
    )  # fmt: skip
    words = _NAMES[name] if inside else f"{_NAMES[name]} {figures.ratio:.1f}×"
    style: dict[str, object] = {
        "color": _COLOURS[name],
        "weight": "bold",
        "fontsize": 9,
        "zorder": 3,
    }
    style |= {"bbox": {"facecolor": PAPER, "edgecolor": "none", "pad": 1, "alpha": 0.8}}
    side = {"ha": "left" if inside else "right", "va": "bottom" if name == "lean" else "center"}
    write(axes, (place + (0.08 if inside else -0.08), figures.risk), words, **style, **side)


def percent_words(value: float) -> str:
    """`0.05` → `5 %`."""
    return f"{100 * value:.0f} %"


def _title(cpu: Points) -> str:
    lean, krr = cpu["lean"], cpu["krr"]
    said = (
        f"Lean over-runs {percent_words(lean.risk)} of CPU requests where KRR's rule over-runs "
        f"{percent_words(krr.risk)}"
    )
    now = cpu.get("set")
    if now is None or now.asked <= 0:
        return said
    change = lean.asked / now.asked - 1
    word = "less" if change < 0 else "more"
    return f"{said}, and asks for {percent_words(abs(change))} {word} than is set"


def _alt_text(title: str, cpu: Points, memory: Points) -> str:
    def listed(points: Points) -> str:
        return ", ".join(
            f"{_NAMES[name]} {figures.ratio:.2f}× at {percent_words(figures.risk)}"
            for name, figures in points.items()
        )

    return (
        f"Two charts of cost against risk. {title}. Asked for ÷ the least, at the share of "
        f"windows over it: CPU {listed(cpu)}; memory {listed(memory)}."
    )
