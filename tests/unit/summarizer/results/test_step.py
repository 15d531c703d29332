"""Papers that are read leave their results; twice is once, and the same comes from the documents again."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from services.summarizer.llm.asking import Answered, AnswerT, AskContext, Step
from services.summarizer.llm.failures import LlmUnusable
from services.summarizer.llm.messages import ChatMessage
from services.summarizer.results.extraction import RECIPE, named_tables
from services.summarizer.results.model_names import TableNamer, stands_in
from services.summarizer.results.step import results_again
from shared.contracts import PapersSelected, now
from shared.store.papers.results import PaperResults
from shared.store.papers.summaries import Usage
from tests.support.papers.result_tables import DOCUMENT
from tests.support.papers.summarizer import PAPER_ID, paper, room

CONTEXT = AskContext("extract", PAPER_ID)
PICK = PapersSelected(paper_ids=(PAPER_ID,), event_id="pick-1", run_id="run-1")
UNNAMED = """\
**Table 1.** Zap scores on the Woods corpus for tree counting.

| m | Zap | Time |
|---|---|---|
| a | 81.5 | 3 |
"""


class SayingModels:
    """Answers with these columns, or raises."""

    def __init__(self, *columns: dict[str, str], error: Exception | None = None) -> None:
        self.columns, self.error = columns, error
        self.asked: list[Sequence[ChatMessage]] = []

    def model_for(self, step: Step) -> str | None:
        return "sayer"

    async def ask(
        self, conversation: Sequence[ChatMessage], kind: type[AnswerT], context: AskContext
    ) -> Answered[AnswerT]:
        self.asked.append(conversation)
        if self.error:
            raise self.error
        text = json.dumps({"columns": self.columns})
        return Answered(kind.model_validate_json(text), text, "sayer", Usage(calls=1))


def same(record: PaperResults | None) -> dict[str, object]:
    assert record is not None
    return record.model_dump(exclude={"made_at"})


async def test_a_paper_that_is_read_leaves_its_results_beside_the_summary(tmp_path: Path) -> None:
    async with room(tmp_path) as here:
        here.hold(paper(), markdown=DOCUMENT)
        await here.bus.deliver(PICK)
        stored = here.results.get(PAPER_ID)
        await here.bus.deliver(PICK)
        again = here.results.get(PAPER_ID)
    assert stored is not None
    assert (stored.version, stored.recipe, len(stored.tables)) == (1, RECIPE, 2)
    assert same(again) == same(stored)
    assert (tmp_path / "results").is_dir()


async def test_results_are_made_again_from_documents_as_they_were(tmp_path: Path) -> None:
    async with room(tmp_path) as here:
        here.hold(paper(), markdown=DOCUMENT)
        await here.bus.deliver(PICK)
        stored = here.results.get(PAPER_ID)
        stores = here.summaries, here.metadata, here.documents, here.results
        assert results_again(*stores, now) == (0, [])
        for path in (tmp_path / "results").glob("*.jsonl"):
            path.unlink()
        assert results_again(*stores, now) == (1, [])
        assert same(here.results.get(PAPER_ID)) == same(stored)
        document = here.documents.folder(PAPER_ID, 1) / "document.md"
        document.unlink()
        assert results_again(*stores, now, everything=True) == (0, [PAPER_ID])
        assert here.results.get(PAPER_ID) is not None


async def test_a_model_names_only_what_the_paper_says_too(tmp_path: Path) -> None:
    models = SayingModels(
        {"column": "a1", "metric": "Zap", "dataset": "Woods corpus", "task": "world peace"},
        {"column": "z9", "metric": "F1"},
    )
    (table,) = await TableNamer(models).named(named_tables(UNNAMED, ()), CONTEXT)
    assert [(n.metric, n.dataset, n.task) for n in table.names] == [("Zap", "Woods corpus", ""), ("", "", "")]
    assert table.named_by == ("sayer", "")
    assert UNNAMED.splitlines()[0][13:40] in models.asked[0][1]["content"]


async def test_the_caption_s_own_names_are_never_overruled() -> None:
    models = SayingModels(
        {"column": "a1", "metric": "Recall", "dataset": "Recall"}, {"column": "b1", "metric": "CIFAR-10"}
    )
    tables = named_tables(DOCUMENT, ())
    named = await TableNamer(models).named(tables, CONTEXT)
    assert [n.metric for table in named for n in table.names] == [n.metric for table in tables for n in table.names]


@pytest.mark.parametrize("error", [LlmUnusable("none"), None])
async def test_without_an_answer_the_plain_names_stand(error: Exception | None) -> None:
    tables = named_tables(UNNAMED, ())
    models = SayingModels(error=error)
    assert [t.names for t in await TableNamer(models).named(tables, CONTEXT)] == [t.names for t in tables]
    assert await TableNamer(None).named(tables, CONTEXT) == tables


async def test_names_of_a_model_outlive_reading_the_tables_again(tmp_path: Path) -> None:
    judges = SayingModels({"column": "a1", "metric": "Zap", "dataset": "Woods corpus"})
    async with room(tmp_path) as here:
        here.hold(paper(), markdown=UNNAMED)
        await here.bus.deliver(PICK)
        stored = here.results.get(PAPER_ID)
        assert stored is not None
        tables = await TableNamer(judges).named(named_tables(UNNAMED, ()), CONTEXT)
        named = (
            stored.tables[0]
            .results[0]
            .model_copy(
                update={"metric": tables[0].names[0].metric, "dataset": tables[0].names[0].dataset, "named_by": "sayer"}
            )
        )
        table = stored.tables[0].model_copy(update={"results": (named, *stored.tables[0].results[1:])})
        here.results.put(stored.model_copy(update={"tables": (table,)}))
        results_again(here.summaries, here.metadata, here.documents, here.results, now, everything=True)
        again = here.results.get(PAPER_ID)
    assert again is not None
    assert (again.tables[0].results[0].metric, again.tables[0].results[0].named_by) == ("Zap", "sayer")


def test_a_name_stands_in_a_text_word_by_word() -> None:
    words = " zap scores on the woods corpus "
    assert stands_in("Woods Corpus", words)
    assert not stands_in("Wood", words)
    assert not stands_in("", words)
