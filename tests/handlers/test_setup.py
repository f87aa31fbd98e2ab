"""The setup by real forms: who may begin, what is checked, what is locked, what is saved."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from slack_sdk import WebClient

from bot.app import build_app
from bot.configuration import Configuration
from bot.live_settings import KEY, LiveSettings
from bot.socket_mode import SocketModeConnection
from finops.domain.people import Actor
from finops.finops_engine import FinOpsEngine
from finops.guardrails import ApprovalRules
from finops.ledger import history
from finops.savings_ledger import SavingsLedger
from handlers import HandlerContext, Membership
from handlers.ids import ActionId, SetupStep, TeamStep, ViewId
from sandbox.slack import Driver, SlackSandbox, example_workspace
from sandbox.slack.delivery import Ack
from sandbox.slack.views import View
from tests.handlers.builders import (
    APPROVERS,
    DANA,
    FINOPS,
    GENERAL,
    INSTANCE,
    LIAM,
    MEI,
    OMAR,
    PAYMENTS,
    opportunity,
)
from tests.handlers.conftest import SCOPES

SETTING = ActionId.SETTING.value
FILE = {
    "platform": {"users": [MEI]},
    "triage_channel": FINOPS,
    "teams": {"shop": {"channel": PAYMENTS, "approvers": {"users": [DANA]}}},
    "guardrails": {"max_risk": 0.5},
}


class Setup:
    """A bot with a configuration file, and hands that click through its forms."""

    def __init__(self, slack: SlackSandbox, path: Path, file: dict[str, Any]) -> None:
        configuration = Configuration.model_validate(file)
        self.slack = slack
        self.ledger = SavingsLedger(f"sqlite:///{path}/finops.db")
        self.engine = FinOpsEngine(self.ledger, directory=configuration.directory())
        self.live = LiveSettings(self.engine, configuration)
        self.live.refresh()
        self.driver: Driver = slack.driver()
        client = WebClient(token=slack.bot_token, base_url=slack.api_url)
        self._threads = ThreadPoolExecutor(16)
        context = HandlerContext(
            engine=self.engine, instance=INSTANCE, membership=Membership(client), desk=self.live
        )
        app = build_app(client, signing_secret="", context=context, threads=self._threads)
        self._connection = SocketModeConnection(
            app, app_token=slack.app_token, bot_token=slack.bot_token, base_url=slack.api_url
        )
        assert self._connection.start()

    def close(self) -> None:
        self._connection.stop()
        self._threads.shutdown()
        self.ledger.close()

    def settings(self, user: str) -> Ack:
        return self.driver.slash(user, GENERAL, "/finops", "settings")

    def view(self, user: str) -> View:
        found = self.driver.open_view(user)
        assert found is not None
        return found

    def click(self, user: str, action: ActionId, block: str | None = None) -> Ack:
        return self.driver.click_in_view(user, self.view(user)["id"], action.value, block_id=block)

    def step(self, user: str, step: SetupStep) -> View:
        self.settings(user)
        assert self.click(user, ActionId.SETUP_STEP, f"step:{step}").ok
        return self.view(user)

    def save(self, user: str, action: Any = SETTING, **values: Any) -> Ack:
        filled = {
            f"finops_set:{name.replace('__', '.')}": {action: value}
            for name, value in values.items()
        }
        return self.driver.submit(user, self.view(user)["id"], filled)

    def found(self, *, name: str, team: str = "shop") -> None:
        """Something waits to be decided, seen just now."""
        with self.ledger.transaction() as tx:
            tx.record(opportunity(name=name, team=team), seen_at=self.engine.now())

    def words(self, user: str) -> str:
        return json.dumps(self.view(user)["blocks"], ensure_ascii=False)

    def sees(self, user: str, words: str) -> bool:
        """Whether the form shows these words soon: it is drawn anew after the ack."""
        self.driver.wait_for(lambda: words in self.words(user), timeout=5)
        return True

    def audited(self) -> list[tuple[str, str]]:
        found = self.ledger.read(
            lambda c: c.exec_driver_sql(
                "SELECT actor, action FROM audit_log WHERE subject LIKE 'settings/%' ORDER BY id"
            ).all()
        )
        return [(str(row[0]), str(row[1])) for row in found]


Make = Callable[..., Setup]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    made: list[Any] = []

    def build(file: dict[str, Any], *, scopes: frozenset[str] = SCOPES) -> Setup:
        slack = SlackSandbox(replace(example_workspace(), scopes=scopes)).start()
        made.append(slack)
        setup = Setup(slack, tmp_path, file)
        made.append(setup)
        return setup

    yield build
    for one in reversed(made):
        one.stop() if isinstance(one, SlackSandbox) else one.close()


def test_an_admin_takes_the_role_and_goes_on_with_the_setup(make: Make) -> None:
    setup = make({})
    setup.settings(MEI)
    claim = setup.view(MEI)
    ack = setup.driver.submit(MEI, claim["id"], {})

    assert claim["callback_id"] == ViewId.SETUP_CLAIM
    assert ack.ok
    assert setup.view(MEI)["callback_id"] == ViewId.SETUP
    assert setup.engine.directory.platform.users == (MEI,)
    assert setup.audited() == [(MEI, "settings")]


def test_who_is_no_admin_is_told_who_is_asked(make: Make) -> None:
    setup = make({})
    setup.settings(OMAR)
    setup.driver.submit(OMAR, setup.view(OMAR)["id"], {})

    assert "Only an admin or owner" in setup.words(OMAR)
    assert not setup.engine.directory.platform


def test_without_the_scope_the_file_is_named(make: Make) -> None:
    setup = make({}, scopes=SCOPES - {"users:read"})
    setup.settings(MEI)
    setup.driver.submit(MEI, setup.view(MEI)["id"], {})

    assert "platform: {users: [" in setup.words(MEI)
    assert MEI in setup.words(MEI)
    assert not setup.engine.directory.platform


def test_a_platform_engineer_of_the_file_begins_at_once(make: Make) -> None:
    setup = make(FILE)
    setup.settings(MEI)

    assert setup.view(MEI)["callback_id"] == ViewId.SETUP


def test_others_are_told_who_may_and_where_their_own_settings_are(make: Make) -> None:
    setup = make(FILE)
    setup.settings(OMAR)
    [*_, answer] = setup.driver.ephemerals(OMAR, GENERAL)
    setup.driver.click(OMAR, GENERAL, answer["ts"], ActionId.PERSONAL)

    assert f"<@{MEI}>" in answer["text"]
    assert setup.view(OMAR)["callback_id"] == ViewId.PERSONAL


def test_all_that_is_wrong_is_said_at_once_and_nothing_is_saved(make: Make) -> None:
    setup = make({"platform": {"users": [MEI]}})
    setup.step(MEI, SetupStep.CHANNELS)
    ack = setup.save(MEI, triage_channel=GENERAL, leadership_channel=PAYMENTS, cfo_channel=GENERAL)

    assert set(ack.errors) == {"finops_set:triage_channel", "finops_set:cfo_channel"}
    assert "/invite @finops-bot" in ack.errors["finops_set:triage_channel"]
    assert setup.engine.directory.leadership_channel == ""
    assert setup.view(MEI)["callback_id"] == ViewId.SETUP_CHANNELS
    setup.step(MEI, SetupStep.TIMES)
    wrong = setup.save(MEI, digest_hour="17", time_zone="Nowhere/City", quiet_hours="8pm to 7am")

    assert set(wrong.errors) == {"finops_set:time_zone", "finops_set:quiet_hours"}
    assert setup.live.timetable().digest_hour == 9
    assert setup.audited() == []


def test_channels_and_digests_hold_at_once_and_the_first_form_shows_it(make: Make) -> None:
    setup = make({"platform": {"users": [MEI]}})
    setup.step(MEI, SetupStep.CHANNELS)
    ack = setup.save(
        MEI, triage_channel=FINOPS, leadership_channel=PAYMENTS, cto_channel=FINOPS,
        monthly_digest="no",
    )  # fmt: skip
    directory = setup.engine.directory

    assert ack.ok
    assert (directory.triage_channel, directory.cto_channel) == (FINOPS, FINOPS)
    assert directory.digest_channels == ((PAYMENTS, "leaders"), (FINOPS, "cto"))
    assert (setup.live.timetable().weekly_digest, setup.live.timetable().monthly_digest) == (
        True,
        False,
    )
    assert setup.sees(MEI, f"CTO: <#{FINOPS}> · Digests: weekly")


def test_times_of_digest_and_plan_hold_at_once_and_the_first_form_shows_them(make: Make) -> None:
    setup = make({"platform": {"users": [MEI]}})
    setup.step(MEI, SetupStep.TIMES)
    ack = setup.save(
        MEI, digest_weekday="3", digest_hour="17", plan_weekday="1", plan_hour="8",
        time_zone="Asia/Tokyo",
    )  # fmt: skip
    timetable, hours = setup.live.timetable(), setup.engine.parts.pace.hours

    assert ack.ok
    assert (timetable.digest_weekday, timetable.digest_hour) == (3, 17)
    assert (hours.plan_weekday, hours.plan_hour, hours.time_zone) == (1, 8, "Asia/Tokyo")
    assert setup.sees(MEI, "Digest: Thursday at 17:00 · Plans: Tuesday at 08:00")


def test_an_hour_of_the_file_is_locked_and_the_others_are_not(make: Make) -> None:
    setup = make(FILE | {"schedule": {"plan_hour": 11}})
    form = setup.step(MEI, SetupStep.TIMES)
    asked = {block["block_id"] for block in form["blocks"] if block["type"] == "input"}

    assert "finops_set:plan_hour" not in asked
    assert {"finops_set:plan_weekday", "finops_set:digest_hour"} <= asked
    assert "11:00" in setup.words(MEI)


def test_a_channel_is_taken_when_the_bot_may_post_unasked(make: Make) -> None:
    setup = make({"platform": {"users": [MEI]}}, scopes=SCOPES | {"chat:write.public"})
    setup.step(MEI, SetupStep.CHANNELS)
    ack = setup.save(MEI, triage_channel=GENERAL)

    assert ack.ok
    assert setup.engine.directory.triage_channel == GENERAL


def test_what_the_file_says_is_shown_as_locked(make: Make) -> None:
    setup = make(FILE)
    form = setup.step(MEI, SetupStep.CHANNELS)

    asked = {block["block_id"] for block in form["blocks"] if block["type"] == "input"}
    assert "finops_set:triage_channel" not in asked
    assert "finops_set:leadership_channel" in asked
    assert "Set in finops.yaml" in setup.words(MEI)


def test_a_team_is_added_changed_and_removed(make: Make) -> None:
    setup = make({"platform": {"users": [MEI]}})
    setup.step(MEI, SetupStep.TEAMS)
    setup.click(MEI, ActionId.TEAM_EDIT, "add")
    added = setup.save(
        MEI, name="payments", channel=PAYMENTS, owners=[DANA], approvers__users=[OMAR],
        approvers__user_groups=[APPROVERS], namespaces="pay, pay-jobs,pay",
    )  # fmt: skip
    team = setup.engine.directory.team("payments")

    assert added.ok
    assert (team.channel, team.owners, team.namespaces) == (PAYMENTS, (DANA,), ("pay", "pay-jobs"))
    assert (team.approvers.users, team.approvers.user_groups) == ((OMAR,), (APPROVERS,))
    assert setup.view(MEI)["callback_id"] == ViewId.SETUP_TEAMS
    assert setup.sees(MEI, "payments")

    setup.click(MEI, ActionId.TEAM_EDIT, "team:0")
    assert setup.save(MEI, aliases="Paying people", owners=[]).ok
    changed = setup.engine.directory.team("payments")
    assert (changed.aliases, changed.owners, changed.channel) == (("Paying people",), (), PAYMENTS)

    setup.click(MEI, ActionId.TEAM_EDIT, "team:0")
    assert setup.click(MEI, ActionId.TEAM_REMOVE, "remove").ok
    assert not setup.engine.directory.teams
    assert setup.sees(MEI, "is removed")
    assert len(setup.audited()) == 3


def test_names_and_namespaces_of_another_team_are_refused_at_their_inputs(make: Make) -> None:
    file = FILE | {"teams": {"shop": {"namespaces": ["web"], "aliases": ["Storefront"]}}}
    setup = make(file)
    setup.step(MEI, SetupStep.TEAMS)
    setup.click(MEI, ActionId.TEAM_EDIT, "add")
    ack = setup.save(MEI, name="storefront", namespaces="cart, WEB")

    assert set(ack.errors) == {"finops_set:name", "finops_set:namespaces"}
    assert "team shop's already" in ack.errors["finops_set:name"]
    assert [team.name for team in setup.engine.directory.teams] == ["shop"]


@pytest.mark.parametrize("name", ["unknown", "Nobody", "ALL"])
def test_a_word_that_means_nobody_is_no_teams_name(make: Make, name: str) -> None:
    setup = make(FILE)
    setup.step(MEI, SetupStep.TEAMS)
    setup.click(MEI, ActionId.TEAM_EDIT, "add")

    assert set(setup.save(MEI, name=name).errors) == {"finops_set:name"}


def test_a_hostile_name_is_shown_as_text_everywhere(make: Make) -> None:
    setup = make(FILE)
    setup.step(MEI, SetupStep.TEAMS)
    setup.click(MEI, ActionId.TEAM_EDIT, "add")
    assert setup.save(MEI, name="<!channel> *x* & `rm`").ok

    assert setup.sees(MEI, "&lt;!channel&gt;")
    shown = [block["text"]["text"] for block in setup.view(MEI)["blocks"] if "text" in block]
    assert "<!channel>" not in "".join(shown)


def test_a_team_of_the_file_keeps_what_the_file_says_and_cannot_be_removed(make: Make) -> None:
    setup = make(FILE)
    setup.step(MEI, SetupStep.TEAMS)
    setup.click(MEI, ActionId.TEAM_EDIT, "team:0")
    form = setup.view(MEI)
    asked = {block["block_id"] for block in form["blocks"] if block["type"] == "input"}

    assert asked == {f"finops_set:{name}" for name in ("owners", "namespaces", "aliases")}
    assert ActionId.TEAM_REMOVE not in setup.words(MEI)
    assert setup.save(MEI, owners=[LIAM]).ok
    assert setup.engine.directory.team("shop").owners == (LIAM,)
    assert setup.engine.directory.team("shop").approvers.users == (DANA,)


def test_the_last_platform_engineer_stays(make: Make) -> None:
    setup = make({})
    setup.settings(MEI)
    setup.driver.submit(MEI, setup.view(MEI)["id"], {})
    setup.step(MEI, SetupStep.PEOPLE)
    ack = setup.save(MEI, platform__users=[])

    assert set(ack.errors) == {"finops_set:platform.users"}
    assert setup.save(MEI, platform__users=[MEI, LIAM], default_approvers__users=[DANA]).ok
    assert setup.engine.directory.platform.users == (MEI, LIAM)
    assert setup.engine.directory.default_approvers.users == (DANA,)


def test_what_somebody_else_saved_meanwhile_is_not_taken_back(make: Make) -> None:
    setup = make({"platform": {"users": [MEI, LIAM]}})
    setup.step(MEI, SetupStep.CHANNELS)
    setup.step(LIAM, SetupStep.CHANNELS)
    assert setup.save(LIAM, leadership_channel=PAYMENTS).ok
    assert setup.save(MEI, triage_channel=FINOPS).ok

    directory = setup.engine.directory
    assert (directory.leadership_channel, directory.triage_channel) == (PAYMENTS, FINOPS)


def test_a_limit_says_what_it_would_mean_before_it_is_saved(make: Make) -> None:
    setup = make(FILE)
    setup.live.set_many([(("guardrails", "change_windows", "windows"), [])], actor=Actor(MEI))
    setup.found(name="web")
    view = setup.step(MEI, SetupStep.SIZE)
    block = "finops_set:max_replicas_per_change"
    setup.driver.fill(MEI, view["id"], {block: {ActionId.LIMIT.value: "1"}})
    setup.driver.click_in_view(MEI, view["id"], ActionId.LIMIT.value, block_id=block, selected="1")
    setup.driver.wait_for(lambda: "1 more opportunity would" in setup.words(MEI), timeout=5)

    assert setup.engine.parts.guardrails.settings.max_replicas_per_change == 50
    assert setup.save(MEI, ActionId.LIMIT.value, max_replicas_per_change="1").ok
    assert setup.engine.parts.guardrails.settings.max_replicas_per_change == 1


def test_a_limit_of_the_file_is_locked_and_the_others_are_not(make: Make) -> None:
    setup = make(FILE)
    form = setup.step(MEI, SetupStep.CERTAINTY)
    asked = {block["block_id"] for block in form["blocks"] if block["type"] == "input"}

    assert "finops_set:max_risk" not in asked
    assert "finops_set:min_confidence" in asked


def test_slack_itself_keeps_a_limit_within_its_bounds(make: Make) -> None:
    setup = make(FILE)
    setup.step(MEI, SetupStep.CERTAINTY)

    assert setup.save(MEI, ActionId.LIMIT.value, min_confidence="7").errors
    assert setup.engine.parts.guardrails.settings.min_confidence == 0.6


def test_what_slack_let_through_is_refused_at_its_input_and_nothing_is_saved(make: Make) -> None:
    setup = make(FILE)
    view = of_team(setup, TeamStep.CERTAINTY)
    found = setup.slack.state.views.find_any(view["id"])
    assert found is not None
    for block in found[1]["blocks"]:
        block.get("element", {}).pop("max_value", None)
    wrong = {"min_confidence": "7", "max_risk_without_approval": "8", "max_namespaces_per_day": "3"}
    ack = setup.save(MEI, ActionId.LIMIT.value, **wrong)

    assert set(ack.errors) == {"finops_set:min_confidence", "finops_set:max_risk_without_approval"}
    assert "less than or equal to 1" in ack.errors["finops_set:min_confidence"]
    assert setup.engine.parts.guardrails.settings.rules_for("shop").max_namespaces_per_day == 5


def test_quiet_hours_hold_at_once_and_none_is_an_answer(make: Make) -> None:
    setup = make({"platform": {"users": [MEI]}})
    setup.step(MEI, SetupStep.TIMES)
    wrong = setup.save(MEI, quiet_hours="8pm to 7am")
    assert "Write two times, as in 20:00-07:00" in wrong.errors["finops_set:quiet_hours"]

    assert setup.save(MEI, quiet_hours="22 – 6:30").ok
    assert setup.engine.parts.pace.hours.quiet_words == "22:00-06:30"
    assert setup.sees(MEI, "Quiet: 22:00-06:30")
    setup.step(MEI, SetupStep.TIMES)
    assert setup.save(MEI, quiet_hours="").ok
    assert setup.engine.parts.pace.hours.quiet_words == ""
    assert setup.sees(MEI, "Quiet: never")


def test_rules_are_set_in_one_form_and_hold_at_once(make: Make) -> None:
    setup = make({"platform": {"users": [MEI]}, "schedule": {"time_zone": "Europe/Berlin"}})
    setup.step(MEI, SetupStep.RULES)
    ack = setup.save(
        MEI,
        **{
            "change_windows.windows": "Mon-Fri 9:00-17:00\nSat 10:00-12:00 UTC",
            "change_windows.outside": "deny",
            "protected_tags.ask": "prod, PCI", "protected_tags.deny": "critical, vip",
        },
    )  # fmt: skip
    rules = setup.engine.parts.guardrails.settings.rules_for("shop")

    assert ack.ok
    assert [str(window) for window in rules.change_windows.windows] == [
        "09:00-17:00 Europe/Berlin mon, tue, wed, thu, fri",
        "10:00-12:00 UTC sat",
    ]
    assert rules.change_windows.outside == "deny"
    assert {tag: verdict.value for tag, verdict in rules.protected_tags.items()} == {
        "production": "allow",  # taken out; left out, the usual one would hold
        "prod": "require_approval",
        "pci": "require_approval",
        "critical": "deny",
        "vip": "deny",
    }
    assert setup.audited() == [(MEI, "settings")]
    assert setup.sees(MEI, "2 change windows · 4 protected tags")


def test_what_a_rules_form_did_not_change_it_does_not_set(make: Make) -> None:
    setup = make({"platform": {"users": [MEI]}})
    setup.step(MEI, SetupStep.RULES)
    assert setup.save(MEI, **{"protected_tags.ask": "production, prod, pci"}).ok
    kept = setup.ledger.read(lambda c: history.setting(c, KEY))

    assert kept == {"guardrails": {"protected_tags": {"pci": "require_approval"}}}
    setup.step(MEI, SetupStep.RULES)
    assert setup.save(MEI, **{"change_windows.windows": ""}).ok
    assert setup.engine.parts.guardrails.settings.rules_for("").change_windows.windows == ()
    assert setup.sees(MEI, "Changes at any time")


def test_all_that_is_wrong_with_rules_is_said_at_once(make: Make) -> None:
    setup = make(FILE | {"guardrails": {"protected_tags": {"vip": "deny"}}})
    setup.step(MEI, SetupStep.RULES)
    ack = setup.save(
        MEI,
        **{
            "change_windows.windows": "whenever it is calm",
            "protected_tags.ask": "prod, VIP",
            "protected_tags.deny": "critical, prod",
        },
    )

    assert "is no window. Write days, hours" in ack.errors["finops_set:change_windows.windows"]
    assert "“vip” is set in finops.yaml" in ack.errors["finops_set:protected_tags.ask"]
    assert "“prod” stands above as well" in ack.errors["finops_set:protected_tags.deny"]
    assert "vip: blocked" in setup.words(MEI)
    assert setup.audited() == []


def test_rules_of_the_file_are_locked(make: Make) -> None:
    windows = {"windows": [{"hours": "09:00-17:00"}]}
    file = FILE | {"guardrails": {"change_windows": windows}}
    setup = make(file)
    form = setup.step(MEI, SetupStep.RULES)
    asked = {block["block_id"] for block in form["blocks"] if block["type"] == "input"}

    assert asked == {
        f"finops_set:{name}"
        for name in ("change_windows.outside", "protected_tags.ask", "protected_tags.deny")
    }
    assert "Daily 09:00-17:00 UTC" in setup.words(MEI)


def test_approvals_and_merging_are_set_with_the_danger_said_in_the_form(make: Make) -> None:
    setup = make({"platform": {"users": [MEI]}})
    setup.step(MEI, SetupStep.APPROVALS)
    assert "without a person looking at the pull request" in setup.words(MEI)
    ack = setup.save(
        MEI, auto_approve="yes", auto_merge="yes",
        **{
            "approvals.required": "2", "approvals.four_eyes": "yes",
            "approvals.two_from_usd_per_month": "1000", "approvals.two_from_risk": "0.3",
        },
    )  # fmt: skip
    rules = setup.engine.parts.guardrails.settings.rules_for("shop")

    assert ack.ok
    assert (rules.auto_approve, rules.auto_merge) == (True, True)
    assert rules.approvals == ApprovalRules(
        required=2, two_from_usd_per_month=Decimal(1000), two_from_risk=0.3, four_eyes=True
    )
    assert setup.sees(MEI, "merged by the code host · Four eyes")
    assert "seen by nobody" not in setup.words(MEI)
    assert setup.audited() == [(MEI, "settings")]

    setup.step(MEI, SetupStep.APPROVALS)
    assert setup.save(MEI, **{"approvals.four_eyes": "no"}).ok
    assert setup.sees(MEI, "some changes are seen by nobody")
    setup.step(MEI, SetupStep.APPROVALS)
    assert setup.save(MEI, auto_merge="no", **{"approvals.two_from_risk": None}).ok
    rules = setup.engine.parts.guardrails.settings.rules_for("shop")
    assert (rules.auto_merge, rules.approvals.two_from_risk) == (False, None)
    assert rules.approvals.two_from_usd_per_month == Decimal(1000)


def test_large_and_risky_changes_have_approvers_of_their_own(make: Make) -> None:
    setup = make(
        {"platform": {"users": [MEI]}, "teams": {"shop": {"approvers": {"users": [DANA]}}}}
    )
    setup.step(MEI, SetupStep.LEVEL)
    nobody = setup.save(MEI, **{"approval_levels.from_usd_per_month": "1000"})
    everything = setup.save(
        MEI,
        **{
            "approval_levels.from_usd_per_month": None,
            "approval_levels.approvers.users": [OMAR],
        },
    )
    assert set(nobody.errors) == {"finops_set:approval_levels.approvers.users"}
    assert set(everything.errors) == {"finops_set:approval_levels.from_usd_per_month"}
    assert setup.audited() == []
    assert setup.save(MEI, **{"approval_levels.from_usd_per_month": "1000"}).ok

    def approvers(usd: int) -> tuple[str, ...]:
        directory = setup.engine.directory
        return directory.approvers_at("shop", usd_per_month=Decimal(usd), risk=0.1).users

    assert (approvers(999), approvers(1000)) == ((DANA,), (OMAR,))
    assert setup.sees(MEI, f"Decided by <@{OMAR}>")

    setup.step(MEI, SetupStep.LEVEL)
    assert setup.save(MEI, **{"approval_levels.from_usd_per_month": "5000"}).ok
    assert (approvers(1000), approvers(5000)) == ((DANA,), (OMAR,))
    setup.step(MEI, SetupStep.LEVEL)
    emptied: dict[str, Any] = {
        "approval_levels.from_usd_per_month": None,
        "approval_levels.approvers.users": [],
    }
    assert setup.save(MEI, **emptied).ok
    assert approvers(5000) == (DANA,)
    assert setup.engine.directory.approval_levels == ()


def test_levels_of_the_file_are_locked(make: Make) -> None:
    level = {"from_usd_per_month": 100, "approvers": {"users": [LIAM]}}
    setup = make(FILE | {"approval_levels": [level]})
    form = setup.step(MEI, SetupStep.LEVEL)

    assert not any(block["type"] == "input" for block in form["blocks"])
    assert "Set in finops.yaml" in setup.words(MEI)


def test_merging_that_the_file_forbids_is_not_set_in_slack(make: Make) -> None:
    setup = make(FILE | {"guardrails": {"auto_merge": False, "approvals": {"four_eyes": True}}})
    form = setup.step(MEI, SetupStep.APPROVALS)
    asked = {block["block_id"] for block in form["blocks"] if block["type"] == "input"}

    assert "finops_set:auto_merge" not in asked
    assert "finops_set:approvals.four_eyes" not in asked
    assert {"finops_set:auto_approve", "finops_set:approvals.required"} <= asked


def of_team(setup: Setup, step: TeamStep, user: str = MEI) -> View:
    """The first team's form, and in its place one of its steps."""
    setup.step(user, SetupStep.TEAMS)
    setup.click(user, ActionId.TEAM_EDIT, "team:0")
    assert setup.click(user, ActionId.TEAM_STEP, f"team_step:{step}").ok
    return setup.view(user)


def test_a_team_has_limits_of_its_own_and_an_emptied_one_is_as_for_everybody(make: Make) -> None:
    setup = make(FILE | {"guardrails": {}})
    form = of_team(setup, TeamStep.SIZE)
    [element] = [
        block["element"]
        for block in form["blocks"]
        if block["block_id"] == "finops_set:max_changes_per_day"
    ]
    assert "initial_value" not in element
    assert element["placeholder"]["text"] == "10, as for everybody"
    assert setup.save(MEI, ActionId.LIMIT.value, max_changes_per_day="3").ok

    settings = setup.engine.parts.guardrails.settings
    assert settings.rules_for("shop").max_changes_per_day == 3
    assert settings.rules_for("data").max_changes_per_day == 10
    assert setup.view(MEI)["callback_id"] == ViewId.SETUP_TEAM
    assert setup.sees(MEI, "1 limit of its own")
    assert setup.audited() == [(MEI, "settings")]

    setup.live.set_many([(("guardrails", "max_changes_per_day"), 20)], actor=Actor(MEI))
    of_team(setup, TeamStep.SIZE)
    assert "For everybody it is 20; empty it to have that again." in setup.words(MEI)
    assert setup.save(MEI, ActionId.LIMIT.value, max_changes_per_day=None).ok
    assert setup.engine.parts.guardrails.settings.rules_for("shop").max_changes_per_day == 20
    assert setup.sees(MEI, "As for everybody")


def test_a_limit_of_a_team_says_what_it_would_mean_for_that_team_alone(make: Make) -> None:
    setup = make(FILE)
    setup.live.set_many([(("guardrails", "change_windows", "windows"), [])], actor=Actor(MEI))
    for name, team in (("web", "shop"), ("other", "data")):
        setup.found(name=name, team=team)
    view = of_team(setup, TeamStep.SIZE)
    block = "finops_set:max_replicas_per_change"
    setup.driver.fill(MEI, view["id"], {block: {ActionId.LIMIT.value: "0"}})
    setup.driver.click_in_view(MEI, view["id"], ActionId.LIMIT.value, block_id=block, selected="0")
    setup.driver.wait_for(lambda: "1 more opportunity would" in setup.words(MEI), timeout=5)

    assert setup.engine.parts.guardrails.settings.rules_for("shop").max_replicas_per_change == 50


def test_a_limit_that_the_file_names_for_everybody_is_locked_for_each_team(make: Make) -> None:
    setup = make(
        FILE | {"guardrails": {"max_risk": 0.5, "teams": {"shop": {"min_confidence": 0.9}}}}
    )
    form = of_team(setup, TeamStep.CERTAINTY)
    asked = {block["block_id"] for block in form["blocks"] if block["type"] == "input"}

    assert {"finops_set:max_risk", "finops_set:min_confidence"}.isdisjoint(asked)
    assert "finops_set:max_risk_without_approval" in asked
    assert "0.9" in setup.words(MEI)


def test_what_two_set_of_one_team_at_once_is_both_kept(make: Make) -> None:
    setup = make(FILE | {"platform": {"users": [MEI, LIAM]}})
    of_team(setup, TeamStep.SIZE)
    of_team(setup, TeamStep.SIZE, LIAM)
    assert setup.save(LIAM, ActionId.LIMIT.value, max_changes_per_day="3").ok
    assert setup.save(MEI, ActionId.LIMIT.value, max_replicas_per_change="7").ok
    rules = setup.engine.parts.guardrails.settings.rules_for("shop")

    assert (rules.max_changes_per_day, rules.max_replicas_per_change) == (3, 7)
    assert setup.audited() == [(LIAM, "settings"), (MEI, "settings")]


def test_what_is_typed_in_a_teams_form_is_not_lost_by_looking_at_its_limits(make: Make) -> None:
    setup = make(FILE)
    setup.step(MEI, SetupStep.TEAMS)
    setup.click(MEI, ActionId.TEAM_EDIT, "team:0")
    typed = {"finops_set:namespaces": {SETTING: "shop, web"}}
    setup.driver.fill(MEI, setup.view(MEI)["id"], typed)
    setup.click(MEI, ActionId.TEAM_STEP, f"team_step:{TeamStep.SIZE}")

    assert "Save what you have typed here first" in setup.words(MEI)
    assert setup.save(MEI).ok
    assert setup.engine.directory.team("shop").namespaces == ("shop", "web")


def test_a_teams_mention_and_clock_are_set_and_a_wrong_zone_is_said_at_its_input(
    make: Make,
) -> None:
    setup = make(FILE)
    of_team(setup, TeamStep.CONTACT)
    wrong = setup.save(MEI, user_group=APPROVERS, time_zone="Nowhere/City")

    assert set(wrong.errors) == {"finops_set:time_zone"}
    assert setup.engine.directory.team("shop").user_group == ""
    assert setup.save(MEI, user_group=APPROVERS, time_zone="Asia/Kolkata").ok
    team = setup.engine.directory.team("shop")
    assert (team.user_group, team.time_zone) == (APPROVERS, "Asia/Kolkata")
    assert setup.sees(MEI, "Asia/Kolkata")

    setup.click(MEI, ActionId.TEAM_STEP, f"team_step:{TeamStep.CONTACT}")
    assert setup.save(MEI, user_group="nobody", time_zone="").ok
    team = setup.engine.directory.team("shop")
    assert (team.user_group, team.time_zone) == ("", "")


def test_limits_go_with_the_team_that_is_removed(make: Make) -> None:
    setup = make({"platform": {"users": [MEI]}})
    team = {"channel": PAYMENTS}
    changes = [(("teams", "data"), team), (("guardrails", "teams", "data", "max_risk"), "0.1")]
    setup.live.set_many(changes, actor=Actor(MEI))
    setup.step(MEI, SetupStep.TEAMS)
    setup.click(MEI, ActionId.TEAM_EDIT, "team:0")
    assert setup.click(MEI, ActionId.TEAM_REMOVE, "remove").ok
    setup.live.set_many([(("teams", "data"), team)], actor=Actor(MEI))

    assert setup.engine.parts.guardrails.settings.rules_for("data").max_risk == 0.7


def test_of_a_team_that_is_removed_only_the_limits_of_the_file_stay(make: Make) -> None:
    of_file = {"teams": {"data": {"max_risk": 0.3}}}
    setup = make({"platform": {"users": [MEI]}, "guardrails": of_file})
    team = {"channel": PAYMENTS}
    limit = (("guardrails", "teams", "data", "max_changes_per_day"), "1")
    setup.live.set_many([(("teams", "data"), team), limit], actor=Actor(MEI))
    setup.step(MEI, SetupStep.TEAMS)
    setup.click(MEI, ActionId.TEAM_EDIT, "team:0")
    assert setup.click(MEI, ActionId.TEAM_REMOVE, "remove").ok
    setup.live.set_many([(("teams", "data"), team)], actor=Actor(MEI))
    rules = setup.engine.parts.guardrails.settings.rules_for("data")

    assert (rules.max_changes_per_day, rules.max_risk) == (10, 0.3)


def test_the_test_says_hello_once_and_what_is_missing(make: Make) -> None:
    setup = make(FILE | {"teams": {"shop": {"channel": GENERAL}, "data": {}}})
    for _ in range(2):
        setup.settings(MEI)
        setup.click(MEI, ActionId.SETUP_TEST)
        setup.driver.wait_for(lambda: "Asking Slack" not in setup.words(MEI), timeout=10)
    words = setup.words(MEI)

    assert len(setup.driver.messages(FINOPS)) == 1
    assert "My hello stands in" in words
    assert "Nobody may approve for team data yet" in words
    assert "No cluster and no account is connected" in words
    assert f"<#{GENERAL}>" in words
    assert "not in this public channel" in words


def test_a_form_of_another_installation_sets_nothing(make: Make) -> None:
    setup = make(FILE)
    view = setup.step(MEI, SetupStep.CHANNELS)
    found = setup.slack.state.views.find_any(view["id"])
    assert found is not None
    found[1]["private_metadata"] = found[1]["private_metadata"].replace(INSTANCE, "other")
    setup.save(MEI, leadership_channel=PAYMENTS)

    assert "two installations share one Slack app" in setup.words(MEI)
    assert setup.engine.directory.leadership_channel == ""


def test_who_lost_the_role_while_a_form_was_open_saves_nothing(make: Make) -> None:
    setup = make({})
    setup.settings(MEI)
    setup.driver.submit(MEI, setup.view(MEI)["id"], {})
    setup.step(MEI, SetupStep.CHANNELS)
    setup.live.set_many([(("platform", "users"), [LIAM])], actor=Actor(MEI))
    setup.save(MEI, triage_channel=FINOPS)

    assert "Only platform engineers" in setup.words(MEI)
    assert setup.engine.directory.triage_channel == ""


def test_home_teaches_until_something_is_set(make: Make) -> None:
    setup = make({"platform": {"users": [MEI]}})
    for person in (MEI, OMAR):
        setup.driver.open_home(person)
        setup.driver.wait_for(lambda p=person: setup.driver.home(p), timeout=5)  # type: ignore[misc]  # bound at once
    mine, others = (json.dumps(setup.driver.home(person)) for person in (MEI, OMAR))
    setup.driver.click_home(MEI, ActionId.SETUP, block_id="setup:begin")

    assert "Three steps until the first card" in others
    assert f"<@{MEI}> can set this up" in others
    assert ActionId.SETUP not in others
    assert ActionId.SETUP in mine
    assert setup.view(MEI)["callback_id"] == ViewId.SETUP


def test_the_currency_is_set_and_shown(make: Make) -> None:
    setup = make({"platform": {"users": [MEI]}})
    setup.step(MEI, SetupStep.CURRENCY)
    ack = setup.save(MEI, code="eur", per_usd="0,92", as_of="2026-11-01")

    assert ack.ok
    assert setup.engine.currency.rate_words == "€0.92 per $, as of 1 Nov 2026"
    assert setup.sees(MEI, "Euros · €0.92 per $, as of 1 Nov 2026")
    assert setup.audited() == [(MEI, "settings")]


def test_dollars_take_the_currency_back(make: Make) -> None:
    setup = make({"platform": {"users": [MEI]}})
    setup.step(MEI, SetupStep.CURRENCY)
    setup.save(MEI, code="EUR", per_usd="0.92", as_of="2026-11-01")
    setup.driver.close_view(MEI, setup.view(MEI)["id"])
    setup.step(MEI, SetupStep.CURRENCY)
    setup.save(MEI, code="USD")

    assert setup.engine.currency.is_usd


@pytest.mark.parametrize("rate", ["", "about one", "-1", "0", "nan", "1e999999999"])
def test_a_rate_that_is_none_is_said_at_its_input(make: Make, rate: str) -> None:
    setup = make({"platform": {"users": [MEI]}})
    setup.step(MEI, SetupStep.CURRENCY)
    ack = setup.save(MEI, code="EUR", per_usd=rate, as_of="2026-11-01")

    if "e9" not in rate:  # a number, and no rate: the settings themselves say so
        assert "finops_set:per_usd" in ack.errors
    assert setup.engine.currency.is_usd


def test_a_rate_with_a_comma_that_may_mean_a_thousand_times_as_much_is_asked_for_again(
    make: Make,
) -> None:
    setup = make({"platform": {"users": [MEI]}})
    setup.step(MEI, SetupStep.CURRENCY)
    ack = setup.save(MEI, code="KRW", per_usd="1,390", as_of="2026-11-01")

    assert "Write 1390 or 1.390" in ack.errors["finops_set:per_usd"]
    assert setup.engine.currency.is_usd


def test_a_code_that_is_none_keeps_the_form_open_with_a_sentence(make: Make) -> None:
    setup = make({"platform": {"users": [MEI]}})
    setup.step(MEI, SetupStep.CURRENCY)
    wrong = setup.save(MEI, code="EUX", per_usd="0.92", as_of="2026-11-01")

    assert "no ISO 4217 code" in wrong.errors["finops_set:code"]
    assert setup.view(MEI)["callback_id"] == ViewId.SETUP_CURRENCY
    assert setup.engine.currency.is_usd


def test_a_currency_of_the_file_is_locked(make: Make) -> None:
    euros = {"code": "EUR", "per_usd": "0.92", "as_of": "2026-11-01"}
    setup = make({"platform": {"users": [MEI]}, "currency": euros})
    form = setup.step(MEI, SetupStep.CURRENCY)

    assert not form["submit"]
    assert ":lock: *Currency*" in setup.words(MEI)
    assert "€0.92 per $" in setup.words(MEI)
