"""The packing benchmark on a small cluster: the same seed gives the same figures within bounds."""

from pathlib import Path

from benchmarks.packing import made_cluster, measure, read_cluster


def test_the_made_cluster_is_packed_within_the_bound() -> None:
    found = measure(made_cluster(600, 80, seed=3))
    again = measure(made_cluster(600, 80, seed=3))

    assert found | {"seconds": 0} == again | {"seconds": 0}
    assert found["lower_bound"] <= found["nodes_after"] < found["nodes_before"]
    assert found["over_bound"] <= 0.10


def test_columns_of_the_trace_are_read_by_name(tmp_path: Path) -> None:
    (tmp_path / "openb_node_list_x.csv").write_text(
        "model,sn,gpu,memory_mib,cpu_milli\nT4,n0,2,4096,4000\n,n1,0,4096,4000\n"
    )
    (tmp_path / "openb_pod_list_x.csv").write_text(
        "pod_phase,name,cpu_milli,memory_mib,num_gpu,gpu_milli\n"
        "Running,p0,1000,512,1,460\nRunning,p1,1000,512,0,0\nFailed,p2,9000,512,0,0\n"
    )
    snapshot = read_cluster(tmp_path)

    assert [pod.other_requests for pod in snapshot.pods] == [{"gpu-milli": 500}, {}]
    assert measure(snapshot)["nodes_after"] == 1
