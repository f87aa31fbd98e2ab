"""The weekly or monthly digest: the takeaway in words, pictures, teams, and what to do next."""

from collections.abc import Sequence
from dataclasses import dataclass

from finops.pr_body import short_figures
from finops.reports.headline import percent
from finops.reports.report import Line, Recommendation, SavingsReport, Tally, named
from handlers.blocks import text
from handlers.blocks.elements import Block, context, fields, header, section, table

MOST_ROWS = 10
MOST_RECOMMENDATIONS = 5
MOST_REVERSED = 3


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart that was uploaded and is ready to be shown."""

    file_id: str
    alt_text: str


def digest(report: SavingsReport, pictures: Sequence[Picture] = ()) -> tuple[str, list[Block]]:
    """Text and blocks. Without pictures the table says the same in figures."""
    blocks = [
        header(f"Savings of the {report.period.noun} to {_day(report)}"),
        section(text.bold(_said(report.headline, 700))),
        _totals(report),
        *_together(report),
        *map(_image, pictures[:2]),
        *_teams(report.by_team),
        *_recommendations(report.recommendations),
        *_reversed(report.reversed),
        context(
            "Only what the bill has verified counts. Cash leaves the bill; room is freed in what "
            "is paid for anyway. The two are never added. `/finops list` shows what waits."
        ),
    ]
    return _said(report.headline, 700), blocks


def _said(sentence: str, limit: int) -> str:
    return short_figures(text.safe(sentence, limit))


def _day(report: SavingsReport) -> str:
    end = report.period.end
    return f"{end.day} {end:%B %Y}"


def _totals(report: SavingsReport) -> Block:
    totals = report.totals
    return fields(
        f"*Verified on the bill* · {totals.verified_count:,}\n{text.saving_lines(totals.verified)}",
        f"*In flight* · {totals.in_flight_count:,}\n{text.saving_lines(totals.in_flight)}",
        f"*Offered* · {totals.offered_count:,}\n{text.saving_lines(totals.offered)}",
        *_share(report),
    )


def _together(report: SavingsReport) -> list[Block]:
    """Cash that no single right-sizing frees; nothing without any."""
    amount = report.joint_cash_usd_per_month
    if amount <= 0:
        return []
    return [
        context(
            f"Applied together, the smaller requests that are offered or in flight would empty "
            f"nodes worth *{text.usd(amount)}/month* off the bill, beside the figures above."
        )
    ]


def _share(report: SavingsReport) -> list[str]:
    """How far the promise is kept; nothing when nobody knows the bill."""
    if report.share_of_bill is None or report.bill_usd_per_month is None:
        return []
    done, promised = percent(report.share_of_bill), percent(report.promised_share)
    bill = text.usd(report.bill_usd_per_month)
    return [f"*Share of the bill*\n{done} verified, {promised} promised\nof {bill}/month before"]


def _image(picture: Picture) -> Block:
    """Without a title: the chart has its own."""
    alt_text = text.plain(picture.alt_text, 1000)
    return {"type": "image", "slack_file": {"id": picture.file_id}, "alt_text": alt_text}


def _teams(rows: Sequence[Tally]) -> list[Block]:
    if not rows:
        return []
    head = ["Team", "Verified", "In flight", "Offered"]
    lines = [
        [
            named(row.name) or "all",
            *map(text.saving_cell, (row.verified, row.in_flight, row.offered)),
        ]
        for row in rows[:MOST_ROWS]
    ]
    left = len(rows) - MOST_ROWS
    more = [context(f"{text.count(left, 'more team')} in `/finops savings`.")] if left > 0 else []
    return [table([head, *lines]), *more]


def _recommendations(recommendations: Sequence[Recommendation]) -> list[Block]:
    lines = [f"• {_said(one.sentence, 300)}" for one in recommendations[:MOST_RECOMMENDATIONS]]
    return [section("*Next*\n" + "\n".join(lines))] if lines else []


def _reversed(lines: Sequence[Line]) -> list[Block]:
    said = [
        f"• {text.safe(line.label, 100)}: {text.safe(line.sentence, 200)}"
        for line in lines[:MOST_REVERSED]
    ]
    return [section("*Undone since*\n" + "\n".join(said))] if said else []
