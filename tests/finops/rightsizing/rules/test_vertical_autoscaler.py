import pytest

from finops.domain.cluster_objects import VerticalAutoscaler
from finops.rightsizing.rules.vertical_autoscaler import why_not
from tests.finops.rule_examples import workload


@pytest.mark.parametrize("mode", ["Auto", "Initial", "Recreate", "InPlaceOrRecreate"])
def test_a_vertical_autoscaler_that_sets_requests_makes_ours_moot(mode: str) -> None:
    held = workload(vertical_autoscaler=VerticalAutoscaler(name="api", mode=mode))

    assert f"The VerticalPodAutoscaler api (mode {mode}) sets its requests" in why_not(held)


def test_one_that_only_recommends_or_none_at_all_is_no_obstacle() -> None:
    assert why_not(workload(vertical_autoscaler=VerticalAutoscaler(name="api", mode="Off"))) == ""
    assert why_not(workload()) == ""
