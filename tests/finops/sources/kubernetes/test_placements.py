from finops.domain.cluster_objects import (
    ANYWHERE,
    Placement,
    Requirement,
    Toleration,
    TopologySpread,
)
from finops.sources.kubernetes.placements import placement_of
from tests.finops.sources.kubernetes.builders import Raw, container

REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
LABELS = {"app": "web"}


def placed(**spec: object) -> Placement:
    return placement_of({"containers": [container()]} | spec, LABELS)


def test_a_pod_that_asks_for_nothing_may_run_anywhere() -> None:
    assert placed() is ANYWHERE


def test_selectors_tolerations_and_required_terms_are_read() -> None:
    terms = [
        {"matchExpressions": [{"key": "zone", "operator": "In", "values": ["a", "b"]}]},
        {"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["n1"]}]},
        {},
    ]
    found = placed(
        nodeSelector={"disk": "ssd"},
        tolerations=[
            {"key": "gpu", "value": "yes", "effect": "NoSchedule"},
            {"operator": "Exists"},
        ],
        affinity={"nodeAffinity": {REQUIRED: {"nodeSelectorTerms": terms}}},
    )

    assert found.node_selector == {"disk": "ssd"}
    assert found.tolerations == (
        Toleration("gpu", "Equal", "yes", "NoSchedule"),
        Toleration("", "Exists"),
    )
    assert found.required_terms == (
        (Requirement("zone", "In", ("a", "b")),),
        (Requirement("metadata.name", "In", ("n1",)),),
    )


def anti(selector: Raw) -> Placement:
    term = {"topologyKey": "kubernetes.io/hostname", "labelSelector": selector}
    return placed(affinity={"podAntiAffinity": {REQUIRED: [term]}})


def test_only_anti_affinity_against_its_own_pods_keeps_them_apart() -> None:
    assert anti({"matchLabels": {"app": "web"}}).apart_on == ("kubernetes.io/hostname",)
    assert anti({"matchLabels": {"app": "db"}}).apart_on == ()


def test_a_required_affinity_ties_it_to_others_and_a_preferred_one_does_not() -> None:
    term = {"topologyKey": "zone", "labelSelector": {}}
    preferred = {"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 1}]}

    assert placed(affinity={"podAffinity": {REQUIRED: [term]}}).with_pods
    assert not placed(affinity={"podAffinity": preferred}).with_pods


def test_spreads_are_hard_unless_they_say_otherwise() -> None:
    found = placed(
        topologySpreadConstraints=[
            {"topologyKey": "zone", "maxSkew": 2, "whenUnsatisfiable": "DoNotSchedule"},
            {"topologyKey": "host", "maxSkew": 1, "whenUnsatisfiable": "ScheduleAnyway"},
        ]
    )

    assert found.spreads == (TopologySpread("zone", 2, True), TopologySpread("host", 1, False))


def test_ports_of_the_host_are_those_asked_for_and_all_with_its_network() -> None:
    ports = [{"containerPort": 8080, "hostPort": 80}, {"containerPort": 9090}]
    asking = [container("a", ports=ports)]

    assert placed(containers=asking).host_ports == (80,)
    assert placed(containers=asking, hostNetwork=True).host_ports == (80, 9090)
