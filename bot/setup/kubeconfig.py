"""The contexts of kubeconfig files, read as text: no cluster is asked, no plugin is run.

The official client's reader is not used: it takes a second to import, and refuses a file without a
current context.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

MAX_BYTES = 5_000_000
_EKS_ARN = re.compile(r"arn:aws[a-z-]*:eks:[a-z0-9-]+:[0-9]{12}:cluster/(.+)")
_GKE = re.compile(r"gke_[^_]+_[^_]+_(.+)")


@dataclass(frozen=True, slots=True)
class KubeContext:
    """A context, and a short name for its cluster (the last part of an EKS ARN, for example)."""

    name: str
    cluster: str
    is_current: bool = False


def kube_contexts(files: Sequence[Path]) -> tuple[KubeContext, ...]:
    """All contexts; as in kubectl the first file that says something wins. Broken ones are mute."""
    names: dict[str, None] = {}
    current = ""
    for content in (_read(path) for path in files):
        current = current or str(content.get("current-context") or "")
        entries = content.get("contexts")
        for entry in entries if isinstance(entries, list) else []:
            name = entry.get("name") if isinstance(entry, dict) else None
            if isinstance(name, str) and name.strip() and name.isprintable():
                names.setdefault(name)
    short = [cluster_name(name) for name in names]
    return tuple(
        KubeContext(name, cluster if short.count(cluster) == 1 else name[-100:], name == current)
        for name, cluster in zip(names, short, strict=True)
    )


def cluster_name(context: str) -> str:
    """What people call the cluster of a context.

    >>> cluster_name("arn:aws:eks:eu-west-1:123456789012:cluster/shop-prod")
    'shop-prod'
    >>> cluster_name("admin@staging")
    'staging'
    """
    found = _EKS_ARN.fullmatch(context) or _GKE.fullmatch(context)
    if found:
        return found.group(1)
    return context.rpartition("@")[2][-100:] or context[-100:]


def _read(path: Path) -> dict[str, object]:
    try:
        if path.stat().st_size > MAX_BYTES:
            return {}
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return {}
    return content if isinstance(content, dict) else {}
