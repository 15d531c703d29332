"""The reader over years of papers: how long each page takes, how heavy it is, when it is seen, whether it jumps.

`python -m tests.bench.pages.bench_reader [--papers 300000] [--summaries 10000] [--folder DIR]` makes a data folder
(kept, and used again, where a folder is named), serves the reader, asks for each kind of page again and again, opens it
once in Chromium with an empty cache, and prints a table. Words are made up, as common as words are. What other services
answer (search, best, interests) is answered here at once: their own time is in `bench_search` and `bench_ranking`.

The plain alternative is a page of the same size read from a file by the same server.
"""

import argparse
import json
import random
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import numpy as np
from playwright.sync_api import Browser, sync_playwright

from shared.contracts import DEFAULT_USER, Hit, HitsReply, InterestsReply, Label, Recommend, Search, SignalKind
from shared.contracts.people.interests import Interests
from shared.store.files.data_folder import DataFolder
from shared.store.papers.documents import DocumentRecord, DocumentStore, Section
from shared.store.papers.links import Link, LinkStore
from shared.store.papers.metadata import MetadataStore, Paper
from shared.store.papers.summaries import Claim, FieldValue, MadeBy, Quote, Summary, SummaryStore
from shared.store.people.follows import Follow, FollowStore
from shared.store.people.preferences import Rating, RatingStore
from shared.store.people.signals import Signal, SignalStore
from shared.store.selections import Candidate, SelectionStore
from tests.bench.asking.bench_search import CATEGORIES, Vocabulary
from tests.support.browsing.browser import launched, serving
from tests.support.browsing.reader import FakeReader, reader

LAST = date(2026, 11, 20)
MADE = datetime(2026, 11, 20, tzinfo=UTC)
DAYS = 365
A_DAY = 400
PICKS = 10
TAGS = 600
LOOKS = 30
RATED = 3_000


class Library(NamedTuple):
    """What was made: every paper's id, and those with a summary, newest last."""

    papers: list[str]
    summarised: list[str]


def library(papers: int, summaries: int) -> Library:
    """The ids: so many a month, back from the newest day."""
    a_month = min(20_000, max(A_DAY * 22, papers // 36))
    ids: list[str] = []
    year, month = LAST.year, LAST.month
    while len(ids) < papers:
        ids[:0] = [f"{year % 100:02}{month:02}.{number:05}" for number in range(min(a_month, papers - len(ids)))]
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return Library(ids, ids[:: max(1, len(ids) // summaries)][-summaries:])


def make(data: DataFolder, made: Library) -> None:
    """Everything that the pages read."""
    words = Vocabulary()
    rng = np.random.default_rng(0)
    store = MetadataStore(data)
    for start in range(0, len(made.papers), 10_000):
        ids = made.papers[start : start + 10_000]
        titles, abstracts = words.texts(rng, len(ids), 10), words.texts(rng, len(ids), 160)
        store.put(paper(*facts) for facts in zip(ids, titles, abstracts, strict=True))
    summaries = SummaryStore(data)
    for paper_id in made.summarised:
        summaries.put(summary(words, rng, paper_id))
    draw = random.Random(0)
    links = LinkStore(data)
    for paper_id in made.summarised[-500:]:
        links.put(paper_id, [link(paper_id, other) for other in draw.sample(made.summarised, 8) if other != paper_id])
    selections = SelectionStore(data)
    for back in range(DAYS):
        day = LAST - timedelta(days=back)
        chosen = draw.sample(made.summarised, PICKS) + draw.sample(made.papers, A_DAY)
        rows = [candidate(day, number, paper_id) for number, paper_id in enumerate(dict.fromkeys(chosen))]
        selections.write(day, f"run-{day}", rows)
    documents = DocumentStore(data)
    for paper_id in made.summarised[-3:]:
        documents.put(*document(words, rng, paper_id))


def live(data: DataFolder, made: Library) -> None:
    """What a reader of some years has rated, saved, skipped and followed."""
    draw = random.Random(2)
    rated, skipped = draw.sample(made.papers, RATED), draw.sample(made.papers, RATED // 4)
    labels: list[Label] = ["like", "dislike"]
    RatingStore(data).append(
        Rating(f"r{number}", paper_id, DEFAULT_USER, labels[number % 4 == 0], "reader", "", 1.0, moment(number))
        for number, paper_id in enumerate(rated)
    )
    signals: dict[SignalKind, list[str]] = {"save": rated[: RATED // 10], "skip": skipped}
    SignalStore(data).append(
        Signal(f"{kind}{number}", DEFAULT_USER, paper_id, kind, "reader", moment(number))
        for kind, some in signals.items()
        for number, paper_id in enumerate(some)
    )
    follows = FollowStore(data)
    for number in range(20):
        follows.put(Follow(kind="author", value=f"A{number}. Author{number}", at=MADE))


def moment(number: int) -> datetime:
    return MADE - timedelta(hours=7 * number)


def paper(paper_id: str, title: str, abstract: str) -> Paper:
    number = int(paper_id.replace(".", ""))
    published = datetime(2000 + int(paper_id[:2]), int(paper_id[2:4]), 1 + number % 27, tzinfo=UTC)
    names = tuple(f"A{number % 997}. Author{(number * (place + 7)) % 9_973}" for place in range(1 + number % 6))
    categories = tuple(dict.fromkeys((CATEGORIES[number % 10], CATEGORIES[number % 7])))
    return Paper(paper_id, 1, title, f"{abstract}.", names, categories, categories[0], published, published)


def summary(words: Vocabulary, rng: np.random.Generator, paper_id: str) -> Summary:
    names = ("one_sentence_summary", "problem", "method", "experiment", "result", "limitations")
    texts = words.texts(rng, len(names), 24)
    fields = [
        FieldValue(name=name, claims=(Claim(text=f"{text}.", quotes=(Quote(text=text, section="1", found=True),)),))
        for name, text in zip(names, texts, strict=True)
    ]
    tags = tuple(f"topic {number}" for number in dict.fromkeys((rng.zipf(1.3, 5) % TAGS).tolist()))
    made_by = MadeBy(event_id="e", run_id="r", model="extractive", document_version=1)
    return Summary.model_validate(
        {
            "paper_id": paper_id,
            "version": 1,
            "mode": "extractive",
            "fields": fields,
            "tags": tags,
            "made_at": MADE,
            "made_by": made_by,
        }
    )


def link(paper_id: str, other_id: str) -> Link:
    return Link(paper_id=paper_id, other_id=other_id, type="similar", score=0.7, evidence="Both are made up.")


def candidate(day: date, number: int, paper_id: str) -> Candidate:
    is_pick = number < PICKS
    return Candidate(
        paper_id=paper_id,
        day=day,
        run_id=f"run-{day}",
        score=1 / (1 + number),
        rank=number + 1,
        outcome="picked" if is_pick else "below_quota",
        slot="top" if is_pick else "",
        reasons=("because you liked “A paper of long ago”",),
        regime="regression",
        model="minilm",
        made_at=MADE,
        probability=0.5,
    )


def document(words: Vocabulary, rng: np.random.Generator, paper_id: str) -> tuple[DocumentRecord, str, list[Section]]:
    """A paper of about 40 pages."""
    parts = []
    for number in range(1, 31):
        paragraphs = "\n\n".join(
            f"{text.capitalize()} with $x_{{{number}}} = y^2$." for text in words.texts(rng, 8, 90)
        )
        parts.append(f"## {number} {' '.join(words.texts(rng, 1, 4))}\n\n{paragraphs}\n")
    record = DocumentRecord(
        paper_id=paper_id,
        version=1,
        status="converted",
        route="latex",
        grade="good",
        words=20_000,
        made_at=MADE,
    )
    return record, "# A paper\n\n" + "\n".join(parts), [Section(title="A paper", level=1, text="")]


def answered(fake: FakeReader, made: Library) -> None:
    """What the ranker would say."""
    hits = tuple(
        Hit(paper_id=paper_id, score=1 / (1 + number), reasons=("keyword match #1",))
        for number, paper_id in enumerate(made.papers[-400::20])
    )
    fake.bus.answers |= {
        Search: HitsReply(hits=hits),
        Recommend: HitsReply(hits=hits),
        Interests: InterestsReply(),
    }


def pages(made: Library) -> dict[str, list[str]]:
    """Addresses of each kind of page, so many that few are asked for twice."""
    draw = random.Random(1)
    days = [(LAST - timedelta(days=back)).isoformat() for back in range(DAYS)]
    categories = {category for paper_id in made.summarised for category in paper(paper_id, "", "").categories}
    return {
        "today": ["/"],
        "a day": [f"/day/{day}" for day in draw.sample(days, LOOKS)],
        "a paper with a summary": [f"/paper/{paper_id}" for paper_id in draw.sample(made.summarised, LOOKS)],
        "a paper without": [f"/paper/{paper_id}" for paper_id in draw.sample(made.papers, LOOKS)],
        "full text": [f"/paper/{paper_id}/text" for paper_id in made.summarised[-3:]],
        "search": [f"/search?q=word{number}" for number in range(LOOKS)],
        "best": ["/best"],
        "interests": ["/interests"],
        "tags": ["/tags", "/tags?q=topic+1"],
        "a tag": [f"/tag/topic-{number}" for number in range(1, LOOKS)],
        "a category": [f"/category/{category}" for category in sorted(categories)],
        "saved": ["/saved"],
        "my ratings": [f"/ratings?page={number}" for number in range(1, 51)],
        "my ratings, by words": [f"/ratings?words={word}" for word in ("a1", "donu", "fapo ni", "author77", "2511")],
        "follows": ["/follows"],
        "ask": ["/ask"],
        "reading list": ["/reading-list"],
        "results": ["/results"],
        "new versions": ["/revisions"],
        "missed papers": ["/missed"],
        "notes": ["/notes"],
        "map": ["/map"],
        "status": ["/status"],
    }


def timed(client: httpx.Client, addresses: Sequence[str]) -> dict[str, Any]:
    """Milliseconds of `LOOKS` answers; the first, which reads what was not read before, is told apart."""
    milliseconds, status, size = [], 0, 0
    for number in range(LOOKS + 1):
        began = time.perf_counter()
        answer = client.get(addresses[number % len(addresses)])
        milliseconds.append(1000 * (time.perf_counter() - began))
        status, size = max(status, answer.status_code), max(size, len(answer.content))
    rest = milliseconds[1:]
    return {
        "status": status,
        "first, ms": milliseconds[0],
        "median, ms": float(np.median(rest)),
        "p95, ms": float(np.quantile(rest, 0.95)),
        "HTML, kB": size / 1000,
    }


_SEEN = """() => new Promise((done) => {
  const shifts = [];
  new PerformanceObserver((list) => shifts.push(...list.getEntries().filter((e) => !e.hadRecentInput)))
    .observe({ type: 'layout-shift', buffered: true });
  setTimeout(() => {
    const paint = performance.getEntriesByName('first-contentful-paint')[0];
    const parts = performance.getEntriesByType('resource');
    const own = parts.filter((part) => !part.name.includes('/katex/'));
    const page = performance.getEntriesByType('navigation')[0];
    done({
      paint: paint ? paint.startTime : null,
      jumps: shifts.reduce((sum, entry) => sum + entry.value, 0),
      weight: own.reduce((sum, part) => sum + part.transferSize, page.transferSize) / 1000,
    });
  }, 700);
})"""


def seen(browser: Browser, address: str) -> dict[str, float]:
    """First paint in ms with an empty cache, layout shift, and what was sent without KaTeX, in kB."""
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    page = context.new_page()
    page.goto(address)
    found: dict[str, float] = page.evaluate(_SEEN)
    context.close()
    return {"paint, ms": found["paint"] or 0.0, "shift": found["jumps"], "weight, kB": found["weight"]}


@contextmanager
def folder_of(given: Path | None) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as temporary:
        yield given or Path(temporary)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--papers", type=int, default=300_000)
    parser.add_argument("--summaries", type=int, default=10_000)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    made = library(options.papers, options.summaries)
    with folder_of(options.folder) as folder:
        data = DataFolder(folder, 0)
        if MetadataStore(data).count() < options.papers:
            make(data, made)
        if not RatingStore(data).count():
            live(data, made)
        fake = reader(data)
        answered(fake, made)
        began = time.perf_counter()
        fake.components.records.read_ahead()
        fake.components.status.datasets.counts()
        print(f"Read ahead, as the publisher does at its start: {time.perf_counter() - began:.1f} s.\n")
        with serving(fake) as address, sync_playwright() as playwright, launched(playwright) as browser:
            seen(browser, f"{address}/static/reader.css")  # the browser's own first steps are no page's
            print(table(measured(address, browser, pages(made))))


def measured(address: str, browser: Browser, kinds: Mapping[str, list[str]]) -> list[dict[str, Any]]:
    with httpx.Client(base_url=address, headers={"accept": "text/html"}, timeout=120, trust_env=False) as client:
        plain = {"page": "a file (plain)", **timed(client, ["/static/reader.css"])}
        rows = [
            {"page": name, **timed(client, some), **seen(browser, address + some[0])} for name, some in kinds.items()
        ]
    return [*rows, plain]


def table(rows: Sequence[Mapping[str, Any]]) -> str:
    names = list(rows[0])
    lines = [names, ["---"] * len(names)]
    lines += [[_shown(row.get(name, "")) for name in names] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n" + json.dumps(rows)


def _shown(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    main()
