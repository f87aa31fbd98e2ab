"""The evidence as a message: every link, within Slack's limits, whatever things are called."""

from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.blocks.budget import MOST_CHARACTERS, characters
from handlers.blocks.evidence import evidence_message
from sandbox.slack.block_rules import problems
from tests.finops.reports.test_evidence import chain
from tests.handlers.blocks.hostile import names


@settings(deadline=None)
@given(name=names, states=st.integers(0, 8))
def test_slack_takes_the_evidence_with_any_names(name: str, states: int) -> None:
    text, blocks = evidence_message(chain(name, states=states), note="A note.")

    assert problems(blocks, "message") == []
    assert characters(blocks) <= MOST_CHARACTERS
    assert "<!channel>" not in str(blocks)
    assert text


def test_every_link_is_named_even_when_facts_do_not_fit() -> None:
    said = str(evidence_message(chain("&" * 3000))[1])

    for step in ("Metric window", "Price", "Guardrails", "Approval", "Pull request", "Verdict"):
        assert f"*{step}*" in said
