"""The import of ratings in a real browser, with no script: a file, its report, the button, the result."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize, expect

from shared.store.files.data_folder import DataFolder
from shared.store.people.preferences import RatingStore
from tests.support.browsing.browser import serving
from tests.support.browsing.reader import reader
from tests.support.folders.seed import FAR, GRAPHS, HOSTILE, HOSTILE_TITLE, PROTEINS, TIDES, UNREAD, seed
from tests.support.papers.rating_imports import answer_imports

pytestmark = [pytest.mark.browser, pytest.mark.proof, pytest.mark.xdist_group("browser")]

PHONE: ViewportSize = {"width": 360, "height": 740}
FILE = f"""id,preference,title
{UNREAD},like,
{GRAPHS},dislike,
{GRAPHS},like,
{TIDES},dislike,
{PROTEINS},neutral,
2611.0011,like,
2410.1285,dislike,
,like,Heating of eccentric sub-Neptunes
,like,<script>alert(1)</script> never seen anywhere
{FAR},superb,
foo,like,
{HOSTILE},unknown,
"""


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    return seed(tmp_path)


@pytest.fixture
def address(data: DataFolder) -> Iterator[str]:
    with serving(answer_imports(reader(data), data)) as address:
        yield address


def violations(page: Page) -> list[str]:
    return [each["id"] for each in Axe().run(page).response["violations"]]


def test_a_file_is_uploaded_looked_at_and_imported(
    browser: Browser, address: str, data: DataFolder, tmp_path: Path
) -> None:
    file = tmp_path / "old system.csv"
    file.write_text(FILE, "utf-8")
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1200, "height": 900})
    page = context.new_page()
    page.goto(f"{address}/ratings")
    page.get_by_role("link", name="Import ratings").click()
    page.get_by_label("A file").set_input_files(file)
    page.get_by_role("button", name="Show what it would do").click()
    expect(page.get_by_text("nothing is stored yet")).to_be_visible()
    expect(page.get_by_text("old system.csv")).to_be_visible()
    expect(page.get_by_role("heading", name="Contradictions in the file")).to_be_visible()
    report = page.url
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("The next picks follow them.")).to_be_visible()
    current = RatingStore(data).current()
    assert {each: current[each].label for each in (UNREAD, GRAPHS, TIDES)} == {
        UNREAD: "like",
        GRAPHS: "like",
        TIDES: "dislike",
    }
    page.goto(report)
    expect(page.get_by_text("There is nothing new in this file.")).to_be_visible()
    context.close()


def test_axe_finds_nothing_in_a_report_and_it_fits_a_phone(browser: Browser, address: str, tmp_path: Path) -> None:
    file = tmp_path / "old system.csv"
    file.write_text(
        FILE + f',like,"{HOSTILE_TITLE}"\n'.replace('"x"', '""x""').replace('"double"', '""double""'), "utf-8"
    )
    page = browser.new_page(viewport={"width": 1200, "height": 900}, reduced_motion="reduce")
    page.goto(f"{address}/ratings/import")
    page.get_by_label("A file").set_input_files(file)
    page.get_by_role("button", name="Show what it would do").click()
    found = {"light, desk": violations(page)}
    page.screenshot(path=tmp_path / "desk.png", full_page=True)
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size(PHONE)
    found["dark, phone"] = violations(page)
    page.screenshot(path=tmp_path / "phone.png", full_page=True)
    assert found == {"light, desk": [], "dark, phone": []}
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    page.close()
