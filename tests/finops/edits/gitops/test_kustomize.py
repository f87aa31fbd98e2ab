"""Which file of an overlay decides, found and proved with the real kustomize."""

import pytest

from finops.domain.changes import Change, Setting
from finops.domain.errors import Refused
from finops.edits import AlreadyApplied, AmbiguousSource, SourceNotFound
from tests.finops.edits.gitops.repositories import (
    CPU_PATCH,
    DEPLOYMENT,
    GIB,
    cpu,
    planned,
    web,
)

BASE = {"base/kustomization.yaml": "resources: [web.yaml]\n", "base/web.yaml": DEPLOYMENT}
OVERLAY = "namespace: shop\nresources: [../base]\n"
PATCHED = BASE | {
    "prod/kustomization.yaml": OVERLAY + "patches: [{path: cpu.yaml}]\n",
    "prod/cpu.yaml": CPU_PATCH,
}
INLINE = """\
namespace: shop
resources: [../base]
patches:
  - target: {kind: Deployment, name: web}
    patch: |-
      - op: replace
        path: /spec/template/spec/containers/0/resources/requests/cpu
        value: 750m # inline
"""


def after(files: dict[str, str], path: str, old: str, new: str) -> bytes:
    assert files[path].count(old) == 1
    return files[path].replace(old, new).encode()


def test_the_patch_that_wins_is_edited_and_the_base_is_not() -> None:
    plan = planned(PATCHED, web(), cpu(750))

    assert [each.path for each in plan.files] == ["prod/cpu.yaml"]
    assert plan.files[0].after == after(PATCHED, "prod/cpu.yaml", '"750m"', '"120m"')
    assert plan.proof.checks == (
        "kustomize prod: 1 objects rendered before and after, 1 differs, in nothing but the "
        "intended values",
    )


def test_settings_of_two_files_are_one_edit() -> None:
    memory = Change(Setting.MEMORY_REQUEST, GIB, GIB // 2)

    plan = planned(PATCHED, web(), cpu(750), memory)

    assert [each.path for each in plan.files] == ["prod/cpu.yaml", "base/web.yaml"]
    assert plan.files[1].after == after(PATCHED, "base/web.yaml", "1Gi", "512Mi")


def test_a_base_with_one_overlay_is_edited() -> None:
    files = BASE | {"prod/kustomization.yaml": OVERLAY}

    plan = planned(files, web(), cpu(500))

    assert plan.files[0].after == after(files, "base/web.yaml", "500m", "120m")


def test_a_base_that_others_share_is_a_persons_to_pick() -> None:
    staging = "namespace: staging\nresources: [../base]\n"
    files = BASE | {"prod/kustomization.yaml": OVERLAY, "staging/kustomization.yaml": staging}

    with pytest.raises(AmbiguousSource) as caught:
        planned(files, web(), cpu(500))
    (candidate,) = caught.value.candidates
    plan = planned(files, web(), cpu(500), choice=candidate.choice)

    assert "kustomize staging: Deployment staging/web" in str(caught.value)
    assert candidate.path == "base/web.yaml"
    assert "changes more than shop/web (app)" in plan.notes[0]


def test_a_missing_setting_goes_where_it_reaches_only_the_target() -> None:
    patch = CPU_PATCH.replace('{requests: {cpu: "750m"}}', '{limits: {cpu: "2"}}')
    files = PATCHED | {"base/web.yaml": DEPLOYMENT.replace("              cpu: 500m\n", "")}
    files["prod/cpu.yaml"] = patch
    files["staging/kustomization.yaml"] = "namespace: staging\nresources: [../base]\n"

    plan = planned(files, web(), cpu(2000, 120))

    expected = patch.replace("{limits", "{requests: {cpu: 120m}, limits")
    assert [each.path for each in plan.files] == ["prod/cpu.yaml"]
    assert plan.files[0].after == expected.encode()


def test_an_inline_json_patch_is_edited_inside_its_block_text() -> None:
    files = BASE | {"prod/kustomization.yaml": INLINE}

    plan = planned(files, web(), cpu(750))

    assert plan.files[0].after == after(files, "prod/kustomization.yaml", "750m", "120m")
    assert plan.proof.entries[0].where == "patches[0].patch > [0].value"


def test_a_component_and_a_prefix_are_followed() -> None:
    files = BASE | {
        "prod/kustomization.yaml": OVERLAY + "namePrefix: eu-\ncomponents: [../fast]\n",
        "fast/kustomization.yaml": "kind: Component\npatches: [{path: cpu.yaml}]\n",
        "fast/cpu.yaml": CPU_PATCH,
    }

    plan = planned(files, web("eu-web"), cpu(750))

    assert plan.files[0].after == after(files, "fast/cpu.yaml", '"750m"', '"120m"')


def test_a_replacement_leads_to_its_source() -> None:
    replacement = """\
replacements:
  - source: {kind: ConfigMap, name: sizes, fieldPath: data.cpu}
    targets:
      - select: {kind: Deployment}
        fieldPaths:
          - spec.template.spec.containers.[name=app].resources.requests.cpu
"""
    files = BASE | {
        "prod/kustomization.yaml": OVERLAY.replace("]", ", sizes.yaml]") + replacement,
        "prod/sizes.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: sizes}\n"
        "data: {cpu: 900m}\n",
    }

    with pytest.raises(AmbiguousSource) as caught:
        planned(files, web(), cpu(900))
    plan = planned(files, web(), cpu(900), choice=caught.value.candidates[0].choice)

    assert "ConfigMap shop/sizes" in str(caught.value)
    assert plan.files[0].after == after(files, "prod/sizes.yaml", "900m", "120m")


def test_an_applied_overlay_is_told() -> None:
    with pytest.raises(AlreadyApplied, match=r"prod/kustomization\.yaml"):
        planned(PATCHED, web(), cpu(900, 750))


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ("https://github.com/acme/bases//web?ref=v1", "nothing is fetched here"),
        ("../../../etc", "leaves the repository"),
        ("gone.yaml", "is no readable file of this commit"),
    ],
)
def test_what_is_not_here_is_a_reason(entry: str, reason: str) -> None:
    files = {"prod/kustomization.yaml": f"resources: [{entry}]\n# web\n", "prod/web.txt": "web"}

    with pytest.raises(SourceNotFound, match=reason):
        planned(files, web(), cpu(500))


def test_an_anchor_that_others_use_is_refused() -> None:
    source = DEPLOYMENT.replace("cpu: 500m", "cpu: &half 500m").replace(
        "memory: 1Gi", "memory: 1Gi\n            limits: {cpu: *half}"
    )
    files = BASE | {"base/web.yaml": source, "prod/kustomization.yaml": OVERLAY}

    with pytest.raises(Refused, match="anchor &half"):
        planned(files, web(), cpu(500))


def test_an_encrypted_input_of_a_generator_is_no_obstacle() -> None:
    secret = "secretGenerator: [{name: keys, files: [keys.enc], envs: [more.env]}]\n"
    files = BASE | {"prod/kustomization.yaml": OVERLAY + secret}

    plan = planned(files, web(), cpu(500))

    assert plan.proof.checks[0].startswith("kustomize prod: 2 objects")


def test_a_folder_that_two_clusters_name_is_told_apart_by_the_cluster() -> None:
    files = BASE | {
        f"clusters/{name}/kustomization.yaml": "namespace: shop\nresources: [../../base]\n"
        "patches: [{path: cpu.yaml}]\n"
        for name in ("prod", "staging")
    }
    files |= {f"clusters/{name}/cpu.yaml": CPU_PATCH for name in ("prod", "staging")}

    plan = planned(files, web(), cpu(750))

    assert [each.path for each in plan.files] == ["clusters/prod/cpu.yaml"]


def test_a_kustomization_of_flux_lays_its_own_patches_over_the_folder() -> None:
    flux = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: shop, namespace: flux-system}
spec:
  path: ./base
  targetNamespace: shop
  patches:
    - target: {kind: Deployment}
      patch: |
        - op: replace
          path: /spec/template/spec/containers/0/resources/requests/cpu
          value: 650m
"""
    files = BASE | {"clusters/prod/shop.yaml": flux}

    plan = planned(files, web(), cpu(650))

    assert [each.path for each in plan.files] == ["clusters/prod/shop.yaml"]
    assert plan.files[0].after == flux.replace("650m", "120m").encode()
