"""`make llm`: real papers through the real agent with a real model, and what came of them as a Markdown table.

`PAPERSYS_LLM_URL=http://127.0.0.1:8080/v1 python -m tests.bench.reading.bench_llm [--papers 20] [--whole 11] [--model
NAME] [--text-tokens 3600] [--show] [--keep FOLDER]`. Papers are the e-prints and PDFs of `PAPERSYS_REAL_DATA` in full,
then abstracts of `papers/*.jsonl.gz`; the table says which is which. Nothing of them is kept without `--keep`.
"""

import argparse
import asyncio
import gzip
import json
import logging
import os
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from services.embedder.commands import LocalTextEncoder
from services.embedder.settings import Settings as EmbedderSettings
from services.fetcher.commands.conversion import convert
from shared.contracts import Encode, EncodeReply, PapersSelected
from shared.errors import PapersysError
from shared.settings.settings import LlmSettings
from shared.store.papers.documents import DocumentRecord
from shared.store.papers.metadata import Paper
from shared.store.papers.summaries import Summary
from tests.support.papers.summarizer import Room, room

ROOT = Path(__file__).parents[3]
_WHEN = datetime(2025, 3, 1, tzinfo=UTC)
_EPRINTS = ("1706.03762.tar.gz", "2501.01300v2.tar.gz", "1403.0037.gz", "1403.0038.gz", "1403.0039.gz", "1403.0040.gz")
_PDFS = ("resnet.pdf", "0801.0012.pdf", "distillation.pdf", "math_0303009.pdf")
_HEAD = (
    "paper", "text", "read", "valid at", "claims", "quotes found", "weak", "empty", "repairs", "s", "tokens in / out",
)  # fmt: skip
_OLD = "quant-ph_9802040.tar.gz"
_ID = re.compile(r"\d{4}\.\d{4,5}")


@dataclass(frozen=True)
class Given:
    """A paper, and the file its text comes from; none where only the abstract is there."""

    paper: Paper
    file: Path | None


@dataclass(frozen=True)
class Outcome:
    """What came of one paper. `first` says whether the first answer was valid."""

    given: Given
    seconds: float
    first: bool
    summary: Summary | None
    why: str = ""

    @property
    def by_model(self) -> bool:
        return self.summary is not None and self.summary.mode == "llm"


def papers_of(data: Path, number: int) -> list[Given]:
    """Full texts first, then abstracts."""
    files = [data / "latex" / name for name in (*_EPRINTS, _OLD)] + [data / "pdf" / name for name in _PDFS]
    whole = [Given(_paper_of_file(file, place), file) for place, file in enumerate(files) if file.exists()]
    return [*whole, *(Given(paper, None) for paper in _abstracts(data))][:number]


def _paper_of_file(file: Path, place: int) -> Paper:
    """What is known of a file's paper without its metadata: the text tells the rest."""
    match = _ID.search(file.name)
    return _paper(match.group() if match else f"2502.{place:05d}", file.name, "")


def _abstracts(data: Path) -> Iterator[Paper]:
    for path in sorted((data / "papers").glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
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


def hold(here: Room, given: Given) -> None:
    """Put a paper where the agent finds it, converted as the fetcher does."""
    if given.file is None:
        here.metadata.put([given.paper])
        return
    outcome = convert(given.file)
    abstract = next((part.text for part in outcome.sections if part.title.casefold() == "abstract"), "")
    here.metadata.put([replace(given.paper, abstract=abstract or given.paper.title)])
    record = DocumentRecord(
        paper_id=given.paper.paper_id,
        version=1,
        made_at=_WHEN,
        **outcome.model_dump(include={"status", "route", "grade", "detail", "references"}),
    )
    here.documents.put(record, outcome.markdown, list(outcome.sections))


async def read(here: Room, given: Given) -> Outcome:
    paper_id, started = given.paper.paper_id, time.monotonic()
    event = PapersSelected(paper_ids=(paper_id,), event_id=f"bench-{paper_id}", run_id="bench")
    why = ""
    try:
        await here.bus.deliver(event)
    except PapersysError as error:
        why = str(error)
    calls = [call for call in here.ledger.month(datetime.now(UTC)) if call.event_id == event.event_id]
    first = sum(call.purpose == "extract" for call in calls) == 1
    return Outcome(given, time.monotonic() - started, first, here.summaries.get(paper_id), why)


def row_of(outcome: Outcome) -> list[str]:
    """A line of the table."""
    summary, given = outcome.summary, outcome.given
    source = {"": "abstract", ".pdf": "PDF"}.get(given.file.suffix if given.file else "", "TeX")
    name = given.paper.paper_id if given.file is None else given.file.name
    if summary is None:
        return [name, source, "none", *["-"] * 6, f"{outcome.seconds:.0f}", outcome.why[:60]]
    counts, empty = summary.verification, [field.name for field in summary.fields if not field.claims]
    return [
        name,
        source,
        summary.reading or "",
        "first" if outcome.first and outcome.by_model else "last" if outcome.by_model else "never",
        str(counts.claims),
        f"{counts.found}/{counts.quotes}",
        str(counts.weak),
        str(len(empty)),
        str(counts.repairs),
        f"{outcome.seconds:.0f}",
        f"{summary.usage.input_tokens:,} / {summary.usage.output_tokens:,}",
    ]


def report(outcomes: list[Outcome], model: str) -> None:
    """The table, and one line that says it all."""
    rows = [list(_HEAD), ["---"] * len(_HEAD), *map(row_of, outcomes)]
    print("\n".join(f"| {' | '.join(row)} |" for row in rows))
    summaries = [outcome.summary for outcome in outcomes if outcome.by_model and outcome.summary]
    claims = sum(summary.verification.claims for summary in summaries)
    quotes = sum(summary.verification.quotes for summary in summaries)
    figures: dict[str, Any] = {
        "model": model,
        "papers": len(outcomes),
        "whole_texts": sum(outcome.given.file is not None for outcome in outcomes),
        "valid_first": sum(outcome.first and outcome.by_model for outcome in outcomes),
        "valid_last": len(summaries),
        "claims": claims,
        "quotes_found": round(sum(summary.verification.found for summary in summaries) / max(1, quotes), 3),
        "weak_claims": round(sum(summary.verification.weak for summary in summaries) / max(1, claims), 3),
        "empty_fields_a_paper": round(
            sum(not field.claims for summary in summaries for field in summary.fields) / max(1, len(summaries)), 1
        ),
        "seconds_a_paper": round(statistics.median(outcome.seconds for outcome in outcomes), 1),
        "input_tokens": sum(summary.usage.input_tokens for summary in summaries),
        "output_tokens": sum(summary.usage.output_tokens for summary in summaries),
    }
    print(json.dumps(figures))


def show(summary: Summary | None) -> None:
    """What was written, for who works on the prompts."""
    if summary is None:
        return
    print(f"\n## {summary.paper_id} {summary.mode} {' '.join(summary.notes)}\n", file=sys.stderr)
    for field in summary.fields:
        for claim in field.claims:
            marks = f"[weak: {claim.weak}]" if claim.weak else ""
            print(f"{field.name}: {claim.text} {marks}", file=sys.stderr)
            for quote in claim.quotes:
                print(f"    {'+' if quote.found else 'NOT FOUND'} {quote.text} ({quote.section})", file=sys.stderr)
    print(f"tags: {', '.join(summary.raw_tags)} -> {', '.join(summary.tags)}", file=sys.stderr)


async def model_at(url: str) -> str:
    async with httpx.AsyncClient(timeout=20) as client:
        reply = await client.get(f"{url}/models")
        reply.raise_for_status()
        return str(reply.json()["data"][0]["id"])


async def run(options: argparse.Namespace, folder: Path) -> None:
    url = os.environ["PAPERSYS_LLM_URL"].rstrip("/")
    model = options.model or await model_at(url)
    settings = LlmSettings.model_validate(
        {"base_url": url, "model": model, "timeout_seconds": 1_800, "max_input_chars": options.text_tokens * 4}
    )
    texts, encoding = LocalTextEncoder(EmbedderSettings()), ThreadPoolExecutor(1)

    def encode(request: Encode) -> EncodeReply:
        vectors = encoding.submit(texts.encode, request.texts).result()
        return EncodeReply(model=texts.recipe, vectors=tuple(tuple(row.tolist()) for row in vectors))

    data = Path(os.environ.get("PAPERSYS_REAL_DATA", ROOT.parent / "shared" / "data"))
    outcomes = []
    chosen = papers_of(data, 10_000)
    whole = [given for given in chosen if given.file][: options.whole]
    rest = [given for given in chosen if not given.file][options.skip :][: max(0, options.papers - len(whole))]
    async with room(folder, settings) as here:
        here.bus.answers[Encode] = encode
        for given in [*whole, *rest][: options.papers]:
            await asyncio.to_thread(hold, here, given)
            outcomes.append(await read(here, given))
            if options.show:
                show(outcomes[-1].summary)
            print(" ".join(row_of(outcomes[-1])), file=sys.stderr, flush=True)
    report(outcomes, model)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--papers", type=int, default=20, help="how many papers")
    parser.add_argument("--whole", type=int, default=11, help="how many of them with their text, where it is there")
    parser.add_argument("--skip", type=int, default=0, help="abstracts to leave out, because another run had them")
    parser.add_argument("--model", help="the model's name; else the server's first")
    parser.add_argument("--text-tokens", type=int, default=3_600, help="most tokens of a paper's text in one call")
    parser.add_argument("--show", action="store_true", help="print what was written")
    parser.add_argument("--keep", type=Path, help="folder for the data")
    options = parser.parse_args()
    logging.basicConfig(level=logging.WARNING)
    if "PAPERSYS_LLM_URL" not in os.environ:
        print("No model was tried; name a server: PAPERSYS_LLM_URL=http://127.0.0.1:8080/v1 make llm")
        return
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(options, options.keep or Path(folder)))


if __name__ == "__main__":
    main()
