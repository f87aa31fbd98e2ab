"""A missing part is a skip on a laptop and a failure in CI, where nothing may be left out."""

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest


def needs(part: str | Path, reason: str) -> str:
    """The path of a command (looked up on PATH) or of a file that a test cannot do without."""
    found = shutil.which(part) if isinstance(part, str) else part.exists() and str(part)
    return found or missing(part, reason)


def missing(part: str | Path, reason: str) -> NoReturn:
    sentence = f"{part} is not here: {reason}. scripts/install-system-parts.sh brings it."
    if os.environ.get("CI") == "true":
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence)
