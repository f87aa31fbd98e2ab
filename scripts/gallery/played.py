"""Surfaces full of figures: reports, evidence, cost and guardrails of a demo that was played."""

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.demo import start_demo
from bot.demo_once import Loop
from finops.domain.currency import DOLLARS, Currency
from finops.domain.lifecycle import Status
from finops.finops_engine import FinOpsEngine
from finops.report_generator import Edition, SavingsReport
from finops.savings_ledger import SavingsLedger
from gallery import samples as some
from handlers.blocks.cost import cost_blocks
from handlers.blocks.digest import digest
from handlers.blocks.evidence import evidence_message
from handlers.blocks.native_charts import native_charts
from handlers.blocks.policy import policy_blocks, what_if_blocks

Blocks = list[dict[str, Any]]
LONGEST = "-longest"


def played(currency: Currency = DOLLARS) -> Iterator[tuple[str, Blocks]]:
    """Name and blocks of each; the demo takes half a minute."""
    with tempfile.TemporaryDirectory(prefix="finops-gallery-") as folder:
        demo = start_demo(Path(folder))
        try:
            Loop(demo).run()
            demo.engine.parts = replace(demo.engine.parts, currency=currency)
            yield from _of(demo.engine)
        finally:
            demo.stop()
        empty = FinOpsEngine(SavingsLedger(f"sqlite:///{folder}/empty.db"), currency=currency)
        yield "digest-emptiest", _digest(empty.generate_weekly_report(), Edition.LEADERS)
        yield "cost-emptiest", cost_blocks(empty.cost(""))
        empty.ledger.close()


def _of(engine: FinOpsEngine) -> Iterator[tuple[str, Blocks]]:
    report = engine.generate_monthly_report()
    for edition in Edition:
        yield f"digest-{edition.value}", _digest(report, edition)
    yield f"digest{LONGEST}", _digest(_as_long(report), Edition.LEADERS)
    [verified, *_] = engine.ledger.find(statuses=[Status.VERIFIED])
    yield "why", evidence_message(engine.evidence(verified.id))[1]
    for number, words in enumerate(("last month", "by service", "shop last month")):
        yield f"cost-{number + 1}", cost_blocks(engine.cost(words))
    rules = engine.parts.guardrails.settings.rules_for("shop")
    yield (
        "policy",
        policy_blocks(
            rules,
            team="shop",
            frozen=["team shop is frozen until friday"],
            currency=engine.currency,
        ),
    )
    changes = {"max_risk": "0.2"}
    yield (
        "policy-what-if",
        what_if_blocks(engine.what_if(changes), changes, team="", currency=engine.currency),
    )


def _digest(report: SavingsReport, edition: Edition) -> Blocks:
    return digest(report, native_charts(report, edition), edition)[1]


def _as_long(report: SavingsReport) -> SavingsReport:
    """Thirty teams of the longest name, and every label as long as Kubernetes allows."""
    teams = [replace(report.by_team[0], name=f"{some.LONGEST_TEAM} {n}") for n in range(30)]
    top = [replace(line, label=f"{some.LONG}/{some.LONG}") for line in report.top * 5]
    return replace(report, by_team=tuple(teams), top=tuple(top))
