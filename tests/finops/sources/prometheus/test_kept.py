"""Series that fade: what has no samples left is not carried along for ever."""

import numpy as np

from finops.ports import SeriesKey
from finops.sources.prometheus.folding import StabilityAnswers, UsageAnswers
from finops.sources.prometheus.kept import Kept, folded
from finops.sources.prometheus.stretches import DAY, STEP, Stretch
from finops.sources.prometheus.tables import RowKey, Table

NOTHING = Table({}, np.empty((0, 1)))
WEB = SeriesKey("shop", "Deployment", "web", "server", "cpu")


def key_of(row: RowKey) -> SeriesKey:
    return SeriesKey(row[0], "Deployment", row[1], row[2], "cpu")


def five_minutes() -> UsageAnswers:
    row: dict[RowKey, int] = {("shop", "web", "server"): 0}
    return UsageAnswers(Stretch(0, STEP, closes=True), samples=Table(row, np.array([[200.0]])))


def silent_days(count: int) -> list[UsageAnswers]:
    return [
        UsageAnswers(Stretch(day * DAY, (day + 1) * DAY, closes=True), samples=NOTHING)
        for day in range(count)
    ]


def after(days: int) -> Kept:
    return folded({}, [five_minutes(), *silent_days(days)], resource="cpu", key_of=key_of)


def test_a_series_is_written_while_one_of_28_days_has_a_sample() -> None:
    still, faded = after(27), after(28)

    assert still.known_keys() == [WEB]
    assert still.written()[WEB]
    assert faded.known_keys() == []
    assert faded.written() == {WEB: b""}


def test_a_series_that_begins_anew_forgets_what_was_kept() -> None:
    kept = after(0).written()
    anew = folded(kept, silent_days(1), resource="cpu", key_of=key_of, anew=True)

    assert anew.written() == {WEB: b""}


def test_troubles_of_what_left_fade_too() -> None:
    day = Stretch(0, DAY, 1, closes=True)
    quiet = StabilityAnswers(day, NOTHING, restarts=NOTHING, killed=NOTHING, kills=NOTHING)
    here = folded({}, [quiet], resource="stability", key_of=key_of, also=[WEB])
    gone = folded(here.written(), [quiet] * 28, resource="stability", key_of=key_of)

    assert [one.is_watched for one in here.stability().values()] == [True]
    assert set(gone.written().values()) == {b""}
