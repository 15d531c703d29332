"""The row of pages and the menu of the further ones: one row at any size, by mouse, keys and without script."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.support.browsing.browser import Visit
from tests.support.folders.seed import GRAPHS

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

IN_THE_MENU = (
    "Reading list",
    "Notes",
    "Follows",
    "Rising",
    "Results",
    "New versions",
    "Missed papers",
    "Status",
    "Setup",
)
IN_THE_ROW_OF_A_DESK = ("My ratings", "Tags", "Interests", "Map")


@pytest.mark.parametrize("width", [1200, 680, 660, 320])
def test_the_pages_stand_in_one_row_and_the_rest_in_a_menu_that_fits(visit: Visit, width: int) -> None:
    page = visit.page
    page.set_viewport_size({"width": width, "height": 740})
    page.goto(visit.address)
    shown = page.locator(".top nav > :is(a, details):visible")
    assert shown.evaluate_all("all => all.at(-1).offsetTop - all[0].offsetTop") == 0
    menu = page.locator(".menu")
    menu.locator("summary").click()
    for name in IN_THE_MENU:
        expect(menu.get_by_role("link", name=name)).to_be_visible()
    for name in IN_THE_ROW_OF_A_DESK:
        expect(page.get_by_role("navigation", name="Pages").get_by_role("link", name=name)).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    menu.get_by_role("link", name="Results").click()
    page.wait_for_url("**/results")
    expect(menu.locator("summary")).to_have_class("here")
    expect(menu.get_by_role("link", name="Results")).to_be_hidden()


def test_the_menu_closes_by_escape_by_a_click_elsewhere_and_when_the_focus_leaves_it(visit: Visit) -> None:
    page = visit.page
    page.goto(visit.address)
    summary = page.locator(".menu summary")
    link = page.locator(".menu").get_by_role("link", name="Setup")
    summary.focus()
    page.keyboard.press("Enter")
    expect(link).to_be_visible()
    page.keyboard.press("Escape")
    expect(link).to_be_hidden()
    expect(summary).to_be_focused()
    summary.click()
    expect(link).to_be_visible()
    page.mouse.click(5, 500)
    expect(link).to_be_hidden()
    summary.click()
    link.focus()
    page.keyboard.press("Tab")
    expect(link).to_be_hidden()


def test_the_menu_opens_without_script(visit: Visit, browser: Browser) -> None:
    visit.page.goto(visit.address)
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(visit.address)
    page.locator(".menu summary").click()
    page.locator(".menu").get_by_role("link", name="Notes").click()
    page.wait_for_url("**/notes")
    context.close()


def test_pages_without_papers_show_no_keys_for_papers(visit: Visit) -> None:
    page = visit.page
    page.goto(visit.address)
    expect(page.locator(".keys span").first).to_be_visible()
    page.goto(f"{visit.address}/paper/{GRAPHS}")
    expect(page.locator(".keys")).to_have_text(re.compile(r"^\s*l\s+like\s+d\s+dislike"), use_inner_text=True)
    expect(page.locator(".keys")).not_to_contain_text("move", use_inner_text=True)
    page.goto(f"{visit.address}/status")
    expect(page.locator(".keys span").first).to_be_hidden()
    expect(page.get_by_role("button", name="Keyboard shortcuts")).to_be_visible()
