"""`/finops …`, end to end."""

import json
from typing import Any

import pytest

from finops.domain.errors import Refused
from finops.domain.lifecycle import Status
from finops.finops_engine import FinOpsEngine
from handlers.blocks.listing import PAGE_SIZE
from handlers.commands.listing import read_query
from handlers.ids import COMMAND, ActionId
from handlers.reference import ListQuery, Reference, read_list_query, read_reference
from sandbox.slack import Driver, SlackSandbox
from tests.handlers.builders import DANA, INSTANCE, PAYMENTS, opportunity, recorded

pytestmark = pytest.mark.usefixtures("app")


def ask(driver: Driver, text: str) -> str:
    """Type the command and return all that the asker sees, as JSON."""
    ack = driver.slash(DANA, PAYMENTS, COMMAND, text)
    assert ack.ok
    return json.dumps(driver.ephemerals(DANA, PAYMENTS)[-1], ensure_ascii=False)


@pytest.mark.parametrize("text", ["", "help", "HELP"])
def test_help_lists_every_command(driver: Driver, text: str) -> None:
    shown = ask(driver, text)

    for command in ("list", "show", "savings", "scan"):
        assert f"`/finops {command}" in shown


@pytest.mark.parametrize(
    ("typed", "hint"),
    [("lsit", "list"), ("saving", "savings"), ("shwo op-1", "show")],
)
def test_a_typo_gets_the_nearest_command(driver: Driver, typed: str, hint: str) -> None:
    assert f"Did you mean `/finops {hint}`?" in ask(driver, typed)


def test_nonsense_gets_the_way_to_help_and_is_not_repeated_as_markup(driver: Driver) -> None:
    shown = ask(driver, "<!channel>")

    assert "`/finops help` lists them" in shown
    assert "<!channel>" not in shown


def test_an_empty_list_teaches(driver: Driver) -> None:
    assert "Nothing waits for a decision" in ask(driver, "list")
    assert "Nothing found of team web" in ask(driver, "list web")


def test_a_list_has_pages_that_replace_each_other(driver: Driver, engine: FinOpsEngine) -> None:
    for number in range(PAGE_SIZE + 3):
        recorded(engine, opportunity(name=f"app-{number:02}"))
    ask(driver, "list")
    first = driver.ephemerals(DANA, PAYMENTS)[-1]
    assert f"{PAGE_SIZE + 3} opportunities · 1 to {PAGE_SIZE}" in shown_now(driver)

    driver.click(DANA, PAYMENTS, first["ts"], ActionId.NEXT_PAGE)
    driver.wait_for(lambda: "9 to 11" in shown_now(driver))
    assert len(driver.ephemerals(DANA, PAYMENTS)) == 1
    driver.click(DANA, PAYMENTS, first["ts"], ActionId.PREVIOUS_PAGE)
    driver.wait_for(lambda: "1 to 8" in shown_now(driver))


def shown_now(driver: Driver) -> str:
    return json.dumps(driver.ephemerals(DANA, PAYMENTS)[-1], ensure_ascii=False)


def test_show_explains_one_opportunity(driver: Driver, engine: FinOpsEngine) -> None:
    known = recorded(engine, opportunity())

    shown = ask(driver, f"show {known.id}")
    assert "Lower CPU request of shop/frontend" in shown
    assert "Guardrails" in shown


def test_show_of_nothing_says_where_the_ids_are(driver: Driver) -> None:
    gone = ask(driver, "show op-0000000000")
    assert "There is no opportunity" in gone
    assert "`/finops list` shows them" in gone
    assert "Name one" in ask(driver, "show")


def test_savings_keep_cash_and_room_apart(driver: Driver, engine: FinOpsEngine) -> None:
    recorded(engine, opportunity())

    shown = ask(driver, "savings")
    assert "Nothing is approved yet. Offered: $41/month freed as room." in shown
    assert "$0/month off the bill" in shown


def test_savings_of_a_team_named_by_its_channel(driver: Driver, engine: FinOpsEngine) -> None:
    recorded(engine, opportunity())

    assert "Savings of team payments" in ask(driver, "savings #payments")


def test_savings_of_some_days_say_what_stayed_off_their_bill(
    driver: Driver, engine: FinOpsEngine
) -> None:
    recorded(engine, opportunity())

    shown = ask(driver, "savings payments last month")
    assert "Savings of team payments · " in shown
    assert "Nothing was verified or approved on these days." in shown
    assert "Kept off the bill" in shown
    assert "has not begun yet" in ask(driver, "savings 2099-01")


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("savings paymets", "There is no team “paymets”. Did you mean payments? `/finops teams`"),
        ("savings <!channel>", "There is no team “&lt;!channel&gt;”. Known: payments, web"),
        ("savings last mnth", "The period 'last mnth' is none I know. Did you mean last month?"),
        ("savings lst month", "The period 'lst month' is none I know. Did you mean last month?"),
        ("savings payments lst month", "Did you mean last month?"),
        ("savings payments 2026-1", "The period '2026-1' is none I know. Write this month"),
        ("list paymets", "There is no team “paymets”. Did you mean payments? `/finops teams`"),
        ("list verifed", "There is no status “verifed”. Did you mean verified?"),
        ("list payments in fligth", "There is no status “in fligth”. Did you mean in flight?"),
        ("list paymets in flight", "There is no team “paymets”. Did you mean payments?"),
    ],
)
def test_a_mistyped_team_period_or_status_gets_the_nearest(
    driver: Driver, typed: str, hint: str
) -> None:
    assert hint in ask(driver, typed)


def test_a_known_team_without_findings_keeps_its_friendly_answer(
    driver: Driver, engine: FinOpsEngine
) -> None:
    recorded(engine, opportunity(name="other", team="Search"))

    assert "Nothing was found yet" in ask(driver, "savings WEB")
    assert "Savings of team web" in ask(driver, "savings WEB")
    assert "Nothing found of team web" in ask(driver, "list web")
    recorded(engine, opportunity(name="lab", team="R&D"))
    assert "Savings of team R&amp;D" in ask(driver, "savings r&d")
    # Nobody has configured it; the label of what was found names it.
    assert "Savings of team Search" in ask(driver, "savings search")


def test_all_teams_are_listed_with_their_place(driver: Driver, engine: FinOpsEngine) -> None:
    recorded(engine, opportunity(name="other", team="<!here> search"))
    shown = ask(driver, "teams")

    assert f"*payments* <#{PAYMENTS}>" in shown
    assert "&lt;!here&gt; search" in shown
    assert "*payments*" in ask(driver, "which teams are there?")


def test_a_scan_is_asked_for_once(driver: Driver) -> None:
    assert "Looking at every cluster now" in ask(driver, "scan")
    assert "already waiting" in ask(driver, "scan")


def test_an_unknown_command_of_the_app_is_answered(driver: Driver) -> None:
    ack = driver.slash(DANA, PAYMENTS, "/finops-old", "list")

    assert ack.ok
    assert "no longer supported" in driver.ephemerals(DANA, PAYMENTS)[-1]["text"]


def test_an_unexpected_error_in_a_command_has_an_incident_id(
    driver: Driver, engine: FinOpsEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def explode(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(engine, "savings", explode)
    assert "logged as incident" in ask(driver, "savings")


def test_answers_need_no_call_to_slack(driver: Driver, slack: SlackSandbox) -> None:
    ask(driver, "help")
    before = len(slack.calls)
    ask(driver, "savings")

    assert len(slack.calls) == before


@pytest.mark.parametrize(
    ("words", "query"),
    [
        ("", ListQuery()),
        ("payments", ListQuery("payments")),
        ("payments in flight", ListQuery("payments", "in flight")),
        ("in_flight payments", ListQuery("payments", "in flight")),
        ("Denied", ListQuery("", "denied")),
        ("<#C0PAYMENTS1|payments> all", ListQuery("payments", "all")),
        ("no team", ListQuery("unknown")),
        ("<!subteam^S0X|@web team> open", ListQuery("web team", "open")),
        ("pull request open", ListQuery("", "pull request open")),
    ],
)
def test_lists_are_asked_for_in_any_order(words: str, query: ListQuery) -> None:
    assert read_query(words) == query


def test_references_survive_the_way_through_slack() -> None:
    shown = Reference(INSTANCE, "op-1", 3, "week")
    query = ListQuery("payments", "all", 2)

    assert read_reference(str(shown), instance=INSTANCE) == shown
    assert read_list_query(query.value(INSTANCE), instance=INSTANCE) == query
    assert len(str(Reference("i" * 40, "op-0123456789", 999_999, "month_end"))) <= 150


@pytest.mark.parametrize("status", Status)
def test_every_status_can_be_listed(status: Status) -> None:
    assert read_query(status.words).status == status.words


@pytest.mark.parametrize("value", ["{}", '{"v":1,"i":"test","p":"x"}'])
def test_a_broken_page_button_is_refused(value: str) -> None:
    with pytest.raises(Refused, match="another version"):
        read_list_query(value, instance=INSTANCE)


def view_of(driver: Driver) -> dict[str, Any]:
    view = driver.open_view(DANA)
    assert view is not None
    return view


def test_a_row_of_a_list_opens_its_detail(driver: Driver, engine: FinOpsEngine) -> None:
    recorded(engine, opportunity())
    ask(driver, "list")
    ts = driver.ephemerals(DANA, PAYMENTS)[-1]["ts"]

    assert driver.click(DANA, PAYMENTS, ts, ActionId.WHY).ok
    assert view_of(driver)["title"]["text"] == "Why this proposal?"


@pytest.mark.parametrize("command", ["show", "why", "assign", "snooze"])
def test_a_mistyped_id_gets_the_nearest_one_in_every_command(
    driver: Driver, engine: FinOpsEngine, command: str
) -> None:
    known_id = recorded(engine, opportunity()).id
    rest = {"assign": " payments", "snooze": " 1w"}.get(command, "")
    shown = ask(driver, f"{command} `{known_id[:-1]}`{rest}")

    assert f"Did you mean {known_id}?" in shown


@pytest.mark.parametrize("command", ["show", "why", "assign", "snooze"])
def test_what_is_no_id_is_answered_with_an_example(driver: Driver, command: str) -> None:
    assert f"/finops {command} op-0123456789" in ask(driver, f"{command} <!channel> 1w")
