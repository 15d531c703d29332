"""Exports, notes, feeds and the app in a real browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from shared.contracts import PutNote, PutNoteReply
from shared.store.people.notes import NoteStore
from tests.support.browsing.browser import serving
from tests.support.browsing.reader import FakeReader, reader
from tests.support.checks.waiting import eventually_sync
from tests.support.folders.seed import GRAPHS, HOSTILE, TIDES, seed

pytestmark = [pytest.mark.browser, pytest.mark.proof, pytest.mark.xdist_group("browser")]
KEPT = "caches.open('papersys-static-1').then(c => c.keys()).then(keys => keys.map(key => new URL(key.url).pathname))"


@pytest.fixture
def notes(tmp_path: Path) -> NoteStore:
    return NoteStore(seed(tmp_path))


@pytest.fixture
def fake_reader(tmp_path: Path, notes: NoteStore) -> FakeReader:
    fake = reader(seed(tmp_path))

    def keep(request: PutNote) -> PutNoteReply:
        is_saved, note = notes.put(request.user, request.paper_id, request.text, request.based_on)
        return PutNoteReply(is_saved=is_saved, text=note.text, fingerprint=note.fingerprint)

    fake.bus.answers[PutNote] = keep
    return fake


@pytest.fixture
def page(browser: Browser, fake_reader: FakeReader) -> Iterator[Page]:
    """A page that complains of nothing."""
    complaints: list[str] = []
    with serving(fake_reader) as address:
        context = browser.new_context(
            base_url=address, permissions=["clipboard-read", "clipboard-write"], reduced_motion="reduce"
        )
        page = context.new_page()
        page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        yield page
        context.close()
    assert [text for text in complaints if "ERR_INTERNET_DISCONNECTED" not in text and "409" not in text] == []


def test_a_paper_is_cited_and_exported(page: Page) -> None:
    page.goto(f"/paper/{GRAPHS}")
    page.get_by_text("Cite and share").click()
    page.get_by_role("button", name="Copy BibTeX").click()
    expect(page.locator(".toast")).to_have_text("BibTeX copied.")
    assert page.evaluate("navigator.clipboard.readText()").startswith("@misc{oduya2026message,")
    page.get_by_role("button", name="Share").click()
    expect(page.locator(".toast")).to_have_text("Link copied.")
    assert page.evaluate("navigator.clipboard.readText()") == f"https://arxiv.org/abs/{GRAPHS}"
    with page.expect_download() as download:
        page.get_by_role("link", name="RIS", exact=True).click()
    assert download.value.suggested_filename == f"arxiv-{GRAPHS}.ris"
    page.goto("/")
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    assert download.value.suggested_filename == "papersys-2026-11-06.csv"


def test_a_note_is_written_by_keyboard_and_none_is_lost(page: Page, notes: NoteStore) -> None:
    page.goto(f"/paper/{TIDES}")
    page.get_by_text("Write a note").click()
    field = page.get_by_role("textbox", name="Your note on")
    field.fill("A **bold** claim: $a<b$ <img src=x onerror=alert(1)>")
    assert page.evaluate("'editing' in document.querySelector('main').dataset")
    notes.put("me", TIDES, "Written on the phone.")
    field.press("Control+Enter")
    expect(page.locator("h1")).to_have_text("Your note was not saved")
    expect(page.locator(".stored-note")).to_have_text("Written on the phone.")
    page.get_by_role("button", name="Save note").click()
    page.wait_for_url(f"**/paper/{TIDES}#notes")
    expect(page.locator(".note-text strong")).to_have_text("bold")
    expect(page.locator(".note-text .katex")).to_have_count(1)
    page.goto("/notes")
    expect(page.get_by_role("article")).to_contain_text("Tidal heating")


def test_without_a_script_notes_are_saved_and_nothing_is_offered_that_needs_one(
    browser: Browser, fake_reader: FakeReader, notes: NoteStore
) -> None:
    with serving(fake_reader) as address:
        context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
        page = context.new_page()
        page.goto(f"{address}/paper/{TIDES}")
        page.get_by_text("Write a note").click()
        page.get_by_role("textbox", name="Your note on").fill("Plain.")
        page.get_by_role("button", name="Save note").click()
        page.wait_for_url(f"**/paper/{TIDES}#notes")
        assert notes.get("me", TIDES).text == "Plain."
        page.get_by_text("Cite and share").click()
        expect(page.locator("#bibtex")).to_be_visible()
        expect(page.get_by_role("button", name="Copy BibTeX")).to_be_hidden()
        context.close()


def test_the_app_keeps_static_files_alone_and_says_when_papersys_is_away(page: Page) -> None:
    page.goto("/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    page.goto(f"/paper/{GRAPHS}")
    eventually_sync(lambda: any("reader.js" in path for path in page.evaluate(KEPT)))
    assert all(path.startswith("/static/") for path in page.evaluate(KEPT))
    manifest = page.evaluate("fetch(document.querySelector('link[rel=manifest]').href).then(r => r.json())")
    assert (manifest["start_url"], manifest["display"]) == ("/", "standalone")
    for icon in manifest["icons"]:
        assert page.evaluate(f"fetch('{icon['src']}').then(r => r.status)") == 200
    page.context.set_offline(True)
    page.goto("/tags")
    expect(page.locator("h1")).to_have_text("papersys cannot be reached")
    page.context.set_offline(False)
    page.get_by_role("link", name="Try again").click()
    expect(page.locator("h1")).to_have_text("Friday, 6 November 2026")


def test_a_hostile_paper_with_a_note_fits_a_phone(page: Page, notes: NoteStore) -> None:
    notes.put(
        "me", HOSTILE, "x" * 300 + "\n\n```\n" + "y" * 300 + "\n```\n\n| a | b |\n|---|---|\n| " + "z" * 200 + " | 1 |"
    )
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"/paper/{HOSTILE}")
    page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_on_paper_stands_what_is_read(page: Page) -> None:
    page.goto("/")
    page.emulate_media(media="print")
    expect(page.locator(".card h2").first).to_be_visible()
    for hidden in (".top nav", ".search", ".rating", ".bottom", ".exports"):
        expect(page.locator(hidden).first).to_be_hidden()
