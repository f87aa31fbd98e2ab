from finops.domain.usage import Stability
from finops.rightsizing.rules import throttling
from finops.rightsizing.rules.order import propose
from tests.finops.rightsizing.rules.cases import cpu_case, start


def throttled(share: float | None) -> dict[str, Stability]:
    return {"stability": Stability(window_days=14, throttled_share=share)}


def test_a_throttled_container_keeps_its_limit_while_its_request_falls() -> None:
    case = cpu_case(1000, 2000, q97=200, maximum=400, container=throttled(0.12))

    found = propose(case)

    assert (found.request, found.limit) == (250, 2000)  # 230 would do: a first step
    assert (
        "It was throttled in 12% of its CPU periods on its worst day, so its CPU limit of 2000m "
        "must not fall." in found.notes
    )


def test_a_little_throttling_or_an_unknown_share_lets_the_limit_follow() -> None:
    for share in (0.049, None):
        case = cpu_case(1000, 2000, q97=200, maximum=400, container=throttled(share))

        assert throttling.apply(case, start(case)) == start(case)


def test_without_a_limit_nothing_can_have_throttled_it() -> None:
    case = cpu_case(1000, None, q97=200, maximum=400, container=throttled(0.5))

    assert throttling.apply(case, start(case)) == start(case)
