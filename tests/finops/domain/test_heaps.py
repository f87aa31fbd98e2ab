"""Heaps in texts: read, written, and what fits into a memory."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops.domain.heaps import floor_of, heap_in, largest_in, with_heap, without_heap
from finops.domain.quantities import GIB, MIB


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("-Xmx6g", 6 * GIB),
        ("-Xms1g -Xmx512M -ea", 512 * MIB),
        ("java -Xmx1024k -jar a.jar", MIB),
        ("-Xmx100", 100),
        ("6g", 6 * GIB),
        ("-Xmx1g -Xmx1024m", GIB),
        ("-Xmx1g -Xmx2g", None),
        ("-Xms1g", None),
        ("-DXmx=1g", None),
        ("x-Xmx1g", None),
        ("-Xmx1g.5", None),
        ("-Xmx$HEAP", None),
        ("500", None),
        ("", None),
    ],
)
def test_the_one_heap_of_a_text_is_read(text: str, size: int | None) -> None:
    assert heap_in(text) == size


@pytest.mark.parametrize(
    ("text", "size", "after"),
    [
        ("-Xms4g -Xmx6g -ea", 3 * GIB, "-Xms3g -Xmx3g -ea"),
        ("-Xms1g -Xmx6G", 1536 * MIB, "-Xms1g -Xmx1536M"),
        ("-Xmx6g -Xmx6g", GIB, "-Xmx1g -Xmx1g"),
        ("-Xmx6442450944", GIB, "-Xmx1073741824"),
        ("6g", 1536 * MIB, "1536m"),
    ],
)
def test_a_heap_is_written_in_the_style_that_is_there(text: str, size: int, after: str) -> None:
    assert with_heap(text, size) == after


@given(st.integers(1, 10**6), st.sampled_from(["-ea -Xmx7g", "-Xmx9000m -Xms8g", "9g"]))
def test_what_is_written_is_read_back_and_the_rest_stays(mib: int, text: str) -> None:
    after = with_heap(text, mib * MIB)

    assert heap_in(after) == mib * MIB
    assert without_heap(after) == without_heap(text) or text == "9g"


@given(st.integers(0, 10**7))
def test_the_largest_heap_fits_and_a_larger_does_not(mib: int) -> None:
    size = largest_in(mib * MIB)

    assert size == 0 or floor_of(size) <= mib * MIB
    assert floor_of(size + MIB) > mib * MIB
