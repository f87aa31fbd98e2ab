"""A newcomer's five minutes in a real browser: read, be refused, approve, merge, wait, believe."""

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, TimeoutError

from bot.demo import Demo, start_demo
from finops.domain.lifecycle import Status

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder: Path = tmp_path_factory.mktemp("demo")
    demo = start_demo(folder)
    yield demo
    demo.stop()


@pytest.fixture(scope="module")
def page(demo: Demo, chromium: Browser) -> Iterator[Page]:
    page = chromium.new_page(viewport={"width": 1360, "height": 1000})
    page.set_default_timeout(40_000)
    page.goto(demo.slack.url)
    yield page
    page.close()


def act_as(page: Page, name: str) -> None:
    page.get_by_role("radio", name=name).click()


def open_channel(page: Page, name: str) -> None:
    page.get_by_role("button", name=re.compile(rf"\b{name}\b")).first.click()


def test_the_whole_story_can_be_clicked(page: Page, demo: Demo) -> None:
    open_channel(page, "platform-costs")
    card = page.get_by_text(re.compile("node group general")).first
    card.wait_for()

    act_as(page, "Otto Brandt")
    approve(page)
    page.get_by_text(re.compile("may not approve|can approve|may approve")).first.wait_for()

    act_as(page, "Aaron Weiss")
    approve(page)
    page.get_by_text(re.compile("Approved by")).first.wait_for()

    page.get_by_role("button", name=re.compile("Pull requests")).click()
    drawer = page.get_by_role("dialog")
    drawer.get_by_text(re.compile(r"\bgeneral\b")).first.click()
    page.get_by_text("infra/nodes.tf").first.wait_for()
    page.get_by_role("button", name="Merge pull request").click()
    demo.slack.driver().wait_for(
        lambda: demo.engine.ledger.find(statuses=[Status.IMPLEMENTED]), timeout=40
    )
    page.keyboard.press("Escape")

    page.get_by_role("button", name="+1 week").click()
    page.get_by_role("button", name="+1 day").click()
    demo.slack.driver().wait_for(
        lambda: demo.engine.ledger.find(statuses=[Status.VERIFIED]), timeout=40
    )
    act_as(page, "Lena Fischer")
    open_channel(page, "leadership")
    page.get_by_text(re.compile("Savings of the week")).first.wait_for()
    pictures = page.get_by_role("img", name=re.compile("[Vv]erified"))
    pictures.first.wait_for()

    [verified] = demo.engine.ledger.find(statuses=[Status.VERIFIED])

    assert verified.realised.cashable_usd_per_month > 0
    assert pictures.count() >= 1


def approve(page: Page) -> None:
    """Press Approve, and once more where the card asks whether it is meant."""
    page.get_by_role("button", name="Approve", exact=True).last.click()
    dialog = page.get_by_role("dialog").or_(page.get_by_role("alertdialog"))
    confirm = dialog.get_by_role("button", name=re.compile("Approve|Yes"))
    with suppress(TimeoutError):  # not every card asks, and a question takes a moment to show
        confirm.last.click(timeout=2_000)
