"""What a proposal says is kept and read back, also from rows that older versions wrote."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from finops.domain.changes import Change, Setting
from finops.domain.lifecycle import Status
from finops.domain.opportunity import Opportunity
from finops.ledger.codec import columns_of, opportunity_from, proposal_to_json
from tests.finops.rule_examples import opportunity


def read_back(subject: Opportunity, **changes: Any) -> Opportunity:
    columns = columns_of(subject)
    proposal = json.loads(json.dumps(columns["proposal"])) | changes
    row: Any = SimpleNamespace(
        **columns | {"proposal": proposal},
        id=subject.id,
        fingerprint=subject.fingerprint,
        detected_at=subject.detected_at,
        status=Status.DETECTED.value,
        revision=1,
        generation=1,
    )
    return opportunity_from(row)


@pytest.mark.parametrize(
    "change",
    [
        Change(Setting.INSTANCE_TYPE, "m5.xlarge", "m5.large"),
        Change(Setting.VOLUME_TYPE, None, "gp3"),
        Change(Setting.CPU_REQUEST, 500, 120),
        Change(Setting.HPA_CPU_TARGET, 60, 80, "frontend"),
    ],
)
def test_texts_numbers_and_holders_are_read_back(change: Change) -> None:
    subject = opportunity(changes=(change,))

    assert read_back(subject) == subject


def test_a_row_of_three_values_is_read_as_before() -> None:
    subject = opportunity(changes=(Change(Setting.CPU_REQUEST, 500, 120),))

    again = read_back(subject, changes=[["cpu_request_millicores", 500, 120]])

    assert again.changes == subject.changes


def test_a_change_without_a_holder_is_written_as_before() -> None:
    pair = (
        Change(Setting.CPU_REQUEST, 500, 302),
        Change(Setting.HPA_CPU_TARGET, 70, 116, "web"),
    )

    assert proposal_to_json(opportunity(changes=pair))["changes"] == [
        ["cpu_request_millicores", 500, 302],
        ["hpa_cpu_target_percent", 70, 116, "web"],
    ]
