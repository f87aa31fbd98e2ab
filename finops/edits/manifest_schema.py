"""The strict schema check of an edited object, with the schemas of Kubernetes itself, offline.

The schemas come from the package kubernetes-validate. Manifests in the wild have faults of their
own, so what counts is a fault that an edit brings.
"""

import json
import re
from functools import cache
from importlib import resources
from typing import Any

import kubernetes_validate
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from finops.edits.gitops.plain import Plain, text_at


def fault(document: Plain) -> str:
    """What the schema says against an object, or nothing.

    A kind that Kubernetes has no schema for (a custom resource) has no fault.
    """
    validator = _validator(text_at(document, "apiVersion"), text_at(document, "kind"))
    if validator is None:
        return ""
    error = next(iter(sorted(validator.iter_errors(document), key=str)), None)
    return "" if error is None else f"{'.'.join(map(str, error.path))}: {error.message}"[:300]


@cache
def _validator(api_version: str, kind: str) -> Draft202012Validator | None:
    """The package reads a megabyte of definitions at every call (8 ms); here they are kept."""
    group, _, version = api_version.rpartition("/")
    short = f"{group.partition('.')[0]}-{version}" if group else version
    if not re.fullmatch(r"[a-z0-9-]{1,80}", short) or not re.fullmatch(r"\w{1,80}", kind):
        return None
    schema = _read(f"{kind.lower()}-{short}.json")
    return None if schema is None else Draft202012Validator(schema, registry=_registry(schema))


def _registry(schema: Any) -> "Registry[Any]":
    definitions = Resource.from_contents(_definitions())
    return definitions @ (Resource.from_contents(schema) @ Registry[Any]())


@cache
def _definitions() -> Any:
    return _read("_definitions.json")


def _read(name: str) -> Any:
    version = kubernetes_validate.latest_version()
    folder = resources.files("kubernetes_validate") / "kubernetes-json-schema"
    file = folder / f"v{version}-local-strict" / name
    return json.loads(file.read_text("utf-8")) if file.is_file() else None
