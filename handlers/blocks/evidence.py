"""The chain of evidence: each link with what it shows, or what it waits for and until when."""

from collections.abc import Sequence

from finops.pr_body import short_figures
from finops.reports.evidence_chain import EvidenceChain, Link, LinkState
from handlers.blocks import text
from handlers.blocks.budget import Part, fitted
from handlers.blocks.elements import Block, context, section

MOST_FACTS = 4
_SIGNS = {
    LinkState.THERE: "●",
    LinkState.WAITING: "○",
    LinkState.STOPPED: "✕",
    LinkState.NOT_REACHED: "○",
}


def evidence_message(
    chain: EvidenceChain, picture: Sequence[Block] = (), *, note: str = ""
) -> tuple[str, list[Block]]:
    """Text and blocks of the whole chain; `note` is a last line of ours."""
    title = text.safe(chain.title, 400)
    head = f"{text.bold(title)}\n{text.team(chain.team)} · {short_figures(chain.worth)}"
    parts = [
        Part(0, [section(head), section(chain.takeaway)]),
        Part(1, list(picture)),
        *(part for link in chain.links for part in _link(link)),
        Part(0, [context(*_small_print(chain, note))]),
    ]
    return f"{title}: {chain.takeaway}", fitted(parts)


def _link(link: Link) -> list[Part]:
    """What a link says always stays; its facts go first when a message is too long."""
    name = text.bold(link.step.value.capitalize())
    when = text.date(link.at, with_time=True) if link.at else link.state.value
    words = text.sentence(link.words, 350)
    url = f" {text.link(link.url, 'Open it')}" if link.url.startswith("http") else ""
    shown = section(f"{_SIGNS[link.state]} {name} · {when}\n{words}{url}")
    return [Part(0, [shown]), Part(2, _facts(link))]


def _facts(link: Link) -> list[Block]:
    facts = [
        f"{text.safe(fact.label, 60)}: {short_figures(text.safe(fact.value, 140))} "
        f"({text.safe(fact.source, 80)})"
        for fact in link.facts[:MOST_FACTS]
    ]
    left = len(link.facts) - len(facts)
    more = [f"{left} more in `finops why`"] if left > 0 else []
    return [context(*facts, *more)] if facts else []


def _small_print(chain: EvidenceChain, note: str) -> list[str]:
    audited = f"{text.count(chain.audit_rows, 'row')} of the audit log"
    newest = f", newest hash {chain.newest_hash[:16]}" if chain.newest_hash else ""
    as_of = f"As of {text.date(chain.as_of, with_time=True)}"
    rate = chain.currency.rate_sentence
    return [f"{audited}{newest} · {as_of}", *filter(None, (rate, note))]
