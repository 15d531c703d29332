"""The two small questions, of doubtful tags and of relations, put to a real model; beside it what a coin would say.

`PAPERSYS_LLM_URL=http://127.0.0.1:8080/v1 python -m tests.bench.reading.bench_questions [--tags 6]
[--relations 8] [--show]` prints JSON.

- tags: synonyms of a thesaurus, ten a question, each with its preferred term (or, in every other one, without) among
  four terms that a matcher finds near. Right is the preferred term, or "none" where it is not there.
- relations: a paper with three others that share a rare name with it, and three drawn at random of its category. Names
  are a stand-in: sharing one makes a relation likely, not certain. What matters most is that random papers get none.
"""

import argparse
import asyncio
import json
import os
import random
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from services.embedder.commands import LocalTextEncoder
from services.embedder.settings import Settings
from services.summarizer.links.answers import Relations
from services.summarizer.links.candidates import Candidate
from services.summarizer.links.judging import relation_links
from services.summarizer.links.questions import question
from services.summarizer.llm.asking import AskContext
from services.summarizer.llm.gateway import Gateway
from services.summarizer.llm.structured import UnreadableReply
from services.summarizer.relatedness.table import PaperText
from services.summarizer.tags import nearest
from services.summarizer.tags.doubtful import TagAnswers, chosen, tag_question
from shared.settings.sections.language_models import LlmSettings
from shared.store.papers.metadata import Paper
from tests.bench.picks.bench_related import REAL, World, by_names, lines_of
from tests.bench.reading.bench_llm import model_at
from tests.bench.reading.bench_tags import read_thesaurus
from tests.support.llm.gateway import gateway
from tests.support.papers.summarizer import paper

PHRASES, OPTIONS = 10, 4
NEAR, FAR = 3, 3


async def tags(models: Gateway, questions: int, draw: random.Random) -> dict[str, Any]:
    groups = read_thesaurus(REAL / "tags" / "uat_synonyms_dev.csv")
    synonyms = {term: [name for name in group if name != term] for term, group in groups.items()}
    terms = list(synonyms)
    encoder = LocalTextEncoder(Settings())
    vectors = await asyncio.to_thread(encoder.encode, terms)
    counts: Counter[str] = Counter()
    for _ in range(questions):
        doubtful: dict[str, list[nearest.Candidate]] = {}
        for place, number in enumerate(draw.sample(range(len(terms)), PHRASES)):
            order = (vectors @ vectors[number]).argsort()[::-1].tolist()
            others = [terms[other] for other in order if other != number][: OPTIONS - 1 + place % 2]
            options = draw.sample([*others, *([] if place % 2 else [terms[number]])], OPTIONS)
            doubtful[draw.choice(synonyms[terms[number]])] = [nearest.Candidate(term, 0.5) for term in options]
        counts.update(await tags_right(models, doubtful, synonyms))
    return dict(counts) | {"a coin": round(1 / (OPTIONS + 1), 2)}


async def tags_right(
    models: Gateway, doubtful: dict[str, list[nearest.Candidate]], synonyms: Mapping[str, Sequence[str]]
) -> Counter[str]:
    asked = tag_question(doubtful, {one.slug: one.slug for options in doubtful.values() for one in options})
    try:
        answered = await models.ask(asked, TagAnswers, AskContext("tag", "bench"))
    except UnreadableReply:
        return Counter({"unreadable": 1})
    said = chosen(answered.value, doubtful)
    counts: Counter[str] = Counter({"questions": 1})
    for phrase, options in doubtful.items():
        truth = next((one.slug for one in options if phrase in synonyms[one.slug]), None)
        candidate = said.get(phrase)
        answer = candidate.slug if candidate else None
        kind = "there" if truth else "not there"
        outcome = "right" if answer == truth else "nothing said" if phrase not in said else "wrong"
        counts[f"{kind}: {outcome}"] += 1
    return counts


async def relations(models: Gateway, questions: int, draw: random.Random, show: bool) -> dict[str, Any]:
    world = named_papers(questions, draw)
    counts: Counter[str] = Counter()
    for query, related in world.relevant.items():
        near, far = sorted(related)[:NEAR], draw.sample([n for n in world.others if n not in related], FAR)
        order = draw.sample([*near, *far], NEAR + FAR)
        candidates = {n: Candidate(held(number, world.papers[number]), None) for n, number in enumerate(order, 1)}
        ours = held(query, world.papers[query])
        asked = question(ours, (), candidates)
        try:
            answered = await models.ask(asked.messages, Relations, AskContext("link", ours.paper_id))
        except UnreadableReply:
            counts["unreadable"] += 1
            continue
        links = relation_links(ours, asked.sentences, candidates, answered.value.relations, "bench")
        counts.update({"questions": 1, "said": len(answered.value.relations), "kept": len(links)})
        for link in links:
            is_near = int(link.other_id.partition(".")[2]) in near
            counts["of papers that share a name" if is_near else "of random papers"] += 1
            if show:
                print(f"{link.type} {link.confidence} {'near' if is_near else 'RANDOM'} {ours.title}")
                print(f"   {link.quote and link.quote.text}\n   {link.other_quote and link.other_quote.text}")
    return dict(counts) | {"asked of each kind": NEAR * questions}


def named_papers(questions: int, draw: random.Random) -> World:
    records = [json.loads(line) for path in sorted((REAL / "papers").glob("*.gz")) for line in lines_of(path)]
    largest = Counter(record["categories"][0] for record in records).most_common(1)[0][0]
    records = [record for record in records if record["categories"][0] == largest]
    texts = [PaperText(" ".join(record["title"].split()), " ".join(record["abstract"].split())) for record in records]
    _, relevant = by_names(texts)
    chosen_ones = draw.sample(sorted(n for n, related in relevant.items() if len(related) >= NEAR), questions)
    others = draw.sample(range(len(texts)), 100)
    return World("names", texts, {number: relevant[number] for number in chosen_ones}, others)


def held(number: int, text: PaperText) -> Paper:
    return replace(paper(f"2501.{number:05d}", text.title, text.abstract), categories=("cs.CV",))


async def run(options: argparse.Namespace, folder: Path) -> None:
    url = os.environ["PAPERSYS_LLM_URL"].rstrip("/")
    settings = LlmSettings.model_validate(
        {"base_url": url, "model": await model_at(url), "first_token_seconds": 3_600, "silence_seconds": 600}
    )
    draw, began = random.Random(0), time.monotonic()
    async with gateway(folder, settings) as models:
        found = {
            "tags": await tags(models, options.tags, draw),
            "relations": await relations(models, options.relations, draw, options.show),
        }
    print(json.dumps({**found, "seconds": round(time.monotonic() - began)}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tags", type=int, default=6, help="questions about tags")
    parser.add_argument("--relations", type=int, default=8, help="questions about relations")
    parser.add_argument("--show", action="store_true", help="print the relations")
    if "PAPERSYS_LLM_URL" not in os.environ:
        print("No model was tried; name a server: PAPERSYS_LLM_URL=http://127.0.0.1:8080/v1")
        return
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(parser.parse_args(), Path(folder)))


if __name__ == "__main__":
    main()
