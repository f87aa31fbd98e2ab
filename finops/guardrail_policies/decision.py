"""What guardrails look at and what they answer."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from finops.domain.freezes import Freeze


class GuardrailVerdict(StrEnum):
    """What a policy says; ordered by strictness: allow < require approval < deny."""

    ALLOW = "allow"
    REQUIRE_APPROVAL = "require_approval"
    DENY = "deny"

    @property
    def words(self) -> str:
        """The verdict as people read it: `require approval`."""
        return self.value.replace("_", " ")

    @property
    def strictness(self) -> int:
        """0 for allow, 1 for require approval, 2 for deny."""
        return list(GuardrailVerdict).index(self)

    # Plain text order would put deny before require_approval.
    def __lt__(self, other: str) -> bool:
        return self.strictness < GuardrailVerdict(other).strictness

    def __le__(self, other: str) -> bool:
        return self.strictness <= GuardrailVerdict(other).strictness

    def __gt__(self, other: str) -> bool:
        return self.strictness > GuardrailVerdict(other).strictness

    def __ge__(self, other: str) -> bool:
        return self.strictness >= GuardrailVerdict(other).strictness


@dataclass(frozen=True, slots=True)
class PolicyReason:
    """What one policy says: its setting's name, its verdict and a whole sentence."""

    policy: str
    verdict: GuardrailVerdict
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardrailDecision:
    """The strictest verdict with what every policy said.

    `is_automatic` is true only when every policy allows and the team's `auto_approve` is on: then
    no click is needed. Else `approvals_needed` different people must agree.
    """

    verdict: GuardrailVerdict
    reasons: tuple[PolicyReason, ...]
    is_automatic: bool = False
    approvals_needed: int = 1

    @property
    def objections(self) -> tuple[PolicyReason, ...]:
        """The reasons that do not allow, strictest first."""
        against = (r for r in self.reasons if r.verdict is not GuardrailVerdict.ALLOW)
        return tuple(sorted(against, key=lambda reason: -reason.verdict.strictness))

    @property
    def sentences(self) -> tuple[str, ...]:
        """The objections' sentences, strictest first; empty when all is well."""
        return tuple(reason.sentence for reason in self.objections)


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardrailContext:
    """What the opportunity's team has changed today and how fresh the evidence is.

    "Today" is the caller's day (UTC) and the opportunity itself is not counted. `saving_today_usd`
    is the sum of `larger_usd_per_month` over today's changes; `workloads_changed_today` holds
    `workload_key`s; `evidence_seen_at` is when a cycle last saw the waste (the detection if None);
    `freezes` are all that hold now, whatever they are about.
    """

    now: datetime
    changes_today: int = 0
    saving_today_usd: Decimal = Decimal(0)
    workloads_changed_today: frozenset[str] = frozenset()
    team_workloads: int = 0
    namespaces_today: frozenset[str] = frozenset()
    evidence_seen_at: datetime | None = None
    freezes: tuple[Freeze, ...] = ()
