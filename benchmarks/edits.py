"""Edits of files found in the wild, judged by readers that the editors do not use.

    python -m benchmarks.edits --manifests DIR --terraform DIR --json
    python -m benchmarks.edits --repo DIR --json
    python -m benchmarks.edits --files 50000 --json

The first plans, applies and judges an edit for every workload container and every Terraform
resource of a supported kind (`edits_manifests`, `edits_terraform`). The second takes a whole GitOps
repository and renders it with kustomize and Helm before and after each edit (`edits_repository`).
The third makes a repository of so many files and says how long its index takes (`edits_index`).

`exact` are edits of which the judge found nothing but the intended change, `wrong` those with
another meaning, `unintended_bytes` those outside the intended places. `--names` lists what was
refused or wrong, file by file, on stderr.
"""

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.edits_index import measure_index
from benchmarks.edits_manifests import judge_manifests
from benchmarks.edits_repository import judge_repository
from benchmarks.edits_tally import Tally


def main() -> None:
    """Run what was asked for and print the figures."""
    arguments = _arguments()
    if arguments.files:
        _print(measure_index(arguments.files), is_json=arguments.json)
        return
    tally = Tally()
    if arguments.manifests:
        tally.add(judge_manifests(arguments.manifests))
    if arguments.terraform:
        # Only here: its judge needs Node, and manifests should be judged without it.
        from benchmarks.edits_terraform import judge_terraform

        tally.add(judge_terraform(arguments.terraform))
    if arguments.repo:
        tally.add(judge_repository(arguments.repo))
    for line in tally.named if arguments.names else ():
        print(line, file=sys.stderr)
    _print(tally.as_json(), is_json=arguments.json)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.edits", description=__doc__)
    for name in ("manifests", "terraform", "repo"):
        parser.add_argument(f"--{name}", type=_folder, metavar="DIR")
    parser.add_argument("--files", type=int, metavar="N", help="measure an index of N files")
    parser.add_argument("--names", action="store_true", help="list refused and wrong targets")
    parser.add_argument("--json", action="store_true", help="print JSON")
    arguments = parser.parse_args()
    if not any((arguments.manifests, arguments.terraform, arguments.repo, arguments.files)):
        parser.error("name what to judge: --manifests, --terraform, --repo or --files")
    return arguments


def _folder(text: str) -> Path:
    path = Path(text)
    if not path.is_dir():
        raise argparse.ArgumentTypeError(f"{text} is no folder")
    return path


def _print(figures: Mapping[str, Any], *, is_json: bool) -> None:
    if is_json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        if isinstance(value, Mapping):
            print(f"{name}:")
            for reason, count in value.items():
                print(f"  {count:5d}  {reason}")
        else:
            print(f"{name}: {value}")


if __name__ == "__main__":
    main()
