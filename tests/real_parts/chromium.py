"""A real browser, headless, for the demo's page and the pictures."""

import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.real_parts.needs import missing

if TYPE_CHECKING:  # a fast test does not wait for imports it has no use for
    from playwright.sync_api import Browser

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

ARGUMENTS = [
    "--no-sandbox",  # CI is root
    "--disable-gpu",
    # On a closed network each of these would otherwise be refused, many at a time.
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def chromium() -> Iterator["Browser"]:
    """A browser for one module: `page = chromium.new_page()`.

    Not for the session: while Playwright's synchronous API is open its event loop counts as
    running in this thread, and an `asyncio.run` in a later test would be refused.
    """
    from playwright.sync_api import sync_playwright

    executable = next(filter(None, map(shutil.which, NAMES)), None) or missing(
        "chromium", "pages are looked at in a real browser"
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield browser
        browser.close()
