"""Containers and autoscalers of the Kubernetes provider, and the values of Helm releases."""

import pytest

from finops.domain.changes import Change, Setting
from finops.edits import AlreadyApplied, SourceNotFound
from tests.finops.edits.opportunities import container, cpu_opportunity, opportunity
from tests.finops.edits.terraform_examples import after, planned, question, refusal

DEPLOYMENT = b"""\
resource "kubernetes_deployment" "x" {
  metadata {
    name      = "frontend"
    namespace = "shop"
  }
  spec {
    template {
      spec {
        container {
          name  = "server"
          image = "a:1"
          resources {
            limits = {
              cpu    = "1"
              memory = "512Mi"
            }
            requests = {
              cpu    = "500m" # much
            }
          }
        }
        container {
          name  = "bare"
          image = "a:1"
        }
      }
    }
  }
}
"""
AUTOSCALER = b"""\
resource "kubernetes_horizontal_pod_autoscaler_v2" "x" {
  metadata {
    name = "frontend"
  }
  spec {
    scale_target_ref {
      kind = "Deployment"
      name = kubernetes_deployment.x.metadata[0].name
    }
    metric {
      type = "Resource"
      resource {
        name = "cpu"
        target {
          type                = "Utilization"
          average_utilization = 60
        }
      }
    }
  }
}
"""
RELEASE = b"""\
resource "helm_release" "x" {
  name      = "frontend"
  namespace = "shop"
  chart     = "web"
%s
}
"""


@pytest.mark.parametrize("version", [b"", b"_v1"])
def test_a_request_of_a_container_is_set_in_its_own_style(version: bytes) -> None:
    source = DEPLOYMENT.replace(b"kubernetes_deployment", b"kubernetes_deployment" + version)

    assert after(source, cpu_opportunity()) == {"main.tf": source.replace(b"500m", b"120m")}


def test_requests_as_a_block_are_read_too() -> None:
    source = DEPLOYMENT.replace(b"requests = {", b"requests {").replace(b"limits = {", b"limits {")

    assert after(source, cpu_opportunity()) == {"main.tf": source.replace(b"500m", b"120m")}


def test_missing_resources_are_written_once_for_all_settings() -> None:
    changes = (
        Change(Setting.CPU_REQUEST, None, 120),
        Change(Setting.MEMORY_REQUEST, None, 128 * 1024**2),
        Change(Setting.MEMORY_LIMIT, None, 256 * 1024**2),
    )

    changed = after(DEPLOYMENT, opportunity(container(within="bare"), *changes))["main.tf"]

    assert changed.count(b"resources {") == 2
    assert b'requests = {\n              cpu    = "120m"\n              memory = "128Mi"' in changed


def test_a_memory_request_joins_the_requests_that_are_there() -> None:
    change = Change(Setting.MEMORY_REQUEST, None, 128 * 1024**2)

    changed = after(DEPLOYMENT, opportunity(container(), change))["main.tf"]

    assert b'"500m" # much\n              memory = "128Mi"\n            }' in changed


def test_a_request_above_its_limit_is_refused() -> None:
    assert "raise the limit first" in refusal(DEPLOYMENT, cpu_opportunity(proposed=1500))


def test_the_target_of_the_autoscaler_changes_with_the_request() -> None:
    changes = (Change(Setting.CPU_REQUEST, 500, 250), Change(Setting.HPA_CPU_TARGET, 60, 80))

    changed = after(DEPLOYMENT + AUTOSCALER, opportunity(container(), *changes))["main.tf"]

    expected = (DEPLOYMENT + AUTOSCALER).replace(b"500m", b"250m")
    assert changed == expected.replace(b"utilization = 60", b"utilization = 80")
    assert "no autoscaler" in refusal(DEPLOYMENT, opportunity(container(), *changes))


def test_a_workload_of_another_namespace_or_name_is_not_it() -> None:
    for wanted in (container(namespace="other"), container(name="back"), container(within="none")):
        with pytest.raises(SourceNotFound, match=r"\.yaml or \.yml"):
            planned(DEPLOYMENT, cpu_opportunity(wanted))


@pytest.mark.parametrize(
    "values",
    [
        b'  set {\n    name  = "resources.requests.cpu"\n    value = "500m"\n  }',
        b'  set = [{ name = "resources.requests.cpu", value = "500m" }]',
        b'  values = [yamlencode({ resources = { requests = { cpu = "500m" } } })]',
        b"  values = [<<-EOT\n    a: ${local.b}\n    resources:\n      requests:\n"
        b"        cpu: 500m # x\n  EOT\n  ]",
    ],
)
def test_values_in_the_release_itself_are_edited_in_place(values: bytes) -> None:
    source = RELEASE % values

    assert after(source, cpu_opportunity()) == {"main.tf": source.replace(b"500m", b"120m")}


@pytest.mark.parametrize(
    "call", [b'file("${path.module}/v.yaml")', b'file("v.yaml")', b'templatefile("v.yaml", {})']
)
def test_a_file_of_values_is_followed_to(call: bytes) -> None:
    values = b'# ours\nresources: {requests: {cpu: "0.5"}}\n'
    files = {"i/main.tf": RELEASE % (b"  values = [%s]" % call), "i/v.yaml": values}

    assert after(files, cpu_opportunity()) == {"i/v.yaml": values.replace(b"0.5", b"0.12")}


def test_the_component_that_the_workload_is_named_after_is_meant() -> None:
    values = b"  values = [yamlencode({\n%s})]"
    parts = b'    api = { resources = { requests = { cpu = "500m" } } }\n'
    parts += b'    worker = { resources = { requests = { cpu = "500m" } } }\n'
    source = RELEASE % (values % parts)

    changed = after(source, cpu_opportunity(container(name="frontend-worker")))["main.tf"]

    assert changed == source.replace(
        b'worker = { resources = { requests = { cpu = "500m"',
        b'worker = { resources = { requests = { cpu = "120m"',
    )


def test_two_releases_of_one_name_are_a_question() -> None:
    source = RELEASE % b'  set {\n    name  = "resources.requests.cpu"\n    value = "500m"\n  }'
    files = {"a/main.tf": source, "b/main.tf": source}

    asked = question(files, cpu_opportunity())

    assert after(files, cpu_opportunity(), asked.candidates[1].choice).keys() == {"b/main.tf"}


@pytest.mark.parametrize(
    ("written", "reason"), [(b"400m", "moved on"), (b"lots", "no quantity"), (b"120m", "")]
)
def test_other_values_of_a_release_are_refused(written: bytes, reason: str) -> None:
    value = b'  set {\n    name  = "resources.requests.cpu"\n    value = "%s"\n  }' % written
    if not reason:
        with pytest.raises(AlreadyApplied):
            planned(RELEASE % value, cpu_opportunity())
    else:
        assert reason in refusal(RELEASE % value, cpu_opportunity())
