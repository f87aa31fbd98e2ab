"""Files into Slack: a ticket, the bytes, and then one call that completes them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import requests

from finops.domain.errors import TryAgainLater
from handlers.deliveries.outlet import TIMEOUT_SECONDS, Outlet


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to be uploaded; pictures have an `alt_text`."""

    name: str
    title: str
    content: bytes
    alt_text: str = ""


def send(outlet: Outlet, upload: Upload) -> str:
    """Send the bytes of one file; returns its id, with which it is completed."""
    asked: dict[str, Any] = {"filename": upload.name, "length": len(upload.content)}
    asked |= {"alt_txt": upload.alt_text[:1000]} if upload.alt_text else {}
    ticket = outlet.call(outlet.client.files_getUploadURLExternal, **asked)
    try:
        answer = requests.post(
            str(ticket["upload_url"]), data=upload.content, timeout=TIMEOUT_SECONDS
        )
        answer.raise_for_status()
    except requests.RequestException as error:
        raise TryAgainLater(f"The upload of {upload.name} to Slack failed: {error}") from error
    return str(ticket["file_id"])


def complete(outlet: Outlet, uploads: Sequence[tuple[str, Upload]], **where: str) -> None:
    """Complete sent files; `where` shares them, as `channel_id`, `thread_ts`, `initial_comment`."""
    files = [{"id": file_id, "title": upload.title[:200]} for file_id, upload in uploads]
    outlet.call(outlet.client.files_completeUploadExternal, files=files, **where)
