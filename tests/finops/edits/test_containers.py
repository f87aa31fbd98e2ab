from collections.abc import Callable

import pytest

from finops.domain.changes import Change, Setting
from finops.domain.errors import Refused
from finops.domain.opportunity import Opportunity
from finops.edits import AlreadyApplied, SourceNotFound, plan_edit
from tests.finops.edits.opportunities import (
    DEPLOYMENT,
    container,
    cpu,
    cpu_opportunity,
    opportunity,
    repository,
)

MIB = 1024**2


def edited(source: bytes, subject: Opportunity | None = None) -> bytes:
    planned = plan_edit(repository({"a.yaml": source}), subject or cpu_opportunity())
    assert planned.files[0].before == source
    return planned.files[0].after


def refusal(source: bytes, subject: Opportunity | None = None) -> str:
    with pytest.raises(Refused) as caught:
        edited(source, subject)
    return str(caught.value)


def test_only_the_scalar_changes() -> None:
    after = edited(DEPLOYMENT)

    assert after == DEPLOYMENT.replace(b"cpu: 500m", b"cpu: 120m")


def test_the_proof_names_the_place_and_counts_lines() -> None:
    proof = plan_edit(repository({"a.yaml": DEPLOYMENT}), cpu_opportunity()).proof

    assert proof.path == "a.yaml"
    assert [(e.where, e.before, e.after) for e in proof.entries] == [
        ("spec.template.spec.containers[0].resources.requests.cpu", "500m", "120m")
    ]
    assert (proof.lines_changed, proof.unintended_lines_changed) == (1, 0)


@pytest.mark.parametrize(
    ("old", "current", "proposed", "new"),
    [
        (b"500m", 500, 2000, b"2000m"),
        (b'"500m"', 500, 120, b'"120m"'),
        (b"'500m'", 500, 120, b"'120m'"),
        (b"0.5", 500, 120, b"0.12"),
        (b"2.5", 2500, 1000, b"1"),
        (b"2", 2000, 1000, b"1"),
        (b"2", 2000, 1500, b"1500m"),
        (b"!!str 500m", 500, 120, b"!!str 120m"),
        (b"&unused 500m", 500, 120, b"&unused 120m"),
    ],
)
def test_cpu_keeps_the_files_own_style(old: bytes, current: int, proposed: int, new: bytes) -> None:
    source = DEPLOYMENT.replace(b"500m", old)

    after = edited(source, cpu_opportunity(current=current, proposed=proposed))

    assert after == source.replace(b"cpu: " + old, b"cpu: " + new)


@pytest.mark.parametrize(
    ("old", "current", "proposed", "new"),
    [
        (b"512Mi", 512 * MIB, 256 * MIB, b"256Mi"),
        (b"2Gi", 2048 * MIB, 1024 * MIB, b"1Gi"),
        (b"2Gi", 2048 * MIB, 640 * MIB, b"640Mi"),
        (b"0.5Gi", 512 * MIB, 256 * MIB, b"0.25Gi"),
        (b"500M", 500_000_000, 300_000_000, b"300M"),
        (b"500M", 500_000_000, 256 * MIB, b"256Mi"),
        (b"536870912", 512 * MIB, 256 * MIB, b"268435456"),
        (b"512Mi", 512 * MIB, 1000, b"1000"),
    ],
)
def test_memory_keeps_the_files_own_unit(
    old: bytes, current: int, proposed: int, new: bytes
) -> None:
    source = DEPLOYMENT.replace(b'"512Mi"', old).replace(b"1Gi", b"4Gi")
    change = Change(Setting.MEMORY_REQUEST, current, proposed)

    after = edited(source, opportunity(container(), change))

    assert after == source.replace(b"memory: " + old, b"memory: " + new)


def test_bytes_of_windows_files_and_other_languages_stay() -> None:
    source = b"\xef\xbb\xbf# gr\xc3\xb6\xc3\x9fer \xf0\x9f\x9a\x80\n" + DEPLOYMENT
    source = source.replace(b"\n", b"\r\n")

    after = edited(source)

    assert after == source.replace(b"cpu: 500m", b"cpu: 120m")


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
def test_a_missing_request_is_added_below_its_neighbour(line_end: bytes) -> None:
    source = DEPLOYMENT.replace(b"              cpu: 500m # measured in 2023\n", b"")
    source = source.replace(b"\n", line_end)

    after = edited(source, cpu_opportunity(current=None))

    added = b"              cpu: 120m" + line_end
    assert after == source.replace(b'"512Mi"' + line_end, b'"512Mi"' + line_end + added)


def test_missing_requests_are_added_below_the_limits() -> None:
    start, end = (
        DEPLOYMENT.index(b"            requests:"),
        DEPLOYMENT.index(b"            limits:"),
    )
    source = DEPLOYMENT[:start] + DEPLOYMENT[end:]

    after = edited(source, cpu_opportunity(current=None))

    assert after == source + b"            requests:\n              cpu: 120m\n"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"", b"          resources:\n            requests:\n              cpu: 120m\n"),
        (b"          resources: {}\n", b"          resources: {requests: {cpu: 120m}}\n"),
        (
            b"          resources: # none\n",
            b"          resources: # none\n            requests:\n              cpu: 120m\n",
        ),
        (
            b'          resources: {"limits": {"memory": "1Gi"}}\n',
            b'          resources: {"requests": {"cpu": "120m"}, "limits": {"memory": "1Gi"}}\n',
        ),
        (
            b"          resources: {requests: {memory: 1Gi}}\n",
            b"          resources: {requests: {cpu: 120m, memory: 1Gi}}\n",
        ),
    ],
)
def test_missing_resources_are_added_in_the_files_style(old: bytes, new: bytes) -> None:
    head = DEPLOYMENT[: DEPLOYMENT.index(b"          resources:")]

    after = edited(head + old, cpu_opportunity(current=None))

    assert after == head + new


def test_several_new_settings_share_their_blocks() -> None:
    head = DEPLOYMENT[: DEPLOYMENT.index(b"            limits:")].replace(b"cpu: 500m # m", b"# m")
    changes = (cpu(None, 100), Change(Setting.CPU_LIMIT, None, 200))

    after = edited(head, opportunity(container(), *changes))

    added = b"              cpu: 100m\n            limits:\n              cpu: 200m\n"
    assert after == head + added


def test_a_request_that_defaults_to_its_limit_is_written_out() -> None:
    source = DEPLOYMENT.replace(b"              cpu: 500m # measured in 2023\n", b"")
    source += b"              cpu: 500m\n"

    after = edited(source, cpu_opportunity(current=500))

    assert after == source.replace(b'"512Mi"\n', b'"512Mi"\n              cpu: 120m\n')


@pytest.mark.parametrize(
    ("kind", "wrap"),
    [
        ("StatefulSet", lambda pod: {"template": {"spec": pod}}),
        ("CronJob", lambda pod: {"jobTemplate": {"spec": {"template": {"spec": pod}}}}),
        ("Pod", lambda pod: pod),
    ],
)
def test_every_kind_of_workload_is_read(
    kind: str, wrap: Callable[[dict[str, object]], dict[str, object]]
) -> None:
    import json

    from finops.domain.opportunity import Resource

    pod = {"containers": [{"name": "main", "resources": {"requests": {"cpu": "500m"}}}]}
    manifest = {"kind": kind, "metadata": {"name": "job"}, "spec": wrap(dict(pod))}
    source = json.dumps({"kind": "List", "items": [{"kind": "Service"}, manifest]}).encode()
    resource = Resource(cluster="c", kind=kind, name="job", namespace="any", container="main")

    after = edited(source, cpu_opportunity(resource))

    assert after == source.replace(b'"500m"', b'"120m"')


def test_the_right_document_and_container_of_several_is_edited() -> None:
    other = DEPLOYMENT.replace(b"name: frontend", b"name: backend")
    sidecar = b"        - name: proxy\n          resources: {requests: {cpu: 500m}}\n"
    source = other + b"---\n" + DEPLOYMENT + sidecar + b"---\n" + other

    after = edited(source)

    assert after == other + b"---\n" + edited(DEPLOYMENT) + sidecar + b"---\n" + other


def test_an_exact_namespace_goes_before_none() -> None:
    bare = DEPLOYMENT.replace(b"  namespace: shop\n", b"")

    planned = plan_edit(repository({"base.yaml": bare, "shop.yaml": DEPLOYMENT}), cpu_opportunity())

    assert planned.proof.path == "shop.yaml"


def test_a_folder_named_after_the_cluster_tells_two_apart() -> None:
    files = {"clusters/prod/a.yaml": DEPLOYMENT, "clusters/stage/a.yaml": DEPLOYMENT}

    planned = plan_edit(repository(files), cpu_opportunity())

    assert planned.proof.path == "clusters/prod/a.yaml"


def test_a_patch_that_sets_other_things_leaves_the_edit_to_its_base() -> None:
    head = DEPLOYMENT[: DEPLOYMENT.index(b"          image")]
    patch = head + b"          env: []\n"

    planned = plan_edit(
        repository({"base/a.yaml": DEPLOYMENT, "over/a.yaml": patch}), cpu_opportunity()
    )

    assert planned.proof.path == "base/a.yaml"


def test_two_places_are_refused_with_both_names() -> None:
    with pytest.raises(Refused, match=r"2 places: a\.yaml line 11 \(server\); b\.yaml line 11"):
        plan_edit(repository({"a.yaml": DEPLOYMENT, "b.yaml": DEPLOYMENT}), cpu_opportunity())


def test_a_missing_source_says_what_was_searched() -> None:
    files = {
        "broken.yaml": b"frontend:\n\t- tab",
        "chart/templates/a.yaml": b"name: {{ .Values.frontend }}",
        "other.yaml": b"kind: Service\nmetadata: {name: frontend}",
    }

    with pytest.raises(SourceNotFound) as caught:
        plan_edit(repository(files), cpu_opportunity())

    assert "None of 3 files" in str(caught.value)
    assert "broken.yaml: found character" in str(caught.value)
    assert "chart/templates/a.yaml: it is a template" in str(caught.value)


def test_braces_in_block_texts_and_comments_are_no_template() -> None:
    source = DEPLOYMENT + b"---\n# {{ x }}\nkind: ConfigMap\ndata:\n  rule: |\n    {{ $labels }}\n"

    after = edited(source)

    assert after == source.replace(b"cpu: 500m", b"cpu: 120m")


@pytest.mark.parametrize(
    "path", ["../a.yaml", "/etc/a.yaml", "a/../../b.yaml", "a.txt", "big.yaml"]
)
def test_strange_paths_and_huge_files_are_not_searched(path: str) -> None:
    source = DEPLOYMENT + b"#" * (5 * MIB if path == "big.yaml" else 0)

    with pytest.raises(SourceNotFound):
        plan_edit(repository({path: source}), cpu_opportunity())


def test_a_file_that_moved_on_is_refused_with_both_values() -> None:
    said = refusal(DEPLOYMENT.replace(b"500m", b"300m"))

    assert "moved on" in said
    assert "300m" in said
    assert "500m" in said


def test_an_applied_proposal_is_told_apart() -> None:
    with pytest.raises(AlreadyApplied):
        edited(DEPLOYMENT.replace(b"500m", b"120m"))


def test_a_request_above_its_limit_is_refused() -> None:
    change = Change(Setting.MEMORY_REQUEST, 512 * MIB, 2048 * MIB)

    said = refusal(DEPLOYMENT, opportunity(container(), change))

    assert "above the memory limit 1024Mi" in said


def test_a_request_may_rise_together_with_its_limit() -> None:
    changes = (
        Change(Setting.MEMORY_REQUEST, 512 * MIB, 2048 * MIB),
        Change(Setting.MEMORY_LIMIT, 1024 * MIB, 3072 * MIB),
    )

    after = edited(DEPLOYMENT, opportunity(container(), *changes))

    assert after == DEPLOYMENT.replace(b"512Mi", b"2048Mi").replace(b"1Gi", b"3Gi")


def test_a_request_and_its_limit_fall_together_in_one_proof() -> None:
    changes = (
        Change(Setting.MEMORY_REQUEST, 512 * MIB, 230 * MIB),
        Change(Setting.MEMORY_LIMIT, 1024 * MIB, 460 * MIB),
    )
    planned = plan_edit(repository({"a.yaml": DEPLOYMENT}), opportunity(container(), *changes))

    assert planned.files[0].after == DEPLOYMENT.replace(b"512Mi", b"230Mi").replace(
        b"1Gi", b"460Mi"
    )
    assert [(e.where.rpartition("resources.")[2], e.after) for e in planned.proof.entries] == [
        ("requests.memory", "230Mi"),
        ("limits.memory", "460Mi"),
    ]
    assert (planned.proof.lines_changed, planned.proof.unintended_lines_changed) == (2, 0)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b"cpu: 500m", b"cpu: &c 500m # x\n              other: *c", "is the anchor &c"),
        (b"replicas: 3", b"replicas: &c 500m", ""),
        (b"cpu: 500m", b"cpu: ${CPU}", "not a quantity"),
        (b"cpu: 500m", b"cpu:", "not a quantity"),
        (b"cpu: 500m", b"cpu: |-\n                500m\n             ", "as a block"),
        (b"cpu: 500m", b'cpu: "5\\x300m"', "with escapes"),
        (b"cpu: 500m", b"cpu: 1\n              cpu: 500m", "a second time"),
        (b"            requests:", b"            requests: &r", ""),
        (b"cpu: 500m", b"<<: {cpu: 500m}", "merges `<<`"),
    ],
)
def test_what_cannot_be_edited_with_certainty_is_refused(
    old: bytes, new: bytes, reason: str
) -> None:
    source = DEPLOYMENT.replace(old, new)

    said = refusal(source) if reason else edited(source).decode()

    assert (reason or "cpu: 120m") in said


def test_resources_behind_an_alias_are_refused() -> None:
    head = DEPLOYMENT[: DEPLOYMENT.index(b"          resources:")]
    source = b"x: &r {requests: {cpu: 500m}}\n" + head + b"          resources: *r\n"

    said = refusal(source, cpu_opportunity(current=None))

    assert "takes its value from the anchor &r" in said


def test_a_yaml_bomb_expands_to_nothing() -> None:
    levels = [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 40)]
    bomb = "\n".join(["l0: &l0 [x]", *levels]).encode() + b"\n---\n"

    after = edited(bomb + DEPLOYMENT)

    assert after == bomb + DEPLOYMENT.replace(b"cpu: 500m", b"cpu: 120m")


def test_endless_nesting_is_skipped() -> None:
    files = {"deep.yaml": b"frontend: " + b"[" * 300_000, "a.yaml": DEPLOYMENT}

    planned = plan_edit(repository(files), cpu_opportunity())

    assert planned.proof.path == "a.yaml"


def test_a_workload_without_container_name_must_have_one_container() -> None:
    source = DEPLOYMENT + b"        - name: proxy\n"

    said = refusal(source, cpu_opportunity(container(within="")))

    assert "2 places" in said
    assert "(proxy)" in said


def test_half_of_a_pair_with_an_autoscaler_is_never_edited() -> None:
    pair = (cpu(500, 302), Change(Setting.HPA_CPU_TARGET, 70, 116, "web"))

    said = refusal(DEPLOYMENT, opportunity(container(), *pair))

    assert "is in no manifest here" in said
    assert "from 70 % to 116 %" in said
