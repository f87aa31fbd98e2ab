import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops.domain.pull_request import RepositoryFiles
from finops.ports import DesiredState
from finops.sources.git_manifests import GitManifests, read_manifests
from finops.sources.manifest_workloads import ManifestRules

FRONTEND = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: frontend
  namespace: shop
  labels: {team: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: frontend}}
  template:
    metadata: {labels: {app: frontend}}
    spec:
      containers:
        - name: server
          image: shop/frontend:1
          resources:
            requests: {cpu: 1, memory: 512Mi}
            limits: {cpu: "2", memory: 1Gi}
        - name: proxy
          image: envoy:1
"""


def read(text: str | bytes, **rules: object) -> DesiredState:
    data = text.encode() if isinstance(text, str) else text
    made = ManifestRules(**rules)  # type: ignore[arg-type]  # tests name the fields they set
    return read_manifests({"k8s/a.yaml": data}, cluster="prod", rules=made)


def read_beside(text: str) -> DesiredState:
    """What a file adds to a repository that has a workload."""
    files = {"a.yaml": FRONTEND.encode(), "b.yaml": text.encode()}
    state = read_manifests(files, cluster="prod", rules=ManifestRules())
    return DesiredState(state.workloads[1:], state.gaps)


def only_gap(state: DesiredState) -> str:
    [gap] = state.gaps
    return gap.sentence


def test_a_deployment_is_read_with_its_containers() -> None:
    [workload] = read(FRONTEND).workloads
    server, proxy = workload.containers

    assert (workload.kind, workload.namespace, workload.name) == ("Deployment", "shop", "frontend")
    assert (workload.cluster, workload.replicas, workload.tags["team"]) == ("prod", 3, "web")
    assert workload.source_path == "k8s/a.yaml"
    assert (server.cpu_request_millicores, server.cpu_limit_millicores) == (1000, 2000)
    assert (server.memory_request_bytes, server.memory_limit_bytes) == (512 * 2**20, 2**30)
    assert (proxy.name, proxy.cpu_request_millicores, proxy.memory_limit_bytes) == (
        "proxy",
        None,
        None,
    )


def test_windows_line_ends_and_a_byte_order_mark_change_nothing() -> None:
    windows = b"\xef\xbb\xbf" + FRONTEND.replace("\n", "\r\n").encode()

    assert read(windows).workloads == read(FRONTEND).workloads


def test_documents_and_lists_are_all_read() -> None:
    second = FRONTEND.replace("frontend", "cart")
    item = FRONTEND.replace("frontend", "ads").replace("\n", "\n    ").strip()
    listed = f"kind: List\napiVersion: v1\nitems:\n  - {item}\n"
    state = read(f"{FRONTEND}---\n{second}---\n{listed}")

    assert [w.name for w in state.workloads] == ["frontend", "cart", "ads"]
    assert state.gaps == ()


def test_every_kind_that_runs_pods_is_read() -> None:
    pod = "{containers: [{name: c, image: i, resources: {requests: {cpu: 50m}}}]}"
    template = f"{{metadata: {{labels: {{a: b}}}}, spec: {pod}}}"
    documents = [
        f"kind: {kind}\nmetadata: {{name: x}}\nspec: {{selector: {{a: b}}, template: {template}}}"
        for kind in ("StatefulSet", "DaemonSet", "ReplicaSet")
    ]
    documents += [
        f"kind: Job\nmetadata: {{name: x}}\nspec: {{parallelism: 4, template: {template}}}",
        "kind: CronJob\nmetadata: {name: x}\n"
        f"spec: {{jobTemplate: {{spec: {{template: {template}}}}}}}",
        f"kind: Pod\nmetadata: {{name: x}}\nspec: {pod}",
    ]
    state = read("\n---\n".join(documents))

    assert [(w.kind, w.replicas) for w in state.workloads] == [
        ("StatefulSet", 1),
        ("DaemonSet", 1),
        ("ReplicaSet", 1),
        ("Job", 4),
        ("CronJob", 1),
        ("Pod", 1),
    ]
    assert all(w.containers[0].cpu_request_millicores == 50 for w in state.workloads)


def test_a_manifest_without_namespace_gets_the_default_one() -> None:
    state = read(FRONTEND.replace("  namespace: shop\n", ""), default_namespace="web")

    assert state.workloads[0].namespace == "web"


def test_labels_of_the_pod_template_are_kept_apart_from_those_of_the_object() -> None:
    text = FRONTEND.replace("{app: frontend}}\n    spec", "{team: pods}}\n    spec")
    workload = read(text).workloads[0]

    assert (workload.tags["team"], dict(workload.pod_labels)) == ("web", {"team": "pods"})


def test_tags_are_labels_and_chosen_annotations() -> None:
    text = FRONTEND.replace(
        "{team: web}", "{team: web}\n  annotations: {finops/hold: 'true', note: x, owner: ann}"
    )

    assert read(text).workloads[0].tags == {"team": "web", "finops/hold": "true", "owner": "ann"}


def test_a_wrong_quantity_names_file_document_and_key_and_spares_the_others() -> None:
    wrong = FRONTEND.replace("frontend", "cart").replace("cpu: 1,", "cpu: -1,")
    state = read(f"{wrong}---\n{FRONTEND}")

    assert [w.name for w in state.workloads] == ["frontend"]
    assert "k8s/a.yaml, document 1 (Deployment shop/cart) was skipped" in only_gap(state)
    assert "spec.template.spec.containers[0].resources.requests.cpu: CPU" in only_gap(state)


def test_an_unknown_unit_is_a_gap() -> None:
    state = read(FRONTEND.replace("512Mi", "512MB"))

    assert state.workloads == ()
    assert "resources.requests.memory" in only_gap(state)
    assert "unknown unit 'MB'" in only_gap(state)


def test_a_number_of_replicas_that_is_none_is_a_gap() -> None:
    for wrong in ("-1", "many", "1e9", "[1]", "99999999"):
        assert "spec.replicas" in only_gap(
            read(FRONTEND.replace("replicas: 3", f"replicas: {wrong}"))
        )


def test_a_hostile_name_is_a_gap() -> None:
    state = read(FRONTEND.replace("name: frontend", 'name: "<!channel>\\nx"', 1))

    assert "metadata.name" in only_gap(state)
    assert "\n" not in only_gap(state)


def test_a_helm_template_is_one_gap() -> None:
    template = "{{- if .Values.on }}\n" + FRONTEND + "{{- end }}\n---\n{{ x }}\nkind: Deployment\n"

    assert "k8s/a.yaml is a Helm template" in only_gap(read(template))


def test_templates_of_a_chart_are_gaps_even_when_they_happen_to_be_yaml() -> None:
    files = {"chart/Chart.yaml": b"name: shop", "chart/templates/a.yaml": FRONTEND.encode()}
    state = read_manifests(files, cluster="prod", rules=ManifestRules())

    assert state.workloads == ()
    assert "Helm template" in only_gap(state)


def test_one_broken_document_does_not_hide_the_others() -> None:
    broken = "kind: Deployment\nmetadata: [1\n"
    state = read(f"{broken}---\n{FRONTEND}")

    assert [w.name for w in state.workloads] == ["frontend"]
    assert "document 1 was not read: line" in only_gap(state)


def test_broken_files_that_declare_no_workload_are_silent() -> None:
    assert read_beside("a: [1\n") == DesiredState((), ())


def test_bombs_and_wrong_encodings_are_gaps() -> None:
    bomb = "kind: Deployment\na: &a 1\nb: [" + "*a, " * 101 + "1]\n"

    assert "more than 100 aliases" in only_gap(read(bomb))
    assert "not UTF-8" in only_gap(read(b"kind: Deployment\nmetadata: {name: \xff}\n"))
    assert "the limit is" in only_gap(read(b"kind: Deployment\n" + b"#" * 5_000_000))


def test_patches_are_ignored_but_for_what_they_would_change() -> None:
    patch = "kind: Deployment\nmetadata: {name: frontend}\nspec: {replicas: 9}\n"
    silent = "kind: Deployment\nmetadata: {name: frontend, labels: {a: b}}\n"

    assert "is a patch that sets replicas" in only_gap(read(patch))
    assert read_beside(silent) == DesiredState((), ())


def test_workloads_of_other_api_groups_are_not_ours() -> None:
    assert read_beside(FRONTEND.replace("apps/v1", "example.com/v1")) == DesiredState((), ())


@pytest.mark.parametrize(
    "files",
    [{}, {"README.md": b"# Shop\n"}, {"shop.yaml": b""}, {"shop.yaml": b"<!doctype html><html>"}],
    ids=["no file", "no manifest", "emptied", "a login page"],
)
def test_a_repository_without_any_workload_hides_them_and_deletes_none(
    files: dict[str, bytes],
) -> None:
    state = read_manifests(files, cluster="prod", rules=ManifestRules(folders=("clusters/prod",)))

    assert f"None of {len(files)} files declares a workload" in only_gap(state)
    assert "clusters/prod" in only_gap(state)
    assert state.gaps[0].hides


def test_a_key_that_is_written_twice_is_a_gap_with_its_line() -> None:
    twice = FRONTEND.replace("  replicas: 3\n", "  replicas: 3\n  replicas: 5\n")
    number = twice.splitlines().index("  replicas: 5") + 1
    state = read(f"a: 1\n---\n{twice}")

    assert f"'replicas' is written twice, again in line {number + 2}" in only_gap(state)


@pytest.mark.parametrize("path", ["a\nb.yaml", "a\u202eb.yaml", "a\udcff.yaml", "\x1b[31m.yaml"])
def test_a_path_that_cannot_be_shown_is_a_gap_that_can(path: str) -> None:
    state = read_manifests({path: FRONTEND.encode()}, cluster="prod", rules=ManifestRules())

    assert "rename it" in only_gap(state)
    assert only_gap(state).isprintable()


def test_a_file_of_a_million_values_is_a_gap_in_seconds() -> None:
    assert "more than 500,000 values" in only_gap(read(FRONTEND + "x:\n" + "- a\n" * 600_000))


def test_a_workload_declared_twice_is_kept_once_with_a_gap_naming_both_files() -> None:
    files = {"b.yaml": FRONTEND.replace("replicas: 3", "replicas: 7").encode()}
    files["a.yaml"] = FRONTEND.encode()
    state = read_manifests(files, cluster="prod", rules=ManifestRules())

    assert [(w.source_path, w.replicas) for w in state.workloads] == [("a.yaml", 3)]
    assert "declared in a.yaml and again in b.yaml" in only_gap(state)


def test_folders_limit_what_is_read() -> None:
    files = {"prod/a.yaml": FRONTEND.encode(), "production/a.yaml": FRONTEND.encode()}
    state = read_manifests(files, cluster="prod", rules=ManifestRules(folders=("prod/",)))

    assert [w.source_path for w in state.workloads] == ["prod/a.yaml"]
    assert state.gaps == ()


class BareRepository:
    """The files of a bare repository's main branch, as git gives them."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def git(self, *arguments: str) -> bytes:
        command = ["git", f"--git-dir={self.path}", *arguments]
        return subprocess.run(command, check=True, capture_output=True).stdout

    def read_files(self) -> RepositoryFiles:
        names = self.git("ls-tree", "-r", "-z", "--name-only", "main").decode().split("\0")
        files = {name: self.git("show", f"main:{name}") for name in names if name}
        return RepositoryFiles(self.git("rev-parse", "main").decode().strip(), files)


def test_workloads_are_read_from_a_real_repository(
    bare_repository: Callable[..., Path],
) -> None:
    path = bare_repository({"k8s/frontend.yaml": FRONTEND.encode(), "README.md": b"# shop"})
    state = GitManifests(BareRepository(path), "prod").read()

    assert [(w.name, w.source_path) for w in state.workloads] == [("frontend", "k8s/frontend.yaml")]


def test_init_containers_and_native_sidecars_follow_in_the_order_they_start_in() -> None:
    inits = (
        "initContainers: [{name: migrate, image: i, resources: {requests: {cpu: 2}}}, "
        "{name: mesh, image: i, restartPolicy: Always, resources: {requests: {cpu: 200m}}}]"
    )
    [workload] = read(FRONTEND.replace("containers:", f"{inits}\n      containers:")).workloads

    assert [(c.name, c.cpu_request_millicores) for c in workload.containers] == [
        ("server", 1000),
        ("proxy", None),
        ("migrate", 2000),
        ("mesh", 200),
    ]
    assert [c.role.value for c in workload.containers[2:]] == ["init", "sidecar"]


@given(
    st.integers(0, len(FRONTEND)),
    st.integers(0, 40),
    st.sampled_from(["", "{{ x }}", "[", "- ", "null", "\t", "&a *a", "---\n", "'", ": 5", "\x00"])
    | st.text(max_size=6),
)
def test_no_damage_to_a_manifest_is_a_crash(start: int, length: int, instead: str) -> None:
    damaged = FRONTEND[:start] + instead + FRONTEND[start + length :]
    state = read(damaged.encode("utf-8", "surrogatepass"))

    assert len(state.workloads) <= 2
