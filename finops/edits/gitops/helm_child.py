"""The process that runs Helm's library: releases as JSON on stdin, rendered templates on stdout.

A process of its own, because the library brings Go's runtime along, a template may loop for ever,
and only a process can be ended.
"""

import json
import sys
from typing import Any


def main() -> None:
    """Render every release that stdin names; `refused` holds Helm's words when one fails."""
    asked = json.load(sys.stdin)
    json.dump(_answer(asked), sys.stdout)


def _answer(asked: list[dict[str, Any]]) -> dict[str, Any]:
    try:
        from helm_python import Chart
        from helm_python.errors import HelmError
    except ImportError as error:
        return {"refused": f"its library is not installed (helm-python-sdk: {error})"}
    try:
        return {"rendered": [_rendered(Chart, each) for each in asked]}
    except HelmError as error:
        return {"refused": str(error)}


def _rendered(chart: Any, asked: dict[str, Any]) -> dict[str, str]:
    with chart.load(asked["chart"]) as loaded:
        rendered: dict[str, str] = loaded.render(
            values=asked["values"], name=asked["name"], namespace=asked["namespace"]
        )
    return rendered


if __name__ == "__main__":
    main()
