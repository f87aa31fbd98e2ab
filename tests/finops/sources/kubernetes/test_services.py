from tests.finops.sources.kubernetes.builders import Raw, metadata, of_kinds
from tests.finops.sources.kubernetes.test_cluster import read


def service(name: str, **spec: object) -> Raw:
    return {"metadata": metadata(name), "spec": {"selector": {"app": name}} | spec}


def part(name: str, service_name: str, *endpoints: Raw) -> Raw:
    labels = {"kubernetes.io/service-name": service_name}
    return {"metadata": metadata(name, labels=labels), "endpoints": list(endpoints)}


def endpoint(pod: str, *, ready: bool | None = True) -> Raw:
    return {"addresses": ["::1"], "conditions": {"ready": ready}, "targetRef": {"name": pod}}


def test_a_pod_with_two_addresses_is_one_endpoint_and_slices_add_up() -> None:
    slices = [
        part("v4", "web", endpoint("a"), endpoint("b")),
        part("v6", "web", endpoint("a"), endpoint("b")),
        part("more", "web", endpoint("c"), endpoint("d", ready=False), endpoint("e", ready=None)),
        part("other", "db", endpoint("x")),
    ]
    state = read(of_kinds(Service=[service("web")], EndpointSlice=slices))

    assert [s.endpoints for s in state.services] == [4]


def test_a_service_that_nobody_answers_has_none_and_one_without_selector_is_unknown() -> None:
    services = [service("web"), service("outside", selector=None, type="ExternalName")]
    state = read(of_kinds(Service=services, EndpointSlice=[]))

    assert [(s.name, s.type, s.endpoints) for s in state.services] == [
        ("web", "ClusterIP", 0),
        ("outside", "ExternalName", None),
    ]
