"""The static site in a real browser: search, links, axe, hostile texts, weight; with and without script."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import feedparser
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page, Route, ViewportSize, expect

from services.publisher.site.building.builds import LeftOut
from shared.store.files.data_folder import DataFolder
from shared.store.papers.documents import Caption, DocumentRecord, DocumentStore, Picture
from shared.store.papers.summaries import SummaryStore
from tests.support.browsing.built_site import GISCUS, build_site, previewing, write_site
from tests.support.browsing.link_checker import dead_links, links_of
from tests.support.folders.seed import GRAPHS, HOSTILE, HOSTILE_TITLE, NOON, OLD, PROTEINS, TIDES, seed, summary
from tests.support.papers.written_summary import store_written_summary

pytestmark = [pytest.mark.proof, pytest.mark.browser, pytest.mark.xdist_group("site"), pytest.mark.timeout(300)]

PAGES = (
    "/",
    "/days/2026-11-05/",
    f"/papers/{GRAPHS}/",
    f"/papers/{HOSTILE}/",
    "/papers/hep-th_9901001/",
    "/tags/",
    "/tags/planets/",
    "/relations/",
    "/relations/similar/",
    "/archive/",
    "/archive/2026-11/",
    "/about/",
    "/search/?q=tides",
    "/nothing-here/",
)
DESK: ViewportSize = {"width": 1200, "height": 800}
PHONE: ViewportSize = {"width": 320, "height": 800}
MOST_KB = 150
CC_BY = "http://creativecommons.org/licenses/by/4.0/"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    """A site with papers of every kind, one of them in a file that cannot be used."""
    data = seed(tmp_path_factory.mktemp("site"))
    store_written_summary(data)
    SummaryStore(data).put(summary(PROTEINS))
    store_figure(data, TIDES)
    write_site(data)
    data.path("site", "content", "papers", "broken.md").write_text("---\ntitle: [\n---\n", "utf-8")
    built = build_site(data, GISCUS)
    assert [file.file for file in built.left_out] == ["papers/broken.md"]
    assert isinstance(built.left_out[0], LeftOut)
    return data


def store_figure(data: DataFolder, paper_id: str) -> None:
    """A picture of a figure in a paper under CC BY 4.0."""
    content = io.BytesIO()
    Image.new("RGB", (60, 40), "teal").save(content, "WEBP")
    record = DocumentRecord(
        paper_id=paper_id,
        version=1,
        status="converted",
        captions=(Caption(kind="figure", number=1, text="Heat by eccentricity $e$."),),
        pictures=(Picture(number=1, file="figure-1-1.webp", width=60, height=40),),
        made_at=NOON,
    )
    DocumentStore(data).put(record, "# 1\n", [], {"figure-1-1.webp": content.getvalue()})


@pytest.fixture(scope="module")
def address(data: DataFolder) -> Iterator[str]:
    with previewing(data) as address:
        yield address


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that nothing may go wrong in, and that asks nobody else."""
    context = browser.new_context(viewport={"width": 1200, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    complaints: list[str] = []
    hosts: set[str] = set()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: hosts.add(request.url.split("/")[2].split(":")[0]))
    yield page
    context.close()
    assert complaints == []
    assert hosts <= {"127.0.0.1"}


def public(data: DataFolder) -> Path:
    return data.path("site", "public").resolve()


def test_search_finds_a_paper_and_leads_to_it(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("searchbox").fill("eccentric planets")
    page.get_by_role("searchbox").press("Enter")
    expect(page.get_by_role("status")).to_have_text("1 paper found")
    page.get_by_role("link", name="Tidal heating").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tidal heating of eccentric sub-Neptunes")


@pytest.mark.parametrize(
    ("words", "found"),
    [(TIDES, "1 paper found"), (f"arXiv:{OLD}", "1 paper found"), ("zzqqxx", "No papers found")],
)
def test_search_knows_ids_and_finds_nothing_for_words_that_are_nowhere(
    page: Page, address: str, words: str, found: str
) -> None:
    page.goto(f"{address}/search/?q={words}")
    expect(page.get_by_role("status")).to_have_text(found)


def test_what_search_finds_stays_text(page: Page, address: str) -> None:
    page.goto(f"{address}/search/?q=onerror")
    link = page.get_by_role("listitem").get_by_role("link")
    expect(link).to_contain_text(HOSTILE_TITLE.partition("$")[0])
    expect(link).to_contain_text(HOSTILE_TITLE.rpartition("$")[2])
    expect(page.locator("main script, main img, main b")).to_have_count(0)


def test_formulas_in_the_titles_that_search_finds_are_typeset(page: Page, address: str) -> None:
    page.goto(f"{address}/search/?q=sparse graphs rounds")
    link = page.get_by_role("link", name="Message passing on sparse graphs needs only")
    expect(link.locator(".katex-html")).to_be_visible()
    expect(link).not_to_contain_text("$")


def test_every_link_of_every_page_leads_somewhere(data: DataFolder) -> None:
    assert dead_links(public(data)) == []
    pages = {link.page for link in links_of(public(data))}
    assert len(pages) == len(list(public(data).rglob("*.html"))) > 15
    targets = {link.target for link in links_of(public(data)) if not link.target.startswith("http://127.0.0.1:8090/")}
    assert not [target for target in targets if target.startswith(("javascript:", "data:"))]
    assert {target for target in targets if target.startswith("http:")} == {CC_BY}


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_and_no_page_is_heavy_or_wider_than_a_phone(
    browser: Browser, address: str, path: str
) -> None:
    context = browser.new_context(viewport=DESK, color_scheme="light", reduced_motion="reduce")
    page = context.new_page()
    page.goto(address + path)
    assert _kilobytes(page) < MOST_KB
    for details in page.locator("details").all():
        details.evaluate("element => { element.open = true }")
    _expect_no_fault(page)
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size(PHONE)
    _expect_no_fault(page)
    context.close()


def _expect_no_fault(page: Page) -> None:
    found = Axe().run(page)
    assert found.response["violations"] == [], found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def _kilobytes(page: Page) -> float:
    """All that the page loads but fonts."""
    measured: float = page.evaluate(
        """() => [...performance.getEntriesByType('resource'), ...performance.getEntriesByType('navigation')]
        .filter((part) => !part.name.endsWith('.woff2')).reduce((sum, part) => sum + part.decodedBodySize, 0) / 1000"""
    )
    return measured


@pytest.mark.parametrize(
    "path", ["/", f"/papers/{HOSTILE}/", f"/papers/{GRAPHS}/", "/tags/planets/", "/archive/2026-11/"]
)
def test_texts_of_papers_stay_text(page: Page, address: str, path: str) -> None:
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    page.goto(address + path)
    assert page.locator("main script:not([src]), main img:not([src*='figures']), main [onerror]").count() == 0
    assert page.locator("main a[href^='javascript:']").count() == 0


def test_a_hostile_title_is_shown_as_it_is(page: Page, address: str) -> None:
    page.goto(f"{address}/papers/{HOSTILE}/")
    assert page.title().startswith(HOSTILE_TITLE)
    expect(page.locator("h1")).to_contain_text('<script>alert("x")</script>')
    assert page.locator("meta[property='og:title']").get_attribute("content") == HOSTILE_TITLE


def test_without_script_all_but_search_and_comments_can_be_read(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/papers/{GRAPHS}/")
    expect(page.locator(".katex").first).to_be_visible()
    page.locator("summary").first.click()
    expect(page.locator("blockquote").first).to_be_visible()
    expect(page.get_by_role("button", name="Show comments")).to_be_hidden()
    expect(page.get_by_role("link", name="See them on GitHub")).to_be_visible()
    page.goto(f"{address}/search/")
    expect(page.get_by_text("Search needs JavaScript")).to_be_visible()
    context.close()


def test_giscus_is_asked_for_this_paper_and_only_when_a_reader_comes_there(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 900, "height": 400})
    page = context.new_page()
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(body="")

    page.route("https://giscus.app/**", answer)
    page.goto(f"{address}/papers/hep-th_9901001/")
    page.wait_for_load_state("networkidle")
    assert asked == []
    with page.expect_request("https://giscus.app/client.js"):
        page.mouse.wheel(0, 5000)
    script = page.locator("script[src='https://giscus.app/client.js']")
    assert script.get_attribute("data-term") == OLD
    assert script.get_attribute("data-mapping") == "specific"
    assert script.get_attribute("data-repo-id") == "R_1"
    assert script.get_attribute("data-category-id") == "DIC_1"
    context.close()


def test_a_figure_is_shown_with_its_authors_and_licence(page: Page, address: str) -> None:
    page.goto(f"{address}/papers/{TIDES}/")
    picture = page.get_by_role("img", name="Figure 1")
    picture.scroll_into_view_if_needed()
    page.wait_for_function("picture => picture.naturalWidth === 60", arg=picture.element_handle())
    expect(page.get_by_text("Figures: Hanna Voss, R. Iyer")).to_contain_text("licensed under CC BY 4.0")
    licence = page.get_by_role("link", name="CC BY 4.0")
    expect(licence).to_have_attribute("href", CC_BY)


def test_the_feed_and_the_sitemap_name_every_paper(data: DataFolder) -> None:
    feed = feedparser.parse((public(data) / "rss.xml").read_bytes())
    assert {entry.link.rsplit("/", 2)[1] for entry in feed.entries} >= {GRAPHS, TIDES, HOSTILE, "hep-th_9901001"}
    assert not feed.bozo
    assert HOSTILE_TITLE in {entry.title for entry in feed.entries}
    places = set(re.findall(r"<loc>([^<]+)</loc>", (public(data) / "sitemap-0.xml").read_text("utf-8")))
    assert f"http://127.0.0.1:8090/papers/{TIDES}/" in places
    assert not [place for place in places if "404" in place or "search" in place]


@pytest.mark.slow
def test_below_a_path_every_link_holds_too(data: DataFolder, browser: Browser) -> None:
    build_site(data, address="https://me.github.io/papers")
    assert dead_links(public(data), "/papers/") == []
    with previewing(data, "https://me.github.io/papers") as address:
        page = browser.new_page()
        page.goto(f"{address}/papers/search/?q=tides")
        expect(page.get_by_role("listitem")).to_have_count(1)
        page.close()
    text = (public(data) / "papers" / TIDES / "index.html").read_text("utf-8")
    assert f'<link rel="canonical" href="https://me.github.io/papers/papers/{TIDES}/">' in text
    assert "giscus" not in text
