"""A person's value is priced and judged by the same evidence as the proposal."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops.domain.changes import Change, Setting
from finops.domain.errors import InvalidInput
from finops.domain.money import Saving
from finops.domain.opportunity import Opportunity, WasteKind
from finops.rightsizing.edited import (
    OutOfBounds,
    band_of,
    bounds_of,
    is_editable,
    read_value,
    with_value,
)
from tests.finops.examples import opportunity
from tests.handlers.bases import cpu_basis

CPU = (Change(Setting.CPU_REQUEST, 480, 120),)


def proposal(**different: Any) -> Opportunity:
    values: dict[str, Any] = {"changes": CPU, "basis": cpu_basis(), "risk": 0.4}
    return opportunity(**(values | different))


@given(value=st.integers(82, 479))
def test_more_asked_saves_less_and_holds_more_often(value: int) -> None:
    lower, higher = (with_value(proposal(), v, by="U1") for v in (82, value))

    assert higher.saving.freed_usd_per_month <= lower.saving.freed_usd_per_month
    assert higher.confidence >= lower.confidence
    assert higher.risk <= lower.risk
    assert higher.saving.cashable_usd_per_month == 0


@given(first=st.integers(82, 479), second=st.integers(82, 479))
def test_editing_twice_is_editing_once(first: int, second: int) -> None:
    twice = with_value(with_value(proposal(), first, by="U1"), second, by="U2")
    once = with_value(proposal(), second, by="U2")

    assert (twice.changes, twice.saving, twice.confidence) == (
        once.changes,
        once.saving,
        once.confidence,
    )
    assert twice.evidence == once.evidence
    assert abs(twice.risk - once.risk) < 0.002
    assert twice.found_changes == CPU


@given(value=st.integers(-(10**9), 10**9).filter(lambda v: not 82 <= v <= 479))
def test_nothing_outside_of_the_bounds_is_set(value: int) -> None:
    with pytest.raises(OutOfBounds, match="Set 82m to 479m"):
        with_value(proposal(), value, by="U1")


def test_an_init_container_that_asks_for_more_leaves_less_to_free() -> None:
    held = proposal(basis=cpu_basis(least_effective=400))

    assert with_value(held, 300, by="U1").saving.freed_usd_per_month == Decimal("5.54")


def test_a_limit_that_equals_its_request_goes_on_to() -> None:
    pinned = proposal(changes=(*CPU, Change(Setting.CPU_LIMIT, 480, 120)))
    free = proposal(changes=(*CPU, Change(Setting.CPU_LIMIT, 960, 240)))

    assert [c.proposed for c in with_value(pinned, 300, by="U1").changes] == [300, 300]
    assert [c.proposed for c in with_value(free, 300, by="U1").changes] == [300, 300]
    assert [c.proposed for c in with_value(free, 200, by="U1").changes] == [200, 240]


def test_fewer_nodes_leave_for_a_part_of_the_saving() -> None:
    group = opportunity(
        kind=WasteKind.IDLE_NODE,
        changes=(Change(Setting.DESIRED_SIZE, 12, 9),),
        saving=Saving(Decimal(420)),
        blast_replicas=9,
    )
    one = with_value(group, 11, by="U1")

    assert bounds_of(group) == (9, 11)
    assert one.saving == Saving(Decimal("140.00"), Decimal("0.00"))
    back = with_value(one, 9, by="U1")
    assert back.saving.cashable_usd_per_month == Decimal("420.00")
    assert is_editable(one)
    with pytest.raises(OutOfBounds, match="no place for every pod"):
        with_value(group, 8, by="U1")


def test_a_deletion_and_a_single_figure_have_nothing_to_edit() -> None:
    gone = opportunity(kind=WasteKind.ORPHAN_VOLUME, changes=(Change(Setting.PRESENT, 1, 0),))

    assert not is_editable(gone)
    assert not is_editable(opportunity())
    with pytest.raises(InvalidInput, match="no value to set"):
        with_value(gone, 1, by="U1")


def test_the_band_holds_the_proposal_of_a_quiet_series() -> None:
    low, high = band_of(proposal())

    assert 60 < low < 120
    assert low < high


def test_values_are_read_as_manifests_write_them() -> None:
    assert read_value(Setting.CPU_REQUEST, " 0.25 ") == 250
    assert read_value(Setting.MEMORY_REQUEST, "1G") == 954 * 1024**2
    assert read_value(Setting.DESIRED_SIZE, "9") == 9
    for wrong in ("", "nine", "9.5", "-1", "٩", "9" * 30):
        with pytest.raises(InvalidInput):
            read_value(Setting.DESIRED_SIZE, wrong)
