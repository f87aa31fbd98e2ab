"""Which values decide what a chart renders, found and proved with the real Helm."""

import pytest

from finops.domain.changes import Change, Setting
from finops.domain.errors import Refused
from finops.edits import AmbiguousSource
from tests.finops.edits.gitops.repositories import CHART, DEPLOYMENT, GIB, chart, cpu, planned, web

RELEASE = {"meta.helm.sh/release-name": "eu"}
APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: eu, namespace: argocd}
spec:
  destination: {namespace: shop, name: prod}
  source:
    repoURL: https://git.example/platform
    path: charts/shop
    helm:
"""
HELM_RELEASE = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: eu, namespace: shop}
spec:
  chart:
    spec:
      chart: ./charts/shop
      sourceRef: {kind: GitRepository, name: platform}
"""


def test_the_value_that_the_template_reads_is_edited() -> None:
    files = chart()

    plan = planned(files, web("eu-web"), cpu(500), tags=RELEASE)

    expected = files["charts/shop/values.yaml"].replace("500m", "120m")
    assert [each.path for each in plan.files] == ["charts/shop/values.yaml"]
    assert plan.files[0].after == expected.encode()
    assert plan.proof.entries[0].where == "web.resources.requests.cpu"
    assert plan.proof.checks[0].startswith("chart charts/shop: 1 objects rendered")


def test_a_literal_in_a_template_is_edited_there() -> None:
    files = chart()

    plan = planned(files, web("eu-web", within="proxy"), cpu(40, 20), tags=RELEASE)

    expected = files["charts/shop/templates/web.yaml"].replace("40m", "20m")
    assert plan.files[0].after == expected.encode()


def test_a_setting_that_is_not_there_goes_below_the_values_that_are_read() -> None:
    files = chart()
    change = Change(Setting.MEMORY_LIMIT, None, GIB)

    plan = planned(files, web("eu-web"), change, tags=RELEASE)

    added = "      memory: 1Gi\n    limits:\n      memory: 1Gi\n"
    expected = files["charts/shop/values.yaml"].replace("      memory: 1Gi\n", added)
    assert plan.files[0].after == expected.encode()


def test_a_template_without_braces_takes_a_setting_that_is_not_there() -> None:
    plain = DEPLOYMENT[: DEPLOYMENT.index("          resources:")]
    files = chart() | {"charts/shop/templates/plain.yaml": plain}

    plan = planned(files, web(), cpu(None), tags=RELEASE)

    added = "          resources:\n            requests:\n              cpu: 120m\n"
    assert [each.path for each in plan.files] == ["charts/shop/templates/plain.yaml"]
    assert plan.files[0].after == (plain + added).encode()


def test_values_of_a_subchart_are_found_in_the_umbrella() -> None:
    inner = {path.replace("charts/shop", "all/charts/shop"): t for path, t in chart().items()}
    files = inner | {
        "all/Chart.yaml": CHART.replace("shop", "all"),
        "all/values.yaml": "shop:\n  web:\n    resources:\n      requests:\n        cpu: 800m\n",
    }

    plan = planned(files, web("eu-web"), cpu(800), tags=RELEASE)

    assert [each.path for each in plan.files] == ["all/values.yaml"]


@pytest.mark.parametrize(
    "values",
    [
        "values: |\n        web:\n          resources:\n            requests: {cpu: 700m}\n",
        "valuesObject: {web: {resources: {requests: {cpu: '700m'}}}}\n",
        "parameters:\n        - {name: web.resources.requests.cpu, value: 700m}\n",
    ],
)
def test_inline_values_of_an_application_win(values: str) -> None:
    files = chart() | {"apps/eu.yaml": f"{APPLICATION}      {values}"}

    plan = planned(files, web("eu-web"), cpu(700))

    assert [each.path for each in plan.files] == ["apps/eu.yaml"]
    assert plan.files[0].after == files["apps/eu.yaml"].replace("700m", "120m").encode()


def test_the_application_that_tracks_it_is_taken() -> None:
    files = chart() | {
        f"apps/{name}.yaml": APPLICATION.replace("name: eu", f"name: {name}")
        + f"      releaseName: eu\n      valueFiles: [../../env/{name}.yaml]\n"
        for name in ("blue", "green")
    }
    files |= {
        f"env/{name}.yaml": "web: {resources: {requests: {cpu: 700m}}}\n"
        for name in ("blue", "green")
    }
    tags = {"argocd.argoproj.io/tracking-id": "green:apps/Deployment:shop/eu-web"}

    with pytest.raises(AmbiguousSource):
        planned(files, web("eu-web"), cpu(700))
    plan = planned(files, web("eu-web"), cpu(700), tags=tags)

    assert [each.path for each in plan.files] == ["env/green.yaml"]


def test_an_application_set_is_expanded_over_folders() -> None:
    generated = APPLICATION.partition("spec:\n")[2].replace("\n", "\n      ").rstrip(" ")
    files = chart() | {
        "set.yaml": "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\n"
        "metadata: {name: all}\nspec:\n  generators:\n"
        "    - git: {directories: [{path: env/*}]}\n"
        "  template:\n    metadata: {name: 'shop-{{path.basename}}'}\n    spec:\n      "
        + generated
        + "            valueFiles: ['../../{{path}}/values.yaml']\n",
        "env/prod/values.yaml": "web: {resources: {requests: {cpu: 700m}}}\n",
        "env/dev/values.yaml": "web: {resources: {requests: {cpu: 600m}}}\n",
    }

    plan = planned(files, web("shop-prod-web"), cpu(700))

    assert [each.path for each in plan.files] == ["env/prod/values.yaml"]


def test_values_of_a_helm_release_win_and_its_patch_over_them() -> None:
    values = "  values:\n    web:\n      resources:\n        requests:\n          cpu: 700m\n"
    patch = HELM_RELEASE.partition("spec:")[0] + "spec:\n" + values.replace("700m", "650m")
    files = chart() | {
        "base/kustomization.yaml": "resources: [release.yaml]\n",
        "base/release.yaml": HELM_RELEASE + values,
        "prod/kustomization.yaml": "resources: [../base]\npatches: [{path: values.yaml}]\n",
        "prod/values.yaml": patch,
    }

    plan = planned(files, web("eu-web"), cpu(650))

    assert [each.path for each in plan.files] == ["prod/values.yaml"]
    assert plan.files[0].after == patch.replace("650m", "120m").encode()


def test_values_from_a_generated_config_map_lead_to_their_file() -> None:
    source = "  valuesFrom: [{kind: ConfigMap, name: sizes}]\n"
    generator = (
        "namespace: shop\nresources: [release.yaml]\n"
        "configMapGenerator:\n  - {name: sizes, files: [values.yaml=sizes.yaml]}\n"
        "configurations: [names.yaml]\n"
    )
    names = (
        "nameReference:\n  - kind: ConfigMap\n    version: v1\n    fieldSpecs:\n"
        "      - {path: spec/valuesFrom/name, kind: HelmRelease}\n"
    )
    files = chart() | {
        "prod/kustomization.yaml": generator,
        "prod/names.yaml": names,
        "prod/release.yaml": HELM_RELEASE + source,
        "prod/sizes.yaml": "web:\n  resources:\n    requests:\n      cpu: 650m\n",
    }

    plan = planned(files, web("eu-web"), cpu(650))

    assert [each.path for each in plan.files] == ["prod/sizes.yaml"]


def test_a_chart_from_elsewhere_is_never_guessed_but_can_be_picked() -> None:
    release = HELM_RELEASE.replace("./charts/shop", "shop").replace(
        "GitRepository", "HelmRepository"
    )
    values = "  values:\n    web:\n      resources:\n        requests:\n          cpu: 700m\n"
    files = {"prod/release.yaml": release + values}

    with pytest.raises(AmbiguousSource) as caught:
        planned(files, web("eu-web"), cpu(700))
    (candidate,) = caught.value.candidates
    plan = planned(files, web("eu-web"), cpu(700), choice=candidate.choice)

    assert "comes from a HelmRepository" in str(caught.value)
    assert candidate.place == "spec.values.web.resources"
    assert plan.files[0].after == files["prod/release.yaml"].replace("700m", "120m").encode()
    assert "could not be rendered here" in plan.notes[0]


def test_a_computed_value_is_refused() -> None:
    files = chart()
    files["charts/shop/templates/web.yaml"] = files["charts/shop/templates/web.yaml"].replace(
        "{{- toYaml .Values.web.resources | nindent 12 }}",
        "requests: {cpu: {{ mul .Values.web.replicas 150 }}m}",
    )

    with pytest.raises(Refused, match="it is computed, or comes from elsewhere"):
        planned(files, web("eu-web"), cpu(300), tags=RELEASE)


def test_a_template_that_fails_is_a_reason_and_never_ends_the_program() -> None:
    files = chart()
    files["charts/shop/templates/bad.yaml"] = '{{ fail "no values for prod" }}'

    with pytest.raises(Refused, match="no values for prod"):
        planned(files, web("eu-web"), cpu(500), tags=RELEASE)


def test_a_cluster_that_deploys_itself_is_walked_once() -> None:
    flux = (
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n"
        "metadata: {{name: {name}, namespace: flux-system}}\nspec: {{path: {path}}}\n"
    )
    values = "  values:\n    web:\n      resources:\n        requests:\n          cpu: 650m\n"
    files = chart() | {
        "clusters/prod/kustomization.yaml": "resources: [self.yaml, apps.yaml]\n",
        "clusters/prod/self.yaml": flux.format(name="self", path="./clusters/prod"),
        "clusters/prod/apps.yaml": flux.format(name="apps", path="./apps"),
        "apps/kustomization.yaml": "namespace: shop\nresources: [release.yaml]\n",
        "apps/release.yaml": HELM_RELEASE + values,
    }

    plan = planned(files, web("eu-web"), cpu(650))

    assert [each.path for each in plan.files] == ["apps/release.yaml"]


def test_an_application_of_applications_is_followed() -> None:
    template = APPLICATION.replace("name: eu,", "name: {{ .Values.name }},")
    values = "values: |\n        web:\n          resources:\n            requests:\n"
    values += "              cpu: 650m\n"
    files = chart() | {
        "all/Chart.yaml": CHART.replace("shop", "all"),
        "all/values.yaml": "name: eu\n",
        "all/templates/eu.yaml": f"{template}      {values}",
    }

    plan = planned(files, web("eu-web"), cpu(650))

    assert [each.path for each in plan.files] == ["all/templates/eu.yaml"]
    assert plan.files[0].after == files["all/templates/eu.yaml"].replace("650m", "120m").encode()


def test_a_chart_at_the_root_leaves_manifests_beside_it_plain() -> None:
    inner = {path.removeprefix("charts/shop/"): text for path, text in chart().items()}
    files = inner | {"deploy/web.yaml": DEPLOYMENT}

    plan = planned(files, web(), cpu(500))

    assert [each.path for each in plan.files] == ["deploy/web.yaml"]


def test_what_a_chart_makes_at_random_says_nothing_of_the_edit() -> None:
    files = chart()
    files["charts/shop/templates/secret.yaml"] = (
        "apiVersion: v1\nkind: Secret\nmetadata: {name: keys}\n"
        "stringData: {key: {{ randAlphaNum 20 | quote }}}\n"
    )

    plan = planned(files, web("eu-web"), cpu(500), tags=RELEASE)

    assert [each.path for each in plan.files] == ["charts/shop/values.yaml"]
    assert "2 objects rendered before and after, 1 differs" in plan.proof.checks[0]


def test_a_stamp_of_the_configuration_follows_it() -> None:
    files = chart()
    files["charts/shop/templates/web.yaml"] = files["charts/shop/templates/web.yaml"].replace(
        "    metadata: {labels: {app: web}}\n",
        "    metadata:\n      labels: {app: web}\n      annotations:\n"
        "        checksum/values: {{ .Values | toYaml | sha256sum }}\n",
    )

    plan = planned(files, web("eu-web"), cpu(500), tags=RELEASE)

    assert [each.path for each in plan.files] == ["charts/shop/values.yaml"]


def test_what_an_application_of_applications_shares_is_seen() -> None:
    template = APPLICATION.replace("name: eu,", "name: {{ .Values.name }},")
    inner = {path.replace("charts/shop", "charts/all"): text for path, text in chart().items()}
    dependency = "dependencies: [{name: shop, version: 1.0.0, repository: 'file://../shop'}]\n"
    files = chart() | {
        "apps/Chart.yaml": CHART.replace("shop", "apps"),
        "apps/values.yaml": "name: eu\n",
        "apps/templates/eu.yaml": template.rpartition("    helm:")[0],
        "charts/all/Chart.yaml": inner["charts/all/Chart.yaml"].replace("shop", "all") + dependency,
    }

    with pytest.raises(AmbiguousSource, match="chart apps: Deployment shop/eu-web"):
        planned(files, web("us-web"), cpu(500), tags={"meta.helm.sh/release-name": "us"})


UMBRELLA = """\
apiVersion: v2
name: {name}
version: 0.0.0
dependencies:
  - name: {name}
    version: 7.3.3
    repository: https://charts.example
"""


def umbrella(name: str) -> dict[str, str]:
    """A chart that is nothing but values for one from elsewhere."""
    return {
        f"platform/{name}/Chart.yaml": UMBRELLA.format(name=name),
        f"platform/{name}/values.yaml": f"{name}:\n  resources:\n    requests:\n      cpu: 500m\n",
    }


def test_values_of_a_dependency_from_elsewhere_are_offered_and_edited_when_picked() -> None:
    files = umbrella("grafana") | umbrella("loki")

    with pytest.raises(AmbiguousSource) as caught:
        planned(files, web("grafana"), cpu(500))
    [place] = caught.value.candidates
    plan = planned(files, web("grafana"), cpu(500), choice=place.choice)

    path = "platform/grafana/values.yaml"
    assert place.choice == f":{path}#grafana.resources"
    assert "depends on grafana from https://charts.example" in str(caught.value)
    assert [each.path for each in plan.files] == [path]
    assert plan.files[0].after == files[path].replace("500m", "120m").encode()
    assert "could not be rendered here" in plan.notes[0]


def test_the_release_of_the_labels_names_the_umbrella_too() -> None:
    files = umbrella("app-template")
    files["platform/app-template/Chart.yaml"] = files["platform/app-template/Chart.yaml"].replace(
        "name: app-template\nversion: 0", "name: budget\nversion: 0"
    )

    with pytest.raises(AmbiguousSource) as caught:
        planned(files, web("main"), cpu(500), tags={"app.kubernetes.io/instance": "budget"})

    assert [each.path for each in caught.value.candidates] == ["platform/app-template/values.yaml"]


def test_own_values_of_an_umbrella_are_not_taken_for_its_dependencys() -> None:
    files = umbrella("grafana")
    files["platform/grafana/values.yaml"] = "mine:\n  resources:\n    requests:\n      cpu: 500m\n"

    with pytest.raises(Refused, match="which is not here as files") as caught:
        planned(files, web("grafana"), cpu(500))

    assert not isinstance(caught.value, AmbiguousSource)


BRACED = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: "{{ .Release.Name }}-jobs"}
spec:
  selector: {matchLabels: {app: jobs}}
  template:
    metadata: {labels: {app: jobs}}
    spec:
      containers:
        - image: "shop/sidecar:{{ .Values.tag }}"
          name: sidecar
        - name: jobs
          image: "shop/jobs:{{ .Values.tag }}"
          {{- if .Values.web }}
          env: [{name: WEB, value: "1"}]
          {{- end }}
"""


@pytest.mark.parametrize(
    ("within", "below"),
    [
        ("jobs", '          image: "shop/jobs:{{ .Values.tag }}"\n'),
        ("sidecar", '        - image: "shop/sidecar:{{ .Values.tag }}"\n'),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_template_that_no_value_gives_resources_takes_them_below_the_image(
    within: str, below: str, newline: str
) -> None:
    name = "charts/shop/templates/jobs.yaml"
    source = BRACED.replace("\n", newline)
    files = chart() | {name: source}
    both = (cpu(None), Change(Setting.MEMORY_REQUEST, None, GIB))

    plan = planned(files, web("eu-jobs", within=within), *both, tags=RELEASE)

    [change] = plan.files
    pad = " " * 10
    added = f"{pad}resources:\n{pad}  requests:\n{pad}    cpu: 120m\n{pad}    memory: 1024Mi\n"
    at = below.replace("\n", newline)
    assert change.path == name
    assert change.after == source.replace(at, at + added.replace("\n", newline)).encode()
    assert "rendered before and after" in plan.proof.checks[0]


def test_a_template_that_makes_two_of_them_is_asked_for() -> None:
    name = "charts/shop/templates/jobs.yaml"
    looped = (
        "{{- range tuple 1 2 }}\n---\n"
        + BRACED.replace("{{ .Release.Name }}-jobs", "{{ $.Release.Name }}-jobs-{{ . }}").replace(
            " .Values", " $.Values"
        )
        + "{{- end }}\n"
    )
    files = chart() | {name: looped}

    with pytest.raises(AmbiguousSource, match="eu-jobs-2"):
        planned(files, web("eu-jobs-1", within="jobs"), cpu(None), tags=RELEASE)


def test_a_container_with_some_resources_gets_none_twice() -> None:
    name = "charts/shop/templates/jobs.yaml"
    some = BRACED.replace(
        "          {{- if", "          resources: {requests: {memory: 1Gi}}\n          {{- if"
    )

    with pytest.raises(Refused, match="no place was found"):
        planned(chart() | {name: some}, web("eu-jobs", within="jobs"), cpu(None), tags=RELEASE)
