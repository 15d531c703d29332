"""Which papers a corpus means."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from services.summarizer.research.retrieval.corpora import Corpora
from shared.contracts import Corpus, ListedPaper
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore, Paper
from shared.store.papers.summaries import MadeBy, Summary, SummaryStore
from shared.store.research.chunks import ChunkStore
from tests.unit.shared.store.research.test_chunks import chunks_of

LISTED, WAITING, READ, BARE, OWN = "2601.00001", "2601.00002", "2601.00003", "2602.00004", "local:0123456789abcdef"
CHUNKER = "sections-1-200"
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


class Lists:
    """One user's list; nobody else has any."""

    def of_user(self, user: str) -> list[ListedPaper]:
        versions: dict[str, int | None] = {LISTED: 1, WAITING: None, OWN: 1}
        facts = {"added_at": NOON, "changed_at": NOON}
        papers = [
            ListedPaper.model_validate({"paper_id": name, "version": versions[name], **facts}) for name in versions
        ]
        return papers if user == "me" else []


def paper(paper_id: str, category: str, day: int) -> Paper:
    moment = datetime(2026, 1, day, tzinfo=UTC)
    return Paper(paper_id, 1, "Title", "Abstract.", ("A. Author",), (category,), category, moment, moment)


def summary(paper_id: str, version: int, *tags: str) -> Summary:
    made_by = MadeBy(event_id="e", model="", document_version=version)
    return Summary(paper_id=paper_id, version=version, mode="extractive", tags=tags, made_at=NOON, made_by=made_by)


@pytest.fixture
def corpora(tmp_path: Path) -> Corpora:
    data = DataFolder(tmp_path, 0)
    chunks, summaries, metadata = ChunkStore(data), SummaryStore(data), MetadataStore(data)
    for paper_id, version in ((LISTED, 1), (LISTED, 2), (READ, 2), (OWN, 1)):
        chunks.put(paper_id, version, CHUNKER, chunks_of(paper_id, version=version))
    metadata.put([paper(LISTED, "cs.CL", 1), paper(READ, "cs.DB", 9), paper(BARE, "hep-ex", 20)])
    summaries.put_many([summary(LISTED, 2, "rag"), summary(READ, 3, "rag", "trees"), summary(BARE, 1, "quarks")])
    return Corpora(chunks, Lists(), summaries, metadata)


MINE = {LISTED: 1, READ: 2, OWN: 1}


@pytest.mark.parametrize(
    ("asked", "papers", "abstracts"),
    [
        (Corpus(), MINE, {BARE}),
        (Corpus(kind="list"), {LISTED: 1, OWN: 1}, set()),
        (Corpus(kind="read"), {LISTED: 2, READ: 2}, {BARE}),
        (Corpus(tags=("RAG",)), {LISTED: 1, READ: 2}, set()),
        (Corpus(tags=("trees", "quarks")), {READ: 2}, {BARE}),
        (Corpus(categories=("cs",)), {LISTED: 1, READ: 2}, set()),
        (Corpus(categories=("cs.DB", "hep-ex")), {READ: 2}, {BARE}),
        (Corpus(from_date=date(2026, 1, 2), until_date=date(2026, 1, 9)), {READ: 2}, set()),
        (Corpus(paper_ids=(LISTED, OWN)), {LISTED: 1, OWN: 1}, set()),
        (Corpus(paper_ids=(LISTED,), tags=("quarks",)), {}, set()),
    ],
)
async def test_a_corpus_means_these_papers(
    corpora: Corpora, asked: Corpus, papers: dict[str, int], abstracts: set[str]
) -> None:
    resolved = await corpora.resolve(asked, "me")
    assert (resolved.papers, resolved.abstracts) == (papers, frozenset(abstracts))
    assert resolved.is_empty is not bool(papers or abstracts)


async def test_what_is_named_and_not_among_the_papers_is_said_and_so_is_what_is_not_ready(corpora: Corpora) -> None:
    resolved = await corpora.resolve(Corpus(kind="list", paper_ids=(READ, WAITING)), "me")
    assert (resolved.missing, resolved.waiting, resolved.is_empty) == ((READ,), (WAITING,), True)


async def test_another_user_has_no_list_and_shares_what_was_read(corpora: Corpora) -> None:
    assert (await corpora.resolve(Corpus(kind="list"), "ann")).is_empty
    assert (await corpora.resolve(Corpus(), "ann")).papers == {LISTED: 2, READ: 2}


async def test_everything_is_searched_unless_papers_are_named(corpora: Corpora) -> None:
    everything = await corpora.resolve(Corpus(kind="all", categories=("cs",)), "me")
    assert (everything.everything, everything.abstracts, everything.is_empty) == (True, None, False)
    assert (await corpora.resolve(Corpus(kind="all", tags=("trees",)), "me")).abstracts == frozenset({READ})
    named = await corpora.resolve(Corpus(kind="all", paper_ids=(BARE, "2603.99999", OWN)), "me")
    assert (named.abstracts, named.missing) == (frozenset({BARE}), ("2603.99999", OWN))
