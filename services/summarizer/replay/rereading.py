"""One paper read again by the steps of the agent, from the very text that its summary was made of.

Tags and links are not made again: the new summary takes them over.
"""

from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.summarizer.agent.fields import FieldExtractor
from services.summarizer.agent.prompt_files import PromptFiles
from services.summarizer.agent.reading import ABSTRACT_ROUTE, PaperReader
from services.summarizer.agent.records import Recorder
from services.summarizer.agent.runs import Runs
from services.summarizer.choosing.reaching import reachable
from services.summarizer.llm.gateway import Gateway
from services.summarizer.llm.window import window_of
from services.summarizer.replay.bookkeeping import CannotGoOn
from services.summarizer.settings import Settings
from services.summarizer.state import State
from services.summarizer.vectors import Encoder
from shared.bus.questions.question_bus import QuestionBus
from shared.contracts import PapersSelected
from shared.errors import PermanentFailure
from shared.store.files.data_folder import DataFolder
from shared.store.models.ledger import Ledger
from shared.store.papers.documents import DocumentStore
from shared.store.papers.links import LinkStore
from shared.store.papers.metadata import MetadataStore
from shared.store.papers.summaries import Summary, SummaryStore

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


_ATTEMPTS = 3
UNREADABLE = "its reply could not be used"


@dataclass(frozen=True)
class Rereader:
    """Reads papers again; what was paid for before a kill is not paid for twice."""

    reader: PaperReader
    extractor: FieldExtractor
    recorder: Recorder
    runs: Runs
    event_id: str
    has_model: bool

    async def read(self, standing: Summary) -> Summary:
        """The paper of a summary, read again. Raises PermanentFailure about this paper, CannotGoOn about all."""
        thread_id = f"{self.event_id}/{standing.paper_id}"
        async with self.runs.reading(thread_id):
            state = await self._fields(await self._text(standing))
        kept: State = {**state, "tags": standing.tags, "raw_tags": standing.raw_tags, "links": ()}
        summary = self.recorder.summary(kept)
        await self.runs.forget(thread_id)
        return summary.model_copy(update={"version": standing.version})

    async def _text(self, standing: Summary) -> State:
        route, version = standing.made_by.document_route, standing.made_by.document_version
        start: State = {
            "event": PapersSelected(event_id=self.event_id, paper_ids=(standing.paper_id,)),
            "paper_id": standing.paper_id,
            "route": route or ABSTRACT_ROUTE,
            "version": standing.version if version is None else version,
            "notes": (),
        }
        texts = await self.reader.again(start)
        if texts is None:
            raise PermanentFailure("the text that its summary was made of is not stored any more")
        return {**start, **texts}

    async def _fields(self, state: State) -> State:
        """Extract, check, repair, as the agent's graph has it."""
        state = {**state, **await self.extractor.extract(state)}
        self._check_reading(state)
        state = {**state, **await self.extractor.check(state)}
        while self.extractor.after_check(state) == "repair":
            state = {**state, **await self.extractor.repair(state)}
            state = {**state, **await self.extractor.check(state)}
        return state

    def _check_reading(self, state: State) -> None:
        """A summary that is poorer because of a cap or a server would be compared with one that is not."""
        if not self.has_model:
            return
        notes = " ".join(state["notes"])
        if UNREADABLE in notes:
            raise PermanentFailure(notes)
        if state["mode"] != "llm" or (state["reading"] == "abstract" and state["route"] != ABSTRACT_ROUTE):
            raise CannotGoOn(notes or "no model can be asked")


@asynccontextmanager
async def opened(settings: Settings, data: DataFolder, own: DataFolder, event_id: str) -> "AsyncIterator[Rereader]":
    """What reads papers again with these settings; calls are kept in `own` until their paper is done."""
    async with AsyncExitStack() as stack:
        llm = await stack.enter_async_context(reachable(settings, data))
        options, ledger, runs = settings.summarizer, Ledger(data), Runs(own)
        await runs.open()
        stack.push_async_callback(runs.close)
        models = Gateway(llm, data, ledger, runs)
        stack.push_async_callback(models.close)
        bus = QuestionBus(settings.bus)
        window = window_of(models.settings_for("extract"), llm.max_input_chars)
        prompts = PromptFiles(options.prompts or data.path("prompts"))
        extractor = FieldExtractor(options, models, models.budget, prompts, Encoder(bus), window, _ATTEMPTS)
        recorder = Recorder(settings, SummaryStore(own), LinkStore(own), ledger.of)
        yield Rereader(
            PaperReader(bus, MetadataStore(data), DocumentStore(data)),
            extractor,
            recorder,
            runs,
            event_id,
            models.model_for("extract") is not None,
        )
