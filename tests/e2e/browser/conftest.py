"""A browser for the tests of a module, and a visit to the seeded reader."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.support.browsing.browser import Visit, launched, needs_chromium, visiting
from tests.support.browsing.reader import reader
from tests.support.folders.seed import seed

expect.set_options(timeout=30_000)  # a busy machine is slow; what never comes still fails


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    needs_chromium()
    with sync_playwright() as playwright, launched(playwright) as browser:
        yield browser


@pytest.fixture
def visit(browser: Browser, tmp_path: Path) -> Iterator[Visit]:
    fake_reader = reader(seed(tmp_path), demo=True)
    with visiting(browser, fake_reader, tmp_path) as visit:
        yield visit
