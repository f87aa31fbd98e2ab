"""HashiCorp's own HCL parser, which no editor of ours uses: hcl2json in one Node process."""

import json
import shutil
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any, Self

PARTS = Path(__file__).parent.parent / "tests" / "github_emulator"
_PROGRAM = """
const { parse } = require(process.argv[1]);
const lines = require('readline').createInterface({ input: process.stdin });
(async () => {
  for await (const line of lines) {
    let answer = null;
    try { answer = await parse('x.tf', JSON.parse(line)); } catch (error) { answer = null; }
    process.stdout.write(JSON.stringify(answer) + '\\n');
  }
})();
"""


class MissingOracle(RuntimeError):
    """Node or hcl2json is not here; the message says how to get them."""


class HclOracle:
    """Parses HCL to JSON as Terraform reads it; a context manager that holds one process."""

    def __enter__(self) -> Self:
        package = PARTS / "node_modules" / "@cdktf" / "hcl2json"
        node = shutil.which("node") or _bundled_node()
        if not package.is_dir() or node is None:
            raise MissingOracle(
                "The parser hcl2json is not installed; run scripts/install-system-parts.sh."
            )
        self._process = subprocess.Popen(
            [node, "-e", _PROGRAM, str(package.resolve())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._known: dict[bytes, Any] = {}
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=10)
        if self._process.stdout is not None:
            self._process.stdout.close()

    def parse(self, source: bytes) -> dict[str, Any] | None:
        """The file as JSON, or None when Terraform would not read it."""
        if source not in self._known:
            self._known[source] = self._ask(source)
        found: dict[str, Any] | None = self._known[source]
        return found

    def _ask(self, source: bytes) -> Any:
        try:
            text = source.decode("utf-8-sig")
        except UnicodeDecodeError:
            return None
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(json.dumps(text) + "\n")
        stdin.flush()
        return json.loads(stdout.readline() or "null")


def _bundled_node() -> str | None:
    found = sorted(PARTS.glob("node_modules/node-*/bin/node"))
    return str(found[0]) if found else None
