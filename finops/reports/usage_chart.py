"""Use against request: what each day needed, what is asked for now, what is proposed and its band.

Twice: wide for the detail, and small, without letters that nobody could read there, for a card.
The green band is where a request holds for the next 14 days with a chance of 80 to 97 %.
"""

from dataclasses import dataclass
from decimal import Decimal
from math import inf, log2

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from finops.domain.changes import Setting
from finops.domain.opportunity import Opportunity
from finops.domain.quantities import GIB, MIB
from finops.reports.drawing import (
    IN_FLIGHT,
    INK,
    PAPER,
    PROMISE,
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
from finops.rightsizing.edited import band_of, written

# Slack shows an accessory 72 to 88 px wide; three times that is sharp on every screen.
_SMALL_INCHES = 1.32
# A name and a value of so many letters stand beside the plot.
_NAMES_INCHES = 1.5


@dataclass(frozen=True, slots=True)
class _Picture:
    """What is drawn: values in millicores or bytes."""

    setting: Setting
    peaks: tuple[float, ...]
    now: int
    proposed: int
    band: tuple[int, int]
    title: str
    alt_text: str

    @property
    def highest(self) -> float:
        return max(*self.peaks, self.now, self.proposed)


def has_usage_chart(opportunity: Opportunity) -> bool:
    """Whether there are daily figures to draw."""
    return opportunity.basis is not None and len(opportunity.basis.usage.daily_peaks) > 1


def usage_alt_text(opportunity: Opportunity) -> str:
    """What both pictures show, in words."""
    basis, change = opportunity.basis, opportunity.changes[0]
    assert basis is not None  # noqa: S101 - has_usage_chart has said so
    peaks = basis.usage.daily_peaks
    held = sum(peak <= change.number for peak in peaks)
    return (
        f"Bars of {len(peaks)} days of use under two lines. {_title(opportunity)}. It would have "
        f"covered {held} of {len(peaks)} days."
    )


def usage_chart(opportunity: Opportunity) -> Chart:
    """The wide one; the opportunity must have daily figures."""
    shown = _picture(opportunity)
    figure = new_figure(3.1)
    note = f"{_statistic(shown.setting)} of each day, the newest on the right."
    top = write_title(figure, shown.title, note) + 0.12
    axes = add_axes(figure, left=0.62, right=_NAMES_INCHES, top=top, bottom=0.25)
    _draw(axes, shown)
    axes.yaxis.set_major_locator(_Round(shown.setting))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: _tick(shown.setting, value)))
    axes.grid(True, axis="y", color=RULE, linewidth=0.8)
    axes.set_xticks([-0.6, len(shown.peaks) - 0.4], [f"{len(shown.peaks)} days ago", "today"])
    first, last = axes.get_xticklabels()
    first.set_horizontalalignment("left")
    last.set_horizontalalignment("right")
    _name_lines(axes, shown)
    return Chart(png=png_of(figure), alt_text=shown.alt_text, title=shown.title)


def usage_thumbnail(opportunity: Opportunity) -> Chart:
    """The small one: bars under two lines. Its words are in the alt text and on the card."""
    shown = _picture(opportunity)
    figure = Figure(figsize=(_SMALL_INCHES, _SMALL_INCHES), dpi=200, facecolor=PAPER)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.06, 0.07, 0.88, 0.86))
    axes.set_axis_off()
    _draw(axes, shown, thickness=2.6)
    return Chart(png=png_of(figure), alt_text=shown.alt_text, title=shown.title)


def _draw(axes: Axes, shown: _Picture, thickness: float = 2.0) -> None:
    days = range(len(shown.peaks))
    over = [PROMISE if peak > shown.proposed else IN_FLIGHT for peak in shown.peaks]
    axes.bar(days, shown.peaks, width=0.72, color=over, zorder=2)
    low, high = shown.band
    if low:
        top = min(high or inf, 1.1 * shown.highest)
        axes.axhspan(low, top, color=VERIFIED, alpha=0.16, linewidth=0, zorder=1)
    axes.axhline(shown.now, color=INK, linewidth=thickness, linestyle=(0, (4, 2)), zorder=3)
    axes.axhline(shown.proposed, color=VERIFIED, linewidth=thickness + 0.4, zorder=4)
    axes.set_xlim(-0.6, len(shown.peaks) - 0.4)
    axes.set_ylim(0, 1.1 * shown.highest)


def _name_lines(axes: Axes, shown: _Picture) -> None:
    """Beside their ends, apart by a line's height at least."""
    names = sorted(
        (
            (float(shown.now), f"now {written(shown.setting, shown.now)}", INK),
            (float(shown.proposed), f"proposed {written(shown.setting, shown.proposed)}", VERIFIED),
        )
    )
    least = 0.12 * shown.highest
    (low, low_words, low_ink), (high, high_words, high_ink) = names
    gap = max(0.0, least - (high - low)) / 2
    right = len(shown.peaks) - 0.25
    style = {"va": "center", "ha": "left", "weight": "bold", "fontsize": 9.5}
    write(axes, (right, low - gap), low_words, color=low_ink, **style)
    write(axes, (right, high + gap), high_words, color=high_ink, **style)
    if shown.band[0]:
        below = min(low - gap, shown.proposed) - least
        chance = "80 to 97 %" if shown.band[1] else "80 % or more"
        words = f"green: {chance}\nlikely to hold"
        place = (right, max(below, 0.05 * shown.highest))
        side = "top" if below > 0.25 * shown.highest else "bottom"
        write(axes, place, words, color=QUIET, va=side, ha="left", fontsize=8)


def _picture(opportunity: Opportunity) -> _Picture:
    basis, change = opportunity.basis, opportunity.changes[0]
    assert basis is not None  # noqa: S101 - has_usage_chart has said so
    return _Picture(
        setting=change.setting,
        peaks=basis.usage.daily_peaks,
        now=change.current_number or 0,
        proposed=change.number,
        band=band_of(opportunity),
        title=_title(opportunity),
        alt_text=usage_alt_text(opportunity),
    )


def _title(opportunity: Opportunity) -> str:
    basis, change = opportunity.basis, opportunity.changes[0]
    assert basis is not None  # noqa: S101 - has_usage_chart has said so
    most, days = _tick(change.setting, basis.usage.maximum), len(basis.usage.daily_peaks)
    now, proposed = (
        written(change.setting, v or 0) for v in (change.current_number, change.number)
    )
    return f"Used at most {most} in {days} days: {now} is asked for, {proposed} is proposed"


class _Round(MaxNLocator):
    """Few round figures: of millicores, or of bytes, whose round figures are powers of two."""

    def __init__(self, setting: Setting) -> None:
        super().__init__(4, steps=[1, 2, 2.5, 5, 10])
        self._is_memory = setting is Setting.MEMORY_REQUEST

    def tick_values(self, vmin: float, vmax: float) -> list[float]:
        """Where the lines are."""
        if not self._is_memory:
            return list(super().tick_values(vmin, vmax))
        step = 2 ** round(log2(max(vmax / 4, MIB)))
        return [step * n for n in range(int(vmax // step) + 1)]


def _statistic(setting: Setting) -> str:
    return "95th percentile" if setting is Setting.CPU_REQUEST else "Maximum"


def _tick(setting: Setting, value: float) -> str:
    """`250m`, `1.5` cores, `512 MiB`, in few letters."""
    if not value:
        return "0"
    if setting is Setting.CPU_REQUEST:
        return f"{value / 1000:g}" if value >= 1000 else f"{round(value)}m"
    if value >= GIB:
        return f"{Decimal(value) / GIB:.1f}".removesuffix(".0") + "Gi"
    return f"{value / MIB:.0f}Mi"
