from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops.domain.estate import UsageSummary
from finops.domain.quantities import MIB
from finops.rightsizing.modes import Mode
from finops.rightsizing.requests import (
    at_most_one_step,
    cpu_request_millicores,
    freed_usd_per_month,
    memory_request_bytes,
    round_up_cpu,
    widening,
)
from tests.finops.rule_examples import single_figure, usage


def test_the_worked_lines_hold() -> None:
    assert (widening(14), widening(7), widening(0)) == (1.08, 1.24, 2.0)
    assert cpu_request_millicores(usage(200, 400, days=28), Mode.LEAN) == 220
    assert cpu_request_millicores(usage(200, 400, days=28)) == 230
    assert memory_request_bytes(usage(150 * MIB, 200 * MIB, days=28)) == 283 * MIB
    assert memory_request_bytes(single_figure(200 * MIB)) == 566 * MIB
    assert at_most_one_step(4000, 300) == 1000
    assert freed_usd_per_month(Decimal("0.5"), Decimal("0.031611"), replicas=3) == Decimal(
        "34.614045"
    )


@pytest.mark.parametrize(("wanted", "written"), [(10, 10), (42.2, 43), (101, 105), (1001, 1010)])
def test_cpu_is_rounded_up_to_what_people_write(wanted: float, written: int) -> None:
    assert round_up_cpu(wanted) == written


def test_nothing_used_asks_for_the_floor() -> None:
    assert cpu_request_millicores(single_figure(0)) == 10
    assert memory_request_bytes(single_figure(0)) == 16 * MIB


@given(
    quantile=st.floats(0, 1e5),
    above=st.floats(0, 1e5),
    days=st.floats(0, 60),
    fewer=st.floats(0, 60),
)
def test_a_request_covers_its_quantile_and_shrinks_with_history(
    quantile: float, above: float, days: float, fewer: float
) -> None:
    def summary(window_days: float) -> UsageSummary:
        return usage(quantile, quantile + above, days=window_days)

    short, long = sorted((days, fewer))

    assert cpu_request_millicores(summary(long)) >= quantile
    assert cpu_request_millicores(summary(short)) >= cpu_request_millicores(summary(long))
    assert memory_request_bytes(summary(long)) >= quantile + above
    assert memory_request_bytes(summary(short)) % MIB == 0
