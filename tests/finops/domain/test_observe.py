from finops.domain.observe import Observation
from finops.domain.opportunity import Change, Setting
from finops.domain.quantities import GIB, MIB
from tests.finops.rule_examples import container, opportunity, snapshot, workload

BOTH = (
    Change(Setting.MEMORY_REQUEST, 2 * GIB, 512 * MIB),
    Change(Setting.MEMORY_LIMIT, 4 * GIB, GIB),
)


def seen(request: int, limit: int | None) -> Observation:
    held = container(memory_request_bytes=request, memory_limit_bytes=limit)
    return Observation(snapshot(workloads=(workload(held),)))


def test_a_request_and_its_limit_are_in_place_only_together() -> None:
    proposed = opportunity(changes=BOTH)

    assert seen(512 * MIB, GIB).is_in_place(proposed)
    assert seen(400 * MIB, GIB).is_in_place(proposed)
    assert not seen(512 * MIB, 4 * GIB).is_in_place(proposed)
    assert not seen(2 * GIB, GIB).is_in_place(proposed)


def test_a_limit_has_no_usage_of_its_own_that_a_detector_would_need() -> None:
    assert seen(2 * GIB, 4 * GIB).was_looked_at(opportunity(changes=BOTH))
