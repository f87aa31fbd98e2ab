"""How long the index of a large repository takes, and how much memory.

A bare git repository of N files is made by `git fast-import`: of ten applications seven are plain
manifests, two are Kustomize bases with two overlays each, one is a chart with a HelmRelease. It is
read by the product's own local host, indexed, and one edit is planned. `seconds` is reading,
indexing and finding the units, `plan_seconds` the edit after it, `peak_mb` the most memory that
this process ever held.
"""

import resource
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.edits_tally import opportunity_for
from finops.code_hosts import LocalGitHost
from finops.domain.changes import Change, Setting
from finops.domain.opportunity import Resource
from finops.edits import plan_edit
from finops.edits.gitops.source_index import SourceIndex

_DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
  labels:
    app: {name} # kept by the platform team
spec:
  replicas: 2
  selector:
    matchLabels:
      app: {name}
  template:
    metadata:
      labels:
        app: {name}
    spec:
      containers:
        - name: app
          image: registry.example/{name}:1.0
          ports:
            - containerPort: 8080
          resources:
            requests:
              cpu: 500m
              memory: 512Mi
            limits:
              memory: 1Gi
"""
_PATCH = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
spec:
  replicas: 3
"""
_RELEASE = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: {name}
  namespace: {name}
spec:
  chart:
    spec:
      chart: ./charts/{name}
      sourceRef:
        kind: GitRepository
        name: platform
  values:
    resources:
      requests:
        cpu: 500m
"""
_TEMPLATE = _DEPLOYMENT.partition("          resources:")[0] + (
    "          resources: {{ toYaml .Values.resources | nindent 12 }}\n"
)


def measure_index(files: int) -> dict[str, Any]:
    """Make, read and index a repository of about so many files."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.git"
        count = _make(path, files)
        start = time.perf_counter()
        host = LocalGitHost(path, "acme/large", lambda number: f"http://local/{number}")
        repository = host.read_files()
        index = SourceIndex(repository.files)
        units = len(index.units)
        indexed = time.perf_counter()
        resource_ = Resource(cluster="prod", kind="Deployment", name="app-0", container="app")
        change = Change(Setting.CPU_REQUEST, 500, 120)
        plan_edit(repository, opportunity_for(resource_, (change,)), index=index)
        planned = time.perf_counter()
    return {
        "files": count,
        "units": units,
        "seconds": round(indexed - start, 2),
        "plan_seconds": round(planned - indexed, 2),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def _make(path: Path, files: int) -> int:
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(path)], check=True)
    stream: list[bytes] = [b"commit refs/heads/main\ncommitter a <a@example> 0 +0000\ndata 0\n"]
    count = 0
    for name, text in _contents():
        if count >= files:
            break
        data = text.encode()
        stream.append(b"M 644 inline %s\ndata %d\n%s\n" % (name.encode(), len(data), data))
        count += 1
    command = ["git", "-C", str(path), "fast-import", "--quiet"]
    subprocess.run(command, input=b"".join(stream), check=True)
    return count


def _contents() -> Iterator[tuple[str, str]]:
    number = 0
    while True:
        name = f"app-{number}"
        if number % 10 < 7:
            yield f"plain/team-{number % 50}/{name}.yaml", _DEPLOYMENT.format(name=name)
        elif number % 10 < 9:
            yield from _overlays(name)
        else:
            yield f"charts/{name}/Chart.yaml", f"apiVersion: v2\nname: {name}\nversion: 1.0.0\n"
            yield f"charts/{name}/values.yaml", "resources: {}\n"
            yield f"charts/{name}/templates/deployment.yaml", _TEMPLATE.replace("{name}", name)
            yield f"releases/{name}.yaml", _RELEASE.format(name=name)
        number += 1


def _overlays(name: str) -> Iterator[tuple[str, str]]:
    base = f"apps/{name}/base"
    yield f"{base}/kustomization.yaml", "resources:\n  - deployment.yaml\n"
    yield f"{base}/deployment.yaml", _DEPLOYMENT.format(name=name)
    for environment in ("staging", "prod"):
        folder = f"apps/{name}/{environment}"
        text = (
            f"namespace: {environment}\nresources:\n  - ../base\npatches:\n  - path: patch.yaml\n"
        )
        yield f"{folder}/kustomization.yaml", text
        yield f"{folder}/patch.yaml", _PATCH.format(name=name)
