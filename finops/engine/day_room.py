"""What of a team's proposals today's guardrails would let through together, asked in their order.

Pure but for `day_room`, which reads. The limits of a day are sums: ten single yeses are no answer
for ten at once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from finops.domain.opportunity import Approval, OpportunityRecord
from finops.engine.guarding import guardrail_context
from finops.guardrails import (
    GuardrailContext,
    Guardrails,
    allows_click,
    approvals_needed,
    workload_key,
)
from finops.savings_ledger import LedgerTransaction


@dataclass(frozen=True, slots=True)
class DayRoom:
    """A team's day so far, by cluster, and the guardrails that judge it.

    `given` are the approvals each proposal has already, where it takes several.
    """

    guardrails: Guardrails
    by_cluster: Mapping[str, GuardrailContext]
    given: Mapping[str, Sequence[Approval]]

    def opening(self, records: Sequence[OpportunityRecord]) -> list[OpportunityRecord]:
        """Those for which one person's yes to all of them would open a pull request now."""
        opened: list[OpportunityRecord] = []
        for record in records:
            opportunity = record.opportunity
            before = self.by_cluster.get(opportunity.resource.cluster)
            if before is None:
                continue
            context = _after(opened, replace(before, evidence_seen_at=record.last_seen_at))
            rules = self.guardrails.settings.rules_for(opportunity.team)
            so_far = len(self.given.get(record.id, ())) + 1
            allowed = allows_click(self.guardrails.evaluate(opportunity, context))
            if allowed and so_far >= approvals_needed(opportunity, rules):
                opened.append(record)
        return opened


def day_room(
    tx: LedgerTransaction,
    guardrails: Guardrails,
    records: Sequence[OpportunityRecord],
    given: Mapping[str, Sequence[Approval]],
    *,
    now: datetime,
) -> DayRoom:
    """The day of the team that these proposals are of."""
    firsts = {record.opportunity.resource.cluster: record for record in reversed(records)}
    contexts = {cluster: guardrail_context(tx, first, now=now) for cluster, first in firsts.items()}
    return DayRoom(guardrails, contexts, given)


def _after(opened: Sequence[OpportunityRecord], before: GuardrailContext) -> GuardrailContext:
    """The day once these were approved too."""
    changed = [record.opportunity for record in opened]
    savings = [one.saving.larger_usd_per_month for one in changed]
    namespaces = {one.resource.namespace for one in changed if one.resource.namespace}
    return replace(
        before,
        changes_today=before.changes_today + len(changed),
        saving_today_usd=sum(savings, before.saving_today_usd),
        workloads_changed_today=before.workloads_changed_today.union(map(workload_key, changed)),
        namespaces_today=before.namespaces_today | namespaces,
    )
