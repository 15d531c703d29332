import base64
import gzip
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.fetcher.app import Components, build
from services.fetcher.documents.conversion import Converted
from services.fetcher.documents.converter import ConversionJob, Converter
from services.fetcher.documents.document_fetcher import DocumentFetcher, better, is_current
from services.fetcher.documents.local_documents import LocalDocuments
from services.fetcher.documents.pictures.worker import MadePicture, PictureJob
from services.fetcher.sources.registry import Servers, open_servers
from services.fetcher.sources.server_documents import ServerDocuments
from services.fetcher.subscribers import Documents, register
from shared.contracts import Document, Lookup
from shared.errors import TemporaryFailure
from shared.store.papers.documents import Caption, DocumentRecord, DocumentStore, Section
from shared.store.papers.metadata import MetadataStore, Paper
from tests.support.arxiv.demo import Site, data_folder, demo_settings
from tests.support.bus.in_memory import FakeBus

NOW = datetime(2026, 11, 6, tzinfo=UTC)
GOOD = Converted(
    status="converted", route="latex", grade="good", markdown="# T\n", sections=(Section(title="", level=1, text="x"),)
)
PDF = GOOD.model_copy(update={"route": "pdf", "grade": "fair", "tried": ("pdf",)})
REFUSED = Converted(status="unreadable", detail="the source is garbage", tried=("unreadable",))


class FakeConverter(Converter):
    """Gives set outcomes by the ending of the file."""

    def __init__(self, **outcomes: Converted) -> None:
        super().__init__()
        self.outcomes = outcomes
        self.seen: list[str] = []
        self.pictured: list[PictureJob] = []

    def convert(self, job: ConversionJob) -> Converted:
        self.seen.append(Path(job.path).name)
        return self.outcomes[Path(job.path).suffix.strip(".")]

    def pictures(self, job: PictureJob) -> list[MadePicture]:
        self.pictured.append(job)
        data = base64.b64encode(b"RIFF....WEBP").decode()
        return [MadePicture(number=1, file="figure-1-1.webp", width=8, height=4, data=data)]


def documents_over(
    folder: Path, converter: Converter, replies: dict[str, httpx.Response]
) -> tuple[DocumentFetcher, Components]:
    def serve(request: httpx.Request) -> httpx.Response:
        return replies.get(request.url.path.split("/")[1], httpx.Response(404))

    settings = demo_settings()
    components = build(data_folder(folder), settings, httpx.MockTransport(serve))
    return DocumentFetcher(components.arxiv, components.catalogue, components.data, settings, converter), components


def all_documents(components: Components, of_arxiv: DocumentFetcher) -> tuple[Documents, Servers]:
    servers = open_servers(components.data, demo_settings(), components.catalogue)
    others = ServerDocuments(servers, components.catalogue, components.data, demo_settings(), FakeConverter())
    return Documents(of_arxiv, own_files(components), others), servers


def own_files(components: Components) -> LocalDocuments:
    return LocalDocuments(components.data, demo_settings(), FakeConverter())


def source(version: int = 3) -> httpx.Response:
    name = f'attachment; filename="arXiv-2611.00001v{version}.tar.gz"'
    return httpx.Response(200, content=gzip.compress(b"x"), headers={"Content-Disposition": name})


async def test_a_document_is_fetched_and_converted_once_and_stored_under_the_version_arxiv_names(
    tmp_path: Path,
) -> None:
    converter = FakeConverter(gz=GOOD)
    documents, components = documents_over(tmp_path, converter, {"e-print": source()})
    reply = await documents.get("2611.00001")
    assert (reply.status, reply.version, reply.folder) == ("converted", 3, "documents/2611.00001/v3")
    assert await documents.get("2611.00001") == reply
    assert converter.seen == ["source.gz"]
    assert DocumentStore(components.data).markdown("2611.00001", 3) == "# T\n"
    await documents.get("2611.00001", force=True)
    assert len(converter.seen) == 2


@pytest.mark.parametrize(
    ("licence", "files"),
    [
        ("http://creativecommons.org/licenses/by/4.0/", ["figure-1-1.webp"]),
        ("http://arxiv.org/licenses/nonexclusive-distrib/1.0/", []),
        ("", []),
    ],
)
async def test_pictures_are_kept_where_the_licence_allows_it(tmp_path: Path, licence: str, files: list[str]) -> None:
    figure = Caption(kind="figure", number=1, text="It.", files=("a",))
    converter = FakeConverter(gz=GOOD.model_copy(update={"captions": (figure,)}))
    documents, components = documents_over(tmp_path, converter, {"e-print": source(1)})
    paper = Paper("2611.00001", 1, "T", "A.", ("B",), ("cs.LG",), "cs.LG", NOW, NOW, license=licence)
    MetadataStore(components.data).put([paper])
    await documents.get("2611.00001")
    store = DocumentStore(components.data)
    record = store.record("2611.00001")
    assert record is not None
    assert [picture.file for picture in record.pictures] == files
    assert (store.picture("2611.00001", 1, "figure-1-1.webp") is not None) == bool(files)
    assert [list(job.figures) for job in converter.pictured] == [[(1, ("a",))]] * len(files)


async def test_where_the_source_fails_the_pdf_is_read(tmp_path: Path) -> None:
    converter = FakeConverter(gz=REFUSED, pdf=PDF)
    replies = {"e-print": source(), "pdf": httpx.Response(200, content=b"%PDF-1.4")}
    documents, components = documents_over(tmp_path, converter, replies)
    reply = await documents.get("2611.00001")
    assert (reply.status, reply.route, reply.grade) == ("converted", "pdf", "fair")
    record = DocumentStore(components.data).record("2611.00001")
    assert record is not None
    assert record.tried == ("unreadable", "html: arXiv has no HTML of 2611.00001v3", "pdf")


async def test_arxivs_page_is_taken_where_it_is_better_than_the_source(tmp_path: Path) -> None:
    page = httpx.Response(200, content=b"<html><article class='ltx_document'>x</article></html>")
    fair = GOOD.model_copy(update={"grade": "fair", "tried": ("latex: fair",)})
    better_page = GOOD.model_copy(update={"route": "html", "tried": ("html: good",)})
    documents, components = documents_over(
        tmp_path, FakeConverter(gz=fair, html=better_page), {"e-print": source(), "html": page}
    )
    reply = await documents.get("2611.00001")
    assert (reply.route, reply.grade) == ("html", "good")
    record = DocumentStore(components.data).record("2611.00001")
    assert record is not None
    assert record.tried == ("latex: fair", "html: good")


PAGE = httpx.Response(200, content=b"<html><article class='ltx_document'>x</article></html>")
FAIR = GOOD.model_copy(update={"grade": "fair", "markdown": "# Fair\n", "tried": ("latex: fair",)})
BAD = GOOD.model_copy(update={"grade": "bad", "markdown": "# Bad\n", "tried": ("latex: bad",)})
BY_PAGE = GOOD.model_copy(update={"route": "html", "tried": ("html: good",)})


def aged(components: Components, age: timedelta) -> None:
    """As if what is stored had been made so long ago."""
    store = DocumentStore(components.data)
    record = store.record("2611.00001")
    assert record is not None
    older = record.model_copy(update={"made_at": record.made_at - age})
    store.put(older, store.markdown("2611.00001", 3), store.sections("2611.00001", 3))


async def test_a_fair_text_is_kept_where_the_page_does_not_answer_and_the_page_is_asked_a_day_later(
    tmp_path: Path,
) -> None:
    converter = FakeConverter(gz=FAIR, html=BY_PAGE)
    replies = {"e-print": source(), "html": httpx.Response(503)}
    documents, components = documents_over(tmp_path, converter, replies)
    reply = await documents.get("2611.00001")
    assert (reply.status, reply.route, reply.grade) == ("converted", "latex", "fair")
    store = DocumentStore(components.data)
    record = store.record("2611.00001")
    assert record is not None
    assert (record.untried, store.markdown("2611.00001", 3)) == (("html",), "# Fair\n")
    assert record.tried[0] == "latex: fair"
    assert record.tried[1].startswith("html: arXiv did not answer")
    assert await documents.get("2611.00001") == reply
    aged(components, timedelta(days=2))
    assert (await documents.get("2611.00001")).route == "latex"
    replies["html"] = PAGE
    aged(components, timedelta(days=2))
    reply = await documents.get("2611.00001")
    assert (reply.route, reply.grade) == ("html", "good")
    record = store.record("2611.00001")
    assert record is not None
    assert (record.untried, record.tried) == ((), ("latex: fair", "html: good"))
    assert converter.seen == ["source.gz", "page.html"]


async def test_where_the_page_does_not_answer_the_pdf_is_read_and_the_page_is_asked_later(tmp_path: Path) -> None:
    replies = {"e-print": source(), "html": httpx.Response(503), "pdf": httpx.Response(200, content=b"%PDF-1.4")}
    documents, components = documents_over(tmp_path, FakeConverter(gz=BAD, pdf=PDF), replies)
    assert (await documents.get("2611.00001")).route == "pdf"
    record = DocumentStore(components.data).record("2611.00001")
    assert record is not None
    assert record.untried == ("html",)


@pytest.mark.parametrize("poor", [BAD, REFUSED])
async def test_a_poor_text_waits_for_the_routes_that_did_not_answer_without_asking_for_the_source_again(
    tmp_path: Path, poor: Converted
) -> None:
    converter = FakeConverter(gz=poor, pdf=PDF)
    replies = {"e-print": source(), "pdf": httpx.Response(503)}
    documents, components = documents_over(tmp_path, converter, replies)
    for _ in range(2):
        with pytest.raises(TemporaryFailure):
            await documents.get("2611.00001")
    record = DocumentStore(components.data).record("2611.00001")
    assert record is not None
    assert (record.status, record.untried) == (poor.status, ("pdf",))
    replies["pdf"] = httpx.Response(200, content=b"%PDF-1.4")
    assert (await documents.get("2611.00001")).route == "pdf"
    assert converter.seen == ["source.gz", "paper.pdf"]


async def test_a_bad_text_is_answered_where_nothing_better_came_for_a_day(tmp_path: Path) -> None:
    replies = {"e-print": source(), "pdf": httpx.Response(503)}
    documents, components = documents_over(tmp_path, FakeConverter(gz=BAD), replies)
    with pytest.raises(TemporaryFailure):
        await documents.get("2611.00001")
    aged(components, timedelta(days=2))
    for _ in range(2):
        assert (await documents.get("2611.00001")).grade == "bad"


async def test_a_withdrawn_paper_is_not_asked_for_as_a_pdf(tmp_path: Path) -> None:
    converter = FakeConverter(gz=Converted(status="withdrawn", detail="stub"))
    documents, _ = documents_over(tmp_path, converter, {"e-print": source()})
    reply = await documents.get("2611.00001")
    assert (reply.status, reply.folder, converter.seen) == ("withdrawn", None, ["source.gz"])


async def test_a_paper_without_source_and_pdf_is_missing(tmp_path: Path) -> None:
    documents, _ = documents_over(tmp_path, FakeConverter(), {})
    reply = await documents.get("2611.00001")
    assert (reply.status, reply.detail) == ("missing", "arXiv has no source of 2611.00001")


async def test_a_failing_arxiv_is_no_outcome_but_a_reason_to_ask_later(tmp_path: Path) -> None:
    documents, components = documents_over(tmp_path, FakeConverter(), {"e-print": httpx.Response(503)})
    with pytest.raises(TemporaryFailure):
        await documents.get("2611.00001")
    assert DocumentStore(components.data).record("2611.00001") is None


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, True),
        ({"version": 1}, False),
        ({"status": "unreadable"}, True),
        ({"status": "unreadable", "made_at": NOW - timedelta(days=2)}, False),
        ({"status": "withdrawn", "made_at": NOW - timedelta(days=2)}, True),
    ],
)
def test_a_stored_outcome_answers_as_long_as_it_can_be_right(facts: dict[str, Any], expected: bool) -> None:
    record = DocumentRecord(paper_id="2611.00001", version=2, status="converted", made_at=NOW)
    assert is_current(record.model_copy(update=facts), 2, NOW) is expected


def test_the_better_text_wins_and_the_first_reason_stands_where_there_is_none() -> None:
    bad = GOOD.model_copy(update={"grade": "bad"})
    assert better(REFUSED, PDF).route == "pdf"
    assert better(bad, PDF).route == "pdf"
    assert better(GOOD, PDF).route == "latex"
    assert better(REFUSED, Converted(status="missing")).status == "unreadable"


async def test_unknown_papers_are_looked_up_and_stored_and_known_ones_are_not_asked_for(tmp_path: Path) -> None:
    site = Site()
    components = site.components(tmp_path)
    bus = FakeBus()
    documents = DocumentFetcher(
        components.arxiv, components.catalogue, components.data, demo_settings(), FakeConverter()
    )
    register(bus, components.arxiv, components.catalogue, *all_documents(components, documents))
    request = Lookup(paper_ids=("2610.20101", "2612.99999"))
    reply = await bus.responders[Lookup](request)
    assert reply.found == ("2610.20101",)
    assert reply.missing == {"2612.99999": "arXiv has no paper 2612.99999"}
    assert MetadataStore(components.data).get(["2610.20101"])["2610.20101"].title
    assert await bus.responders[Lookup](request) == reply
    assert [path.partition("?")[0] for path in site.paths()] == ["/oai", "/oai", "/api/query", "/oai", "/api/query"]


async def test_papers_of_other_servers_are_never_asked_of_arxiv(tmp_path: Path) -> None:
    site = Site()
    components = site.components(tmp_path)
    bus = FakeBus()
    documents = DocumentFetcher(
        components.arxiv, components.catalogue, components.data, demo_settings(), FakeConverter()
    )
    register(bus, components.arxiv, components.catalogue, *all_documents(components, documents))
    other = "biorxiv:10.1101-2026.10.15.675123"
    reply = await bus.responders[Lookup](Lookup(paper_ids=(other, "2610.20101"), exact_versions=True))
    assert reply.found == ("2610.20101",)
    assert reply.missing == {other: "bioRxiv is not among [fetcher.sources] of the settings"}
    assert (await bus.responders[Document](Document(paper_id=other))).status == "missing"
    assert not [path for path in site.paths() if "biorxiv" in path or "675123" in path]


async def test_a_version_that_is_named_is_fetched_beside_the_newest_and_says_nothing_about_it(tmp_path: Path) -> None:
    asked: list[str] = []

    def serve(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(404) if "v9" in request.url.path else source(2)

    components = build(data_folder(tmp_path), demo_settings(), httpx.MockTransport(serve))
    documents = DocumentFetcher(
        components.arxiv, components.catalogue, components.data, demo_settings(), FakeConverter(gz=GOOD)
    )
    first = await documents.get("2611.00001", version=1)
    assert (first.version, first.status) == (1, "converted")
    assert await documents.get("2611.00001", version=1) == first
    assert (await documents.get("2611.00001")).version == 2
    assert (await documents.get("2611.00001", version=9)).status == "missing"
    assert (await documents.get("2611.00001")).version == 2
    assert asked[:2] == ["/e-print/2611.00001v1", "/e-print/2611.00001"]
    assert DocumentStore(components.data).versions("2611.00001") == [1, 2]


async def test_a_document_is_answered_over_the_bus(tmp_path: Path) -> None:
    documents, components = documents_over(tmp_path, FakeConverter(gz=GOOD), {"e-print": source()})
    bus = FakeBus()
    register(bus, components.arxiv, components.catalogue, *all_documents(components, documents))
    reply = await bus.responders[Document](Document(paper_id="2611.00001v1"))
    assert reply.grade == "good"


async def test_the_version_that_arxiv_names_corrects_the_stored_one(tmp_path: Path) -> None:
    site = Site()
    components = site.components(tmp_path)
    found = await components.catalogue.get(["2610.20101"])
    assert not found
    await components.daily.run()
    await components.catalogue.correct_version("2610.20101", 4)
    await components.daily.run()
    assert MetadataStore(components.data).get(["2610.20101"])["2610.20101"].version == 4


@pytest.mark.parametrize("version_known", [False, True])
async def test_a_paper_of_which_arxiv_gives_an_earlier_version_is_not_fetched_again_at_every_conversion(
    tmp_path: Path, version_known: bool
) -> None:
    converter = FakeConverter(gz=GOOD)
    documents, components = documents_over(tmp_path, converter, {"e-print": source(1)})
    paper = Paper("2611.00001", 2, "T", "A", ("A",), ("cs.CL",), "cs.CL", NOW, NOW, version_known=version_known)
    await components.catalogue.put([paper])
    assert (await documents.get("2611.00001")).version == 1
    stored = await components.catalogue.get(["2611.00001"])
    assert stored["2611.00001"].version == (2 if version_known else 1)
    await documents.get("2611.00001")
    assert len(converter.seen) == 1
    await components.catalogue.put([replace(paper, version=3)])
    await documents.get("2611.00001")
    assert len(converter.seen) == 2
