"""The request for passages."""

from pathlib import Path

from services.summarizer.research.subscribers import register_passages
from shared.contracts import Corpus, FindPassages
from shared.store.papers.metadata import MetadataStore
from shared.store.papers.summaries import SummaryStore
from tests.support.papers.passages import PassageRoom
from tests.support.papers.summarizer import paper
from tests.unit.summarizer.research.retrieval.test_corpora import summary

TREES = "2601.00001"


async def test_passages_are_answered_with_title_section_and_place(tmp_path: Path) -> None:
    room = PassageRoom(tmp_path)
    metadata = MetadataStore(room.data)
    metadata.put([paper(TREES, "Merge Trees", "An abstract.")])
    SummaryStore(room.data).put(summary(TREES, 1))
    room.write(TREES, "# merge trees\n\n## Method\n\nRuns are merged.\n")
    register_passages(room.bus, room.retriever, room.passages.corpora, metadata)
    await room.retriever.open()
    await room.retriever.index(TREES, 1)
    reply = await room.bus.responders[FindPassages](FindPassages(query="merged runs", corpus=Corpus(kind="read")))
    await room.retriever.close()
    (passage,) = reply.passages
    assert (passage.paper_id, passage.version, passage.title, passage.section) == (TREES, 1, "Merge Trees", "Method")
    assert (passage.start, passage.end, passage.text) == (26, 42, "Runs are merged.")
