from dataclasses import replace

from finops.domain.usage import UsageSummary
from finops.rightsizing.rules import limit_follows, startup
from finops.rightsizing.rules.order import propose
from finops.rightsizing.rules.proposal import RequestCase
from tests.finops.rightsizing.rules.cases import cpu_case, memory_case, start


def starting(case: RequestCase, highest: float | None) -> RequestCase:
    used: UsageSummary = replace(case.usage, startup_maximum=highest, startup_minutes=10)
    return replace(case, usage=used)


def test_a_start_does_not_size_the_request_but_is_told() -> None:
    case = starting(cpu_case(1000, None, q97=400, maximum=420), 900)

    proposal = propose(case)

    assert proposal.request == 425
    assert proposal.notes == (
        "In its first 10 minutes it used up to 900m; the request is for what comes after. On a "
        "full node a start takes longer: see that its startupProbe or its livenessProbe waits long "
        "enough.",
    )


def test_a_start_takes_at_most_four_times_as_long() -> None:
    case = starting(cpu_case(500, None, q97=110, maximum=120), 900)

    assert startup.apply(case, start(case, 126)).request == 225


def test_a_start_is_no_reason_to_ask_for_more_than_now() -> None:
    case = starting(cpu_case(100, None, q97=50, maximum=60), 2000)

    assert startup.apply(case, start(case, 60)).request == 100


def test_a_start_within_the_request_is_not_mentioned() -> None:
    for highest in (None, 300):
        case = starting(cpu_case(1000, None, q97=400, maximum=420), highest)

        assert startup.apply(case, start(case, 430)) == start(case, 430)


def test_a_limit_stays_above_the_start() -> None:
    case = starting(cpu_case(1000, 2000, q97=400, maximum=420), 900)

    assert limit_follows.least_limit(case) == 1040  # 1.15 times 900m, as people write it
    assert propose(case).limit == 1040


def test_memory_knows_no_starts_apart() -> None:
    case = starting(memory_case(1024, None, maximum=300), 900)

    assert startup.apply(case, start(case)) == start(case)
