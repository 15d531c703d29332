"""Retrieval over a data folder, with vectors of words."""

from pathlib import Path

from services.summarizer.research.retrieval.corpora import ReadingLists, ResolvedCorpus
from services.summarizer.research.retrieval.opening import Passages, create_passages
from services.summarizer.settings import Settings
from shared.contracts import Encode, EncodeReply
from shared.settings.settings import DataSettings, EmbeddingSettings, ModelSettings
from shared.store.files.data_folder import DataFolder
from shared.store.papers.documents import DocumentRecord, DocumentStore
from shared.store.research.reading_list import ReadingListStore
from tests.support.bus.in_memory import FakeBus
from tests.support.papers.summarizer import DIMENSION, WHEN, encode


class PassageRoom:
    """Papers' texts and what finds passages in them; `encoded` counts the texts that were embedded."""

    def __init__(
        self, folder: Path, lists: ReadingLists | None = None, alias: str = "minilm", words: int = 200
    ) -> None:
        embedding = EmbeddingSettings(model=alias, models={alias: ModelSettings(dimension=DIMENSION)})
        self.settings = Settings.model_validate(
            {
                "data": DataSettings(path=folder, min_free_mb=0),
                "embedding": embedding,
                "summarizer": {"chunk_words": words},
            }
        )
        self.data = DataFolder(folder, 0)
        self.documents = DocumentStore(self.data)
        self.bus = FakeBus()
        self.encoded: list[str] = []
        self.bus.answers = {Encode: self._encode}
        self.passages: Passages = create_passages(
            self.settings, self.data, self.bus.ask, lists or ReadingListStore(self.data)
        )
        self.retriever = self.passages.retriever

    def write(self, paper_id: str, markdown: str, version: int = 1) -> None:
        """Have a document of a paper there."""
        record = DocumentRecord(paper_id=paper_id, version=version, status="converted", route="latex", made_at=WHEN)
        self.documents.put(record, markdown, [])

    async def found(self, question: str, versions: dict[str, int], limit: int = 5) -> list[str]:
        """The papers and sections found, best first."""
        hits = await self.retriever.find(question, ResolvedCorpus(papers=versions), limit)
        return [f"{hit.chunk.paper_id}v{hit.chunk.version} {hit.chunk.section}" for hit in hits]

    def _encode(self, request: Encode) -> EncodeReply:
        if request.kind == "passage":
            self.encoded += request.texts
        reply = encode(request)
        return EncodeReply(model=self.settings.embedding.model, vectors=reply.vectors)
