"""What AWS answered about one region, and the one way in which it becomes resources."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from finops.domain.cloud import Attribute, CloudKind, CloudResource
from finops.domain.people import UNKNOWN_TEAM
from finops.sources.aws.calls import Call, Raw

TEAM_TAGS = ("team", "owner")
LONGEST_TEXT = 250


@dataclass(frozen=True, slots=True)
class Place:
    """Where resources are. `account` is the twelve-digit id."""

    account: str
    region: str
    partition: str = "aws"

    def arn(self, service: str, name: str) -> str:
        """`arn:aws:rds:eu-west-1:123456789012:db:orders` for (`rds`, `db:orders`)."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{name}"


@dataclass(slots=True)
class Answers:
    """The answers of one region by call, each as (parent, item).

    `parent` is the item of the earlier call that was asked about, None where there was none.
    `incomplete` are calls that failed at least once: what they do not show may still exist.
    """

    place: Place
    found: dict[Call, list[tuple[Any, Any]]] = field(default_factory=dict)
    incomplete: set[Call] = field(default_factory=set)

    def add(self, call: Call, parent: Any, items: Iterable[Any], *, is_whole: bool) -> None:
        """Keep one answer; `is_whole` is False when a part of it is missing."""
        self.found.setdefault(call, []).extend((parent, item) for item in items)
        if not is_whole:
            self.incomplete.add(call)

    def of(self, call: Call) -> Sequence[Any]:
        """All items of a call; empty when it was not asked."""
        return [item for _, item in self.found.get(call, ())]

    def pairs(self, call: Call) -> Sequence[tuple[Any, Any]]:
        """All (parent, item) of a call."""
        return self.found.get(call, ())

    def knows(self, *calls: Call) -> bool:
        """Whether these calls have said all there is, so that silence means "none"."""
        return not self.incomplete.intersection(calls)

    def resource(
        self,
        kind: CloudKind,
        resource_id: str,
        *,
        tags: Mapping[str, str],
        facts: Mapping[str, Any],
        **rest: Any,
    ) -> CloudResource:
        """A resource of this place; facts that are None are left out, since nobody knows them."""
        return CloudResource(
            kind=kind,
            resource_id=resource_id,
            account=self.place.account,
            region=self.place.region,
            attributes=known(facts),
            tags=tags,
            team=team_from(tags),
            **rest,
        )


def known(facts: Mapping[str, Any]) -> dict[str, Attribute]:
    """Facts without those that are None; moments as ISO text, lists as tuples, text in one line."""
    return {name: _attribute(value) for name, value in facts.items() if value is not None}


def _attribute(value: Any) -> Attribute:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, (list, tuple)):
        return tuple(printable(str(one)) for one in value)
    return printable(value) if isinstance(value, str) else value


def tags_of(raw: Raw, key: str = "Tags") -> dict[str, str]:
    """`[{"Key": "Name", "Value": "a"}]` → `{"Name": "a"}`, without unprintable characters."""
    return tag_map((tag["Key"], tag.get("Value", "")) for tag in raw.get(key) or ())


def tag_map(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Tags without unprintable characters."""
    return {printable(key): printable(value) for key, value in pairs}


def team_from(tags: Mapping[str, str]) -> str:
    """The value of the tag `team`, else `owner`, however they are capitalised."""
    lowered = {key.lower(): value for key, value in tags.items()}
    return next((lowered[key] for key in TEAM_TAGS if lowered.get(key)), UNKNOWN_TEAM)


def printable(text: str) -> str:
    """Text from outside: no control characters, not longer than a tag may be."""
    return "".join(c for c in text if c.isprintable())[:LONGEST_TEXT]


def moment(text: str | datetime | None) -> datetime | None:
    """A moment as AWS writes it (`2024-05-01T00:00:00.000Z`), aware; None when it is none."""
    if isinstance(text, datetime):
        return text if text.tzinfo else text.replace(tzinfo=UTC)
    try:
        parsed = datetime.fromisoformat((text or "").replace("+0000", "+00:00"))
    except ValueError:
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
