"""What answers questions about papers, with everything that it is made of."""

from dataclasses import dataclass

from services.summarizer.agent.prompt_files import PromptFiles
from services.summarizer.research.answers.prompts import PLACEHOLDERS
from services.summarizer.research.chunking.sections import chunker_name
from services.summarizer.research.library.opening import Library, NamedIndex, embedding_name, open_library
from services.summarizer.research.loop.asked.questions import Questions
from services.summarizer.research.loop.corpus_passages import CorpusPassages
from services.summarizer.research.loop.graph import Loop
from services.summarizer.research.loop.model_calls import Models
from services.summarizer.research.loop.stored_papers import StoredPapers
from services.summarizer.research.retrieval.corpora import ReadingLists
from services.summarizer.research.retrieval.opening import Passages, create_passages
from services.summarizer.research.retrieval.recipes import recipe_of
from services.summarizer.research.subscribers import register_library, register_passages, register_questions
from services.summarizer.settings import Settings
from services.summarizer.vectors import Encoder
from shared.bus.bus import Bus
from shared.service.background import Loop as BackgroundLoop
from shared.store.files.data_folder import DataFolder
from shared.store.papers.documents import DocumentStore
from shared.store.papers.metadata import MetadataStore
from shared.store.research.reading_list import ReadingListStore
from shared.store.research.traces import TraceStore


@dataclass(frozen=True)
class Research:
    """Keep `tend` running, and one process `loops` when all is open; close it at the end."""

    library: Library
    passages: Passages
    questions: Questions
    prompts: PromptFiles

    def register(self, bus: Bus, metadata: MetadataStore) -> None:
        """Everything that is answered over the bus."""
        register_library(bus, self.library.listing, self.library.worker.wake)
        register_passages(bus, self.passages.retriever, self.passages.corpora, metadata)
        register_questions(bus, self.questions)

    def loops(self) -> dict[str, BackgroundLoop]:
        """Questions that a kill cut off, papers of reading lists, passages of summarised papers."""
        return {"questions": self.questions.tend, **self.library.loops()}

    async def tend(self) -> None:
        """Open the indexes of passages and keep them up to date, for ever."""
        await self.passages.retriever.open()
        await self.passages.retriever.tend()

    async def close(self) -> None:
        await self.questions.close()
        await self.passages.retriever.close()


def create(
    settings: Settings,
    data: DataFolder,
    bus: Bus,
    models: Models,
    encoder: Encoder,
    lists: ReadingLists | None = None,
) -> Research:
    """Nothing is opened yet. `lists` say who can ask which papers, where that is not what the reading lists say."""
    passages = create_passages(settings, data, bus.ask, lists or ReadingListStore(data))
    papers = StoredPapers(MetadataStore(data), DocumentStore(data))
    loop = Loop(CorpusPassages(passages.corpora, passages.retriever), papers, encoder)
    prompts = PromptFiles(settings.summarizer.prompts or data.path("prompts"), PLACEHOLDERS)
    questions = Questions(loop, TraceStore(data), models, prompts, settings.summarizer, settings.llm)
    index = NamedIndex(
        passages.retriever,
        chunker_name(settings.summarizer.chunk_words),
        embedding_name(recipe_of(settings.embedding.active)),
    )
    library = open_library(settings.summarizer, data, bus, index, passages.chunks, lambda: questions.is_asked)
    return Research(library, passages, questions, prompts)
