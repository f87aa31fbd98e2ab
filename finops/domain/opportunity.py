"""An opportunity: one waste on one resource, with its proposal, evidence, saving and odds."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from finops.domain.basis import RequestBasis
from finops.domain.changes import Change
from finops.domain.errors import InvalidInput
from finops.domain.estate import UNKNOWN_TEAM
from finops.domain.lifecycle import Status
from finops.domain.money import Saving


class WasteKind(StrEnum):
    """What kind of waste it is; one detector finds one kind, or one and its opposite."""

    OVER_REQUESTED_CPU = "over_requested_cpu"
    OVER_REQUESTED_MEMORY = "over_requested_memory"
    UNDER_REQUESTED_CPU = "under_requested_cpu"
    UNDER_REQUESTED_MEMORY = "under_requested_memory"
    IDLE_NODE = "idle_node"
    ORPHAN_VOLUME = "orphan_volume"

    @property
    def words(self) -> str:
        """The kind as people read it: `over-requested CPU`."""
        return _KIND_WORDS[self]

    @property
    def is_for_reliability(self) -> bool:
        """Whether it costs money instead of saving it: what is asked is too little."""
        return self in (WasteKind.UNDER_REQUESTED_CPU, WasteKind.UNDER_REQUESTED_MEMORY)


_KIND_WORDS = {
    WasteKind.OVER_REQUESTED_CPU: "over-requested CPU",
    WasteKind.OVER_REQUESTED_MEMORY: "over-requested memory",
    WasteKind.UNDER_REQUESTED_CPU: "under-requested CPU",
    WasteKind.UNDER_REQUESTED_MEMORY: "under-requested memory",
    WasteKind.IDLE_NODE: "idle node",
    WasteKind.ORPHAN_VOLUME: "orphan volume",
}


_JUDGED_WITH = {
    WasteKind.UNDER_REQUESTED_CPU: WasteKind.OVER_REQUESTED_CPU,
    WasteKind.UNDER_REQUESTED_MEMORY: WasteKind.OVER_REQUESTED_MEMORY,
}


def judging_kind(kind: WasteKind) -> WasteKind:
    """The kind of the detector that finds it: whoever looks for too much sees too little too."""
    return _JUDGED_WITH.get(kind, kind)


class Effort(StrEnum):
    """What implementing it takes from people, after AWS Cost Optimization Hub."""

    VERY_LOW = "very low"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One fact behind the proposal and where it was read."""

    label: str
    value: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """What the waste is on. `key` is stable and unique within an installation.

    A container: kind is the controller's (`Deployment`), `name` the controller, `container` set.
    A node group: kind `NodeGroup`, `name` the group. A node outside groups: kind `Node`.
    A volume: kind `Volume`, `name` the volume id. Other AWS resources: the words of CloudKind
    (`Instance`, `Database`, `NatGateway` …), `name` the id or the name that AWS knows it by.
    """

    cluster: str
    kind: str
    name: str
    namespace: str = ""
    container: str = ""
    cloud_tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """`cluster/namespace/kind/name/container`, empty parts left out."""
        parts = (self.cluster, self.namespace, self.kind, self.name, self.container)
        return "/".join(part for part in parts if part)

    @property
    def label(self) -> str:
        """How people call it: `shop/frontend (server)`, `vol-1`."""
        place = f"{self.namespace}/{self.name}" if self.namespace else self.name
        return f"{place} ({self.container})" if self.container else place


@dataclass(frozen=True, slots=True, kw_only=True)
class JointCash:
    """Cash that leaves the bill only when several right-sizings are applied together.

    `usd_per_month` is that of all `proposals`, `share_usd_per_month` the part of one of them;
    `nodes` machines leave for it, `node_names` are the first few of them.
    """

    usd_per_month: Decimal
    share_usd_per_month: Decimal
    proposals: int
    nodes: int
    node_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Opportunity:
    """One waste on one resource.

    `confidence` is the probability (0-1) that the proposal holds for the next 14 days; `risk`
    (0-1) is how bad it would be if it does not. `blast_replicas` counts what restarts or goes.

    What is asked for reliability saves nothing: its `saving` is zero, so that no total holds it,
    and `cost_usd_per_month` is what it costs more, in room inside what is paid for anyway. `joint`
    is what it is part of, beside `saving` and never inside of it; it is no part of the proposal.

    `basis` lets a person's value be priced and judged like the proposal; None where only the
    proposal itself can be. Where a person has set the value, `edited_by` is who and
    `found_changes` what was proposed before.
    """

    id: str
    fingerprint: str
    kind: WasteKind
    resource: Resource
    changes: tuple[Change, ...]
    saving: Saving
    confidence: float
    risk: float
    effort: Effort
    restart_needed: bool
    rollback_possible: bool
    summary: str
    rollback: str
    detected_at: datetime
    evidence: tuple[Evidence, ...] = ()
    caveats: tuple[str, ...] = ()
    team: str = UNKNOWN_TEAM
    tags: Mapping[str, str] = field(default_factory=dict)
    blast_replicas: int = 1
    status: Status = Status.DETECTED
    revision: int = 1
    generation: int = 1
    cost_usd_per_month: Decimal = Decimal(0)
    basis: RequestBasis | None = None
    edited_by: str = ""
    found_changes: tuple[Change, ...] = ()
    joint: JointCash | None = None

    def __post_init__(self) -> None:
        for name in ("confidence", "risk"):
            if not 0 <= getattr(self, name) <= 1:
                raise InvalidInput(
                    f"{name} of {self.resource.key} is {getattr(self, name)}; it is a share from "
                    "0 to 1."
                )


@dataclass(frozen=True, slots=True)
class Approval:
    """One person's agreement to the revision that stands now."""

    approver: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Skipped:
    """A detector's reasoned no: which resource, which detector, and a sentence why."""

    detector: str
    resource_key: str
    reason: str
    team: str = UNKNOWN_TEAM


def fingerprint_of(kind: WasteKind, resource: Resource) -> str:
    """The stable identity of a waste: kind and resource, independent of the proposal."""
    return f"{kind.value}:{resource.key}"


def opportunity_id(fingerprint: str, generation: int = 1) -> str:
    """A short id that every replica computes alike: `op-` and ten hexadecimal digits.

    A finished opportunity that comes back counts up its generation and so gets a new id.
    """
    digest = hashlib.sha256(f"{fingerprint}#{generation}".encode()).hexdigest()
    return f"op-{digest[:10]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpportunityRecord:
    """An opportunity with all that has happened to it, as the ledger keeps it."""

    opportunity: Opportunity
    status_changed_at: datetime
    last_seen_at: datetime
    status_reason: str = ""
    # What stands beside the state for now: waits for a limit, frozen by a person, being reverted.
    note: str = ""
    decided_by: str = ""
    decided_at: datetime | None = None
    snoozed_until: datetime | None = None
    repository: str = ""
    pull_request_number: int | None = None
    pull_request_url: str = ""
    merged_at: datetime | None = None
    implemented_at: datetime | None = None
    verified_at: datetime | None = None
    verdict: Mapping[str, object] = field(default_factory=dict)
    realised: Saving = field(default_factory=Saving)
    guardrail_reasons: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The opportunity's id."""
        return self.opportunity.id

    @property
    def status(self) -> Status:
        """Where it stands."""
        return self.opportunity.status
