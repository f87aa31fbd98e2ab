"""How often a request would have been exceeded, against counting it."""

import numpy as np
import pytest

from finops.domain.usage import UsageSummary
from finops.rightsizing.history import history_of_sketches
from finops.rightsizing.past import PastExceedance, past_exceedance, shares_over
from finops.rightsizing.sketches import P95, Samples, Sketches
from tests.finops.rule_examples import single_figure


def summary(**percentiles: float) -> UsageSummary:
    return UsageSummary(
        window_days=28,
        samples=8064,
        mean=50,
        maximum=400,
        percentiles={int(name[1:]) / 100: value for name, value in percentiles.items()},
        daily_peaks=(90.0,) * 27 + (390.0,),
    )


def past(request: float) -> PastExceedance:
    found = past_exceedance(summary(q95=100, q97=200, q99=300), request)
    assert found is not None
    return found


def test_the_worked_line_holds() -> None:
    assert past(141.42).share_of_time == pytest.approx(0.04, abs=1e-4)
    assert past(141.42).words == "4.0 % of the time"


def test_what_lies_outside_the_known_quantiles_is_said_with_care() -> None:
    assert past(400).words == "never"
    assert past(80).words == "more than 5.0 % of the time"
    assert (past(380).days_over, past(380).days) == (1, 28)
    assert past(399.9).words == "less than 0.1 % of the time"


def test_a_single_figure_has_no_past() -> None:
    assert past_exceedance(single_figure(100), 50) is None


def test_the_share_is_near_to_what_counting_says() -> None:
    values = np.random.default_rng(3).lognormal(4, 0.6, (40, 288))
    sketches = Sketches.empty(40)
    sketches.add_samples(Samples(values, values, np.ones_like(values)))
    history = history_of_sketches(sketches, peak=P95, today_days=1.0)
    requests = np.quantile(values, 0.96, axis=1)
    counted = (values > requests[:, None]).mean(axis=1)

    assert np.abs(shares_over(history, requests) - counted).max() < 0.015
