"""The whole loop where a company reads euros: nothing that was posted has a dollar left."""

import json
import re
import sqlite3
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from pypdfium2 import PdfDocument

from bot.configuration import Configuration, load_configuration
from bot.demo import Demo, start_demo
from bot.demo_once import Loop
from finops.report_generator import Edition
from finops.reports.editions import document_of
from handlers.deliveries.report_files import report_files
from sandbox.company import CONFIGURATION, OUTSIDER, PLATFORM
from tests.finops.currencies import dollars_left

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

EUROS = {"code": "EUR", "per_usd": "0.92", "as_of": "2026-11-01"}
COMMANDS = (
    "savings", "savings shop", "savings this month", "list", "list all", "cost", "cost by service",
    "policy", "policy what-if max_risk=0.2", "help",
)  # fmt: skip


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Demo, Path]]:
    """One loop, looked at by several tests."""
    folder = tmp_path_factory.mktemp("euros")
    written = load_configuration(CONFIGURATION).model_dump(mode="json", exclude_unset=True)
    configuration = Configuration.model_validate(written | {"currency": EUROS})
    demo = start_demo(folder, configuration=configuration)
    try:
        Loop(demo).run()
        yield demo, folder
    finally:
        demo.stop()


def all_messages(demo: Demo) -> list[dict[str, Any]]:
    driver, workspace = demo.slack.driver(), demo.slack.workspace
    places = [channel.id for channel in workspace.channels]
    places += [driver.dm(user.id) for user in workspace.users]
    found = [
        shown
        for place in places
        for message in driver.messages(place)
        for shown in driver.thread(place, message["ts"])
    ]
    return [*found, *(each for user in workspace.users for each in driver.ephemerals(user.id))]


def said_in(shown: object) -> str:
    return json.dumps(shown, ensure_ascii=False, default=str)


def test_no_message_of_the_loop_has_a_dollar_left(played: tuple[Demo, Path]) -> None:
    demo, _ = played
    messages = all_messages(demo)
    left = {m["ts"]: found for m in messages if (found := dollars_left(said_in(m)))}

    assert left == {}
    assert sum("€" in said_in(message) for message in messages) > 15


def test_no_home_has_a_dollar_left(played: tuple[Demo, Path]) -> None:
    demo, _ = played
    driver = demo.slack.driver()
    for user in demo.slack.workspace.users:
        driver.open_home(user.id)
    homes = [driver.wait_for(partial(driver.home, user.id)) for user in demo.slack.workspace.users]

    assert [dollars_left(said_in(home)) for home in homes] == [[] for _ in homes]
    assert any("€0.92 per $" in said_in(home) for home in homes)


@pytest.mark.parametrize("words", COMMANDS)
def test_no_answer_to_a_command_has_a_dollar_left(played: tuple[Demo, Path], words: str) -> None:
    demo, _ = played
    driver = demo.slack.driver()
    before = len(driver.ephemerals(PLATFORM.id))
    driver.slash(PLATFORM.id, "C0PLATFORM1", "/finops", words)
    driver.wait_for(lambda: len(driver.ephemerals(PLATFORM.id)) > before)
    answer = driver.ephemerals(PLATFORM.id)[before:]

    assert dollars_left(said_in(answer)) == []


def test_show_and_why_of_everything_have_no_dollar_left(played: tuple[Demo, Path]) -> None:
    demo, _ = played
    driver = demo.slack.driver()
    for record in demo.engine.ledger.find():
        for command in ("show", "why"):
            driver.slash(OUTSIDER.id, "C0PLATFORM1", "/finops", f"{command} {record.id}")

    assert dollars_left(said_in(driver.ephemerals(OUTSIDER.id))) == []


def test_no_pull_request_has_a_dollar_left(played: tuple[Demo, Path]) -> None:
    demo, _ = played
    pulls = demo.host.list_pull_requests()
    written = [f"{pull.title}\n{pull.body}".replace("\\", "") for pull in pulls]

    assert len(written) > 3
    assert [dollars_left(each) for each in written] == [[] for _ in written]
    assert all("€" in each for each in written)


@pytest.mark.parametrize("edition", Edition)
def test_no_file_of_a_report_has_a_dollar_left(played: tuple[Demo, Path], edition: Edition) -> None:
    demo, _ = played
    report = demo.engine.generate_monthly_report()
    pdf, html, table = report_files(report, edition)
    pages = PdfDocument(pdf.content)
    paper = " ".join(page.get_textpage().get_text_range() for page in pages)

    assert dollars_left(" ".join(paper.split())) == []
    assert dollars_left(re.sub(r"<style>.*?</style>", "", html.content.decode(), flags=re.S)) == []
    assert "counted_cashable_eur_per_month" in table.content.decode()
    assert "€" in document_of(report, edition).footer[1]


def test_the_ledger_has_dollars_only(played: tuple[Demo, Path]) -> None:
    _, folder = played
    with sqlite3.connect(folder / "finops.db") as ledger:
        kept = ledger.execute("SELECT proposal, status_reason FROM opportunities").fetchall()

    assert kept
    assert "€" not in said_in(kept)
    assert "$" in said_in(kept)
