"""Services with their balancers and the ready pods behind them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from finops.domain.cluster_objects import Service
from finops.sources.kubernetes.listing import Notes
from finops.sources.kubernetes.objects import Place, Scope, meta_of, tags_in
from finops.sources.raw_objects import Mapped, at, listing, mapping, mappings, text


@dataclass(frozen=True, slots=True)
class Ready:
    """The ready endpoints of a service in one slice, by pod (else by address)."""

    service: Place
    endpoints: frozenset[str]


def read_service(raw: Mapped, scope: Scope, notes: Notes) -> Service:
    """A Service; `endpoints` is 0 for one that selects pods, until they are counted."""
    meta, spec = meta_of(raw), mapping(raw.get("spec"))
    balancers = (
        text(ingress.get("hostname")) or text(ingress.get("ip"))
        for ingress in mappings(at(raw, "status", "loadBalancer", "ingress"))
    )
    return Service(
        namespace=meta.namespace,
        name=meta.name,
        type=text(spec.get("type")) or "ClusterIP",
        balancer=next((found for found in balancers if found), ""),
        endpoints=0 if mapping(spec.get("selector")) else None,
        tags=tags_in(meta, scope),
    )


def read_slice(raw: Mapped, scope: Scope, notes: Notes) -> Ready | None:
    """An EndpointSlice; a missing `ready` means ready (discovery.k8s.io/v1)."""
    meta = meta_of(raw)
    service = meta.labels.get("kubernetes.io/service-name")
    if not service:
        return None
    ready = (
        _name(endpoint.get("targetRef"), listing(endpoint.get("addresses")))
        for endpoint in mappings(raw.get("endpoints"))
        if at(endpoint, "conditions", "ready") is not False
    )
    return Ready((meta.namespace, service), frozenset(filter(None, ready)))


def read_endpoints(raw: Mapped, scope: Scope, notes: Notes) -> Ready:
    """An Endpoints object, which has the name of its service."""
    addresses = [
        _name(address.get("targetRef"), [address.get("ip")])
        for subset in mappings(raw.get("subsets"))
        for address in mappings(subset.get("addresses"))
    ]
    return Ready(meta_of(raw).place, frozenset(filter(None, addresses)))


def _name(target: object, addresses: Iterable[object]) -> str:
    """The pod's name: a pod with an IPv4 and an IPv6 address is one endpoint."""
    return text(mapping(target).get("name")) or next(map(text, addresses), "")


def services_of(
    services: Iterable[Service], ready: Iterable[Ready], *, is_counted: bool
) -> tuple[Service, ...]:
    """Services with the number of their ready endpoints; None where they could not be listed."""
    found: dict[Place, set[str]] = {}
    for each in ready:
        found.setdefault(each.service, set()).update(each.endpoints)

    def counted(service: Service) -> int | None:
        if service.endpoints is None or not is_counted:
            return None
        return len(found.get((service.namespace, service.name), ()))

    return tuple(replace(service, endpoints=counted(service)) for service in services)
