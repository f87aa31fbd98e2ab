"""Whether a PromQL endpoint answers at an address."""

import requests

# How the usual Helm charts and operators call the service, from inside the cluster; and a port
# forward. Tried only when the person agrees.
USUAL_ADDRESSES = (
    "http://prometheus-operated.monitoring:9090",
    "http://prometheus-k8s.monitoring:9090",
    "http://prometheus-kube-prometheus-prometheus.monitoring:9090",
    "http://prometheus-server.monitoring",
    "http://thanos-query.monitoring:9090",
    "http://localhost:9090",
)
TIMEOUT_SECONDS = 3


def server_at(url: str) -> str:
    """`Prometheus 2.53.1`, or empty when nobody answers as Prometheus does there.

    `/api/v1/status/buildinfo` is served by Prometheus, Thanos, Mimir and VictoriaMetrics alike.
    """
    try:
        answer = requests.get(f"{url.rstrip('/')}/api/v1/status/buildinfo", timeout=TIMEOUT_SECONDS)
        data = answer.json()
    except (requests.RequestException, ValueError):
        return ""
    if not isinstance(data, dict) or data.get("status") != "success":
        return ""
    found = data.get("data")
    version = str(found.get("version") or "") if isinstance(found, dict) else ""
    return f"Prometheus {version[:40]}".strip() if version.isprintable() else "Prometheus"


def first_usual_address() -> str:
    """The first of the usual addresses that answers, or empty."""
    return next((url for url in USUAL_ADDRESSES if server_at(url)), "")
