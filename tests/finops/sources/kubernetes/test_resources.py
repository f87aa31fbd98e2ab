"""What ships as RBAC is what the code lists: nothing less, and no secrets."""

from pathlib import Path
from typing import Any

import yaml

from finops.sources.kubernetes.resources import ALLOWED, VERBS

DEPLOY = Path(__file__).parents[4] / "deploy"


def documents(name: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((DEPLOY / name).read_text()))


def of_kind(kind: str) -> dict[str, Any]:
    [found] = [d for d in documents("kubernetes-rbac.yaml") if d["kind"] == kind]
    return found


def test_the_role_allows_exactly_what_is_listed() -> None:
    rules = of_kind("ClusterRole")["rules"]
    granted = {(g, r) for rule in rules for g in rule["apiGroups"] for r in rule["resources"]}

    assert granted == {(resource.group, resource.plural) for resource in ALLOWED}
    assert {tuple(rule["verbs"]) for rule in rules} == {VERBS} == {("get", "list")}


def test_nothing_secret_can_be_read() -> None:
    assert not {"secrets", "configmaps", "*"} & {resource.plural for resource in ALLOWED}


def test_the_bot_runs_as_the_account_that_is_bound() -> None:
    account = of_kind("ServiceAccount")["metadata"]
    binding = of_kind("ClusterRoleBinding")
    [deployment] = [d for d in documents("kubernetes.yaml") if d["kind"] == "Deployment"]

    assert binding["roleRef"]["name"] == of_kind("ClusterRole")["metadata"]["name"]
    assert {"kind": "ServiceAccount", **account} in binding["subjects"]
    assert deployment["metadata"]["namespace"] == account["namespace"]
    assert deployment["spec"]["template"]["spec"]["serviceAccountName"] == account["name"]
