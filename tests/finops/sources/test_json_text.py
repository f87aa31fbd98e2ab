import gc
from concurrent.futures import ThreadPoolExecutor

import pytest

from finops.sources.json_text import read_json


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000, b'{"a":}'])
def test_what_is_no_json_is_a_value_error(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_json(body)


def test_the_collector_works_again_whoever_leaves_last() -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda n: read_json(b'{"a": [%d]}' % n), range(200)))

    assert found[7] == {"a": [7]}
    assert gc.isenabled()
