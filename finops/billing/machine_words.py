"""Which machine an hour on a bill was of, told by the words of its line. Pure.

AWS writes type and market into the usage type (`EUC1-BoxUsage:m5.large`, in CUR and in FOCUS's
`x_UsageType`); FOCUS exports without the provider's own columns still have them in
`ChargeDescription` (`$0.096 per On Demand Linux m5.large Instance Hour`). The licence is in the
operation (`RunInstances:0002` is Windows), else in the description.
"""

import re
from functools import lru_cache

_TYPE = r"([a-z][a-z0-9-]*\.[a-z0-9-]+)"
_USAGE_TYPE = re.compile(rf"(?:.*-)?(BoxUsage|SpotUsage):{_TYPE}")
_DESCRIPTION = re.compile(rf"\b(On Demand|Spot|reserved)\b|\b{_TYPE}\b", re.IGNORECASE)
_LICENSED = re.compile(r"Windows|RHEL|Red Hat|SUSE|SQL|Dedicated", re.IGNORECASE)
# AWS's codes of operations that cost what Linux costs: Linux, and licences that are one's own
# (Windows and Red Hat). Spot appends the zone and its service (`RunInstances:SV002`).
_OPERATION = re.compile(r"RunInstances(?::([A-Za-z0-9]+))?")
_PLAIN = re.compile(r"0800|00g0|SV\d+", re.IGNORECASE)


@lru_cache(maxsize=10_000)
def named_machine(usage_type: str, description: str) -> tuple[bool, str]:
    """(is spot, instance type) as the words of a line tell; (False, "") when they name none."""
    usage = _USAGE_TYPE.fullmatch(usage_type)
    if usage:
        return usage[1] == "SpotUsage", usage[2]
    words = [] if usage_type else list(_DESCRIPTION.finditer(description))
    ways = [match[1].lower() for match in words if match[1]]
    types = [match[2].lower() for match in words if match[2]]
    return (ways[0] == "spot", types[0]) if ways and types else (False, "")


@lru_cache(maxsize=10_000)
def is_licensed(words: str) -> bool:
    """Whether the hour's price includes a licence, by its operation or its description."""
    operation = _OPERATION.fullmatch(words)
    if operation:
        return operation[1] is not None and not _PLAIN.fullmatch(operation[1])
    return bool(_LICENSED.search(words))
