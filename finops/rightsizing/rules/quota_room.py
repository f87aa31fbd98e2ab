"""A request that rises must find room in the namespace's ResourceQuotas.

Kubernetes counts the requests and limits of all pods against them and refuses a pod that goes over:
the rollout would hang with fewer pods than before.

Worked: 3 replicas from 500m to 900m need 1200m; `requests.cpu` is 4000m hard, 3800m used, so 200m
are free: refused.
"""

from collections.abc import Iterator
from dataclasses import replace

from finops.domain.cluster_objects import Quota
from finops.rightsizing.rules.proposal import Proposal, RequestCase


def apply(case: RequestCase, proposal: Proposal) -> Proposal:
    """Refuse a raise that no quota has room for."""
    quotas = case.policy.quotas if case.policy else ()
    for key, rise in _rises(case, proposal):
        needed = rise * case.workload.replicas
        for quota in quotas:
            room = _room(quota, key)
            if room is not None and 0 < needed > room:
                left = f"the ResourceQuota {quota.name} of {case.workload.namespace} has only "
                left += f"{case.written(room)} of {key} left for {case.workload.replicas} replicas"
                return replace(
                    proposal,
                    refusal=f"{_needs(case, proposal)}, but {left}: raise the quota first.",
                )
    return proposal


def _rises(case: RequestCase, proposal: Proposal) -> Iterator[tuple[str, int]]:
    word, rise = case.measure.word, proposal.request - case.current
    yield f"requests.{word}", rise
    yield word, rise  # the short name of the same
    if proposal.limit is not None and case.limit is not None:
        yield f"limits.{word}", proposal.limit - case.limit


def _room(quota: Quota, key: str) -> int | None:
    return max(0, quota.hard[key] - quota.used.get(key, 0)) if key in quota.hard else None


def _needs(case: RequestCase, proposal: Proposal) -> str:
    wanted, asks = case.written(proposal.request), case.written(case.current)
    return f"It needs {wanted} {case.measure.noun} instead of {asks}"
