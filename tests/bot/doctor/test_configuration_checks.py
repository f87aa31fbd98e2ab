"""The configuration file in the doctor's eyes: who is left out, and what is missing for what."""

from datetime import date
from pathlib import Path

import pytest

from bot.configuration import Configuration, load_configuration
from bot.doctor.configuration_checks import ConfigurationChecks
from finops.config_file import load_checked
from finops.domain.checks import Check, Outcome

COMPLETE = """
clusters:
  - name: prod
    kubernetes: {context: prod}
    prometheus: {url: "http://prometheus:9090"}
    repository: acme/shop
repositories: [{github: acme/shop}]
teams:
  shop: {channel: C0123456789, approvers: {users: [U0123456789]}}
default_approvers: {user_groups: [S0123456789]}
triage_channel: C0223456789
leadership_channel: C0323456789
bill: {files: [bill.csv]}
"""


@pytest.fixture(autouse=True)
def with_a_bill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("bill.csv").write_text("")


def checks(text: str) -> list[Check]:
    configuration = load_checked(text, Configuration, source="finops.yaml")
    return list(ConfigurationChecks(configuration, Path("finops.yaml")).check())


def wrong(text: str) -> dict[str, Check]:
    return {check.subject: check for check in checks(text) if check.outcome is not Outcome.OK}


def test_a_complete_file_is_all_green() -> None:
    assert wrong(COMPLETE) == {}


def test_without_a_file_the_first_step_is_finops_init() -> None:
    (check,) = ConfigurationChecks(load_configuration(None), None).check()

    assert check.outcome is Outcome.FAILED
    assert "`finops init`" in check.fix


@pytest.mark.parametrize(
    ("old", "new", "subject", "outcome", "words"),
    [
        ("default_approvers: {user_groups: [S0123456789]}", "", "approvers", Outcome.WARNING,
         "teams that are not listed"),
        ("triage_channel: C0223456789", "", "triage", Outcome.FAILED, "told to nobody"),
        ("leadership_channel: C0323456789", "", "leadership", Outcome.WARNING, "no digest"),
        ("bill: {files: [bill.csv]}", "", "bill", Outcome.WARNING, "proved"),
        ("channel: C0123456789, ", "", "teams", Outcome.WARNING, "shop without a channel"),
        ("    prometheus: {url: \"http://prometheus:9090\"}\n", "", "cluster prod", Outcome.WARNING,
         "no usage source"),
        ("    repository: acme/shop\n", "", "cluster prod", Outcome.WARNING, "no pull request"),
        ("C0123456789", '"#shop-costs"', "teams.shop.channel", Outcome.FAILED, "#shop-costs"),
        ("U0123456789", "olivia", "teams.shop.approvers.users", Outcome.FAILED, "olivia"),
        ("S0123456789", "approvers", "default_approvers.user_groups", Outcome.FAILED, "approvers"),
    ],
)  # fmt: skip
def test_what_is_missing_or_no_id_is_named(  # noqa: PLR0917 - the columns of a table
    old: str, new: str, subject: str, outcome: Outcome, words: str
) -> None:
    found = wrong(COMPLETE.replace(old, new))

    assert list(found) == [subject]
    assert found[subject].outcome is outcome
    assert words in found[subject].detail
    assert found[subject].fix


def test_nobody_may_approve_is_red() -> None:
    text = COMPLETE.replace("default_approvers: {user_groups: [S0123456789]}", "")

    found = wrong(text.replace(", approvers: {users: [U0123456789]}", ""))

    assert found["approvers"].outcome is Outcome.FAILED


def test_an_empty_estate_is_red() -> None:
    assert wrong("instance: prod")["estate"].outcome is Outcome.FAILED


def test_metrics_of_kubernetes_itself_are_a_usage_source() -> None:
    text = COMPLETE.replace('    prometheus: {url: "http://prometheus:9090"}\n', "")

    assert wrong(text.replace("context: prod}", "context: prod, metrics_api: true}")) == {}


def test_the_old_key_of_a_bill_is_read_and_the_new_one_said() -> None:
    [check] = wrong(COMPLETE.replace("files: [bill.csv]", "focus_csv: bill.csv")).values()

    assert (check.subject, check.outcome) == ("bill", Outcome.WARNING)
    assert check.fix == 'Write bill: {files: ["bill.csv"]}; focus_csv goes away.'


@pytest.mark.parametrize(
    ("today", "outcome", "words"),
    [
        (date(2026, 12, 16), Outcome.OK, "€0.92 per $, as of 1 Nov 2026"),
        (date(2026, 12, 17), Outcome.WARNING, "46 days ago"),
        (date(2026, 10, 1), Outcome.WARNING, "that day is to come"),
    ],
)
def test_an_old_rate_is_named(today: date, outcome: Outcome, words: str) -> None:
    text = COMPLETE + "currency: {code: EUR, per_usd: 0.92, as_of: 2026-11-01}"
    configuration = load_checked(text, Configuration, source="finops.yaml")
    found = ConfigurationChecks(configuration, Path("finops.yaml"), today).check()
    [check] = [check for check in found if check.subject == "currency"]

    assert check.outcome is outcome
    assert words in check.detail
    assert bool(check.fix) == (outcome is Outcome.WARNING)


def test_dollars_have_no_rate_to_be_old() -> None:
    assert "currency" not in {check.subject for check in checks(COMPLETE)}
