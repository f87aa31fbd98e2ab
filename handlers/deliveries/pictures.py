"""Charts into Slack: upload, complete, and wait until a message may show them."""

import time

from finops.domain.errors import TryAgainLater
from finops.report_generator import Chart
from handlers.blocks.digest import Picture
from handlers.deliveries.outlet import Outlet
from handlers.deliveries.uploads import Upload, complete, send

# Slack looks at an upload after it has said ok; a block that shows it too early is refused.
POLL_SECONDS = 0.5
READY_WITHIN_SECONDS = 20


def upload(outlet: Outlet, chart: Chart, *, name: str = "savings.png") -> Picture:
    """Upload one chart without posting it anywhere. Raises like `Outlet.call`."""
    outlet.require_granted("files.getUploadURLExternal", "files.info")
    file = Upload(name, chart.title, chart.png, chart.alt_text)
    file_id = send(outlet, file)
    complete(outlet, [(file_id, file)])
    _wait_until_ready(outlet, file_id)
    return Picture(file_id, chart.alt_text)


def _wait_until_ready(outlet: Outlet, file_id: str) -> None:
    """A file has its type once Slack has looked at it."""
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while time.monotonic() < deadline:
        file = outlet.call(outlet.client.files_info, file=file_id)["file"]
        if file.get("mimetype"):
            return
        time.sleep(POLL_SECONDS)
    raise TryAgainLater(f"Slack has not made the chart ready within {READY_WITHIN_SECONDS} s.")
