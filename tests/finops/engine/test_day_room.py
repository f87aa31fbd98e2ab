"""How many of a plan would pass today's guardrails together is what approving them then does."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finops.domain.opportunity import Opportunity
from finops.domain.people import Actor
from finops.domain.plans import Pick
from finops.engine import planning
from finops.finops_engine import FinOpsEngine
from finops.guardrails import ApprovalRules, GuardrailSettings
from finops.ledger import history
from tests.handlers import builders
from tests.handlers.builders import APPROVERS, NOW, PRIYA, opportunity, put_plan, recorded

LIMITS = st.fixed_dictionaries(
    {
        "max_changes_per_day": st.integers(0, 9),
        "max_saving_usd_per_day": st.integers(0, 400),
        "max_share_of_team_workloads_per_day": st.sampled_from([0.1, 0.5, 1.0]),
        "max_namespaces_per_day": st.integers(0, 4),
        "max_risk": st.sampled_from([0.05, 0.9]),
    }
)


def _in_namespace(made: Opportunity, number: int, place: int) -> Opportunity:
    resource = replace(made.resource, namespace=f"shop-{place}", container=f"c{number}")
    id_, print_ = f"op-{number:010d}", f"{number:064d}"
    return replace(made, resource=resource, id=id_, fingerprint=print_)


def planned(bot: FinOpsEngine, places: list[int]) -> str:
    """A plan of proposals in these namespaces, three containers of each workload."""
    made = [
        recorded(bot, _in_namespace(opportunity(name=f"service-{number // 3}"), number, place))
        for number, place in enumerate(places)
    ]
    put_plan(bot, "plan-1", *(record.id for record in made))
    with bot.ledger.transaction() as tx:
        sizes = {"payments": 12}
        history.put_setting(tx.connection, "team_workloads:prod-eu", sizes, by="test", now=NOW)
    bot.plan_posted("plan-1")
    return "plan-1"


@settings(max_examples=25, deadline=None)
@given(limits=LIMITS, places=st.lists(st.integers(0, 4), min_size=1, max_size=12), data=st.data())
def test_what_is_promised_is_what_happens(
    limits: dict[str, float],
    places: list[int],
    data: st.DataObject,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    bot = builders.engine(tmp_path_factory.mktemp("ledger"))
    plan = planned(bot, places)
    bot.parts.guardrails.settings = GuardrailSettings.model_validate(limits)
    view = planning.view(bot.parts, plan)
    assert view is not None
    assert view.room is not None
    ticked = [r for r in view.records if data.draw(st.booleans())]
    promised = view.room.opening(ticked)
    picks = [Pick(record.id, 1) for record in ticked]
    done = bot.approve_plan(plan, picks=picks, actor=Actor(PRIYA, frozenset({APPROVERS})))

    assert [r.opportunity.resource.label for r in promised] == list(done.approved)
    bot.ledger.close()


def test_what_waits_for_another_person_opens_nothing(tmp_path: Path) -> None:
    bot = builders.engine(tmp_path)
    plan = planned(bot, [0, 0])
    rules = ApprovalRules(required=2)
    bot.parts.guardrails.settings = GuardrailSettings(approvals=rules)
    view = planning.view(bot.parts, plan)
    assert view is not None
    assert view.room is not None

    assert view.room.opening(view.records) == []
    bot.approve(view.records[0].id, revision=1, actor=Actor(builders.LIAM, frozenset({APPROVERS})))
    view = planning.view(bot.parts, plan)
    assert view is not None
    assert view.room is not None
    assert view.room.opening(view.records) == [view.records[0]]
    bot.ledger.close()
