"""From the first visit to one's own settings, in a real browser: the demo's days, the Setup page, a new start."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from deploy.configuration import load_system_settings
from shared.store.files.data_folder import DataFolder
from shared.store.people.preferences import RatingStore
from shared.store.vectors.embeddings import VectorStore
from tests.support.browsing.browser import serving
from tests.support.browsing.reader import reader
from tests.support.checks.waiting import eventually_sync
from tests.support.folders.seed import seed
from tests.support.llm.embedding_server import embedding_server
from tests.support.processes.system import ROOT, System

pytestmark = [pytest.mark.browser, pytest.mark.proof, pytest.mark.xdist_group("setup")]
PASTED = ("2610.20101", "hep-th/9901001")
IN_BIB, LIKED, DISLIKED = "2610.20102", "2610.20103", "2610.20104"


@pytest.mark.timeout(900)
def test_who_visits_the_demo_sees_it_learn_and_leaves_it_without_a_terminal(browser: Browser, tmp_path: Path) -> None:
    with embedding_server("graph", "network", "quantum", "star", "proof", "cell") as model:
        visit_the_demo_and_leave_it(browser, tmp_path, model.as_model("minilm"))


def visit_the_demo_and_leave_it(browser: Browser, folder: Path, model: dict[str, str]) -> None:
    system = System(folder, PAPERSYS_DEMO__DAYS="10", PAPERSYS_RANKER__PER_DAY="3", **model)
    arxiv = f"http://127.0.0.1:{system.ports['demo']}"
    system.environment |= {
        "PAPERSYS_FETCHER__OAI_URL": f"{arxiv}/oai",
        "PAPERSYS_FETCHER__ARXIV_URL": arxiv,
        "PAPERSYS_FETCHER__PACE_SECONDS": "0",
    }
    page = browser.new_page()
    try:
        system.start()
        see_the_demo_learn(page, system)
        report = leave_the_demo(page)
        with arxiv_at(system.ports["demo"]):
            page.wait_for_url(f"{system.reader}/", timeout=120_000)
            expect(page.locator(".demo")).to_have_count(0)
            eventually_sync(lambda: are_embedded(system), 120, "the papers are looked up and embedded", system.log_tail)
            page.goto(f"{system.reader}{report}")
            expect(page.locator("main")).to_contain_text("is stored already")
            expect(page.locator("main")).to_contain_text("Imported before2")
            page.goto(f"{system.reader}/ratings?show=disliked")
            expect(page.locator(f'[data-paper="{DISLIKED}"]')).to_be_visible()
    finally:
        page.close()
        system.end()
    settings = load_system_settings(system.settings_path)
    assert settings.fetcher.categories == ("cs.LG", "math.CO")  # type: ignore[attr-defined]
    assert not settings.demo.enabled
    assert list(system.data.glob("demo-*/selections")), "the demo's data lie apart"


def see_the_demo_learn(page: Page, system: System) -> None:
    """Yesterday exists; a like, then the next day, whose picks name it."""
    page.goto(system.reader)
    demo, heading = page.locator(".demo"), page.locator("h1")
    expect(heading).to_have_text("Tuesday, 27 October 2026", timeout=90_000)
    expect(demo).to_contain_text("Day 2 of 10")
    page.keyboard.press("j")
    page.keyboard.press("l")
    expect(page.locator(".toast")).to_contain_text("Liked")
    page.get_by_role("button", name="Next day of the demo").click()
    expect(heading).to_have_text("Wednesday, 28 October 2026", timeout=60_000)
    expect(page.locator("[data-older]").first).to_have_attribute("href", "/day/2026-10-27")


def leave_the_demo(page: Page) -> str:
    """By the link on every page of it: two categories, three papers, a file of ratings, a contact.

    Returns where the report of the file will be.
    """
    page.get_by_role("link", name="Set up papersys for the real arXiv").click()
    page.fill("#category-filter", "combinatorics")
    page.check('[value="math.CO"]')
    page.fill("#category-filter", "cs.lg")
    page.check('[value="cs.LG"]')
    page.fill("#papers", f"https://arxiv.org/abs/{PASTED[0]}v1, {PASTED[1]}")
    page.set_input_files("#bib", upload("mine.bib", f"@article{{a, title={{On x}}, eprint={{{IN_BIB}}}}}"))
    page.get_by_role("button", name="Save and start reading arXiv").click()
    expect(page.locator("#problems")).to_contain_text("Contact")
    page.fill("#contact", "me@example.org")
    page.set_input_files("#ratings", upload("old.csv", f"id,preference\n{LIKED},like\n{DISLIKED},dislike\n"))
    page.get_by_role("button", name="Save and start reading arXiv").click()
    expect(page.locator("h1")).to_have_text("Settings saved")
    expect(page.locator("main")).to_contain_text("3 papers become likes")
    return page.get_by_role("link", name="what came of them").get_attribute("href") or ""


def upload(name: str, text: str) -> FilePayload:
    return {"name": name, "mimeType": "text/plain", "buffer": text.encode()}


def are_embedded(system: System) -> bool:
    data = DataFolder(system.data, 0)
    labels = {paper_id: rating.label for paper_id, rating in RatingStore(data).current().items()}
    wanted = dict.fromkeys((*PASTED, IN_BIB, LIKED), "like") | {DISLIKED: "dislike"}
    return labels == wanted and VectorStore(data, "minilm").has(wanted) == set(wanted)


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


@contextmanager
def arxiv_at(port: int) -> Iterator[None]:
    """An arXiv with the demo's papers, which has announced nothing for two weeks; it takes the demo's place."""
    eventually_sync(lambda: is_free(port), 60, "the demo has ended")
    today = datetime.now(UTC).date().isoformat()
    command = [sys.executable, "-m", "deploy.demo", "--port", str(port), "--today", today]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        yield
    finally:
        process.terminate()
        process.wait(60)


def test_the_page_filters_categories_and_asks_nobody_else(browser: Browser, tmp_path: Path) -> None:
    with serving(reader(seed(tmp_path), demo=True)) as address:
        page = browser.new_page()
        complaints, hosts = list[str](), set[str]()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: hosts.add(request.url.split("/")[2].split(":")[0]))
        page.goto(f"{address}/setup")
        page.fill("#category-filter", "no such thing")
        expect(page.locator("[data-found]")).to_have_text("No category has this in its name.")
        page.fill("#category-filter", "")
        page.locator("summary", has_text="Mathematics").click()
        page.check('[value="math.CO"]')
        page.get_by_role("button", name="Remove Combinatorics").click()
        expect(page.locator('[value="math.CO"]')).not_to_be_checked()
        assert (complaints, hosts) == ([], {"127.0.0.1"})
        page.close()


def test_without_javascript_the_form_works_and_keeps_what_was_entered(browser: Browser, tmp_path: Path) -> None:
    with serving(reader(seed(tmp_path))) as address:
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        page.goto(f"{address}/setup")
        page.locator("summary", has_text="Computer Science").click()
        page.check('[value="cs.LG"]')
        bib = "@article{a, title={On x}, eprint={2401.00010}}"
        page.set_input_files("#bib", {"name": "mine.bib", "mimeType": "text/plain", "buffer": bib.encode()})
        page.click("text=Save and start reading arXiv")
        expect(page.locator("#contact-problem")).to_be_visible()
        expect(page.locator('[value="cs.LG"]')).to_be_checked()
        expect(page.locator("#papers")).to_have_value(bib)
        context.close()
