"""The benchmark's own oracle must be able to say no."""

import math

import pytest

from benchmarks.online_boutique import (
    Sample,
    measured,
    only_approved_differ,
    patched,
    with_counter,
)
from finops.domain.lifecycle import Status
from finops.domain.opportunity import OpportunityRecord
from tests.finops.examples import NOW, container, opportunity

BEFORE = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: frontend}
spec:
  replicas: 2
  template:
    spec:
      containers:
      - name: server
        image: shop:1
        resources:
          requests: {cpu: 500m, memory: 64Mi}
      - name: sidecar
        resources:
          requests: {cpu: 50m}
"""


def record() -> OpportunityRecord:
    proposal = opportunity(resource=container("frontend"), status=Status.NOTIFIED)
    return OpportunityRecord(opportunity=proposal, status_changed_at=NOW, last_seen_at=NOW)


@pytest.mark.parametrize(
    ("old", "new", "is_intended"),
    [
        ("cpu: 500m", "cpu: 200m", True),
        ("memory: 64Mi", "memory: 32Mi", False),
        ("memory: 64Mi}", "memory: 64Mi}\n          limits: {cpu: 1}", False),
        ("cpu: 50m", "cpu: 10m", False),
        ("replicas: 2", "replicas: 1", False),
        ("image: shop:1", "image: shop:2", False),
        ("name: sidecar", "name: other", False),
    ],
)
def test_only_the_approved_request_of_the_approved_container_is_intended(
    old: str, new: str, is_intended: bool
) -> None:
    after = BEFORE.replace(old, new, 1)

    assert after != BEFORE
    assert only_approved_differ(BEFORE, after, record()) is is_intended


def test_a_diff_is_applied_as_git_would() -> None:
    diff = "--- a/x\n+++ b/x\n@@ -2,3 +2,4 @@\n b\n-c\n+C\n+D\n d\n"

    assert patched("a\nb\nc\nd\ne\n", diff) == "a\nb\nC\nD\nd\ne\n"


def test_cpu_becomes_a_counter_that_starts_anew_with_each_pod_and_skips_gaps() -> None:
    minutes = [("a", 0.0), ("a", 60.0), ("a", 7260.0), ("b", 0.0)]
    samples = [Sample(pod, "server", moment, 500.0, None) for pod, moment in minutes]

    counted = [seconds for _, seconds in with_counter(samples)]

    assert counted == [0.0, 30.0, 60.0, 0.0]


@pytest.mark.parametrize("value", [None, math.nan, math.inf, -1.0])
def test_what_was_not_measured_is_nothing(value: float | None) -> None:
    assert measured(value) is None
