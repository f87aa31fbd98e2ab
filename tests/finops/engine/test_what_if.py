from dataclasses import replace

import pytest

from finops.domain.errors import InvalidInput
from finops.engine.what_if import MOST_EXAMPLES
from finops.guardrails import GuardrailRules, Guardrails, GuardrailSettings, GuardrailVerdict
from tests.finops.engine.conftest import World


def test_other_limits_are_tried_on_what_waits_and_nothing_is_written(world: World) -> None:
    world.card()
    before = world.intents()
    result = world.engine.what_if({"min_confidence": "0.999"})

    assert result.waiting == result.looked_at == 3
    assert result.before.counts.get(GuardrailVerdict.DENY, 0) == 0
    assert result.after.counts == {GuardrailVerdict.DENY: 3}
    assert result.moved == len(result.examples) == 3 <= MOST_EXAMPLES
    assert world.intents() == before
    assert world.engine.parts.guardrails.settings.min_confidence == 0.6


def test_one_team_may_be_asked_about(world: World) -> None:
    world.scan()

    assert world.engine.what_if({"max_risk": "0"}, team="web").waiting == 3
    assert world.engine.what_if({"max_risk": "0"}, team="other").waiting == 0


def test_a_general_limit_leaves_a_teams_own_as_it_is(world: World) -> None:
    world.scan()
    own = GuardrailSettings(teams={"web": GuardrailRules(max_risk=0.9)})
    world.engine.parts = replace(world.engine.parts, guardrails=Guardrails(own))

    assert world.engine.what_if({"max_risk": "0"}, general_only=True).moved == 0
    assert world.engine.what_if({"max_risk": "0"}).moved == 3


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"max_rsk": "0.5"}, "Did you mean max_risk?"),
        ({"zzz": "1"}, "Known: auto_approve"),
        ({"max_risk": "7"}, "max_risk cannot be '7'"),
        ({"max_risk": "<!channel>"}, "max_risk cannot be"),
        ({"change_windows": "x"}, "no guardrail"),
        ({"teams": "x"}, "no guardrail"),
    ],
)
def test_what_is_no_limit_is_named(world: World, changes: dict[str, str], words: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        world.engine.what_if(changes)

    assert words in str(refused.value)
