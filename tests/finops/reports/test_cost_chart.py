"""The picture of costs: opaque, legible, and the same in words."""

import io
from decimal import Decimal

import pytest
from PIL import Image

from finops.reports.cost_chart import MOST_BARS, CostBar, CostPicture, cost_chart


def bar(name: str, cost: str, before: str | None = None, *, is_place: bool = False) -> CostBar:
    old = None if before is None else Decimal(before)
    return CostBar(name=name, cost=Decimal(cost), before=old, shown=f"${cost}", is_place=is_place)


def picture(*bars: CostBar) -> CostPicture:
    return CostPicture(
        title="Cost by team, Nov 1–27, 2026", note="$41", now="Nov", before="Oct", bars=bars
    )


@pytest.mark.parametrize(
    "bars",
    [
        [bar("shop", "120.5", "100"), bar("idle", "40", "41", is_place=True)],
        [bar("shop", "0.004")],
        [bar("credits", "-25", "-20"), bar("shop", "10", "0")],
        [bar("x" * 300, "1e9"), bar("\x00\u202e$^{x}$", "3"), bar("", "2")],
        [bar(f"team {n}", str(100 - n)) for n in range(60)],
        [],
    ],
)
def test_it_is_drawn_whatever_the_data(bars: list[CostBar]) -> None:
    chart = cost_chart(picture(*bars))
    with Image.open(io.BytesIO(chart.png)) as image:
        assert image.width == 1280
        assert image.height <= 200 * (1.6 + 0.34 * MOST_BARS) + 1


def test_the_alternative_text_says_what_the_bars_say() -> None:
    chart = cost_chart(picture(bar("shop", "120.5", "100"), bar("idle", "40", is_place=True)))

    assert chart.alt_text == ("Bar chart. Cost by team, Nov 1–27, 2026. shop $120.5; idle $40.")
