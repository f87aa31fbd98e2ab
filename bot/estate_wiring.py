"""Where the ports of the estate meet their adapters: clusters, usage, machines, accounts, prices.

Nothing is asked here. A cluster that is down must not keep the bot from starting.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import requests
from sqlalchemy import Engine

from bot.configuration import Configuration
from bot.estate_sections import (
    AccountSection,
    AwsLogin,
    AwsSection,
    ClusterSection,
    KubernetesSection,
    PrometheusSection,
    SigV4Section,
)
from finops.aws_cost_integration import AwsCostIntegration
from finops.billing.known_rates import KnownRates
from finops.billing.price_list_api import PriceListApi
from finops.billing.price_service import price_clients
from finops.domain.prices import PriceList
from finops.ledger.bill_rates import LedgerBillRates
from finops.ledger.prices import LedgerPriceCache
from finops.ports import UNHEARD, CodeHost, Progress, SnapshotSource, UsageSource, UsageStore
from finops.sources.aws.account import ALL_REGIONS, AccountReader
from finops.sources.aws.clients import Clients, Login, session_for
from finops.sources.aws.cluster import AwsInventory
from finops.sources.aws.disks import VolumeClaim
from finops.sources.estate import EstateReader
from finops.sources.git_manifests import GitManifests
from finops.sources.kubernetes.api import Patience as KubernetesPatience
from finops.sources.kubernetes.cluster import KubernetesCluster
from finops.sources.kubernetes.connection import Connect, from_kubeconfig, in_cluster
from finops.sources.kubernetes.eks import from_eks
from finops.sources.kubernetes.pod_metrics import PodMetrics
from finops.sources.manifest_workloads import ManifestRules
from finops.sources.prometheus.api import Patience
from finops.sources.prometheus.past_series import PAST_SECONDS, PrometheusPast
from finops.sources.prometheus.sigv4 import SignedRequests
from finops.sources.prometheus.usage import PrometheusUsage
from finops.sources.sampled_usage import SampledUsage

# Every tick samples, before it does anything else, and the next sample is due in five minutes.
_SAMPLING_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Estate:
    """The adapters that the configuration names: who reads each cluster, and who samples it."""

    snapshots: Mapping[str, SnapshotSource]
    samplers: Mapping[str, SampledUsage]
    hours: Mapping[str, PrometheusUsage]


def build_prices(configuration: Configuration, engine: Engine) -> AwsCostIntegration:
    """One instance for everything: the bill, then the Price List API, then the bundled list."""
    section = configuration.prices
    bill = configuration.bill
    return AwsCostIntegration(
        bill_rates=KnownRates(LedgerBillRates(engine, bill.name), bill.name) if bill else None,
        api=PriceListApi(price_clients(), LedgerPriceCache(engine))
        if section.price_list_api
        else None,
        discount_percent=section.discount_percent,
    )


def build_estate(
    configuration: Configuration,
    hosts: Mapping[str, CodeHost],
    *,
    store: UsageStore,
    prices: PriceList,
    progress: Callable[[str], Progress],
) -> Estate:
    """Every configured cluster and account, by name; no disk is reported by both."""
    inventories = {
        cluster.name: cluster_inventory(configuration, cluster, cluster.aws, prices)
        for cluster in configuration.clusters
        if cluster.aws
    }
    wiring = _Wiring(configuration, hosts, store, prices, inventories)
    readers = {
        cluster.name: wiring.reader(cluster, progress(cluster.name))
        for cluster in configuration.clusters
    }
    claims = [inventory.claim for inventory in inventories.values()]
    accounts = {
        account.name: account_reader(account, prices, claims) for account in configuration.accounts
    }
    return Estate(
        snapshots={**readers, **accounts},
        samplers={
            name: reader.usage
            for name, reader in readers.items()
            if isinstance(reader.usage, SampledUsage)
        },
        hours={
            name: reader.usage
            for name, reader in readers.items()
            if isinstance(reader.usage, PrometheusUsage)
        },
    )


@dataclass(frozen=True, slots=True)
class _Wiring:
    configuration: Configuration
    hosts: Mapping[str, CodeHost]
    store: UsageStore
    prices: PriceList
    inventories: Mapping[str, AwsInventory]

    def reader(self, cluster: ClusterSection, progress: Progress) -> EstateReader:
        section = cluster.kubernetes
        running = running_cluster(cluster.name, section, self._rules(cluster)) if section else None
        return EstateReader(
            cluster=cluster.name,
            running=running,
            desired=self._desired(cluster) if cluster.repository else None,
            prices=self.prices,
            usage=self._usage(cluster, running, progress),
            inventory=self.inventories.get(cluster.name),
            window_days=cluster.window_days,
            progress=progress,
        )

    def _desired(self, cluster: ClusterSection) -> GitManifests:
        host = self.hosts[cluster.repository]
        return GitManifests(host, cluster=cluster.name, rules=self._rules(cluster))

    def _rules(self, cluster: ClusterSection) -> ManifestRules:
        kept = ManifestRules().annotation_keys
        return ManifestRules(
            default_namespace=cluster.default_namespace,
            folders=tuple(cluster.folders),
            annotation_keys=(*kept, *self.configuration.owners.label_keys),
        )

    def _usage(
        self, cluster: ClusterSection, running: KubernetesCluster | None, progress: Progress
    ) -> UsageSource | None:
        if cluster.prometheus is not None:
            return prometheus_usage(cluster.name, cluster.prometheus, self.store, progress)
        if running is None or cluster.kubernetes is None or not cluster.kubernetes.metrics_api:
            return None
        metrics = pod_metrics(running)
        return SampledUsage(
            cluster=cluster.name, metrics=metrics, running=running, store=self.store
        )


def running_cluster(
    cluster: str, section: KubernetesSection, rules: ManifestRules
) -> KubernetesCluster:
    """The API server of one cluster."""
    seconds = section.timeout_seconds
    return KubernetesCluster(
        cluster=cluster,
        connect=kubernetes_connection(section),
        rules=rules,
        page_size=section.page_size,
        patience=KubernetesPatience(timeout_seconds=seconds, total_seconds=10 * seconds),
    )


def pod_metrics(running: KubernetesCluster) -> PodMetrics:
    """The metrics API of the same server."""
    return PodMetrics(
        cluster=running.cluster,
        connect=running.connect,
        page_size=running.page_size,
        patience=replace(running.patience, total_seconds=_SAMPLING_SECONDS),
    )


def kubernetes_connection(kubernetes: KubernetesSection) -> Connect:
    """How its API server is reached: through EKS, from inside, or by a kubeconfig."""
    if kubernetes.eks is not None:
        eks = kubernetes.eks
        return from_eks(eks.name, eks.region, role_arn=eks.role_arn)
    if kubernetes.in_cluster:
        return in_cluster()
    return from_kubeconfig(kubernetes.context, kubernetes.kubeconfig)


def prometheus_usage(
    cluster: str, section: PrometheusSection, store: UsageStore, progress: Progress = UNHEARD
) -> PrometheusUsage:
    """The PromQL endpoint of one cluster."""
    return PrometheusUsage(
        base_url=section.url,
        cluster=cluster,
        store=store,
        session=prometheus_session(section),
        matchers=section.matchers,
        patience=Patience(timeout_seconds=section.timeout_seconds),
        concurrency=section.concurrency,
        startup_minutes=section.startup_minutes,
        progress=progress,
    )


def prometheus_past(section: PrometheusSection, progress: Progress) -> PrometheusPast:
    """The same endpoint, for a backtest; a day of samples takes its time."""
    return PrometheusPast(
        base_url=section.url,
        session=prometheus_session(section),
        matchers=section.matchers,
        patience=Patience(timeout_seconds=section.timeout_seconds, total_seconds=PAST_SECONDS),
        concurrency=section.concurrency,
        progress=progress,
    )


def prometheus_session(section: PrometheusSection) -> requests.Session:
    """A session with the section's headers, signing where it says so."""
    session = requests.Session()
    session.headers.update(section.headers)
    if section.sigv4 is not None:
        session.auth = _signing(section.sigv4)
    return session


def _signing(sigv4: SigV4Section) -> SignedRequests:
    session = session_for(Login(role_arn=sigv4.role_arn, region=sigv4.region))
    return SignedRequests(session.get_credentials, region=sigv4.region, service=sigv4.service)


def cluster_inventory(
    configuration: Configuration, cluster: ClusterSection, aws: AwsSection, prices: PriceList
) -> AwsInventory:
    """The machines and disks of one cluster; disks of nobody are the accounts', where there are."""
    eks = cluster.kubernetes.eks if cluster.kubernetes else None
    return AwsInventory(
        clients=_clients(aws, region=next(iter(aws.regions), "")),
        regions=aws.regions,
        cluster=cluster.name,
        eks_name=aws.eks_name or (eks.name if eks else ""),
        prices=prices,
        only_own_volumes=bool(configuration.accounts),
    )


def account_reader(
    account: AccountSection, prices: PriceList, claims: Sequence[Callable[[], VolumeClaim]] = ()
) -> AccountReader:
    """One AWS account; `claims` say which disks a cluster reports already."""
    region = next((region for region in account.regions if region != ALL_REGIONS), "")
    return AccountReader(
        name=account.name,
        clients=_clients(account, region=region),
        prices=prices,
        regions=account.regions,
        metric_days=account.metric_days,
        claims=claims,
    )


def _clients(section: AwsLogin, *, region: str) -> Clients:
    return Clients(session_for(section.login(region)), section.endpoint_url)
