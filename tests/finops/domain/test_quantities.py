import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops.domain.errors import InvalidInput
from finops.domain.quantities import (
    MAX_CPU_MILLICORES,
    MAX_MEMORY_BYTES,
    format_cpu,
    format_memory,
    parse_cpu_millicores,
    parse_memory_bytes,
    parse_number,
)


@pytest.mark.parametrize(
    ("text", "millicores"),
    [
        ("250m", 250),
        ("1", 1000),
        ("0.1", 100),
        ("1.5", 1500),
        ("100u", 1),
        ("1e3m", None),
        ("2k", 2_000_000),
    ],
)
def test_cpu_is_read_as_kubernetes_reads_it(text: str, millicores: int | None) -> None:
    if millicores is None:
        with pytest.raises(InvalidInput):
            parse_cpu_millicores(text)
        return

    assert parse_cpu_millicores(text) == millicores


@pytest.mark.parametrize(
    ("text", "size"),
    [("128Mi", 134_217_728), ("1G", 10**9), ("1e3", 1000), ("0.5Gi", 2**29), ("1Ei", None)],
)
def test_memory_is_read_as_kubernetes_reads_it(text: str, size: int | None) -> None:
    if size is None:
        with pytest.raises(InvalidInput, match="1 PiB"):
            parse_memory_bytes(text)
        return

    assert parse_memory_bytes(text) == size


@pytest.mark.parametrize(
    "text", ["", "-1", "abc", "1 Mi", "1MB", "1mi", "NaN", "inf", "0x10", "1e400", "9" * 60, "١"]
)
def test_nonsense_is_refused_and_named(text: str) -> None:
    for parse in (parse_cpu_millicores, parse_memory_bytes):
        with pytest.raises(InvalidInput):
            parse(text)


@given(st.integers(1, MAX_CPU_MILLICORES))
def test_a_written_cpu_reads_back(millicores: int) -> None:
    assert parse_cpu_millicores(format_cpu(millicores)) == millicores


@given(st.integers(0, MAX_MEMORY_BYTES))
def test_a_written_memory_reads_back(size: int) -> None:
    assert parse_memory_bytes(format_memory(size)) == size


@pytest.mark.parametrize(("text", "number"), [("500m", 0.5), ("2k", 2000.0), ("1Gi", 2.0**30)])
def test_a_quantity_without_a_unit_of_its_own_is_a_number(text: str, number: float) -> None:
    assert parse_number(text) == number


@pytest.mark.parametrize("text", ["-1", "many", "", "1e30"])
def test_a_number_that_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        parse_number(text)
