"""What is worth its disruption: the ranking of a team's plan, after Karpenter's Balanced policy.

    score = (saving ÷ all savings) ÷ (disruption ÷ all disruption)

over the proposals that wait for the team, and in the plan when score ≥ 1/k, k = 2: what gives at
least half as much for its disruption as the average does. `saving` is the larger of cash and room
(`Saving.larger_usd_per_month`, which ranks and is no total). A node's disruption in Karpenter is
1 + Σ eviction costs of its pods, an ordinary pod costing 1; here

    disruption = 1 + 2 · risk · pods that restart or go

so that a pod of medium risk (0.5) costs 1, and what restarts nothing costs 1 in all.

Worked: A saves $80, restarts nothing; B frees $42, risk 0.3 on 6 pods; C frees $3, risk 0.5 on 4.
Disruption 1, 4.6 and 5, together 10.6; savings together $125. A: (80/125) ÷ (1/10.6) = 6.78; B:
(42/125) ÷ (4.6/10.6) = 0.77; C: (3/125) ÷ (5/10.6) = 0.05. A and B are the plan, C waits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from finops.domain.changes import Setting
from finops.domain.opportunity import Opportunity

K = 2


@dataclass(frozen=True, slots=True)
class Scored:
    """A proposal with its score."""

    opportunity: Opportunity
    score: float

    @property
    def is_worth_it(self) -> bool:
        """Whether it belongs into the plan."""
        return self.score >= 1 / K


def ranked(waiting: Sequence[Opportunity]) -> list[Scored]:
    """All of them, the best for its disruption first."""
    savings = sum((_saving(one) for one in waiting), Decimal(0))
    disruptions = sum(disruption(one) for one in waiting)
    if not savings:
        return []
    scored = [
        Scored(one, float(_saving(one) / savings) / (disruption(one) / disruptions))
        for one in waiting
    ]
    return sorted(scored, key=lambda each: (-each.score, each.opportunity.id))


def disruption(opportunity: Opportunity) -> float:
    """1 for the change itself, and for each pod that restarts or goes twice its risk."""
    goes = any(change.setting is Setting.PRESENT for change in opportunity.changes)
    pods = opportunity.blast_replicas if opportunity.restart_needed or goes else 0
    return 1 + 2 * opportunity.risk * pods


def _saving(opportunity: Opportunity) -> Decimal:
    return opportunity.saving.larger_usd_per_month
