"""Owners of everything in a snapshot: files, assignments and settings gathered for the rules."""

from dataclasses import replace

from finops.domain.assignments import AssignmentScope, assignment_key
from finops.domain.errors import OutsideWorldFailed
from finops.domain.estate import Gap, Snapshot
from finops.domain.lifecycle import OFFERED, Status
from finops.engine.parts import Parts
from finops.ledger import assignments
from finops.owners.finder import OwnerFinder
from finops.owners.repository import SOURCE, RepositoryOwners
from finops.owners.snapshot import with_owners
from finops.savings_ledger import LedgerTransaction


def with_known_owners(parts: Parts, snapshot: Snapshot) -> Snapshot:
    """The snapshot with the team of each resource and the rule that found it.

    While CODEOWNERS, the catalogue, the manifests or the namespaces cannot be read, what no other
    rule answers stays with the team it had: an outage is no reason to move cards to triage.
    """
    repository, gaps = _repository(parts, snapshot.cluster)
    lacks_paths = snapshot.cluster in parts.owner_files and _lacks_paths(snapshot)
    is_whole = not gaps and not _lacks_namespaces(snapshot) and not lacks_paths
    with parts.ledger.reading() as tx:
        finder = OwnerFinder(
            parts.owner_rules,
            parts.directory.teams,
            assignments=assignments.of_cluster(tx.connection, snapshot.cluster),
            repository=repository,
            namespace_tags={each.namespace: each.tags for each in snapshot.namespaces},
            before={} if is_whole else _teams_before(tx, snapshot.cluster),
        )
    owned = with_owners(snapshot, finder)
    return replace(owned, gaps=(*owned.gaps, *repository.gaps, *gaps))


def _repository(parts: Parts, cluster: str) -> tuple[RepositoryOwners, tuple[Gap, ...]]:
    files = parts.owner_files.get(cluster)
    if files is None:
        return RepositoryOwners(), ()
    try:
        return files.read(), ()
    except OutsideWorldFailed as error:
        gap = Gap(SOURCE, f"CODEOWNERS and catalog-info.yaml could not be read: {error}")
        return RepositoryOwners(), (gap,)


def _lacks_namespaces(snapshot: Snapshot) -> bool:
    """Whether a cluster that runs pods showed no namespaces, so that their labels are unknown."""
    return bool(snapshot.pods) and not snapshot.namespaces


def _lacks_paths(snapshot: Snapshot) -> bool:
    """Whether no workload shows its manifest: the repository was down while they were read."""
    return bool(snapshot.workloads) and not any(each.source_path for each in snapshot.workloads)


def _teams_before(tx: LedgerTransaction, cluster: str) -> dict[str, str]:
    statuses = [*OFFERED, Status.DENIED, Status.APPROVED]
    return {
        assignment_key(r.opportunity.resource, AssignmentScope.RESOURCE): r.opportunity.team
        for r in tx.find(statuses=statuses, cluster=cluster)
    }
