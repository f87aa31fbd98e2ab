"""Thousands of reasoned noes as a handful of lines."""

from bot.skip_groups import SkipGroup, skip_groups
from finops.domain.opportunity import Skipped


def skip(key: str, reason: str, detector: str = "over-requested CPU") -> Skipped:
    return Skipped(detector, key, reason)


def test_figures_and_what_follows_a_colon_make_no_new_reason() -> None:
    groups = skip_groups(
        [
            skip("a", "The change is too small: 20m to 16m is 20%."),
            skip("b", "The change is too small: 1Gi to 1000Mi is 3%."),
            skip("c", "3 of 14 days of history."),
            skip("d", "2 of 14 days of history."),
            skip("e", "4 of 14 days of history."),
        ]
    )

    assert groups == [
        SkipGroup(
            "over-requested CPU", "3 of 14 days of history, and the like", 3,
            "c: 3 of 14 days of history.",
        ),
        SkipGroup(
            "over-requested CPU", "The change is too small", 2,
            "a: The change is too small: 20m to 16m is 20%.",
        ),
    ]  # fmt: skip


def test_a_lonely_reason_keeps_its_whole_sentence() -> None:
    (group,) = skip_groups([skip("a", "It is too small: 20m to 16m.")])

    assert group.reason == "It is too small: 20m to 16m"


def test_detectors_are_kept_apart() -> None:
    groups = skip_groups([skip("a", "No usage."), skip("a", "No usage.", "over-requested memory")])

    assert [(group.detector, group.count) for group in groups] == [
        ("over-requested CPU", 1),
        ("over-requested memory", 1),
    ]


def test_counts_add_up() -> None:
    skips = [skip(str(n), f"{n % 7} of 14 days: {n}") for n in range(100)]

    assert sum(group.count for group in skip_groups(skips)) == 100
