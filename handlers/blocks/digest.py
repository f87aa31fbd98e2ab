"""The weekly or monthly digest in the edition of its reader, as one message that always fits."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from finops.reports.cto_edition import cto_headline
from finops.reports.report import Edition, SavingsReport
from handlers.blocks import text
from handlers.blocks.budget import Part, fitted
from handlers.blocks.digest_cfo import cfo_parts
from handlers.blocks.digest_cto import cto_parts
from handlers.blocks.digest_leaders import leaders_parts
from handlers.blocks.digest_parts import said
from handlers.blocks.elements import Block, context, header, section


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart that was uploaded and is ready to be shown."""

    file_id: str
    alt_text: str


_PARTS: Mapping[Edition, Callable[[SavingsReport, Sequence[Block]], list[Part]]] = {
    Edition.LEADERS: leaders_parts,
    Edition.CFO: cfo_parts,
    Edition.CTO: cto_parts,
}


def digest(
    report: SavingsReport, charts: Sequence[Block] = (), edition: Edition = Edition.LEADERS
) -> tuple[str, list[Block]]:
    """Text and blocks. Without `charts` the table says the same in figures."""
    headline = said(_headline(report, edition), 700)
    parts = [
        Part(0, [header(_title(report, edition)), section(text.bold(headline))]),
        *_PARTS[edition](report, charts),
        Part(0, [context(*_small_print(report))]),
    ]
    return f"{text.safe(_title(report, edition), 150)}: {headline}", fitted(parts)


def picture_block(picture: Picture) -> Block:
    """An uploaded chart. Without a title: the chart has its own."""
    alt_text = text.plain(picture.alt_text, 1000)
    return {"type": "image", "slack_file": {"id": picture.file_id}, "alt_text": alt_text}


def _title(report: SavingsReport, edition: Edition) -> str:
    period = report.period.words
    when = period if period[0].isupper() else f"the {period}"
    return " · ".join(filter(None, (f"Savings of {when}", edition.words)))


def _headline(report: SavingsReport, edition: Edition) -> str:
    if edition is Edition.CTO and report.delivery is not None:
        return cto_headline(report.delivery)
    return report.headline


def _small_print(report: SavingsReport) -> list[str]:
    counting = (
        "Only what the bill has verified counts. Cash leaves the bill; room is freed in what is "
        "paid for anyway. The two are never added. `/finops list` shows what waits."
    )
    said = [counting, *([report.currency.rate_sentence] if report.currency.rate_sentence else [])]
    if report.made_at is None:
        return said
    return [*said, f"As of {text.date(report.made_at, with_time=True)}"]
