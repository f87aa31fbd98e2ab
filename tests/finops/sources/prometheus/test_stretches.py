from hypothesis import given
from hypothesis import strategies as st

from finops.domain.estate import Container, Workload
from finops.ports import Mark
from finops.sources.prometheus.asker import MOST_SAMPLES
from finops.sources.prometheus.shards import RESOURCES, shards
from finops.sources.prometheus.stretches import DAY, STEP, Stretch, stretches

END = 20_000 * DAY + 36_000


@given(st.integers(0, 40 * 288), st.integers(0, 287))
def test_stretches_cover_the_time_once_and_never_cross_the_end_of_a_day(
    steps: int, day_start: int
) -> None:
    until, edge = END - steps * STEP, day_start * STEP
    found = list(stretches(until, END, day_start=edge))
    edges = [s for s in range(until + STEP, END + 1, STEP) if s % DAY == edge]

    assert sum(s.seconds for s in found) == END - until
    assert [s.start for s in found[1:]] == [s.end for s in found[:-1]]
    assert sum(max(s.days, 1) for s in found if s.closes) == len(edges)
    for one in found:
        inside = [e for e in edges if one.start < e < one.end]
        assert not inside or one.days


def test_a_short_stretch_is_asked_sample_by_sample() -> None:
    assert Stretch(0, 7_200).answers == 24
    assert Stretch(0, 7_500).answers == 1
    assert Stretch(0, 7_200).as_one().answers == 1
    assert Stretch(0, 14 * DAY, 14).answers == 14


def marks(namespace: str, until: int) -> list[Mark]:
    return [Mark(namespace, resource, until, 3_600) for resource in RESOURCES]


def test_what_was_read_equally_far_is_asked_about_together() -> None:
    known = [*marks("a", END - 300), *marks("b", END - 300), *marks("c", END - DAY)]
    found = shards({"a": 1, "b": 1, "c": 1, "new": 1}, known, end=END, window_days=14)

    assert sorted(shard.namespaces for shard in found) == [("a", "b"), ("c",), ("new",)]
    [new] = [shard for shard in found if "new" in shard.namespaces]
    assert new.start["cpu"] % DAY == new.day_start == 3_600
    assert 14 * DAY <= END - new.start["cpu"] < 15 * DAY
    assert new.begins_anew("cpu")


def test_the_first_reading_asks_for_whole_days_only() -> None:
    [shard] = shards({"a": 1}, [], end=END, window_days=14)
    [stretch] = stretches(shard.start["cpu"], END, day_start=shard.day_start)

    assert (stretch.days, stretch.end) == (14, END)


def test_what_is_too_old_begins_anew_and_is_asked_for_28_days_at_most() -> None:
    [shard] = shards({"a": 1}, marks("a", END - 90 * DAY), end=END, window_days=14)

    assert shard.begins_anew("memory")
    assert END - shard.start["memory"] < 29 * DAY
    assert shard.before["memory"] == END - 90 * DAY


def test_large_estates_come_in_pieces_that_a_shared_server_can_bear() -> None:
    series = {f"n{number:03d}": 40 for number in range(500)}
    first = shards(series, [], end=END, window_days=14)
    next_hour = shards(
        series,
        [mark for name in series for mark in marks(name, END - 3_600)],
        end=END,
        window_days=14,
    )

    assert all(sum(series[n] for n in s.namespaces) * 14 * 288 <= MOST_SAMPLES for s in first)
    assert len(next_hour) < len(first) / 3
    assert sorted(n for s in first for n in s.namespaces) == sorted(series)


def test_a_namespace_of_many_pods_is_a_shard_of_its_own() -> None:
    found = shards({"a": 1, "huge": 10**6, "z": 1}, [], end=END, window_days=14)

    assert [shard.namespaces for shard in found] == [("a",), ("huge",), ("z",)]


def test_workloads_are_counted_by_containers_of_their_pods() -> None:
    from finops.sources.prometheus.shards import series_by_namespace

    two = (Container(name="a"), Container(name="b"))
    workload = Workload(
        cluster="c", namespace="n", kind="Deployment", name="w", replicas=3, containers=two
    )

    assert series_by_namespace([workload, workload]) == {"n": 12}
