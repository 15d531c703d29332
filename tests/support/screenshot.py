"""The picture of the reader in the README, from a demo of its own.

`python -m tests.support.screenshot docs/today.png`
"""

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from shared.store.files.data_folder import DataFolder
from shared.store.selections import SelectionStore
from shared.store.summaries import SummaryStore
from tests.support.system import System, running_system
from tests.support.waiting import eventually_sync

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def has_read_its_picks(system: System) -> bool:
    data = DataFolder(system.data, 0)
    days = SelectionStore(data).days()
    return bool(days) and len(list(SummaryStore(data).all())) >= 10


def take(address: str, path: Path) -> None:
    """The page as a browser of this machine shows it."""
    program = next(filter(None, map(shutil.which, BROWSERS)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1200, "height": 1000})
        page.goto(address)
        page.screenshot(path=path)
        browser.close()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, running_system(Path(folder)) as system:
        eventually_sync(lambda: has_read_its_picks(system), 240, "all picks of the demo are summarised")
        take(system.reader, Path(sys.argv[1]))
