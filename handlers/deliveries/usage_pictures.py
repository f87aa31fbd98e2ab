"""The pictures of use against request, uploaded once for each revision that waits."""

import logging
from collections.abc import Iterable

from finops.domain.errors import OutsideWorldFailed
from finops.domain.opportunity import OpportunityRecord
from finops.finops_engine import FinOpsEngine
from finops.reports.usage_chart import has_usage_chart, usage_chart, usage_thumbnail
from handlers.blocks.controls import DECIDABLE
from handlers.deliveries.outlet import Outlet
from handlers.deliveries.pictures import upload
from handlers.kept_pictures import SMALL, WIDE, keep_picture, kept_picture

_DRAW = {SMALL: usage_thumbnail, WIDE: usage_chart}

_log = logging.getLogger(__name__)


def draw(
    outlet: Outlet, engine: FinOpsEngine, record: OpportunityRecord, sizes: Iterable[str]
) -> None:
    """Upload what is not there yet; a message on time is worth more than its pictures."""
    if record.status not in DECIDABLE or not has_usage_chart(record.opportunity):
        return
    try:
        for size in sizes:
            if kept_picture(engine, record, size) is None:
                uploaded = upload(outlet, _DRAW[size](record.opportunity), name="usage.png")
                keep_picture(engine, record, size, uploaded)
    except OutsideWorldFailed as error:
        _log.warning("%s goes out without its pictures: %s", record.id, error)
