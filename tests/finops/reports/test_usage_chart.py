"""The pictures of use against request: legible, small, and said in words."""

import io

import pytest
from PIL import Image

from finops.domain.changes import Change, Setting
from finops.domain.opportunity import WasteKind
from finops.reports.usage_chart import (
    has_usage_chart,
    usage_alt_text,
    usage_chart,
    usage_thumbnail,
)
from tests.finops.examples import opportunity
from tests.handlers.bases import cpu_basis


@pytest.mark.parametrize(("now", "proposed"), [(480, 120), (480, 470), (480, 82), (480, 900)])
def test_both_pictures_are_drawn_wherever_the_lines_are(now: int, proposed: int) -> None:
    shown = opportunity(changes=(Change(Setting.CPU_REQUEST, now, proposed),), basis=cpu_basis())
    wide, small = usage_chart(shown), usage_thumbnail(shown)

    assert Image.open(io.BytesIO(wide.png)).size[0] == 1280
    assert Image.open(io.BytesIO(small.png)).size == (264, 264)
    assert len(small.png) < 5_000
    assert wide.alt_text == small.alt_text == usage_alt_text(shown)


def test_the_words_say_what_the_picture_shows() -> None:
    shown = opportunity(changes=(Change(Setting.CPU_REQUEST, 480, 85),), basis=cpu_basis())

    assert usage_alt_text(shown) == (
        "Bars of 14 days of use under two lines. Used at most 96m in 14 days: 480m is asked for, "
        "85m is proposed. It would have covered 9 of 14 days."
    )


def test_without_days_there_is_no_picture() -> None:
    assert not has_usage_chart(opportunity())
    assert not has_usage_chart(opportunity(kind=WasteKind.ORPHAN_VOLUME))
