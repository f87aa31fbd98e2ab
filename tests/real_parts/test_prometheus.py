from typing import Any

import requests

from tests.real_parts.prometheus import PrometheusFactory

FIRST = 1_760_000_000  # October 2025: longer ago than the default retention of 15 days
STEP = 300


def test_a_range_query_sees_fourteen_days_of_history(prometheus: PrometheusFactory) -> None:
    points = 14 * 86_400 // STEP
    samples = "".join(
        f'cpu_usage_cores{{pod="api"}} {0.1 * (index % 10):.1f} {FIRST + index * STEP}\n'
        for index in range(points)
    )

    url = prometheus(f"# TYPE cpu_usage_cores gauge\n{samples}")
    last = FIRST + (points - 1) * STEP
    series = _ask(url, "query_range", "cpu_usage_cores", start=FIRST, end=last, step=STEP)
    median = _ask(url, "query", "quantile_over_time(0.5, cpu_usage_cores[14d])", time=last)

    assert len(series["values"]) == points
    assert 0.4 <= float(median["value"][1]) <= 0.5


def _ask(url: str, endpoint: str, query: str, **when: int) -> Any:
    parameters = {"query": query} | {name: str(value) for name, value in when.items()}
    answer = requests.get(f"{url}/api/v1/{endpoint}", params=parameters, timeout=10).json()
    return answer["data"]["result"][0]
