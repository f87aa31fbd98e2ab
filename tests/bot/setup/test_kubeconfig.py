"""Contexts of kubeconfig files, without a client and without a cluster."""

from pathlib import Path

import pytest

from bot.setup.kubeconfig import KubeContext, cluster_name, kube_contexts

EKS = "arn:aws:eks:eu-west-1:123456789012:cluster/shop-prod"


def file(path: Path, content: str) -> Path:
    path.write_text(content)
    return path


def config(*contexts: str, current: str = "") -> str:
    listed = "".join(
        f"- {{name: '{name}', context: {{cluster: c, user: u}}}}\n" for name in contexts
    )
    return f"current-context: '{current}'\ncontexts:\n{listed}"


def test_contexts_get_short_names_and_the_current_one_is_known(tmp_path: Path) -> None:
    found = kube_contexts([file(tmp_path / "config", config(EKS, "kind-dev", current=EKS))])

    assert found == (
        KubeContext(EKS, "shop-prod", is_current=True),
        KubeContext("kind-dev", "kind-dev"),
    )


def test_two_clusters_of_one_name_keep_their_whole_names(tmp_path: Path) -> None:
    other = EKS.replace("eu-west-1", "us-east-1")

    found = kube_contexts([file(tmp_path / "config", config(EKS, other))])

    assert [context.cluster for context in found] == [EKS, other]


def test_of_several_files_the_first_current_context_counts(tmp_path: Path) -> None:
    files = [
        file(tmp_path / "a", config("a")),
        file(tmp_path / "b", config("b", "a", current="b")),
        file(tmp_path / "c", config("c", current="c")),
    ]

    found = kube_contexts(files)

    assert [(context.name, context.is_current) for context in found] == [
        ("a", False), ("b", True), ("c", False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "content", ["", "[]", "contexts: 7", "contexts: [7, {name: 8}]", "a: [", "\t", "\x00"]
)
def test_a_broken_file_says_nothing(content: str, tmp_path: Path) -> None:
    fine = file(tmp_path / "fine", config("a"))

    found = kube_contexts([tmp_path / "absent", file(tmp_path / "broken", content), fine])

    assert [context.name for context in found] == ["a"]


@pytest.mark.parametrize(
    ("context", "name"),
    [
        (EKS, "shop-prod"),
        ("gke_acme_europe-west1_staging", "staging"),
        ("kubernetes-admin@kubernetes", "kubernetes"),
        ("minikube", "minikube"),
        ("odd@", "odd@"),
    ],
)
def test_the_last_part_is_what_people_say(context: str, name: str) -> None:
    assert cluster_name(context) == name
