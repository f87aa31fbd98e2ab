"""A pull request for several opportunities: a table of them, then each with its own proof."""

import re
from collections.abc import Sequence

from finops.domain.currency import DOLLARS, Currency
from finops.domain.money import Saving
from finops.domain.opportunity import Opportunity
from finops.pr_body import (
    action_words,
    confidence_words,
    metadata_line,
    render_title,
    risk_words,
)
from finops.pr_markdown import count, escape, one_line, shortened, table

_COMMENT = re.compile(r"\n*<!--.*?-->\n*", re.DOTALL)
_MAX_TITLE = 200


def group_title(opportunities: Sequence[Opportunity]) -> str:
    """`3 changes for team shop: Lower CPU request of …`; the one itself when there is one."""
    first = opportunities[0]
    if len(opportunities) == 1:
        return render_title(first)
    team = one_line(first.team)
    return f"{len(opportunities)} changes for team {team}: {action_words(first)}, …"[:_MAX_TITLE]


def group_commit_message(opportunities: Sequence[Opportunity]) -> str:
    """Subject, each change on a line, and trailers that name every opportunity."""
    lines = [group_title(opportunities), ""]
    lines += [f"- {render_title(each)}" for each in opportunities]
    lines.append("")
    for each in opportunities:
        lines += [f"Finops-Opportunity: {each.id}", f"Finops-Revision: {each.revision}"]
    return "\n".join(lines) + "\n"


def group_body(
    opportunities: Sequence[Opportunity],
    bodies: Sequence[str],
    *,
    currency: Currency = DOLLARS,
) -> str:
    """The table, each body folded below its headline, and the metadata of all at the end."""
    rows = [
        (
            action_words(each),
            currency.told_saving(each.saving),
            confidence_words(each.confidence),
            risk_words(each.risk),
        )
        for each in opportunities
    ]
    total = sum((each.saving for each in opportunities), Saving())
    parts = [
        f"{count(len(opportunities), 'change')} that were approved one by one, together "
        f"{escape(currency.told_saving(total))}. To leave one out, take its lines out of this "
        "branch or close this and deny that one.",
        table(("Change", "Saving (estimate)", "Confidence", "Risk"), rows),
        *(_folded(each, body) for each, body in zip(opportunities, bodies, strict=True)),
    ]
    hidden = "\n".join(metadata_line(each) for each in opportunities)
    return f"{shortened(_joined(parts))}\n\n{hidden}\n"


def _folded(opportunity: Opportunity, body: str) -> str:
    words = _COMMENT.sub("", body).strip()
    summary = escape(action_words(opportunity))
    return f"<details><summary>{summary}</summary>\n\n{words}\n\n</details>"


def _joined(parts: Sequence[str]) -> str:
    return "\n\n".join(parts)
