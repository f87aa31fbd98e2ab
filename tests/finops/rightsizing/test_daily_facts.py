import numpy as np
import pytest

from finops.domain.errors import InvalidInput
from finops.rightsizing.daily_facts import DailyFacts, Merge
from finops.rightsizing.summaries import REPLICAS, STABILITY, replica_histories, stabilities

NAN = np.nan


def test_parts_of_a_day_merge_each_in_its_own_way() -> None:
    facts = DailyFacts.empty(1, (Merge.SUM, Merge.LEAST, Merge.MOST))
    facts.add(np.array([[2.0, 5, 5]]))
    facts.add(np.array([[3.0, 4, 4]]))
    facts.add(np.array([[NAN, NAN, NAN]]))

    assert facts.values[0, -1].tolist() == [5, 4, 5]


def test_written_facts_read_the_same_and_foreign_ones_are_refused() -> None:
    facts = DailyFacts.empty(2, STABILITY)
    facts.add(np.array([[2.0, 1, 0.25, 1], [NAN, NAN, NAN, NAN]]))
    facts.close_day()
    pieces = facts.to_bytes()

    np.testing.assert_equal(DailyFacts.from_bytes(pieces, STABILITY).values, facts.values)
    with pytest.raises(InvalidInput, match="reads version 2"):
        DailyFacts.from_bytes([pieces[0][:-2]], STABILITY)


def test_what_nobody_watched_is_not_called_stable() -> None:
    facts = DailyFacts.empty(3, STABILITY)
    facts.add(np.array([[0.0, 0, NAN, 1], [NAN, NAN, 0.5, NAN], [NAN, NAN, NAN, NAN]]))
    watched, throttled, nothing = stabilities(facts)

    assert watched
    assert (watched.restarts, watched.is_watched, watched.throttled_share) == (0, True, None)
    assert throttled
    assert (throttled.is_watched, throttled.throttled_share) == (False, 0.5)
    assert nothing is None


def test_replicas_weigh_by_how_long_they_ran() -> None:
    facts = DailyFacts.empty(2, REPLICAS)
    facts.add(np.array([[2.0, 2 * 24, 24, 2], [NAN] * 4]))
    facts.close_day()
    facts.add(np.array([[5.0, 5 * 6, 6, 9], [NAN] * 4]))
    history, nothing = replica_histories(facts)

    assert history
    assert (history.least, history.most) == (2, 9)
    assert history.mean == pytest.approx((48 + 30) / 30)
    assert nothing is None
