"""What reads and writes tell about an unattached volume."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from finops.domain.cloud import MetricSummary
from finops.domain.estate import Volume
from finops.sources.aws.detached import READS_AND_WRITES, with_detachment
from finops.sources.aws.metrics import Window

NOW = datetime(2026, 7, 15, 12, tzinfo=UTC)
WINDOW = Window.before(NOW, 14)
TODAY = datetime(2026, 7, 15, tzinfo=UTC)


def measured(*last: datetime | None, **options: object) -> Volume:
    metrics = {
        name: MetricSummary(name=name, window_days=14.5, datapoints=int(bool(day)), last_at=day)
        for name, day in zip(READS_AND_WRITES, last, strict=False)
    }
    volume = Volume(
        volume_id="vol-1", size_gib=1, volume_type="gp3", is_attached=False, metrics=metrics
    )
    return replace(volume, **options)  # type: ignore[arg-type] # a test names real fields


def test_the_day_after_the_last_reads_or_writes_is_the_first_without_use() -> None:
    volume = with_detachment(measured(TODAY - timedelta(days=9), TODAY - timedelta(days=5)), WINDOW)

    assert volume.detached_since == TODAY - timedelta(days=4)
    assert volume.detached_evidence == (
        "CloudWatch measured its last reads or writes on 2026-07-10"
    )


def test_what_was_used_today_is_unused_since_now_at_the_earliest() -> None:
    assert with_detachment(measured(TODAY, None), WINDOW).detached_since == NOW


def test_a_silent_window_says_no_more_than_its_own_length() -> None:
    volume = with_detachment(measured(None, None), WINDOW)

    assert volume.detached_since == datetime(2026, 7, 1, tzinfo=UTC)
    assert "no reads or writes since 2026-07-01, as far back as was asked" in (
        volume.detached_evidence
    )


def test_a_silence_of_three_days_says_nothing() -> None:
    short = Window.before(NOW, 3)

    assert with_detachment(measured(None, None), short).detached_since is None
    assert with_detachment(measured(TODAY, None), short).detached_since == NOW


def test_a_young_volume_is_unused_since_it_was_made() -> None:
    made = TODAY - timedelta(days=2)

    assert with_detachment(measured(None, None, created_at=made), WINDOW).detached_since == made


def test_a_tag_is_believed_and_half_an_answer_is_none() -> None:
    tagged = measured(TODAY, TODAY, detached_since=TODAY - timedelta(days=90))

    assert with_detachment(tagged, WINDOW) == tagged
    assert with_detachment(measured(TODAY), WINDOW).detached_since is None
    assert with_detachment(measured(TODAY, TODAY, is_attached=True), WINDOW).detached_since is None
