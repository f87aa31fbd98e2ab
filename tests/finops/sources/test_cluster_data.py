import json
import math
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops.aws_cost_integration import AwsCostIntegration
from finops.domain.errors import InvalidInput
from finops.domain.estate import Snapshot, SnapshotPart
from finops.sources.cluster_data import load_cluster_data, parse_cluster_data, read_cluster_data

NOW = datetime(2026, 7, 15, 12, tzinfo=UTC)
PRICES = AwsCostIntegration()
GIB = 2**30


def entry(**changes: Any) -> dict[str, Any]:
    return {
        "name": "frontend",
        "cpu_request": 1.0,
        "cpu_usage": 0.12,
        "memory_request_gb": 2,
        "memory_usage_gb": "700Mi",
        "team": "web",
    } | changes


def node(**changes: Any) -> dict[str, Any]:
    return {"name": "n1", "instance_type": "m5.large"} | changes


def volume(**changes: Any) -> dict[str, Any]:
    return {"volume_id": "vol-1", "size_gb": 100, "volume_type": "gp3", "attached": False} | changes


def cluster(*entries: dict[str, Any], **sections: Any) -> dict[str, Any]:
    return {"cluster": "prod", "workloads": {"shop": list(entries)}} | sections


def read(data: object) -> Snapshot:
    return read_cluster_data(data, now=NOW, prices=PRICES)


def problem(data: object) -> str:
    with pytest.raises(InvalidInput) as caught:
        read(data)
    return str(caught.value)


def test_the_given_shape_is_read() -> None:
    snapshot = read(cluster(entry()))
    [workload] = snapshot.workloads
    [container] = workload.containers

    assert (snapshot.cluster, snapshot.taken_at) == ("prod", NOW)
    assert (workload.namespace, workload.name, workload.team) == ("shop", "frontend", "web")
    assert container.cpu_request_millicores == 1000
    assert container.memory_request_bytes == 2 * GIB
    assert container.cpu_usage
    assert container.memory_usage
    assert (container.cpu_usage.mean, container.cpu_usage.maximum) == (120, 120)
    assert (container.cpu_usage.window_days, container.cpu_usage.samples) == (0, 1)
    assert container.memory_usage.mean == 700 * 2**20


def test_it_is_read_without_a_price_list_too() -> None:
    snapshot = read_cluster_data(cluster(entry()), now=NOW)

    assert snapshot.unit_prices.cpu_usd_per_core_hour == Decimal("0.031611")
    assert "default" in snapshot.unit_prices.source


def test_history_makes_a_summary_of_days() -> None:
    peaks = [0.1] * 13 + ["900m"]
    [workload] = read(cluster(entry(history_days=14, daily_cpu_peaks=peaks))).workloads
    usage = workload.containers[0].cpu_usage

    assert usage
    assert (usage.window_days, usage.samples, usage.maximum) == (14, 14, 900)
    assert usage.daily_peaks == (100,) * 13 + (900,)


def test_null_means_not_declared_or_not_known() -> None:
    data = cluster(entry(cpu_request=None, cpu_usage=None, team=None))
    [workload] = read(data).workloads

    assert workload.team == "unknown"
    assert workload.containers[0].cpu_request_millicores is None
    assert workload.containers[0].cpu_usage is None


def test_entries_of_one_name_are_containers_of_one_workload() -> None:
    snapshot = read(cluster(entry(container="server"), entry(container="proxy")))
    [workload] = snapshot.workloads

    assert [container.name for container in workload.containers] == ["server", "proxy"]


def test_nodes_get_size_and_price_from_the_list_where_they_are_silent() -> None:
    given_price = node(name="n2", instance_type="big", cpu_cores=4, memory_gb=8)
    snapshot = read(cluster(nodes=[node(), given_price | {"price_usd_per_hour": 0.5}]))
    listed, own = snapshot.nodes

    assert (listed.cpu_millicores, listed.memory_bytes) == (2000, 8 * GIB)
    assert listed.price_usd_per_hour == Decimal("0.096")
    assert (own.price_usd_per_hour, own.price_source) == (Decimal("0.5"), "given in cluster_data")
    assert snapshot.unit_prices.source.startswith("2 of 2 nodes")


def test_volumes_and_node_groups_are_read() -> None:
    groups = [{"name": "general", "desired_size": 3, "max_size": 9}]
    old = volume(created_at="2026-01-01", detached_since=datetime(2026, 5, 1, tzinfo=UTC))
    snapshot = read(cluster(node_groups=groups, volumes=[old]))

    assert snapshot.node_groups[0].min_size == 3
    assert snapshot.volumes[0].created_at == datetime(2026, 1, 1, tzinfo=UTC)
    assert snapshot.volumes[0].price_usd_per_month == Decimal("8.00")


@pytest.mark.parametrize(
    ("change", "place_and_reason"),
    [
        ({"cpu_request": -1}, "workloads.shop[0].cpu_request: -1 is negative"),
        ({"cpu_request": True}, "cpu_request: True is not a number"),
        ({"cpu_request": math.nan}, "cpu_request: nan is not a finite number"),
        ({"cpu_usage": math.inf}, "cpu_usage: inf is not a finite number"),
        ({"cpu_request": 20_000}, "cpu_request: 20000 is over 10,000 cores"),
        ({"cpu_request": 10**400}, "cpu_request: a huge number is out of range"),
        ({"cpu_request": "1 core"}, "cpu_request: CPU quantity '1 core' is not"),
        ({"cpu_request": [1]}, "cpu_request: a list is not a number"),
        ({"memory_request_gb": 2_000_000}, "memory_request_gb: 2000000 is over 1 PiB"),
        ({"memory_request_gb": "2"}, "memory_request_gb: '2' has no unit"),
        ({"memory_usage_gb": "5GB"}, "memory_usage_gb: memory quantity '5GB' has the unknown unit"),
        ({"cpu_requests": 1}, "'cpu_requests' is not known; did you mean 'cpu_request'?"),
        ({"zzz": 1}, "'zzz' is not known; known are container, cpu_limit"),
        ({"name": "a\nb"}, "name: 'a\\nb' holds control characters"),
        ({"name": "<!channel>"}, "name: '<!channel>' is not a name"),
        ({"name": "x" * 254}, "name: text of 254 characters"),
        ({"name": 5}, "name: 5 is not text"),
        ({"team": "\u202egnp"}, "team: '\\u202egnp' holds control characters"),
        ({"tags": ["a"]}, "tags: a list is not a mapping"),
        ({"replicas": 1.5}, "replicas: 1.5 is not a whole number"),
        ({"history_days": 2, "daily_cpu_peaks": [1] * 9}, "daily_cpu_peaks has 9 days"),
        ({"daily_cpu_peaks": 4}, "daily_cpu_peaks: 4 is not a list"),
    ],
)
def test_a_wrong_field_is_named_with_its_place(
    change: dict[str, Any], place_and_reason: str
) -> None:
    told = problem(cluster(entry(**change)))

    assert told.startswith("cluster_data was not read; nothing of it is used.\n- workloads.shop[0]")
    assert place_and_reason in told


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (None, "cluster_data: None is not a mapping"),
        ([], "cluster_data: a list is not a mapping"),
        ({"workloads": {}}, "cluster_data.cluster: is missing"),
        ({"cluster": "prod", "workload": {}}, "did you mean 'workloads'?"),
        ({"cluster": "prod", 5: {}}, "the key 5 is not known"),
        ({"cluster": "prod", "workloads": []}, "workloads: a list is not a mapping"),
        ({"cluster": "prod", "workloads": {"shop": {}}}, "workloads.shop: a dict is not a list"),
        ({"cluster": "prod", "workloads": {"a b": [entry()]}}, "'a b' is not a name"),
        (cluster("x"), "workloads.shop[0]: 'x' is not a mapping"),  # type: ignore[arg-type]
        (cluster({"name": "a"}), "workloads.shop[0].cpu_request: is missing"),
        (cluster(entry(), entry()), "workloads.shop[1]: Workload shop/frontend is there twice"),
        (cluster(entry(), entry(container="a")), "each of them must name its container"),
        (cluster(entry(container="a"), entry(container="b", team="x")), "another team"),
        (cluster(nodes={}), "nodes: a dict is not a list"),
        (cluster(nodes=[node(), node()]), "nodes[1]: n1 is there twice"),
        (cluster(nodes=[node(instance_type="q9")]), "cpu_cores is missing, and q9 has no known"),
        (cluster(nodes=[node(price_usd_per_hour=-1)]), "nodes[0].price_usd_per_hour: -1 is neg"),
        (cluster(node_groups=[{"name": "g", "desired_size": 3, "max_size": 1}]), "not between"),
        (cluster(volumes=[volume(attached="no")]), "volumes[0].attached: 'no' is not true or"),
        (cluster(volumes=[volume(size_gb=0)]), "size_gb: 0 is not a whole number from 1"),
        (cluster(volumes=[volume(created_at="soon")]), "created_at: 'soon' is not a date"),
        (cluster(volumes=[volume(created_at=NOW + timedelta(days=9))]), "is in the future"),
        (cluster(volumes=[volume(attached=True, detached_since="2026-01-01")]), "for an attached"),
    ],
)
def test_a_wrong_shape_is_named_with_its_place(data: object, reason: str) -> None:
    assert reason in problem(data)


def test_all_problems_are_told_up_to_twenty() -> None:
    told = problem(cluster(*(entry(name=f"w{i}", cpu_usage=-1) for i in range(25))))

    assert told.count("\n- ") == 21
    assert told.endswith("… and 5 more")
    assert "workloads.shop[19].cpu_usage: -1 is negative" in told


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@given(st.sampled_from(sorted(entry())), json_values)
def test_no_value_of_a_field_is_a_crash(key: str, value: object) -> None:
    try:
        snapshot = read(cluster(entry(**{key: value})))
    except InvalidInput:
        return
    assert len(snapshot.workloads) == 1


@given(json_values)
def test_no_document_is_a_crash(data: object) -> None:
    with pytest.raises(InvalidInput):
        read(data)


def test_json_and_yaml_files_read_alike(tmp_path: Path) -> None:
    as_json, as_yaml = tmp_path / "a.json", tmp_path / "a.yaml"
    as_json.write_text(json.dumps(cluster(entry())))
    as_yaml.write_text(
        "cluster: prod\nworkloads:\n  shop:\n  - {name: frontend, cpu_request: 1.0,"
        " cpu_usage: 0.12,"
        " memory_request_gb: 2, memory_usage_gb: 700Mi, team: web}\n"
    )
    first, second = load_cluster_data(as_json, NOW), load_cluster_data(as_yaml, NOW)

    assert first.workloads[0].name == second.workloads[0].name == "frontend"
    assert (
        first.workloads[0].containers[0].cpu_request_millicores
        == second.workloads[0].containers[0].cpu_request_millicores
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'{"a": NaN}', "NaN is not a number"),
        (b'{"a": Infinity}', "Infinity is not a number"),
        (b'{"a": 1, "a": 2}', "the key 'a' is written twice"),
        (b'{"a": 1', "no JSON: Expecting ',' delimiter in line 1, column 8"),
        (b"[" * 200_000, "no JSON that can be read"),
        (b"\xff\xfe{", "no JSON that can be read"),
        (b'{"a": ' + b"9" * 5000 + b"}", "no JSON that can be read"),
    ],
)
def test_hostile_json_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        parse_cluster_data(content, is_json=True, source="pushed")


def test_hostile_yaml_is_refused() -> None:
    bomb = b"a: &a 1\nb: [" + b"*a, " * 101 + b"1]\n"

    with pytest.raises(InvalidInput, match="pushed was not read: it has more than 100 aliases"):
        parse_cluster_data(bomb, is_json=False, source="pushed")


def test_missing_and_too_large_files_are_refused(tmp_path: Path) -> None:
    large = tmp_path / "large.json"
    with large.open("wb") as file:
        file.truncate(50_000_001)

    with pytest.raises(InvalidInput, match="No such file"):
        load_cluster_data(tmp_path / "none.json", NOW)
    with pytest.raises(InvalidInput, match="limit is 50,000,000"):
        load_cluster_data(large, NOW)


def refusal_of(data: dict[str, Any]) -> str:
    with pytest.raises(InvalidInput) as caught:
        read_cluster_data(data, now=NOW)
    return str(caught.value)


@pytest.mark.parametrize(
    "namespace", ["a\n\u202eb\x1b[31m", "<!channel>", "n" * 300, "\ud800", 5, None, True]
)
def test_a_hostile_namespace_is_refused_in_plain_words(namespace: object) -> None:
    line = refusal_of({"cluster": "prod", "workloads": {namespace: []}}).splitlines()[-1]

    assert "the namespace" in line
    assert line.isprintable()
    assert len(line) < 200


@pytest.mark.parametrize("cluster", ["<!channel>", "a/../b", "c" * 101, "a b"])
def test_a_cluster_has_a_name_that_fits_into_keys(cluster: str) -> None:
    assert "cluster_data.cluster: " in refusal_of({"cluster": cluster, "workloads": {}})


def test_billions_of_replicas_times_cores_are_a_unit_mistake() -> None:
    entry = {"name": "a", "cpu_request": 9000, "cpu_usage": 1, "replicas": 90_000}
    entry |= {"memory_request_gb": 1, "memory_usage_gb": 1}

    assert "check the units" in refusal_of({"cluster": "p", "workloads": {"shop": [entry]}})


@pytest.mark.parametrize(
    ("times", "reason"),
    [
        ({"detached_since": "0001-01-01T00:00:00Z"}, "write null for unknown"),
        ({"detached_since": "2024-01-01", "created_at": "2025-01-01"}, "is before created_at"),
    ],
)
def test_impossible_times_of_a_volume_are_refused(times: dict[str, str], reason: str) -> None:
    volume = {"volume_id": "vol-1", "size_gb": 1, "volume_type": "gp3", "attached": False}

    assert reason in refusal_of({"cluster": "p", "workloads": {}, "volumes": [volume | times]})


def test_a_section_that_is_left_out_is_a_gap_and_an_empty_one_is_not() -> None:
    silent = read_cluster_data({"cluster": "p", "workloads": {}, "nodes": []}, now=NOW)
    told = {"cluster": "p", "workloads": {}, "nodes": [], "node_groups": [], "volumes": []}

    assert "nothing of node groups and volumes" in silent.gaps[0].sentence
    assert silent.may_hide(SnapshotPart.VOLUMES)
    assert not silent.may_hide(SnapshotPart.NODES)
    assert read_cluster_data(told, now=NOW).gaps == ()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b" \n", "is empty"),
        (b"<html><body>Log in</body></html>", "was it a login page"),
        (b"[" * 200_000, "it is nested too deep"),
        (b"[" + b"9" * 6000 + b"]", "a number in it has thousands of digits"),
    ],
)
def test_what_is_no_data_at_all_is_called_what_it_is(content: bytes, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        parse_cluster_data(content, is_json=True, source="push")
