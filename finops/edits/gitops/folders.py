"""Paths by folder without walking all of them: repositories hold tens of thousands."""

from bisect import bisect_left
from collections.abc import Collection


class Folders:
    """The paths of a commit in order."""

    def __init__(self, paths: Collection[str]) -> None:
        self._sorted = sorted(paths)

    def below(self, folder: str) -> list[str]:
        """The paths below a folder, in order; all of them for the root."""
        if not folder:
            return self._sorted
        start = bisect_left(self._sorted, f"{folder}/")
        # "0" comes right after "/".
        return self._sorted[start : bisect_left(self._sorted, f"{folder}0")]


def parents(path: str) -> list[str]:
    """The folders around a path, the outermost (the root, an empty text) first."""
    parts = path.split("/")[:-1]
    return ["/".join(parts[:size]) for size in range(len(parts) + 1)]
