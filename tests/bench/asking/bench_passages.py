"""How well passages are found: by words, by vectors and by both, with sections and with windows of 500 tokens.

`python -m tests.bench.asking.bench_passages [--questions 40] [--seed 0]` prints a table and JSON: recall@5 and nDCG@10,
and the gain of both over the better of the two with its 95 % interval (bootstrap over questions). Nothing is asserted.

- sentences: of real e-prints and PDFs, converted here. A sentence is taken out of its section and becomes the
  question; what is sought is the chunk that it stood in (the inverse cloze task: Lee, Chang and Toutanova, ACL 2019)
- marked spans: what people marked as problem, task or idea in an abstract is taken out of it and becomes the
  question; what is sought is that abstract, among all the abstracts

Data: `PAPERSYS_REAL_DATA`.
"""

import argparse
import csv
import json
import os
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.embedder.commands import encode_texts
from services.embedder.settings import Settings
from services.fetcher.commands.conversion import convert
from services.summarizer.research.chunking.sections import chunks_of, sections_of
from services.summarizer.research.retrieval.fusing import DEPTH, fused
from services.summarizer.research.retrieval.passage_words import PassageWords, ScoredChunk, Source
from services.summarizer.research.retrieval.recipes import mean_of, texts_of
from services.summarizer.text.sentences import is_statement, split_sentences
from services.summarizer.text.tokens import tokens_of
from shared.store.research.chunks import Chunk
from shared.text.safe.safe_markdown import safe_markdown

REAL = Path(os.environ.get("PAPERSYS_REAL_DATA", "../shared/data"))
WINDOW_TOKENS, STEP_TOKENS = 500, 250
DRAWS = 2000
WAYS = ("words", "vectors", "both")


class Question(NamedTuple):
    """What is sought stood at character `place` of a paper's text, from which it was taken out."""

    text: str
    paper_id: str
    place: int


class World(NamedTuple):
    name: str
    chunks: Sequence[Chunk]
    questions: Sequence[Question]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=40, help="sentences taken out of a paper")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    draw = random.Random(options.seed)
    print(f"{'':24} chunks questions |  recall@5: words vectors both |  nDCG@10: words vectors both | gain of both")
    rows = [measured(world) for world in worlds(options.questions, draw)]
    print(json.dumps(rows, indent=1))


def worlds(count: int, draw: random.Random) -> Iterator[World]:
    texts, questions = taken_out(papers(), count, draw)
    named = sorted(texts.items())
    yield World("sentences, sections", [chunk for name, text in named for chunk in chunks_of(name, 1, text)], questions)
    yield World("sentences, windows", [chunk for name, text in named for chunk in windows_of(name, text)], questions)
    abstracts, spans = taken_spans(draw)
    yield World("spans, abstracts", [chunk_of(name, text) for name, text in sorted(abstracts.items())], spans)


def papers() -> dict[str, str]:
    """The Markdown of each real paper, by an id made up for it; one that lies here in two forms is there once."""
    paths = {path.name.split(".tar")[0].removesuffix(".gz").removesuffix(".pdf"): path for path in _files()}
    converted = {name: convert(path) for name, path in sorted(paths.items())}
    texts = [safe_markdown(outcome.markdown) for outcome in converted.values() if outcome.status == "converted"]
    return {f"2601.{number:05}": text for number, text in enumerate(texts, 1)}


def _files() -> list[Path]:
    return [path for folder in ("pdf", "latex") for path in sorted((REAL / folder).iterdir()) if path.is_file()]


def taken_out(texts: Mapping[str, str], count: int, draw: random.Random) -> tuple[dict[str, str], list[Question]]:
    """The papers without some of their sentences, and these as questions; of a paragraph one at most."""
    left, questions = {}, []
    for name, text in texts.items():
        places = [draw.choice(choices) for choices in _sentences_by_paragraph(text)]
        chosen = sorted(draw.sample(places, min(count, len(places))))
        removed = 0
        for start, sentence in chosen:
            questions.append(Question(sentence, name, start - removed))
            text = text[: start - removed] + text[start - removed + len(sentence) :]
            removed += len(sentence)
        left[name] = text
    return left, questions


def _sentences_by_paragraph(text: str) -> Iterator[list[tuple[int, str]]]:
    """The sentences in words alone of each longer paragraph, with their places."""
    for section in sections_of(text)[1]:
        for block in section.blocks:
            paragraph = text[block.start : block.end]
            if block.kind != "paragraph" or len(paragraph.split()) < 60:
                continue
            sentences = [(paragraph.find(sentence), sentence) for sentence in split_sentences(paragraph)]
            fitting = [
                (block.start + place, sentence)
                for place, sentence in sentences
                if place >= 0 and is_statement(sentence) and 10 <= len(sentence.split()) <= 40 and "$" not in sentence
            ]
            if fitting:
                yield fitting


def taken_spans(draw: random.Random) -> tuple[dict[str, str], list[Question]]:
    """Abstracts without a span that people marked, and these spans as questions."""
    with (REAL / "fields" / "abstract_spans_dev.csv").open(encoding="utf-8") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: row["arxiv_id"])
    abstracts, questions = {}, []
    for name, group in groupby(rows, key=lambda row: row["arxiv_id"]):
        marked = list(group)
        abstract = marked[0]["abstract"]
        places = [(int(row["start_idx"]), int(row["end_idx"])) for row in marked if row["label"] != "result"]
        places = [(start, end) for start, end in places if len(abstract[start:end].split()) >= 5]
        if places:
            start, end = draw.choice(places)
            questions.append(Question(abstract[start:end], name, start))
            abstract = abstract[:start] + abstract[end:]
        abstracts[name] = abstract
    return abstracts, questions


def windows_of(paper_id: str, text: str) -> list[Chunk]:
    """Windows of 500 tokens, each beginning 250 after the one before, whatever stands there."""
    words = [(match.start(), match.end(), tokens_of(match[0])) for match in re.finditer(r"\S+", text)]
    ends = np.cumsum([tokens for *_, tokens in words])
    windows = []
    for number, first in enumerate(range(0, max(1, int(ends[-1]) - STEP_TOKENS), STEP_TOKENS)):
        start, last = np.searchsorted(ends, first, "right"), np.searchsorted(ends, first + WINDOW_TOKENS, "right") - 1
        span = words[int(start)][0], words[max(int(start), int(last))][1]
        windows.append(chunk_of(paper_id, text[span[0] : span[1]], span[0], f"{paper_id} {number}"))
    return windows


def chunk_of(paper_id: str, text: str, start: int = 0, chunk_id: str = "") -> Chunk:
    return Chunk(
        chunk_id=chunk_id or paper_id,
        paper_id=paper_id,
        version=1,
        chunker="bench",
        position=0,
        text=text,
        start=start,
        end=start + len(text),
    )


def measured(world: World) -> dict[str, object]:
    """The metrics of each way, as a row that is printed too."""
    rankings = ranked(world)
    metrics = {
        way: np.array([_metrics(world, *pair) for pair in zip(world.questions, rankings[way], strict=True)])
        for way in WAYS
    }
    means = {way: metrics[way].mean(axis=0).round(3).tolist() for way in WAYS}
    gains = [_gain(metrics, column) for column in (0, 1)]
    recalls, ndcgs = ("  ".join(f"{means[way][column]:.3f}" for way in WAYS) for column in (0, 1))
    shown = ", ".join(f"{gain:+.3f} ({low:+.3f} to {high:+.3f})" for gain, low, high in gains)
    print(f"{world.name:24} {len(world.chunks):6} {len(world.questions):9} | {recalls} | {ndcgs} | {shown}", flush=True)
    return {
        "world": world.name,
        "chunks": len(world.chunks),
        "questions": len(world.questions),
        **means,
        "gains": gains,
    }


def ranked(world: World) -> dict[str, list[list[str]]]:
    """For each question the chunks, best first, in each way."""
    words = PassageWords()
    by_paper = groupby(world.chunks, key=lambda chunk: chunk.paper_id)
    words.put((Source(name, 1), list(chunks)) for name, chunks in by_paper)
    vectors = _vectors_of(world.chunks)
    queries = encode_texts(Settings(), [question.text for question in world.questions])
    rankings: dict[str, list[list[str]]] = {way: [] for way in WAYS}
    for question, query in zip(world.questions, queries, strict=True):
        by_words = words.search(question.text, words.sources(), DEPTH)
        cosines = vectors @ query
        best = np.argsort(-cosines)[:DEPTH].tolist()
        by_vectors = [ScoredChunk(world.chunks[row].chunk_id, float(cosines[row])) for row in best]
        rankings["words"].append([hit.chunk_id for hit in by_words])
        rankings["vectors"].append([hit.chunk_id for hit in by_vectors])
        rankings["both"].append([hit.chunk_id for hit in fused(by_words, by_vectors)])
    return rankings


def _vectors_of(chunks: Sequence[Chunk]) -> NDArray[np.float32]:
    texts = [texts_of(chunk) for chunk in chunks]
    rows = encode_texts(Settings(), [text for own in texts for text in own])
    bounds = np.cumsum([0, *map(len, texts)]).tolist()
    return np.array([mean_of(rows[start:end]) for start, end in pairwise(bounds)])


def _metrics(world: World, question: Question, ranking: Sequence[str]) -> tuple[float, float]:
    """Recall@5 (is one of the chunks sought among the first five?) and nDCG@10."""
    sought = {
        chunk.chunk_id
        for chunk in world.chunks
        if chunk.paper_id == question.paper_id and chunk.start <= question.place <= chunk.end
    }
    gains = [1 / np.log2(rank + 1) for rank, name in enumerate(ranking[:10], 1) if name in sought]
    ideal = sum(1 / np.log2(rank + 1) for rank in range(1, min(10, len(sought)) + 1))
    return float(bool(sought.intersection(ranking[:5]))), float(sum(gains) / ideal) if ideal else 0.0


def _gain(metrics: Mapping[str, NDArray[np.float64]], column: int) -> tuple[float, float, float]:
    """How much better both are than the better of the two alone, with the bounds of 95 %."""
    better = max(WAYS[:2], key=lambda way: metrics[way][:, column].mean())
    gains = metrics["both"][:, column] - metrics[better][:, column]
    rng = np.random.default_rng(0)
    drawn = rng.choice(gains, (DRAWS, len(gains))).mean(axis=1)
    low, high = np.quantile(drawn, [0.025, 0.975])
    return round(float(gains.mean()), 3), round(float(low), 3), round(float(high), 3)


if __name__ == "__main__":
    main()
