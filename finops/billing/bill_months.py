"""Which month a file of a bill is of, told by the folders that AWS delivers it into. Pure."""

import re
from datetime import date, timedelta

# How AWS names a month's folder: BILLING_PERIOD=2026-07, billing_period=2026-07, 20260701-20260801,
# year=2026/month=7.
_MONTH = re.compile(
    r"billing_period=(\d{4})-(\d\d)|/(\d{4})(\d\d)\d\d-\d{8}/|year=(\d{4})/month=0?(\d{1,2})\b",
    re.IGNORECASE,
)


def is_within(key: str, *, start: date, end: date) -> bool:
    """Whether a file or object may hold such days, by the month in its name; True without one.

    A charge is kept under the month that bills it, so the month after `end` counts too.
    """
    found = _MONTH.search(f"/{key}")
    if not found:
        return True
    year, month = [int(group) for group in found.groups() if group is not None]
    if not (1 <= month <= 12 and year):
        return True
    first = date(year, month, 1)
    return start.replace(day=1) <= first and first - timedelta(days=1) < end
