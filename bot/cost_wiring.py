"""Where questions about cost meet their adapters: Cost Explorer and the counts of a unit cost."""

import requests
from sqlalchemy import Engine

from bot.configuration import Configuration
from bot.cost_sections import UnitCostSection
from bot.estate_sections import PrometheusSection
from bot.estate_wiring import prometheus_session
from finops.billing.cost_explorer import REGION, CostExplorer
from finops.domain.errors import InvalidInput
from finops.finops_engine import UnitMetric
from finops.ledger.cost_answers import LedgerAnswers
from finops.sources.aws.clients import Clients, session_for
from finops.sources.prometheus.daily_metric import PrometheusDailyMetric

# Every try is a request that may cost; what is worth trying again is tried by the adapter.
_TRIES = 1
_READ_SECONDS = 20


def build_cost_explorer(configuration: Configuration, engine: Engine) -> CostExplorer | None:
    """Cost Explorer with its answers in the ledger; None where it is not configured."""
    section = configuration.cost_explorer
    if section is None:
        return None
    session = session_for(section.login(REGION))
    return CostExplorer(
        clients=Clients(session, section.endpoint_url, tries=_TRIES, read_seconds=_READ_SECONDS),
        store=LedgerAnswers(engine),
        account=section.role_arn or section.profile,
        requests_per_day=section.requests_per_day,
        team_tag=section.team_tag,
    )


def build_unit_metrics(configuration: Configuration) -> tuple[UnitMetric, ...]:
    """One for each unit cost. Raises InvalidInput where nobody can be asked."""
    return tuple(_unit_metric(section, configuration) for section in configuration.unit_costs)


def _unit_metric(section: UnitCostSection, configuration: Configuration) -> UnitMetric:
    prometheus = _prometheus_of(section, configuration)
    session: requests.Session = prometheus_session(prometheus)
    return UnitMetric(
        name=section.name,
        query=section.query,
        source=PrometheusDailyMetric(base_url=prometheus.url, session=session),
        per=section.per,
        team=section.team,
        namespace=section.namespace,
    )


def _prometheus_of(section: UnitCostSection, configuration: Configuration) -> PrometheusSection:
    known = {c.name: c.prometheus for c in configuration.clusters if c.prometheus is not None}
    if section.cluster in known:
        return known[section.cluster]
    if len(known) == 1 and not section.cluster:
        return next(iter(known.values()))
    names = ", ".join(known) or "none has one"
    wanted = f"names cluster {section.cluster!r}" if section.cluster else "names no cluster"
    raise InvalidInput(
        f"unit_costs: {section.name} {wanted}; clusters with a Prometheus to ask: {names}."
    )
