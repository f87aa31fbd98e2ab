"""The benchmark's own counting must be able to say that something was asked twice."""

from typing import Any

from benchmarks.aws_inventory import Recorder, first_pages, run, session


def test_a_call_that_is_sent_twice_is_counted_twice(aws: Any) -> None:
    recorder, made = Recorder(), session()
    recorder.watch(made)
    ec2 = made.client("ec2", endpoint_url=aws.endpoint_url)
    ec2.describe_volumes()
    ec2.describe_volumes()
    ec2.describe_volumes(MaxResults=5)

    assert recorder.sent.total() - len(recorder.sent) == 1
    assert recorder.asked[0] == ("ec2", "describe_volumes", {})


def test_a_further_page_is_not_a_call_of_its_own() -> None:
    asked = [
        ("logs", "describe_log_groups", {}),
        ("logs", "describe_log_groups", {"nextToken": "t"}),
    ]

    assert first_pages(asked) == asked[:1]


def test_what_was_filled_is_found_and_nothing_is_asked_twice(aws: Any) -> None:
    counts = {"volumes": 7, "snapshots": 3, "addresses": 2, "balancers": 2, "instances": 4}
    figures = run(aws.endpoint_url, counts, say=False)

    assert {kind: figures[kind] for kind in counts} == counts
    assert figures["calls_repeated"] == 0
    assert figures["metrics_asked"] == 7 * 2 + 4 * 4 + 2 * 2
    assert figures["calls"] < 30
