from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops.domain.changes import Change, Setting
from finops.domain.errors import InvalidInput
from finops.domain.money import Saving
from finops.domain.opportunity import Opportunity, Resource
from finops.guardrails import (
    DEFAULT,
    POLICIES,
    GuardrailContext,
    GuardrailDecision,
    Guardrails,
    GuardrailSettings,
    GuardrailVerdict,
    allows_click,
    evaluate,
    load_settings,
    workload_key,
)
from tests.finops.rule_examples import NOW, opportunity

ALLOW, ASK, DENY = GuardrailVerdict
QUIET = GuardrailContext(now=NOW, team_workloads=20)


def decide(found: Opportunity | None = None, text: str = "", **context: Any) -> GuardrailDecision:
    settings = load_settings(text) if text else DEFAULT
    return evaluate(found or opportunity(), settings, replace(QUIET, **context))


def only_objection(decision: GuardrailDecision) -> tuple[str, GuardrailVerdict, str]:
    assert len(decision.objections) == 1
    reason = decision.objections[0]
    return reason.policy, reason.verdict, reason.sentence


def test_verdicts_are_ordered_by_strictness() -> None:
    assert ALLOW < ASK < DENY
    assert max([ASK, DENY, ALLOW]) is DENY
    assert sorted([DENY, ALLOW, ASK]) == [ALLOW, ASK, DENY]
    assert ALLOW <= ASK
    assert DENY >= ASK


def test_a_harmless_change_at_night_is_allowed_but_not_by_itself() -> None:
    decision = decide()

    assert decision.verdict is ALLOW
    assert decision.objections == ()
    assert allows_click(decision)
    assert not decision.is_automatic


def test_every_policy_gives_a_sentence_whatever_the_verdict() -> None:
    decision = decide(opportunity(confidence=0.1, risk=0.9), now=NOW + timedelta(hours=9))

    assert len(decision.reasons) == len(POLICIES)
    assert all(reason.sentence.endswith(".") for reason in decision.reasons)
    assert [reason.verdict for reason in decision.objections] == [DENY, DENY, ASK]
    assert not allows_click(decision)


def test_automatic_needs_the_setting_and_no_objection() -> None:
    assert decide(text="auto_approve: true").is_automatic
    assert not decide(opportunity(risk=0.5), text="auto_approve: true").is_automatic


def test_a_large_saving_needs_an_approver_and_says_why() -> None:
    found = opportunity(saving=Saving(cashable_usd_per_month=Decimal(1240)))

    assert only_objection(decide(found)) == (
        "max_single_change_usd_per_month",
        ASK,
        "The saving of $1,240/month is over the single change limit of $1,000/month for team "
        "payments; an approver must agree.",
    )


@pytest.mark.parametrize(
    ("changes", "context", "policy", "verdict"),
    [
        ({"confidence": 0.59}, {}, "min_confidence", DENY),
        ({"risk": 0.71}, {}, "max_risk", DENY),
        ({"risk": 0.41}, {}, "max_risk", ASK),
        ({"blast_replicas": 51}, {}, "max_replicas_per_change", ASK),
        ({"tags": {"env": "Production"}}, {}, "protected_tags", ASK),
        ({"tags": {"acme.io/critical": "yes"}}, {}, "protected_tags", DENY),
        ({"tags": {"critical": ""}}, {}, "protected_tags", DENY),
        ({"tags": {"tier": "web,critical"}}, {}, "protected_tags", DENY),
        ({}, {"changes_today": 10}, "max_changes_per_day", DENY),
        ({}, {"saving_today_usd": Decimal(4800)}, "max_saving_usd_per_day", DENY),
        ({}, {"namespaces_today": frozenset("abcde")}, "max_namespaces_per_day", DENY),
        ({}, {"evidence_seen_at": NOW - timedelta(hours=49)}, "max_evidence_age_hours", DENY),
        ({}, {"now": NOW + timedelta(hours=4)}, "change_windows", ASK),
        (
            {},
            {"workloads_changed_today": frozenset("abcde")},
            "max_share_of_team_workloads_per_day",
            DENY,
        ),
        (
            {"changes": (Change(Setting.MEMORY_REQUEST, 1000, 249),)},
            {},
            "max_single_change_percent",
            DENY,
        ),
    ],
)
def test_each_limit_objects_alone(
    changes: dict[str, Any], context: dict[str, Any], policy: str, verdict: GuardrailVerdict
) -> None:
    found = only_objection(decide(opportunity(**changes), **context))

    assert found[:2] == (policy, verdict)


@pytest.mark.parametrize(
    ("changes", "context"),
    [
        ({"confidence": 0.6}, {}),
        ({"risk": 0.4}, {}),
        ({"blast_replicas": 50}, {}),
        ({"tags": {"critical": "false", "team": "critical-mass"}}, {}),
        ({"changes": (Change(Setting.CPU_REQUEST, 1000, 250),)}, {}),
        ({"changes": (Change(Setting.PRESENT, 1, 0),)}, {}),
        ({"changes": (Change(Setting.CPU_REQUEST, None, 250),)}, {}),
        ({}, {"changes_today": 9}),
        ({}, {"saving_today_usd": Decimal(4760)}),
        ({}, {"evidence_seen_at": NOW - timedelta(hours=48)}),
        ({}, {"evidence_seen_at": NOW + timedelta(hours=1)}),
        ({}, {"workloads_changed_today": frozenset("abcd")}),
        ({}, {"workloads_changed_today": frozenset("ab"), "team_workloads": 0}),
        ({"saving": Saving(freed_usd_per_month=Decimal(1000))}, {}),
    ],
)
def test_each_limit_itself_is_within_the_limit(
    changes: dict[str, Any], context: dict[str, Any]
) -> None:
    assert decide(opportunity(**changes), **context).verdict is ALLOW


def test_a_protected_tag_of_the_cloud_resource_counts_too() -> None:
    resource = Resource(
        cluster="prod-1", kind="Volume", name="vol-1", cloud_tags={"Critical": "true"}
    )

    assert decide(opportunity(resource=resource)).verdict is DENY


def test_the_first_change_of_a_day_may_be_over_the_daily_saving_if_an_approver_agrees() -> None:
    found = opportunity(saving=Saving(cashable_usd_per_month=Decimal(6000)))
    decision = decide(found)

    assert decision.verdict is ASK
    assert "by this change alone; an approver must agree." in decision.sentences[1]


def test_a_second_container_of_a_workload_changed_today_is_no_further_workload() -> None:
    done = frozenset({workload_key(opportunity()), "b", "c", "d", "e"})

    assert decide(workloads_changed_today=done).verdict is ALLOW


def test_volumes_and_nodes_count_as_no_workload_and_no_namespace() -> None:
    found = opportunity(resource=Resource(cluster="c", kind="Volume", name="vol-1"))

    assert (
        decide(
            found, workloads_changed_today=frozenset("abcdef"), namespaces_today=frozenset("abcde")
        ).verdict
        is ALLOW
    )


def test_outside_the_window_the_sentence_names_the_next_opening() -> None:
    _, _, sentence = only_objection(decide(now=NOW + timedelta(hours=4)))

    assert sentence == (
        "It is outside the change windows of team payments (02:00-06:00 UTC every day); the next "
        "one opens Thu 2026-07-02 02:00 UTC: wait for it, or an approver must agree."
    )


def test_a_team_changes_only_what_it_names() -> None:
    settings = load_settings(
        """
max_changes_per_day: 7
protected_tags: {pci: deny}
change_windows:
  windows: [{hours: "22:00-04:00", days: [mon, tue], time_zone: Europe/Berlin}]
teams:
  payments:
    min_confidence: 0.8
    protected_tags: {critical: require_approval}
    change_windows: {outside: deny}
"""
    )
    rules = settings.rules_for("payments")

    assert (rules.max_changes_per_day, rules.min_confidence) == (7, 0.8)
    assert rules.protected_tags == {
        "production": ASK,
        "prod": ASK,
        "critical": ASK,
        "pci": DENY,
    }
    assert rules.change_windows.outside is DENY
    assert rules.change_windows.windows[0].time_zone == "Europe/Berlin"
    assert settings.rules_for("search").min_confidence == 0.6
    assert settings.rules_for("search").protected_tags["critical"] is DENY


def test_a_tag_may_be_taken_off_the_protected_ones() -> None:
    found = opportunity(tags={"tier": "critical"})

    assert decide(found, text="protected_tags: {Critical: allow}").verdict is ALLOW


def test_a_wrong_file_is_refused_whole_with_every_problem() -> None:
    text = """
max_risk: 3
teams:
  payments:
    max_changes_per_dy: 4
    protected_tags: {pci: perhaps}
change_windows:
  outside: allow
  windows: [{hours: late}]
"""
    with pytest.raises(InvalidInput) as caught:
        load_settings(text)
    lines = str(caught.value).splitlines()

    assert [line.split(":")[0] for line in lines] == [
        "guardrails.yml line 2, max_risk",
        "guardrails.yml line 5, teams.payments.max_changes_per_dy",
        "guardrails.yml line 6, teams.payments.protected_tags.pci",
        "guardrails.yml line 8, change_windows.outside",
        "guardrails.yml line 9, change_windows.windows.0.hours",
    ]
    assert "did you mean max_changes_per_day?" in lines[1]


def test_the_next_opening_is_that_of_the_team() -> None:
    settings = GuardrailSettings.model_validate_json(
        '{"teams": {"a": {"change_windows": {"windows": [{"hours": "12:00-13:00"}]}}}}'
    )
    rails = Guardrails(settings)

    assert rails.next_opening(NOW) == NOW
    assert rails.next_opening(NOW, team="a") == NOW.replace(hour=12)
    assert rails.evaluate(opportunity(), QUIET).verdict is ALLOW


@given(
    changes=st.integers(0, 20),
    saving=st.integers(0, 9000),
    confidence=st.floats(0, 1),
    risk=st.floats(0, 1),
    hours=st.integers(0, 200),
)
def test_the_strictest_policy_wins_and_the_answer_never_varies(
    *, changes: int, saving: int, confidence: float, risk: float, hours: int
) -> None:
    found = opportunity(confidence=confidence, risk=risk)
    now: datetime = NOW + timedelta(hours=hours)
    context = replace(QUIET, now=now, changes_today=changes, saving_today_usd=Decimal(saving))
    decision = evaluate(found, DEFAULT, context)

    assert decision.verdict is max(reason.verdict for reason in decision.reasons)
    assert decision == evaluate(found, DEFAULT, context)
    assert allows_click(decision) == (decision.verdict is not DENY)


@pytest.mark.parametrize(
    ("tags", "reason"),
    [('{"": deny}', "should not name an empty tag"), ("{Prod: allow, prod: deny}", "prod twice")],
)
def test_protected_tags_that_would_protect_everything_or_contradict_are_refused(
    tags: str, reason: str
) -> None:
    with pytest.raises(InvalidInput, match=reason):
        load_settings(f"protected_tags: {tags}")
