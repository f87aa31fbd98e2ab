"""The stand-in itself: it pages, forgets and refuses as a real API server does."""

import json
import urllib.error
import urllib.request
from typing import Any

import pytest

from tests.real_parts.kubernetes_api import ApiServer, kubernetes_api

PODS = {"Pod": [{"kind": "Pod", "metadata": {"name": f"p{number}"}} for number in range(5)]}


def get(server: ApiServer, path: str) -> Any:
    with urllib.request.urlopen(f"{server.url}{path}", timeout=5) as answer:
        return json.load(answer)


def test_pages_go_on_with_a_cursor_and_say_how_much_is_left() -> None:
    with kubernetes_api(PODS) as server:
        first = get(server, "/api/v1/pods?limit=3")
        second = get(server, f"/api/v1/pods?limit=3&continue={first['metadata']['continue']}")

    assert [item["metadata"]["name"] for item in first["items"]] == ["p0", "p1", "p2"]
    assert first["metadata"]["remainingItemCount"] == 2
    assert [item["metadata"]["name"] for item in second["items"]] == ["p3", "p4"]
    assert "continue" not in second["metadata"]
    assert "kind" not in first["items"][0]


@pytest.mark.parametrize(
    ("version", "path", "is_served"),
    [
        ("1.20", "/apis/batch/v1/cronjobs", False),
        ("1.20", "/apis/batch/v1beta1/cronjobs", True),
        ("1.25", "/apis/batch/v1beta1/cronjobs", False),
        ("1.22", "/apis/autoscaling/v2/horizontalpodautoscalers", False),
        ("1.26", "/apis/autoscaling/v2beta2/horizontalpodautoscalers", False),
        ("1.33", "/apis/karpenter.sh/v1/nodepools", False),
    ],
)
def test_each_version_serves_what_it_served(version: str, path: str, is_served: bool) -> None:
    with kubernetes_api({}, version=version) as server:
        if is_served:
            assert get(server, path)["items"] == []
            return
        with pytest.raises(urllib.error.HTTPError) as caught:
            get(server, path)

    assert caught.value.code == 404
    caught.value.close()


def test_a_fault_ends_after_its_times() -> None:
    with kubernetes_api(PODS) as server:
        server.fail("/api/v1/pods", 403, times=1)
        with pytest.raises(urllib.error.HTTPError) as caught:
            get(server, "/api/v1/pods")
        caught.value.close()

        assert len(get(server, "/api/v1/pods")["items"]) == 5
