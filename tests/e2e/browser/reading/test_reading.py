"""Reading with what one knows, in a real browser, at a desk and on a phone: citations opened in place, and more."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from shared.contracts import (
    FeedbackLabel,
    Hit,
    HitsReply,
    PutGlossary,
    PutGlossaryReply,
    PutNote,
    PutNoteReply,
    RoleSpan,
    Search,
    SentenceRoles,
    SentenceRolesReply,
    Translate,
    TranslateReply,
)
from shared.store.files.data_folder import DataFolder
from shared.store.papers.documents import DocumentRecord, DocumentStore, Reference
from shared.store.people.glossaries import GlossaryStore
from shared.store.people.notes import NoteStore
from shared.store.people.preferences import RatingStore, ratings_of
from tests.support.browsing.browser import serving, visiting
from tests.support.browsing.reader import FakeReader, reader
from tests.support.checks.waiting import eventually_sync
from tests.support.folders.seed import FAR, GRAPHS, NOON, PROTEINS, TIDES, rating, seed

pytestmark = [pytest.mark.browser, pytest.mark.proof, pytest.mark.xdist_group("browser")]

TEXT = f"/paper/{GRAPHS}/text"
PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
FILLER = "\n\n".join(f"Paragraph {number} says little about $x_{{{number}}}$." for number in range(40))
MARKDOWN = f"""# Message passing

## 1 Introduction

{FILLER}

We follow loopy propagation [@adler] and proteins [@eze]. Unlike them we count walks.

{FILLER}

## References
"""
TERMS = """# Tides

## Model

We call it the tidal heating rate (THR). It grows as $e^2$, where $e$ is the orbital eccentricity and $x$ is free.

| Planet | Heat |
|---|---|
| a small one | 1.5 |
"""
REFERENCES = (
    Reference(text="Q. Adler. Loopy belief propagation revisited. 2020.", key="adler"),
    Reference(text="C. Eze. Small models.", arxiv_id=PROTEINS, key="eze"),
)


def store_text(data: DataFolder) -> None:
    record = DocumentRecord(
        paper_id=GRAPHS, version=1, status="converted", route="latex", references=REFERENCES, made_at=NOON
    )
    DocumentStore(data).put(record, MARKDOWN, [])
    DocumentStore(data).put(record.model_copy(update={"paper_id": TIDES, "references": ()}), TERMS, [])


@dataclass(frozen=True)
class House:
    """A reader that is served, and its data folder."""

    address: str
    fake_reader: FakeReader
    data: DataFolder


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    data = seed(tmp_path_factory.mktemp("data"))
    store_text(data)
    fake_reader = reader(data)
    with serving(fake_reader) as address:
        yield House(address, fake_reader, data)


Opened = Callable[..., Page]


@pytest.fixture
def opened(browser: Browser, house: House) -> Iterator[Opened]:
    """Opens a page in a context of its own; no page may complain, and none may be wider than its window."""
    contexts: list[BrowserContext] = []
    pages: list[Page] = []
    complaints: list[str] = []

    def open_page(path: str, **options: Any) -> Page:
        context = browser.new_context(reduced_motion="reduce", **options)
        contexts.append(context)
        page = context.new_page()
        pages.append(page)
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(house.address + path)
        return page

    yield open_page
    wide = [page.url for page in pages if page.evaluate("document.documentElement.scrollWidth > innerWidth")]
    for context in contexts:
        context.close()
    assert complaints == []
    assert wide == []


def test_a_citation_opens_in_place_and_is_coloured_when_it_is_rated(opened: Opened, house: House) -> None:
    page = opened(TEXT)
    link = page.locator(".cite[data-reference='2']")
    expect(page.locator(".cite[data-reference='1']")).to_have_attribute("data-standing", "liked")
    link.focus()
    before = page.evaluate("scrollY")
    page.keyboard.press("Enter")
    sheet = page.get_by_role("dialog", name="Reference 2")
    expect(sheet.get_by_role("link", name="Small language models predict")).to_be_visible()
    assert page.evaluate("scrollY") == before
    sheet.get_by_role("button", name="Like:", exact=False).first.click()
    expect(link).to_have_attribute("data-standing", "liked")
    expect(sheet.locator(".standing")).to_have_text("liked")
    eventually_sync(lambda: [e for e in house.fake_reader.bus.published if isinstance(e, FeedbackLabel)] != [])
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(link).to_be_focused()
    assert page.evaluate("scrollY") == before


def test_a_phone_shows_a_citation_at_the_bottom(opened: Opened) -> None:
    page = opened(TEXT, **PHONE)
    page.locator(".cite[data-reference='1']").tap()
    sheet = page.get_by_role("dialog", name="Reference 1")
    expect(sheet.get_by_role("link", name="Loopy belief")).to_be_visible()
    box = sheet.bounding_box()
    assert box is not None
    assert (box["x"], box["width"]) == (0, 360)
    sheet.get_by_role("button", name="Close").tap()
    expect(sheet).to_be_hidden()


def test_who_cites_a_paper_among_what_was_read_stands_on_its_page(opened: Opened) -> None:
    page = opened(f"/paper/{FAR}")
    page.get_by_text("Who cites this among what you read").click()
    expect(page.get_by_text("Nothing that you read cites this paper")).to_be_visible()


def keep_notes(house: House) -> None:
    store = NoteStore(house.data)

    def put(request: PutNote) -> PutNoteReply:
        is_saved, note = store.put("me", request.paper_id, request.text, request.based_on)
        return PutNoteReply(is_saved=is_saved, text=note.text, fingerprint=note.fingerprint)

    house.fake_reader.bus.answers[PutNote] = put


def test_selected_words_are_copied_noted_and_asked_about_by_keys_alone(opened: Opened, house: House) -> None:
    keep_notes(house)
    page = opened(TEXT, permissions=["clipboard-read", "clipboard-write"])
    page.locator(".cite").first.scroll_into_view_if_needed()
    page.evaluate("scrollBy(0, document.querySelector('.cite').closest('p').getBoundingClientRect().top - 91)")
    page.keyboard.press("v")
    page.keyboard.press("v")
    expect(page.locator("[data-selection-status]")).to_have_text("Unlike them we count walks.")
    page.keyboard.press("c")
    expect(page.locator(".toast")).to_have_text("Copied with its source.")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(
        "“Unlike them we count walks.” (Mira Oduya, Jonas Feldt, Ana Reis and 2 more, “Message passing"
    )
    assert copied.endswith(f"arXiv:{GRAPHS}v1, 2026, section “1 Introduction”)")
    page.keyboard.press("w")
    page.keyboard.type("Check this.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast")).to_have_text("Added to your note on this paper.")
    note = NoteStore(house.data).get("me", GRAPHS).text
    assert note.startswith("> Unlike them we count walks.\n>\n> — [1 Introduction](/paper/")
    assert note.endswith("Check this.")
    page.keyboard.press("v")
    page.keyboard.press("a")
    page.wait_for_url("**/ask?question=*")
    expect(page.locator("#question")).to_have_value("About “Unlike them we count walks.”:")
    expect(page.locator("#narrow")).to_have_value(GRAPHS)


def test_a_phone_finds_what_is_similar_to_the_selected_words(opened: Opened, house: House) -> None:
    house.fake_reader.bus.answers[Search] = HitsReply(hits=(Hit(paper_id=PROTEINS, score=1),))
    page = opened(TEXT, **PHONE)
    bar = page.get_by_role("toolbar", name="With the selected words")
    expect(bar).to_be_hidden()
    page.evaluate("getSelection().selectAllChildren(document.querySelector('.passages p'))")
    bar.get_by_role("button", name="Find similar").tap()
    sheet = page.get_by_role("dialog", name="Similar to the selection")
    expect(sheet.get_by_role("link", name="Small language models")).to_be_visible()
    expect(sheet.get_by_text("Passages cannot be searched right now")).to_be_visible()
    asked = house.fake_reader.bus.asked
    assert [request.query for request in asked if isinstance(request, Search)] == ["Paragraph 0 says little about"]


def test_symbols_and_acronyms_are_explained_where_they_stand(opened: Opened) -> None:
    page = opened(f"/paper/{TIDES}/text")
    page.keyboard.press("g")
    sheet = page.get_by_role("dialog", name="What it means here")
    expect(sheet).to_contain_text("tidal heating rate")
    page.keyboard.press("g")
    expect(sheet).to_contain_text("the orbital eccentricity")
    expect(sheet.locator("blockquote")).to_contain_text("is the orbital eccentricity and")
    page.keyboard.press("Escape")
    expect(page.locator(".math[data-term]").first).to_be_focused()
    phone = opened(f"/paper/{TIDES}/text", **PHONE)
    phone.locator(".term").first.tap()
    expect(phone.get_by_role("dialog", name="What it means here")).to_contain_text("tidal heating rate")
    phone.get_by_role("button", name="Close").tap()
    phone.get_by_role("button", name="Terms").tap()
    phone.locator("#terms").get_by_role("link", name="Read it in the text").last.tap()
    expect(phone.locator("#quote mark").first).to_be_in_viewport()


def test_a_text_is_skimmed_at_the_chosen_density(opened: Opened, house: House) -> None:
    at = [MARKDOWN.index(words) for words in ("We follow", "Unlike them")]
    spans = tuple(RoleSpan(start=start, end=start + 28, role="method", level=2 + 2 * n) for n, start in enumerate(at))
    house.fake_reader.bus.answers[SentenceRoles] = SentenceRolesReply(spans=spans)
    page = opened(TEXT, **PHONE)
    page.get_by_role("button", name="Skim").tap()
    page.get_by_role("button", name="Key sentences").tap()
    page.wait_for_url("**#*")
    page.keyboard.press(".")
    expect(page.locator(".skim.level-2").first).to_be_in_viewport()
    shown = "element => getComputedStyle(element).getPropertyValue('--is-shown')"
    assert page.locator(".passages .level-4").first.evaluate(shown) == ""
    page.get_by_role("button", name="Skim").tap()
    page.get_by_role("button", name="All", exact=True).tap()
    assert page.locator(".passages .level-4").first.evaluate(shown) == "1"
    expect(page.get_by_role("button", name="All", exact=True)).to_have_attribute("aria-pressed", "true")


VOICES = """
const said = [];
let speaking = null;
Object.defineProperty(window, "speechSynthesis", { value: {
  getVoices: () => [{ name: "Test voice", lang: "en-GB", voiceURI: "test", localService: true }],
  speak: (utterance) => { said.push(utterance.text); speaking = utterance; },
  cancel: () => { speaking = null; },
  addEventListener: () => {},
} });
window.SpeechSynthesisUtterance = class extends EventTarget { constructor(text) { super(); this.text = text; } };
window.said = said;
window.sayOn = () => { const one = speaking; speaking = null; one?.dispatchEvent(new Event("end")); };
"""


@pytest.fixture
def listening(browser: Browser, house: House) -> Iterator[Page]:
    """A phone whose voice speaks only when it is told to, and keeps what it said."""
    context = browser.new_context(reduced_motion="reduce", **PHONE)
    context.add_init_script(VOICES)
    page = context.new_page()
    page.goto(f"{house.address}/paper/{TIDES}/text")
    yield page
    context.close()


def test_a_text_is_read_aloud_sentence_by_sentence(listening: Page) -> None:
    page = listening
    page.get_by_role("button", name="Listen").tap()
    bar = page.get_by_role("toolbar", name="Reading aloud")
    expect(bar.get_by_role("combobox", name="Voice")).to_have_text("Test voice")
    for _ in range(2):
        page.evaluate("sayOn()")
    sentence = "It grows as e squared, where e is the orbital eccentricity and x is free."
    assert page.evaluate("said")[1:] == ["Model", "We call it the tidal heating rate (THR)."]
    bar.get_by_role("button", name="Next sentence").tap()
    assert page.evaluate("said").pop() == sentence
    expect(page.locator(".being-read")).to_contain_text("It grows as")
    bar.get_by_role("button", name="Pause").tap()
    page.evaluate("sayOn()")
    assert len(page.evaluate("said")) == 4
    bar.get_by_role("button", name="Go on").tap()
    assert page.evaluate("said").pop() == sentence
    page.evaluate("sayOn()")
    expect(bar).to_be_hidden()
    expect(page.locator(".toast")).to_have_text("The end of this part.")
    page.keyboard.press("r")
    expect(bar).to_be_visible()
    page.keyboard.press("R")
    expect(bar).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("formulas", [{
    "x_1": "x sub 1",
    r"\frac{QK^T}{\sqrt{d_k}}": "capital Q capital K transposed over the square root of d sub k",
    r"\sum_{i=1}^{n} x_i^2": "the sum over i equals 1 up to n of x sub i squared",
    r"O(\log n) \le f'(x)": "capital O of log n is at most f prime of x",
    r"\mathbf{x} \in \mathbb{R}^d": "x in the reals to the power d",
    r"\hat{\theta} \ne A^{-1}": "theta hat is not equal to capital A inverse",
    r"\begin{aligned} a &= b \\ c &\to \infty \end{aligned}": "a equals b, c to infinity",
    r"\frac12 \|x\|_2": "1 over 2, the norm of x, sub 2",
    r"\lim_{n\to\infty} \int_0^1 f": "the limit as n to infinity of the integral from 0 up to 1 of f",
    r"\begin{cases} x & x>0 \\ 0\end{cases}": "x, x is greater than 0, 0",
    r"^{13}\mathrm{C} \stackrel{d}{=} \arg\max_x": "superscript 13 capital C equals with d above arg max over x of",
    "{{{": "a formula",
    "\\": "a formula",
    "x" * 900: "a long formula",
}])  # fmt: skip
def test_formulas_are_spoken_in_words(listening: Page, formulas: dict[str, str]) -> None:
    spoken = listening.evaluate("formulas => formulas.map(spokenFormula)", list(formulas))
    assert dict(zip(formulas, spoken, strict=True)) == formulas


def test_what_liked_papers_cite_is_offered_and_hidden(browser: Browser, tmp_path: Path) -> None:
    data = seed(tmp_path)
    for paper_id in (TIDES, PROTEINS, FAR):
        RatingStore(data).append(ratings_of(rating(paper_id, "like")))
        reference = Reference(text="Someone. A much cited paper.", arxiv_id=GRAPHS)
        record = DocumentRecord(paper_id=paper_id, version=1, status="converted", references=(reference,), made_at=NOON)
        DocumentStore(data).put(record, "# T", [])
    with visiting(browser, reader(data), tmp_path) as visit:
        visit.page.set_viewport_size({"width": 360, "height": 740})
        offers = visit.page.get_by_role("region", name="Often cited by papers you like")
        eventually_sync(lambda: visit.page.goto(visit.address) and offers.count() == 1)
        expect(offers).to_contain_text("3 papers that you liked cite it")
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= 360
        offers.get_by_role("button", name="Hide until next week").click()
        expect(visit.page.get_by_role("heading", level=1)).to_be_visible()
        expect(offers).to_have_count(0)


def test_a_text_is_translated_as_it_is_read(opened: Opened, house: House) -> None:
    def translate(request: Translate) -> TranslateReply:
        return TranslateReply(translations=tuple(f"DE: {sentence}" for sentence in request.sentences), model="m")

    house.fake_reader.bus.answers[Translate] = translate
    page = opened(f"/paper/{TIDES}/text", **PHONE)
    page.get_by_role("button", name="Translate", exact=True).tap()
    page.get_by_label("Into").select_option("de")
    page.get_by_role("button", name="Translate what I read").tap()
    sentence = page.locator(".translation .translated", has_text="It grows as")
    expect(sentence).to_contain_text("DE: It grows as")
    expect(sentence.locator(".katex").first).to_be_visible()
    table = page.locator(".scroll + .translation.scroll")
    expect(table.locator("tr").nth(1)).to_have_text("DE: a small one1.5")
    sentence.tap()
    original = page.get_by_role("dialog", name="The original sentence")
    expect(original).to_contain_text("It grows as")
    expect(original).not_to_contain_text("DE:")
    page.get_by_role("button", name="Close").tap()
    page.get_by_role("button", name="Translate", exact=True).tap()
    page.get_by_role("button", name="Original only").tap()
    expect(page.locator(".translation")).to_have_count(0)
    house.fake_reader.bus.answers[Translate] = TranslateReply(
        translations=("", ""), problem="No language model is set up."
    )
    page.get_by_role("button", name="Translate", exact=True).tap()
    page.get_by_role("button", name="Translate what I read").tap()
    expect(page.locator(".toast")).to_have_text("No language model is set up.")


def test_a_glossary_is_edited_where_one_translates_and_that_of_the_browser_is_taken_over(
    opened: Opened, house: House
) -> None:
    glossaries = GlossaryStore(house.data)

    def put(request: PutGlossary) -> PutGlossaryReply:
        is_saved, glossary = glossaries.put("me", request.language, request.text, request.based_on)
        return PutGlossaryReply(is_saved=is_saved, text=glossary.text, fingerprint=glossary.fingerprint)

    asked: list[Translate] = []

    def translate(request: Translate) -> TranslateReply:
        asked.append(request)
        return TranslateReply()

    house.fake_reader.bus.answers |= {PutGlossary: put, Translate: translate}
    glossaries.put("me", "de", "graph = Graph")
    page = opened(f"/paper/{TIDES}/text", **PHONE)
    old = {"language": "de", "glossary": "graph = Netz\ntide = Gezeit\n"}
    page.evaluate("(old) => localStorage.setItem('papersys-translation', JSON.stringify(old))", old)
    page.reload()
    eventually_sync(lambda: glossaries.get("me", "de").text == "graph = Graph\ntide = Gezeit")
    page.wait_for_function("() => !localStorage.getItem('papersys-translation').includes('glossary')")
    page.get_by_role("button", name="Translate", exact=True).tap()
    field = page.get_by_label("Your glossary")
    expect(field).to_have_value("graph = Graph\ntide = Gezeit")
    field.fill("heat = Wärme\nodd")
    page.get_by_role("button", name="Translate what I read").tap()
    eventually_sync(lambda: bool(asked))
    assert asked[0].glossary == (("heat", "Wärme"),)
    page.get_by_role("button", name="Translate", exact=True).tap()
    page.get_by_label("Into").select_option("fr")
    expect(field).to_have_value("")
    page.get_by_label("Into").select_option("de")
    expect(field).to_have_value("heat = Wärme\nodd")
    expect(page.locator("[data-glossary-status]")).to_contain_text("Line 2 is passed over")


@pytest.mark.parametrize("size", [PHONE, {}], ids=["phone", "desk"])
def test_a_summary_and_its_abstract_are_translated_where_they_stand(
    opened: Opened, house: House, size: dict[str, Any]
) -> None:
    house.fake_reader.bus.answers[Translate] = lambda request: TranslateReply(
        translations=tuple(f"DE: {sentence}" for sentence in request.sentences), model="m"
    )
    page = opened(f"/paper/{TIDES}", **size)
    page.get_by_role("button", name="Translate", exact=True).click()
    page.get_by_label("Into").select_option("de")
    page.get_by_role("button", name="Translate this page").click()
    abstract = page.locator("[data-words=abstract] + .translation")
    expect(abstract).to_contain_text("DE: ")
    claims = page.locator(".claims .translation")
    expect(claims).to_have_count(page.locator(".claims [data-words]").count())
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Translate", exact=True).click()
    page.get_by_role("button", name="Original only").click()
    expect(page.locator(".translation")).to_have_count(0)
    house.fake_reader.bus.answers[Translate] = TranslateReply(problem="No language model is set up.")
    page.get_by_role("button", name="Translate", exact=True).click()
    page.get_by_role("button", name="Translate this page").click()
    expect(page.locator(".toast")).to_have_text("No language model is set up.")
