"""An estate of any size as a real Prometheus knows it: fourteen days of cAdvisor and kube-state.

Written by remote write into a server of its own, then taken as a snapshot and served from blocks,
as a production server does. Nothing here is fast because it is small: labels are as long as the
kubelet's, pods come and go, two in a hundred workloads are killed for memory now and then.
"""

import json
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np

from benchmarks import remote_write
from benchmarks.remote_write import Floats, Ints
from tests.real_parts.needs import needs
from tests.real_parts.servers import free_port, running

DAY = 86_400
_WINDOW_SECONDS = 6 * 3600
_SAFE = "bcdfghjklmnpqrstvwxz2456789"
_KINDS = ("Deployment",) * 16 + ("StatefulSet",) * 3 + ("DaemonSet",)
_MEBIBYTE = 2**20


@dataclass(frozen=True, slots=True)
class SimulatedPod:
    """One pod with the share of the window in which it lived, and what it uses."""

    name: str
    born: float
    died: float
    cpu_cores: float
    memory_bytes: float
    restarts: int


@dataclass(frozen=True, slots=True)
class SimulatedWorkload:
    """One workload of the estate, its containers' names and its pods."""

    namespace: str
    kind: str
    name: str
    replicas: int
    containers: tuple[str, ...]
    pods: tuple[SimulatedPod, ...]
    has_cpu_limit: bool
    is_oom_killed: bool


def workloads_of(count: int, *, seed: int = 7) -> list[SimulatedWorkload]:
    """`count` workloads in namespaces of about twenty, 2.3 replicas each on average."""
    rng = np.random.default_rng(seed)
    return [_workload(number, rng) for number in range(count)]


def _workload(number: int, rng: np.random.Generator) -> SimulatedWorkload:
    kind = _KINDS[number % len(_KINDS)]
    name = f"service-{number:05d}"
    replicas = int(rng.choice((1, 2, 3, 5), p=(0.3, 0.35, 0.25, 0.1)))
    rolled = kind == "Deployment" and rng.random() < 0.15
    is_oom_killed = bool(rng.random() < 0.02)
    generations = ((0.0, 0.6), (0.6, 1.0)) if rolled else ((0.0, 1.0),)
    cores, size = float(rng.lognormal(-2.5, 1.0)), float(rng.lognormal(5.3, 0.8)) * _MEBIBYTE
    return SimulatedWorkload(
        namespace=f"team-{number // 20:04d}",
        kind=kind,
        name=name,
        replicas=replicas,
        containers=("app", "proxy") if number % 10 == 0 else ("app",),
        pods=tuple(
            SimulatedPod(
                name=_pod_name(kind, name, generation, replica),
                born=born,
                died=died,
                cpu_cores=cores * float(rng.uniform(0.8, 1.2)),
                memory_bytes=size * float(rng.uniform(0.9, 1.1)),
                restarts=3 if is_oom_killed else int(rng.random() < 0.03),
            )
            for generation, (born, died) in enumerate(generations)
            for replica in range(replicas)
        ),
        has_cpu_limit=bool(rng.random() < 0.3),
        is_oom_killed=is_oom_killed,
    )


def _pod_name(kind: str, name: str, generation: int, replica: int) -> str:
    if kind == "StatefulSet":
        return f"{name}-{replica}"
    ending = _letters(f"{name}/{generation}/{replica}", 5)
    if kind == "DaemonSet":
        return f"{name}-{ending}"
    return f"{name}-{_letters(f'{name}/{generation}', 10)}-{ending}"


def _letters(text: str, count: int) -> str:
    number = crc32(text.encode()) * 4_294_967_291 + crc32(text[::-1].encode())
    out = ""
    for _ in range(count):
        number, rest = divmod(number, len(_SAFE))
        out += _SAFE[rest]
    return out


@contextmanager
def metrics_server(
    workloads: list[SimulatedWorkload], folder: Path, *, end: int, scrape_seconds: int
) -> Iterator[str]:
    """A Prometheus whose blocks hold the 14 days (and two hours) up to `end` (epoch seconds)."""
    data = folder / "writing"
    port = free_port()
    with running(
        _command(data, folder, port, writable=True),
        port=port,
        ready_path="/-/ready",
        log=folder / "writing.log",
    ):
        url = f"http://127.0.0.1:{port}"
        _write(url, workloads, end=end, scrape_seconds=scrape_seconds)
        snapshot = data / "snapshots" / _snapshot(url)
    port = free_port()
    with running(
        _command(snapshot, folder, port, writable=False),
        port=port,
        ready_path="/-/ready",
        log=folder / "serving.log",
    ):
        yield f"http://127.0.0.1:{port}"


def _command(data: Path, folder: Path, port: int, *, writable: bool) -> list[str]:
    configuration = folder / "prometheus.yml"
    configuration.write_text("global: {}\n")
    command = [
        needs("prometheus", "PromQL is asked of the real engine"),
        f"--config.file={configuration}",
        f"--storage.tsdb.path={data}",
        "--storage.tsdb.retention.time=100y",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=warn",
    ]
    if writable:
        command += ["--web.enable-remote-write-receiver", "--web.enable-admin-api"]
        # Long blocks take long windows, so each series' labels are sent 56 times and not 4,032.
        command += ["--storage.tsdb.min-block-duration=24h"]
        command += ["--storage.tsdb.max-block-duration=168h"]
    return command


def _snapshot(url: str) -> str:
    place = f"{url}/api/v1/admin/tsdb/snapshot"
    asked = urllib.request.Request(place, b"", method="POST")  # noqa: S310 - loopback
    with urllib.request.urlopen(asked, timeout=300) as answer:  # noqa: S310 - loopback
        name: str = json.load(answer)["data"]["name"]
    return name


def _write(url: str, workloads: list[SimulatedWorkload], *, end: int, scrape_seconds: int) -> None:
    start = end - 14 * DAY - 7200
    times = np.arange(start, end + 1, scrape_seconds, dtype=np.int64)
    slow = times[:: max(1, 240 // scrape_seconds)]
    series = [one for workload in workloads for one in _series_of(workload, start, end)]
    for index in range(0, end - start + 1, _WINDOW_SECONDS):
        window = (start + index, min(start + index + _WINDOW_SECONDS, end + 1))
        fast_times, slow_times = (_between(each, window) for each in (times, slow))
        bodies = (
            one.field(fast_times if one.is_fast else slow_times, scrape_seconds) for one in series
        )
        remote_write.post(url, remote_write.requests_of(body for body in bodies if body))


def _between(times: Ints, window: tuple[int, int]) -> Ints:
    low, high = np.searchsorted(times, window).tolist()
    found: Ints = times[low:high]
    return found


class _Series:
    """One series that makes up its values window by window."""

    def __init__(
        self, labels: Mapping[str, str], shape: str, scale: float, life: tuple[float, float]
    ) -> None:
        self._labels = remote_write.labels_field(labels)
        self._shape, self._scale, self._life = shape, scale, life
        seed = crc32("/".join(labels.values()).encode())
        self._rng = np.random.default_rng(seed)
        self._phase = (seed % 24) * 3600
        self._total = 0.0
        self.is_fast = labels["__name__"].startswith("container_")

    def field(self, times: Ints, scrape_seconds: int) -> bytes:
        """The TimeSeries of this window; empty while the pod does not live."""
        alive = times[(times >= self._life[0]) & (times < self._life[1])]
        if not alive.size:
            return b""
        values = self._values(alive, scrape_seconds)
        return remote_write.series_field(
            self._labels, remote_write.samples_field(alive * 1000, values)
        )

    def _values(self, times: Ints, scrape_seconds: int) -> Floats:
        if self._shape == "steady":
            return np.full(times.size, self._scale)
        daily = 1 + 0.5 * np.sin((times + self._phase) * (2 * np.pi / DAY))
        if self._shape == "gauge":
            return self._scale * (0.8 + 0.1 * daily + 0.02 * self._rng.random(times.size))
        if self._shape == "steps":
            share = (times - self._life[0]) / max(self._life[1] - self._life[0], 1)
            return np.floor(share * (self._scale + 1) - 1e-9).clip(0)
        rate = self._scale * daily * self._rng.gamma(4, 0.25, times.size)
        grown: Floats = np.cumsum(rate) * scrape_seconds + self._total
        self._total = float(grown[-1])
        return grown


def _series_of(workload: SimulatedWorkload, start: int, end: int) -> Iterator[_Series]:
    span = end + 1 - start
    for pod in workload.pods:
        life = (start + pod.born * span, start + pod.died * span)
        yield from _kube_state_of(workload, pod, life)
        for container in workload.containers:
            yield from _cadvisor_of(workload, pod, container, life)
    yield from _replicas_of(workload, (start, end + 1))


def _cadvisor_of(
    workload: SimulatedWorkload, pod: SimulatedPod, container: str, life: tuple[float, float]
) -> Iterator[_Series]:
    number = crc32(pod.name.encode())
    labels = {
        "container": container,
        "id": f"/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod{number:032x}.slice/"
        f"cri-containerd-{crc32(container.encode()) + number:064x}.scope",
        "image": f"registry.example/{workload.namespace}/{workload.name}:1.2.3",
        "instance": f"10.0.{number % 50}.7:10250",
        "job": "kubelet",
        "metrics_path": "/metrics/cadvisor",
        "name": f"{number:064x}",
        "namespace": workload.namespace,
        "node": f"ip-10-0-{number % 50}-7.ec2.internal",
        "pod": pod.name,
    }
    part = 0.1 if container == "proxy" else 1.0
    cores, size = pod.cpu_cores * part, pod.memory_bytes * part
    for name, shape, scale in (
        ("container_cpu_usage_seconds_total", "counter", cores),
        ("container_memory_working_set_bytes", "gauge", size),
    ):
        yield _Series({"__name__": name, **labels}, shape, scale, life)
    if workload.has_cpu_limit:
        for name, scale in (("periods", 10.0), ("throttled_periods", 0.3)):
            named = {"__name__": f"container_cpu_cfs_{name}_total", **labels}
            yield _Series(named, "counter", scale, life)


def _kube_state_of(
    workload: SimulatedWorkload, pod: SimulatedPod, life: tuple[float, float]
) -> Iterator[_Series]:
    base = {"instance": "10.0.9.9:8080", "job": "kube-state-metrics"}
    base |= {"namespace": workload.namespace, "pod": pod.name}
    owner = workload.name
    if workload.kind == "Deployment":
        owner = pod.name.rpartition("-")[0]
    kind = "ReplicaSet" if workload.kind == "Deployment" else workload.kind
    named = {"__name__": "kube_pod_owner", "owner_kind": kind, "owner_name": owner}
    yield _Series(base | named | {"owner_is_controller": "true"}, "steady", 1, life)
    for container in workload.containers:
        restarts = "kube_pod_container_status_restarts_total"
        of = {"container": container}
        yield _Series(base | of | {"__name__": restarts}, "steps", pod.restarts, life)
        if workload.is_oom_killed:
            reason = "kube_pod_container_status_last_terminated_reason"
            killed = base | of | {"__name__": reason, "reason": "OOMKilled"}
            yield _Series(killed, "steady", 1, life)


def _replicas_of(workload: SimulatedWorkload, life: tuple[float, float]) -> Iterator[_Series]:
    base = {"job": "kube-state-metrics", "namespace": workload.namespace}
    word = workload.kind.lower()
    name = f"kube_{word}_status_" + (
        "desired_number_scheduled" if word == "daemonset" else "replicas"
    )
    yield _Series(base | {"__name__": name, word: workload.name}, "steady", workload.replicas, life)
    if workload.kind == "Deployment":
        replica_sets = sorted({pod.name.rpartition("-")[0] for pod in workload.pods})
        for replica_set in replica_sets:
            named = {"__name__": "kube_replicaset_owner", "replicaset": replica_set}
            owner = {"owner_kind": "Deployment", "owner_name": workload.name}
            yield _Series(base | named | owner, "steady", 1, life)
