"""Charts into Slack: upload, complete, and wait until a message may show them."""

import time

import requests

from finops.domain.errors import TryAgainLater
from finops.report_generator import Chart
from handlers.blocks.digest import Picture
from handlers.deliveries.outlet import TIMEOUT_SECONDS, Outlet

# Slack looks at an upload after it has said ok; a block that shows it too early is refused.
POLL_SECONDS = 0.5
READY_WITHIN_SECONDS = 20


def upload(outlet: Outlet, chart: Chart, *, name: str = "savings.png") -> Picture:
    """Upload one chart without posting it anywhere. Raises like `Outlet.call`."""
    outlet.require_granted("files.getUploadURLExternal", "files.info")
    client = outlet.client
    ticket = outlet.call(
        client.files_getUploadURLExternal,
        filename=name,
        length=len(chart.png),
        alt_txt=chart.alt_text[:1000],
    )
    _send(str(ticket["upload_url"]), chart.png)
    file_id = str(ticket["file_id"])
    files = [{"id": file_id, "title": chart.title[:200]}]
    outlet.call(client.files_completeUploadExternal, files=files)
    _wait_until_ready(outlet, file_id)
    return Picture(file_id, chart.alt_text)


def _send(url: str, png: bytes) -> None:
    try:
        requests.post(url, data=png, timeout=TIMEOUT_SECONDS).raise_for_status()
    except requests.RequestException as error:
        raise TryAgainLater(f"The upload of a chart to Slack failed: {error}") from error


def _wait_until_ready(outlet: Outlet, file_id: str) -> None:
    """A file has its type once Slack has looked at it."""
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while time.monotonic() < deadline:
        file = outlet.call(outlet.client.files_info, file=file_id)["file"]
        if file.get("mimetype"):
            return
        time.sleep(POLL_SECONDS)
    raise TryAgainLater(f"Slack has not made the chart ready within {READY_WITHIN_SECONDS} s.")
