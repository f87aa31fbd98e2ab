"""The digest of each edition: fits whatever things are called, and says what its reader needs."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finops.report_generator import Edition, SavingsReport
from finops.reports.report import Period, PeriodKind, month_before
from handlers.blocks.budget import MOST_CHARACTERS, Part, characters, fitted
from handlers.blocks.digest import digest
from handlers.blocks.elements import section
from handlers.blocks.native_charts import native_charts, takeaways
from sandbox.slack.block_rules import problems
from tests.finops.reports.examples import HOSTILE, made_records, report_of
from tests.finops.rule_examples import NOW

FULL = report_of(made_records(5, 300))
EMPTY = report_of([], has_bill=False)


def shown(report: SavingsReport, edition: Edition) -> tuple[str, list[dict[str, Any]]]:
    return digest(report, native_charts(report, edition), edition)


def words_of(blocks: list[dict[str, Any]]) -> str:
    return json.dumps(blocks, ensure_ascii=False)


def mrkdwn_of(node: object) -> list[str]:
    """Every text that Slack reads marks in; cells and labels of charts are plain."""
    if isinstance(node, list):
        return [words for child in node for words in mrkdwn_of(child)]
    if not isinstance(node, dict):
        return []
    own = [str(node["text"])] if node.get("type") == "mrkdwn" else []
    return own + [words for child in node.values() for words in mrkdwn_of(child)]


@pytest.mark.parametrize("edition", Edition)
@pytest.mark.parametrize("report", [FULL, EMPTY], ids=["full", "empty"])
def test_slack_takes_each_edition_with_its_charts(report: SavingsReport, edition: Edition) -> None:
    text, blocks = shown(report, edition)

    assert problems(blocks, "message") == []
    assert characters(blocks) <= MOST_CHARACTERS
    assert len(text) > 20


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 1000),
    edition=st.sampled_from(list(Edition)),
    names=st.lists(
        st.one_of(
            st.sampled_from([*HOSTILE, "<!channel>", "&" * 253, "*`~"]),
            st.text(st.characters(exclude_categories=["Cs"]), max_size=300),
        ),
        min_size=1,
        max_size=6,
    ),
)
def test_no_name_breaks_a_digest_or_calls_anybody(
    seed: int, edition: Edition, names: list[str]
) -> None:
    text, blocks = shown(report_of(made_records(seed, 60, names)), edition)

    assert problems(blocks, "message") == []
    assert characters(blocks) <= MOST_CHARACTERS
    assert "<!channel>" not in "".join(mrkdwn_of(blocks))
    assert "<!channel>" not in text


def test_charts_have_a_takeaway_above_them_and_only_what_is_there() -> None:
    blocks = native_charts(FULL, Edition.LEADERS)

    assert [block["type"] for block in blocks] == ["section", "data_visualization"] * 2
    assert "of cash verified" in blocks[0]["text"]["text"]
    assert native_charts(EMPTY, Edition.LEADERS) == []
    assert [block["type"] for block in takeaways(FULL, Edition.CTO)] == ["section"] * 2


def test_a_series_of_nothing_is_left_out() -> None:
    [chart] = [
        b for b in native_charts(FULL, Edition.LEADERS) if b.get("title", "").startswith("C")
    ]
    series = chart["chart"]["series"]

    assert all(any(point["value"] for point in one["data"]) for one in series)


def test_the_cfo_reads_cash_proof_and_approvers() -> None:
    said = words_of(shown(FULL, Edition.CFO)[1])

    assert all(word in said for word in ("Run rate", "Banked so far", "Forecast", "Share of the"))
    assert "Not proved, and why" in said
    assert "approved by" in said


def test_the_cto_reads_decisions_stuck_pull_requests_and_raises() -> None:
    text, blocks = shown(FULL, Edition.CTO)
    said = words_of(blocks)

    assert all(word in said for word in ("Stuck pull requests", "By risk", "Raises", "Median"))
    assert "CTO edition" in text


def test_recommendations_mention_their_owner_and_date_each_readers_own_way() -> None:
    said = words_of(shown(FULL, Edition.LEADERS)[1])

    assert "<@U0OWNER00001> (Team team-1)" in said
    assert "<!subteam^S0GROUP00001> (Team team-2)" in said
    assert " by <!date^" in said


def test_a_calendar_month_is_called_by_its_name() -> None:
    month = replace(FULL, period=month_before(NOW.date()))
    week = replace(FULL, period=Period(PeriodKind.WEEKLY, FULL.period.start, FULL.period.end))

    assert digest(month)[1][0]["text"]["text"] == "Savings of June 2026"
    assert digest(week)[1][0]["text"]["text"] == "Savings of the week to 1 July 2026"


def test_what_matters_least_goes_first_when_a_message_is_too_long() -> None:
    long = section("x" * 2900)
    parts = [Part(0, [section("head")]), *(Part(rank, [long]) for rank in (1, 5, 3, 5, 2, 4))]

    kept = fitted(parts)

    assert characters(kept) <= MOST_CHARACTERS
    assert len(kept) == 5
    assert kept[0] == section("head")


def test_what_must_stay_stays_even_when_it_is_too_long() -> None:
    long = section("x" * 2900)

    assert len(fitted([Part(0, [long])] * 6)) == 6
