"""One cluster, read whole through its API server (ClusterStateSource)."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime

from finops.domain.checks import Check
from finops.domain.errors import OutsideWorldFailed, TryAgainLater, WillNeverWork
from finops.domain.estate import Gap
from finops.ports import ClusterState
from finops.sources.kubernetes.api import CredentialsRefused, KubernetesApi, Patience
from finops.sources.kubernetes.assembly import Found, assemble
from finops.sources.kubernetes.checks import check_cluster
from finops.sources.kubernetes.connection import Connect
from finops.sources.kubernetes.discovery import Served, discover, gaps_of_discovery
from finops.sources.kubernetes.listing import Listed, Question, read_list
from finops.sources.kubernetes.objects import SOURCE, Scope
from finops.sources.kubernetes.readers import reader_of
from finops.sources.kubernetes.resources import ENDPOINT_SLICES, ENDPOINTS, LISTED, Resource
from finops.sources.manifest_workloads import ManifestRules
from finops.sources.raw_objects import text


@dataclass(frozen=True, slots=True, kw_only=True)
class KubernetesCluster:
    """What runs in one cluster (ClusterStateSource), asked with GET only.

    `connect` is called when something is read, never before (see `from_kubeconfig`, `in_cluster`,
    `from_eks`). Lists come in pages of `page_size`, `at_once` of them side by side. What was
    refused, broke off or made no sense becomes a gap; the rest is still read.
    """

    cluster: str
    connect: Connect
    rules: ManifestRules = field(default_factory=ManifestRules)
    page_size: int = 500
    patience: Patience = field(default_factory=Patience)
    at_once: int = 4

    def read(self, *, now: datetime) -> ClusterState:
        """Read every list that is served.

        Raises WillNeverWork when nothing can be asked or the credentials are refused, and
        TryAgainLater when the server does not answer.
        """
        try:
            with closing(KubernetesApi(self.connect, self.patience)) as api:
                version, found = self._found(api)
        except TryAgainLater as error:
            raise TryAgainLater(self._said(error), after_seconds=error.after_seconds) from error
        except OutsideWorldFailed as error:
            raise WillNeverWork(self._said(error)) from error
        return assemble(found, cluster=self.cluster, version=version, now=now)

    def check(self) -> Sequence[Check]:
        """Reach, version, clock, and each list that is needed, one check each (Checked)."""
        return check_cluster(self.cluster, self.connect, self.patience)

    def _found(self, api: KubernetesApi) -> tuple[str, Found]:
        version = text(api.get("/version").body.get("gitVersion"))[:60]
        served = discover(api, LISTED)
        found = Found(gaps=[*gaps_of_discovery(served, SOURCE), *_not_served(served)])
        for listed in self._lists(api, served):
            found.add(listed)
        return version, found

    def _said(self, error: OutsideWorldFailed) -> str:
        return f"The API server of {self.cluster} could not be read: {str(error).rstrip('.')}."

    def _lists(self, api: KubernetesApi, served: Served) -> Iterator[Listed]:
        def one(resource: Resource) -> Listed:
            version = served.versions[resource]
            scope = Scope(cluster=self.cluster, rules=self.rules, version=version)
            read = reader_of(resource, scope)
            return read_list(Question(api, resource, version, self.page_size), read)

        with ThreadPoolExecutor(self.at_once, thread_name_prefix="kubernetes") as pool:
            futures = [pool.submit(one, resource) for resource in wanted(served)]
            try:
                for future in futures:
                    yield future.result()
            except CredentialsRefused:
                pool.shutdown(wait=False, cancel_futures=True)
                raise


def wanted(served: Served) -> list[Resource]:
    """What is listed: everything served, but not Endpoints where their slices are."""
    return [
        resource
        for resource in LISTED
        if resource in served.versions
        and not (resource == ENDPOINTS and ENDPOINT_SLICES in served.versions)
    ]


def _not_served(served: Served) -> Iterator[Gap]:
    """A sound cluster serves all but the add-ons; without one of them something is broken."""
    replaced = {ENDPOINTS, ENDPOINT_SLICES}
    if replaced & served.versions.keys():
        missing = [resource for resource in LISTED if resource not in replaced]
    else:
        missing = list(LISTED)
    for resource in missing:
        if resource.is_optional or resource in served.versions or resource in served.unknown:
            continue
        versions = ", ".join(resource.versions)
        yield Gap(
            SOURCE,
            f"{resource.name} is not served in any known version ({versions}).",
            hides=resource.hides,
        )
