"""From an empty configuration to the first approval, by clicks in a real browser alone."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page

from bot.configuration import Configuration
from bot.demo import Demo, start_demo
from finops.domain.lifecycle import Status

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

# Nothing but the hours: the test also runs at night.
NEARLY_EMPTY = Configuration.model_validate({"schedule": {"quiet_hours": ""}})


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    demo = start_demo(tmp_path, configuration=NEARLY_EMPTY)
    yield demo
    demo.stop()


@pytest.fixture
def page(demo: Demo, chromium: Browser) -> Iterator[Page]:
    page = chromium.new_page(viewport={"width": 1360, "height": 1000})
    page.set_default_timeout(20_000)
    page.goto(demo.slack.url)
    yield page
    page.close()


def test_an_admin_sets_everything_up_and_an_approver_approves_the_first_card(
    page: Page, demo: Demo
) -> None:
    act_as(page, "Mei Tanaka")
    take_the_role(page)
    add_team(page)
    limit_team(page)
    close(page)
    set_channels(page)
    set_times(page)
    set_limit(page)
    say_hello(page)
    approve_first_card(page, demo)

    directory = demo.engine.directory
    assert directory.platform.users == ("U0MEI000001",)
    assert directory.leadership_channel == "C0LEADERS01"
    assert directory.team("shop").namespaces == ("shop", "shop-jobs")
    rules_for = demo.engine.parts.guardrails.settings.rules_for
    assert (rules_for("shop").max_changes_per_day, rules_for("data").max_changes_per_day) == (5, 20)
    assert demo.engine.parts.pace.hours.plan_weekday == 1
    said = [message["text"] for message in demo.slack.driver().messages("C0TRIAGE001")]
    assert sum("Hello, I am finops-bot" in words for words in said) == 1
    assert demo.engine.ledger.verify_audit().is_intact


def act_as(page: Page, name: str) -> None:
    page.get_by_role("radio", name=name).click()


def form(page: Page, title: str) -> Locator:
    """The form with this title, once it is the one on top."""
    found = page.locator("dialog[open]", has=page.get_by_role("heading", name=title, exact=True))
    found.wait_for()
    return found


def close(page: Page) -> None:
    page.locator("dialog[open] footer").get_by_role("button", name="Close").click()


def step(page: Page, name: str) -> None:
    form(page, "Set up finops-bot").locator(f'[data-block="step:{name}"] button').click()


def take_the_role(page: Page) -> None:
    page.get_by_role("button", name=re.compile("Home")).first.click()
    page.get_by_role("button", name="Set Up").click()
    form(page, "Set up finops-bot").get_by_role("button", name="Take the Role").click()
    page.get_by_text("Still open").wait_for()


def set_channels(page: Page) -> None:
    """The first choice is a channel without the bot; the rest is not lost over it."""
    step(page, "channels")
    channels = form(page, "Channels")
    channels.get_by_label("Triage").select_option(label="#general")
    channels.get_by_label("Leadership").select_option(label="#leadership")
    channels.get_by_role("button", name="Save").click()
    page.get_by_text("I am not in this channel").wait_for()
    channels.get_by_label("Triage").select_option(label="#finops-triage")
    channels.get_by_role("button", name="Save").click()
    form(page, "Set up finops-bot").get_by_text("Digests: weekly and monthly").wait_for()


def set_times(page: Page) -> None:
    """A time zone that does not exist is said at its input; what else was typed stays."""
    step(page, "times")
    times = form(page, "Times")
    times.get_by_label("Plan of the week, day").select_option(label="Tuesday")
    times.get_by_label("Time zone").fill("Europe/Brelin")
    times.get_by_role("button", name="Save").click()
    times.get_by_text("There is no time zone Europe/Brelin").wait_for()
    times.get_by_label("Time zone").fill("Europe/Berlin")
    times.get_by_role("button", name="Save").click()
    page.get_by_text("Plans: Tuesday at 09:00").wait_for()


def add_team(page: Page) -> None:
    step(page, "teams")
    form(page, "Teams").get_by_role("button", name="Add Team").click()
    team = form(page, "Add a team")
    team.get_by_label("Name", exact=True).fill("shop")
    team.get_by_label("Channel").select_option(label="#shop-costs")
    team.get_by_label("Owners").select_option(label="Olivia Marsh")
    people = team.locator('[data-block="finops_set:approvers.users"]')
    people.get_by_role("combobox").select_option(label="Mei Tanaka")
    people.get_by_role("combobox").select_option(label="Aaron Weiss")
    people.get_by_role("button", name="Remove Mei Tanaka").click()
    team.get_by_label("Namespaces").fill("shop, shop-jobs")
    team.get_by_role("button", name="Save").click()
    form(page, "Teams").get_by_text("owned by").wait_for()


def limit_team(page: Page) -> None:
    """In the place of the team's form; what everybody has stands in the empty input."""
    form(page, "Teams").get_by_role("button", name="Edit").click()
    row = form(page, "Team shop").locator('[data-block="team_step:size"]')
    row.get_by_role("button", name="Edit").click()
    limits = form(page, "Guardrails: size")
    limits.get_by_placeholder("10, as for everybody").fill("5")
    limits.get_by_text(
        re.compile("would be|would need|judged differently|Nothing waits")
    ).wait_for()
    limits.get_by_role("button", name="Save").click()
    form(page, "Team shop").get_by_text("1 limit of its own").wait_for()
    page.locator("dialog[open] footer").get_by_role("button", name="Cancel").click()


def set_limit(page: Page) -> None:
    """What it would mean is read before it is saved."""
    step(page, "size")
    limits = form(page, "Guardrails: size")
    limits.get_by_label("Changes a day").fill("20")
    limits.get_by_text(re.compile("would be|would need|judged differently")).wait_for()
    limits.get_by_role("button", name="Save").click()
    page.get_by_text("1 limit of your own").wait_for()


def say_hello(page: Page) -> None:
    form(page, "Set up finops-bot").get_by_role("button", name="Test It").click()
    form(page, "Setup test").get_by_text("I posted a hello in").wait_for()
    close(page)
    form(page, "Set up finops-bot")
    close(page)
    page.locator("dialog[open]").wait_for(state="detached")


def approve_first_card(page: Page, demo: Demo) -> None:
    act_as(page, "Aaron Weiss")
    page.get_by_role("button", name=re.compile(r"\bshop-costs\b")).first.click()
    page.get_by_role("button", name="Approve", exact=True).last.click()
    confirm = page.get_by_role("dialog").get_by_role("button", name=re.compile("Approve|Yes"))
    confirm.or_(page.get_by_text("Approved by")).first.wait_for()
    if confirm.count():
        confirm.last.click()
    demo.slack.driver().wait_for(
        lambda: [r for r in demo.engine.ledger.find() if r.decided_by == "U0AARON0001"], timeout=20
    )
    [approved] = [r for r in demo.engine.ledger.find() if r.decided_by == "U0AARON0001"]
    assert approved.opportunity.team == "shop"
    assert approved.status in (Status.APPROVED, Status.PULL_REQUEST_OPEN)
