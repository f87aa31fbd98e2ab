"""Uploaded files. As in Slack, a file is not ready the moment its upload is complete."""

from dataclasses import dataclass, field
from typing import Any

from sandbox.slack.refusals import Refused


@dataclass(slots=True)
class StoredFile:
    """One file between `getUploadURLExternal` and its place in messages."""

    id: str
    name: str
    length: int
    alt_text: str = ""
    title: str = ""
    content: bytes = b""
    uploaded: bool = False
    ready_at: float | None = None
    shared_in: list[str] = field(default_factory=list)

    @property
    def mime_type(self) -> str:
        """The type the page serves it as: pictures as pictures, all else as plain bytes."""
        known = {"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif"}
        return known.get(self.name.rpartition(".")[2].lower(), "application/octet-stream")


class Files:
    """All files of the workspace by id."""

    def __init__(self, ready_after_seconds: float) -> None:
        self._by_id: dict[str, StoredFile] = {}
        self._ready_after = ready_after_seconds

    def add(self, file: StoredFile) -> None:
        """Remember a file that is about to be uploaded."""
        self._by_id[file.id] = file

    def get(self, file_id: str) -> StoredFile:
        """The file, or a refusal `file_not_found`."""
        file = self._by_id.get(file_id)
        if file is None:
            raise Refused("file_not_found")
        return file

    def complete(self, file: StoredFile, now: float) -> None:
        """The upload is complete; the file is ready a little later."""
        file.ready_at = now + self._ready_after

    def is_ready(self, file_id: str, now: float) -> bool:
        """Whether a block may show the file by now."""
        file = self._by_id.get(file_id)
        return file is not None and file.ready_at is not None and now >= file.ready_at


def as_json(file: StoredFile, *, is_ready: bool, base_url: str) -> dict[str, Any]:
    """The file as `files.info` and messages show it: without a type until it is ready."""
    kind = file.name.rpartition(".")[2].lower()
    return {
        "id": file.id,
        "name": file.name,
        "title": file.title or file.name,
        "alt_txt": file.alt_text,
        "size": len(file.content),
        "mimetype": file.mime_type if is_ready else "",
        "filetype": kind if is_ready else "",
        "url_private": f"{base_url}files/{file.id}",
        "permalink": f"{base_url}files/{file.id}",
        "channels": list(file.shared_in),
    }


def file_ids_in_blocks(node: object, at: str = "/blocks") -> list[tuple[str, str]]:
    """Pointer and file id of each `slack_file` anywhere in these blocks."""
    if isinstance(node, list):
        return [
            hit for i, child in enumerate(node) for hit in file_ids_in_blocks(child, f"{at}/{i}")
        ]
    if not isinstance(node, dict):
        return []
    found: list[tuple[str, str]] = []
    for name, child in node.items():
        if name == "slack_file" and isinstance(child, dict):
            file_id = child.get("id") or str(child.get("url", "")).rpartition("/")[2]
            found.append((f"{at}/slack_file", str(file_id)))
        else:
            found.extend(file_ids_in_blocks(child, f"{at}/{name}"))
    return found
