"""What renders has limits: no network, no time without end, nothing outside the repository."""

import pytest

from finops.edits.gitops import tools
from finops.edits.gitops.rendering import CannotRender
from finops.edits.gitops.tools import Release, run_helm, run_kustomize
from tests.finops.edits.gitops.repositories import chart

ENDLESS = "{{- range $i, $e := until 2000000000 }}{{ $i }}{{- end }}"


def released(template: str) -> list[str]:
    files = {path: text.encode() for path, text in chart().items()}
    files["charts/shop/templates/web.yaml"] = template.encode()
    documents = run_helm(files, files, [Release("charts/shop", "eu", "shop", {})])[0]
    return [each.text for each in documents]


def test_a_template_without_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tools, "TIME_LIMIT_SECONDS", 2)

    with pytest.raises(CannotRender):
        released(ENDLESS)


def test_a_template_sees_no_cluster_and_no_variables_of_ours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "a-token")

    (text,) = released('a: "{{ lookup "v1" "Secret" "x" "y" }}"\n')

    assert text.strip() == 'a: "map[]"'
    with pytest.raises(CannotRender, match="not defined"):
        released('a: {{ env "SLACK_BOT_TOKEN" }}\n')


def test_what_kustomize_says_is_the_reason_without_our_folder() -> None:
    files = {"a/kustomization.yaml": b"resources: [web.yaml]\n", "a/web.yaml": b"kind: [\n"}

    with pytest.raises(CannotRender, match="kubectl says") as caught:
        run_kustomize(files, files, "a", origin="a")

    assert "finops-render-" not in str(caught.value)
