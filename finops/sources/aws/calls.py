"""One AWS call as a value: what is asked, which IAM action allows it, what it reads.

Each kind's module holds its calls beside what becomes of their answers; `table.CALLS` is all of
them. The reader asks that table, `finops doctor` tries each line with its smallest question, and a
test holds `deploy/aws-iam-policy.json` equal to it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from finops.domain.estate import SnapshotPart

Raw = Mapping[str, Any]
Arguments = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Call:
    """One operation of one service; each instance is its own key.

    `items` takes the items out of a page. `page_size` is the largest page that AWS allows in
    `page_parameter`, `smallest_page` the smallest; `trial` are arguments for trying it out. A call
    with `after` is asked only when that earlier call found something: once, or once for each of
    the argument sets that `asks(parent, item)` makes of what was found. `region_parameter` is set
    to the region. `absent_codes` are errors that mean an empty answer. `hides` is the part of the
    snapshot in which a resource is missing when this fails; None for facts about what is listed
    anyway.
    """

    service: str
    operation: str
    action: str
    reads: str
    items: Callable[[Raw], Iterable[Any]]
    page_size: int | None = None
    page_parameter: str = "MaxResults"
    smallest_page: int = 5
    arguments: Arguments = field(default_factory=dict)
    region_parameter: str = ""
    trial: Arguments = field(default_factory=dict)
    after: "Call | None" = None
    asks: Callable[[Any, Any], Iterable[Arguments]] | None = None
    absent_codes: frozenset[str] = frozenset()
    hides: SnapshotPart | None = SnapshotPart.CLOUD_RESOURCES

    @property
    def depth(self) -> int:
        """How many calls stand before it."""
        return 0 if self.after is None else self.after.depth + 1

    def arguments_in(self, region: str) -> dict[str, Any]:
        """The fixed arguments for one region."""
        where = {self.region_parameter: region} if self.region_parameter else {}
        return {**self.arguments, **where}


def under(*keys: str) -> Callable[[Raw], Iterable[Any]]:
    """Items in a list, or in lists of lists: `under("Reservations", "Instances")`."""

    def items(page: Raw) -> Iterable[Any]:
        found: list[Any] = [page]
        for key in keys:
            found = [inner for outer in found for inner in outer.get(key) or ()]
        return found

    return items


def single(key: str) -> Callable[[Raw], Iterable[Any]]:
    """A page with one item, or with none."""
    return lambda page: [page[key]] if key in page else []


def whole(page: Raw) -> Iterable[Any]:
    """The page itself is the item."""
    return [page]


def _enabled(page: Raw) -> Iterable[Any]:
    regions = page.get("Regions", ())
    return [raw["RegionName"] for raw in regions if raw.get("OptInStatus") != "not-opted-in"]


IDENTITY = Call(
    service="sts",
    operation="get_caller_identity",
    action="sts:GetCallerIdentity",
    reads="the account's own id",
    items=whole,
)
REGIONS = Call(
    service="ec2",
    operation="describe_regions",
    action="ec2:DescribeRegions",
    reads="which regions are enabled",
    items=_enabled,
)
