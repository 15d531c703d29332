"""The pictures of the reader in the README, from a demo of its own.

`python -m tests.support.browsing.screenshot docs` writes today.png, text.png and map.png there.
"""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from shared.store.files.data_folder import DataFolder
from shared.store.papers.summaries import SummaryStore
from shared.store.selections import SelectionStore
from tests.support.browsing.browser import launched
from tests.support.checks.waiting import eventually_sync
from tests.support.processes.system import System, running_system

DESK: ViewportSize = {"width": 1200, "height": 1000}
WIDE: ViewportSize = {"width": 1200, "height": 760}
_LIKES = 12


def has_read_its_picks(system: System) -> bool:
    data = DataFolder(system.data, 0)
    days = SelectionStore(data).days()
    return bool(days) and len(list(SummaryStore(data).all())) >= 10


def take_all(browser: Browser, address: str, folder: Path) -> None:
    """Today first, as it is on the first visit; then the text of a pick, and the map when some papers are liked."""
    page = browser.new_page(viewport=DESK)
    page.goto(address)
    page.screenshot(path=folder / "today.png")
    picks = page.locator(".card").evaluate_all("cards => cards.map((card) => card.dataset.paper)")
    page.set_viewport_size(WIDE)
    page.goto(f"{address}/paper/{picks[0]}/text")
    page.keyboard.press("n")
    page.wait_for_timeout(1_000)
    page.screenshot(path=folder / "text.png")
    like_some(page, address)
    page.goto(f"{address}/map")
    page.wait_for_selector("canvas", timeout=120_000)
    page.wait_for_timeout(1_500)
    page.screenshot(path=folder / "map.png")


def like_some(page: Page, address: str) -> None:
    page.goto(f"{address}/best")
    for card in page.locator(".card").all()[:_LIKES]:
        card.locator("button", has_text="Like").first.click()
    page.wait_for_timeout(3_000)


if __name__ == "__main__":
    with (
        tempfile.TemporaryDirectory() as folder,
        running_system(Path(folder)) as system,
        sync_playwright() as playwright,
        launched(playwright) as browser,
    ):
        eventually_sync(lambda: has_read_its_picks(system), 240, "all picks of the demo are summarised")
        take_all(browser, system.reader, Path(sys.argv[1]))
