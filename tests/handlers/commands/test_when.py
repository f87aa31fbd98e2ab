from datetime import UTC, datetime

import pytest

from finops.domain.errors import InvalidInput
from handlers.commands.when import read_until, split_until

WEDNESDAY = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "until"),
    [
        ("2h", "2026-11-25T11:30"),
        ("3 days", "2026-11-28T09:30"),
        ("1w", "2026-12-02T09:30"),
        ("until friday", "2026-11-27T00:00"),
        ("wed", "2026-12-02T00:00"),
        ("tomorrow", "2026-11-26T00:00"),
        ("month end", "2026-12-01T00:00"),
        ("2026-12-24", "2026-12-24T00:00"),
        ("2026-12-24 18:05", "2026-12-24T18:05"),
        ("For  2 HOURS", "2026-11-25T11:30"),
    ],
)
def test_people_write_times_in_many_ways(words: str, until: str) -> None:
    assert read_until(words, WEDNESDAY).isoformat() == f"{until}:00+00:00"


@pytest.mark.parametrize(
    "words", ["", "soon", "t", "2026-13-01", "2026-02-30", "-1d", "1y", "0x2h"]
)
def test_what_is_no_time_is_refused_with_examples(words: str) -> None:
    with pytest.raises(InvalidInput, match=r"no time I know|no date and time"):
        read_until(words, WEDNESDAY)


def test_the_month_ends_also_in_december() -> None:
    december = datetime(2026, 12, 31, 23, tzinfo=UTC)

    assert read_until("month end", december) == datetime(2027, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        ("team shop until friday", ("team shop", "friday")),
        ("team shop for 2 hours", ("team shop", "2 hours")),
        ("op-1 1w", ("op-1", "1w")),
        ("until friday", ("", "friday")),
        ("2h", ("", "2h")),
        ("all", ("all", "")),
        ("namespace 2h-jobs", ("namespace 2h-jobs", "")),
    ],
)
def test_scope_and_time_are_told_apart(words: str, parts: tuple[str, str]) -> None:
    assert split_until(words) == parts
