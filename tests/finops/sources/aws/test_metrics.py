"""Windows, batches and sums of CloudWatch answers."""

from datetime import UTC, datetime, timedelta
from typing import Any

from finops.sources.aws.metric_wishes import SUM, Wish
from finops.sources.aws.metrics import Window, read_metrics
from finops.sources.aws.region import Asker, Setbacks
from tests.finops.sources.aws.readings import REGION, clients
from tests.real_parts.aws_in_front import InFront, Rule

NOW = datetime(2026, 7, 15, 12, tzinfo=UTC)


def wishes(count: int) -> list[Wish]:
    return [
        Wish(f"vol-{n}", "VolumeReadOps", "AWS/EBS", "VolumeReadOps", (("VolumeId", str(n)),), SUM)
        for n in range(count)
    ]


def test_a_window_is_whole_days_and_what_there_is_of_today() -> None:
    window = Window.before(NOW, 14)

    assert (window.start, window.end) == (datetime(2026, 7, 1, tzinfo=UTC), NOW)
    assert window.days == 14.5
    assert window.shortened(3).start == datetime(2026, 7, 12, tzinfo=UTC)
    assert window.shortened(90) == window.shortened(None) == window


def test_500_metrics_go_into_one_call_and_none_is_asked_twice(
    aws: Any, aws_in_front: InFront
) -> None:
    asker = Asker(clients(aws, endpoint_url=aws_in_front.endpoint_url), REGION, Setbacks())
    reading = read_metrics(asker, wishes(501) * 2, Window.before(NOW, 2))

    assert aws_in_front.seen == [f"{REGION} monitoring GetMetricData"] * 2
    assert reading.asked == 501
    assert len(reading.summaries) == 501
    assert reading.summaries["vol-7"]["VolumeReadOps"].datapoints == 0


def test_nothing_wished_is_nothing_asked(aws: Any, aws_in_front: InFront) -> None:
    asker = Asker(clients(aws, endpoint_url=aws_in_front.endpoint_url), REGION, Setbacks())

    assert read_metrics(asker, [], Window.before(NOW, 2)).asked == 0
    assert aws_in_front.seen == []


# As CloudWatch answers in parts: the first page is unfinished, the second completes it.
FIRST = """{"MetricDataResults": [{"Id": "m0", "Label": "x", "StatusCode": "PartialData",
"Timestamps": [1783900800], "Values": [3.0]}], "NextToken": "more"}"""
SECOND = """{"MetricDataResults": [
{"Id": "m0", "Label": "x", "StatusCode": "Complete", "Timestamps": [1783987200], "Values": [4.0]},
{"Id": "m1", "Label": "x", "StatusCode": "InternalError", "Timestamps": [], "Values": []}]}"""


def test_an_answer_in_parts_is_put_together_and_a_failed_one_is_no_zero(
    aws: Any, aws_in_front: InFront
) -> None:
    first, second = Rule("monitoring", body=FIRST), Rule("monitoring", body=SECOND)
    aws_in_front.once = [first, second]
    asker = Asker(clients(aws, endpoint_url=aws_in_front.endpoint_url), REGION, Setbacks())
    reading = read_metrics(asker, wishes(2), Window.before(NOW, 14))
    [summary] = reading.summaries["vol-0"].values()
    [failure] = asker.setbacks.failures

    assert (summary.datapoints, summary.total) == (2, 7.0)
    assert summary.last_at == datetime(2026, 7, 13, tzinfo=UTC) + timedelta(days=1)
    assert "vol-1" not in reading.summaries
    assert failure.code == "InternalError"
