"""Prometheus remote write by hand: history as series × samples, ten times faster than text.

A `WriteRequest` (prompb) is built with numpy and framed as one snappy literal, which every snappy
reader accepts. Samples must come in time order, windows of at most half the server's block length.
"""

import struct
import urllib.request
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

_SNAPPY_LITERAL_32 = 63 << 2
# Value field: tag, eight bytes; time field: tag, six bytes of varint (milliseconds until 2109).
_SAMPLE_BYTES = 1 + 8 + 1 + 6
_REQUEST_BYTES = 4_000_000

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def labels_field(labels: Mapping[str, str]) -> bytes:
    """The `labels` of one TimeSeries, sorted by name as the protocol asks."""
    return b"".join(
        _field(1, _field(1, name.encode()) + _field(2, value.encode()))
        for name, value in sorted(labels.items())
    )


def samples_field(times_ms: Ints, values: Floats) -> bytes:
    """The `samples` of one TimeSeries: n × (0x12, length, 0x09 double, 0x10 varint)."""
    out = np.empty((values.size, 2 + _SAMPLE_BYTES), dtype=np.uint8)
    out[:, 0], out[:, 1], out[:, 2], out[:, 11] = 0x12, _SAMPLE_BYTES, 0x09, 0x10
    out[:, 3:11] = values.astype("<f8").view(np.uint8).reshape(-1, 8)
    for byte in range(6):
        more = 0x80 if byte < 5 else 0
        out[:, 12 + byte] = (times_ms >> (7 * byte)) & 0x7F | more
    return out.tobytes()


def series_field(labels: bytes, samples: bytes) -> bytes:
    """One TimeSeries inside a WriteRequest."""
    return _field(1, labels + samples)


def requests_of(series: Iterator[bytes]) -> Iterator[bytes]:
    """Request bodies of about four megabytes, compressed as the protocol wants."""
    pieces: list[bytes] = []
    size = 0
    for one in series:
        pieces.append(one)
        size += len(one)
        if size > _REQUEST_BYTES:
            yield _snappy(b"".join(pieces))
            pieces, size = [], 0
    if pieces:
        yield _snappy(b"".join(pieces))


def post(url: str, bodies: Iterator[bytes]) -> None:
    """Send each body; raises what the server refuses."""
    headers = {
        "Content-Encoding": "snappy",
        "Content-Type": "application/x-protobuf",
        "X-Prometheus-Remote-Write-Version": "0.1.0",
    }
    for body in bodies:
        request = urllib.request.Request(f"{url}/api/v1/write", body, headers)  # noqa: S310
        urllib.request.urlopen(request, timeout=120).close()  # noqa: S310 - loopback


def windows(times: Ints, seconds: int) -> Sequence[slice]:
    """Consecutive slices of at most `seconds`."""
    edges = np.searchsorted(times, np.arange(times[0], times[-1] + 1, seconds)).tolist()
    return [slice(a, b) for a, b in zip(edges, [*edges[1:], times.size], strict=True)]


def _field(number: int, payload: bytes) -> bytes:
    return bytes([number << 3 | 2]) + _varint(len(payload)) + payload


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _snappy(body: bytes) -> bytes:
    head = _varint(len(body)) + bytes([_SNAPPY_LITERAL_32]) + struct.pack("<I", len(body) - 1)
    return head + body
