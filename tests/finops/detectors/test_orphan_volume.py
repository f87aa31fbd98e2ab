from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from finops.detectors.orphan_volume import OrphanVolumeDetector
from finops.domain.changes import Change, Setting
from finops.domain.estate import Volume
from finops.domain.money import Saving
from finops.domain.opportunity import Opportunity, Skipped
from tests.finops.rule_examples import NOW, snapshot, volume


def find(held: Volume) -> Opportunity | Skipped:
    (finding,) = OrphanVolumeDetector().find(snapshot(volumes=(held,)))
    return finding


def test_a_volume_without_attachment_is_offered_for_deletion_as_cash() -> None:
    found = find(volume(name="old-logs"))

    assert isinstance(found, Opportunity)
    assert found.changes == (Change(Setting.PRESENT, 1, 0),)
    assert found.saving == Saving(cashable_usd_per_month=Decimal("8.00"))
    assert found.summary == (
        "old-logs (vol-1) (100 GiB gp3) is attached to nothing for 20 days and costs $8.00/month."
    )
    assert (found.confidence, found.risk, found.restart_needed) == (0.842, 0.45, False)
    assert "at most $5.00/month" in found.caveats[0]
    assert "Take a snapshot first" in found.rollback


def test_detached_since_unknown_is_a_caveat_and_a_higher_risk() -> None:
    found = find(volume(detached_since=None))

    assert isinstance(found, Opportunity)
    assert any("Detached since unknown" in caveat for caveat in found.caveats)
    assert (found.confidence, found.risk) == (0.707, 0.6)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"is_attached": True}, "It is attached."),
        ({"detached_since": NOW - timedelta(days=6, hours=23)}, "6 of 7 days without"),
        ({"detached_since": None, "created_at": NOW}, "0 of 7 days without"),
        ({"detached_since": None, "created_at": None}, "Nobody knows when"),
        ({"price_usd_per_month": None}, "price is unknown"),
        ({"price_usd_per_month": Decimal("0.001")}, "costs nothing"),
        ({"tags": {"kubernetes.io/created-for/pvc/name": "db"}}, "a PersistentVolumeClaim"),
        ({"tags": {"karpenter.sh/nodepool": "x"}}, "Karpenter"),
        ({"tags": {"eks:cluster-name": "x"}}, "EKS"),
        ({"tags": {"aws:autoscaling:groupName": "x"}}, "an Auto Scaling group"),
        ({"tags": {"aws:cloudformation:stack-name": "x"}}, "a CloudFormation stack"),
    ],
)
def test_each_no_has_its_reason(changes: dict[str, Any], reason: str) -> None:
    found = find(volume(**changes))

    assert isinstance(found, Skipped)
    assert reason in found.reason
    assert found.team == "search"


def test_seven_days_are_enough() -> None:
    assert isinstance(find(volume(detached_since=NOW - timedelta(days=7))), Opportunity)
