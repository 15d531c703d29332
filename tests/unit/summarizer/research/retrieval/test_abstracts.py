"""Abstracts as passages."""

from pathlib import Path

import pytest

from shared.contracts import Corpus, Encode, Hit, HitsReply, Search
from shared.errors import TemporaryFailure
from shared.store.papers.metadata import MetadataStore
from tests.support.papers.passages import PassageRoom
from tests.support.papers.summarizer import paper

TREES, HOLES = "2601.00001", "2602.00002"


@pytest.fixture
async def room(tmp_path: Path) -> PassageRoom:
    room = PassageRoom(tmp_path)
    texts = {TREES: "We merge trees on slow disks.", HOLES: "Telescopes look at black holes."}
    MetadataStore(room.data).put([paper(paper_id, "A title", texts[paper_id]) for paper_id in texts])
    return room


async def test_the_search_among_all_papers_answers_with_abstracts(room: PassageRoom) -> None:
    asked: list[Search] = []

    def search(request: Search) -> HitsReply:
        asked.append(request)
        return HitsReply(hits=(Hit(paper_id=HOLES, score=1.0), Hit(paper_id=TREES, score=0.5)))

    room.bus.answers[Search] = search
    corpus = await room.passages.corpora.resolve(Corpus(kind="all", categories=("cs.DS",)), "ann")
    await room.retriever.open()
    hits = await room.retriever.find('what looks at "black holes" -now? cat:cs', corpus, 1)
    await room.retriever.close()
    assert [(hit.chunk.paper_id, hit.chunk.titles) for hit in hits] == [(HOLES, ("Abstract",))]
    chunk = hits[0].chunk
    assert chunk.text[chunk.start : chunk.end] == "Telescopes look at black holes."
    assert (asked[0].user, asked[0].categories, asked[0].limit) == ("ann", ("cs.DS",), 1)
    assert not set('":-') & set(asked[0].query)


async def test_papers_without_chunks_are_found_by_the_words_of_their_abstracts(room: PassageRoom) -> None:
    del room.bus.answers[Encode]
    corpus = await room.passages.corpora.resolve(Corpus(kind="all", paper_ids=(TREES, HOLES)), "me")
    await room.retriever.open()
    hits = await room.retriever.find("slow disks", corpus, 5)
    assert [hit.chunk.paper_id for hit in hits] == [TREES]
    assert await room.retriever.neighbours(hits[0].chunk) == []
    everything = await room.passages.corpora.resolve(Corpus(kind="all"), "me")
    with pytest.raises(TemporaryFailure, match="search among all papers"):
        await room.retriever.find("slow disks", everything, 5)
    await room.retriever.close()
