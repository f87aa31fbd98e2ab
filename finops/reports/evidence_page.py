"""The chain of evidence as one HTML file and as lines of a terminal."""

import textwrap
from datetime import date
from functools import partial

from finops.reports.document import MOST_IN_A_SENTENCE, one_line
from finops.reports.drawing import Chart
from finops.reports.evidence_chain import EvidenceChain, Link, LinkState
from finops.reports.html_page import drawn, page

WIDTH = 100
_SIGNS = {
    LinkState.THERE: "●",
    LinkState.WAITING: "○",
    LinkState.STOPPED: "✕",
    LinkState.NOT_REACHED: "·",
}


def evidence_html(chain: EvidenceChain, picture: Chart) -> str:
    """The whole page: the picture, each link with its facts, and the days on the bill."""
    return page(
        "evidence.html",
        chain=chain,
        picture=picture,
        drawn=drawn,
        line=partial(one_line, most=MOST_IN_A_SENTENCE),
        safe_url=lambda url: url.startswith(("https://", "http://")),
        cents=chain.currency.exact,
        when=lambda day: _when(day, chain.changed_on),
    )


def evidence_text(chain: EvidenceChain) -> str:
    """The chain for a terminal, one link a paragraph."""
    head = [one_line(chain.title, WIDTH), f"{chain.opportunity_id} · {chain.worth}", chain.takeaway]
    body = [line for link in chain.links for line in _link_lines(link)]
    rate = chain.currency.rate_sentence
    return "\n".join([*head, *body, *(["", rate] if rate else [])])


def _link_lines(link: Link) -> list[str]:
    when = f", {link.at:%Y-%m-%d %H:%M}" if link.at else ""
    title = f"{_SIGNS[link.state]} {link.step.value.capitalize()} ({link.state.value}{when})"
    words = textwrap.wrap(one_line(link.words, MOST_IN_A_SENTENCE), WIDTH - 2)
    facts = [f"- {one_line(f'{f.label}: {f.value}  ({f.source})', WIDTH)}" for f in link.facts]
    return ["", title, *(f"  {line}" for line in (*words, *facts, *([link.url] * bool(link.url))))]


def _when(day: date, changed_on: date | None) -> str:
    if changed_on is None:
        return ""
    return "before" if day < changed_on else "the change" if day == changed_on else "after"
