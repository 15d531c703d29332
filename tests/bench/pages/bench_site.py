"""The static site: how long a full build takes, a day's increment, and how much memory it needs.

`python -m tests.bench.pages.bench_site [--papers 2000] [--folder DIR] [--tools DIR]` makes a data folder with so many
papers and summaries, eight links and five tags each, formulas in a third of the texts; writes the Markdown, builds the
site, adds a day of ten papers and builds again. The plain alternative is the same increment without what the last build
left. Seconds of a busy machine say little: those of the processors stand beside them.
"""

import argparse
import json
import random
import resource
import shutil
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from services.publisher.records.records import Records
from services.publisher.site.building.build import Built, SiteBuilder
from services.publisher.site.markdown_files import Site
from services.publisher.site.settings import GiscusSettings, SiteSettings
from shared.paper_ids import month_of
from shared.store.files.data_folder import DataFolder
from shared.store.files.jsonlines import Record, dump_line
from shared.store.papers.links import Link, PaperLinks
from shared.store.papers.metadata import MetadataStore, Paper
from shared.store.papers.summaries import Claim, FieldValue, MadeBy, Quote, Summary
from shared.store.selections import Candidate, SelectionStore

FIRST = date(2021, 1, 4)
MADE = datetime(2026, 11, 20, tzinfo=UTC)
A_DAY = 10
A_MONTH = 210
FIELDS = ("one_sentence_summary", "problem", "method", "result", "data", "limitations", "future_work")
FORMULAS = (
    r"$O(n \log n)$",
    r"$\sqrt{n}$",
    r"$$\sum_{i=1}^{n} \frac{x_i^2}{2\sigma^2} \le \epsilon$$",
    r"$x \in \mathbb{R}^d$",
)
STARTS = ("ta", "mo", "re", "li", "gra", "sto", "ne", "pu", "ve", "qui")
ENDS = ("tion", "del", "ning", "ph", "chastic", "ural", "re", "ctor", "ck", "ntum", "r", "sed", "ble", "ment", "al")
WORDS = [f"{start}{end}" for start in STARTS for end in ENDS]
TAGS = [f"{one} {other}" for one in WORDS[:30] for other in WORDS[30:50]]


class Papers:
    """Made-up papers by number; the same number is the same paper."""

    def __init__(self, count: int) -> None:
        self.count = count

    def id(self, number: int) -> str:
        month = number // A_MONTH
        return f"{(21 + month // 12) % 100:02}{month % 12 + 1:02}.{number % A_MONTH + 1:05}"

    def ids(self, start: int, stop: int) -> list[str]:
        return [self.id(number) for number in range(start, stop)]

    def store(self, data: DataFolder, start: int, stop: int) -> None:
        """Metadata, summaries, links and picks of these papers, beside those that are there."""
        numbers = range(start, stop)
        MetadataStore(data).put(self._paper(number) for number in numbers)
        _append(data, "summaries", (self._summary(number) for number in numbers))
        _append(data, "links", (self._links(number) for number in numbers))
        selections = SelectionStore(data)
        for first in range(start, stop, A_DAY):
            day = FIRST + timedelta(days=first // A_DAY)
            picks = [self._pick(number, day) for number in range(first, min(first + A_DAY, stop))]
            selections.write(day, f"run-{day}", picks)

    def _paper(self, number: int) -> Paper:
        draw = random.Random(number)
        authors = tuple(f"A{draw.randrange(99)}. Author{draw.randrange(999)}" for _ in range(4))
        title, abstract = _text(draw, 9).rstrip("."), " ".join(_text(draw, 22) for _ in range(7))
        licence = "http://creativecommons.org/licenses/by/4.0/"
        return Paper(self.id(number), 1, title, abstract, authors, ("cs.LG",), "cs.LG", MADE, MADE, license=licence)

    def _summary(self, number: int) -> Summary:
        draw = random.Random(f"summary {number}")
        fields = [
            FieldValue(name=name, claims=tuple(_claim(draw) for _ in range(draw.choice((1, 2, 3))))) for name in FIELDS
        ]
        made_by = MadeBy(event_id="event-1", model="a model", document_version=1)
        tags = tuple(dict.fromkeys(TAGS[int(draw.paretovariate(0.6)) % len(TAGS)] for _ in range(5)))
        return Summary(
            paper_id=self.id(number),
            version=1,
            mode="llm",
            fields=tuple(fields),
            tags=tags,
            made_at=MADE + timedelta(seconds=number),
            made_by=made_by,
        )

    def _links(self, number: int) -> PaperLinks:
        draw = random.Random(f"links {number}")
        others = sorted(set(draw.sample(range(self.count), 8)) - {number})
        kinds = ("cites", "cites", "similar", "extends", "uses_method_of", "same_problem")
        links = tuple(
            Link(
                paper_id=self.id(number),
                other_id=self.id(other),
                type=draw.choice(kinds),
                score=0.5,
                evidence=_text(draw, 14),
            )
            for other in others
        )
        return PaperLinks(paper_id=self.id(number), links=links, made_at=MADE)

    def _pick(self, number: int, day: date) -> Candidate:
        return Candidate(
            paper_id=self.id(number),
            day=day,
            run_id=f"run-{day}",
            score=0.5,
            rank=number % A_DAY + 1,
            outcome="picked",
            slot="top",
            regime="similarity",
            model="minilm",
            made_at=MADE,
        )


def _text(draw: random.Random, words: int) -> str:
    chosen = draw.choices(WORDS, k=words)
    if draw.random() < 1 / 3:
        chosen.insert(words // 2, draw.choice(FORMULAS))
    return " ".join(chosen).capitalize() + "."


def _claim(draw: random.Random) -> Claim:
    return Claim(text=_text(draw, 16), quotes=(Quote(text=_text(draw, 24), section="3 Method", start=10, end=100),))


def _append(data: DataFolder, dataset: str, records: Iterable[Record]) -> None:
    lines: dict[str, list[str]] = defaultdict(list)
    for record in records:
        lines[month_of(record.paper_id)].append(dump_line(record))
    for month, some in lines.items():
        path = data.path(dataset, f"{month}.jsonl")
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.writelines(some)


def write(data: DataFolder, paper_ids: Sequence[str]) -> float:
    """Seconds that the Markdown of these papers takes, read from the files anew."""
    started = time.perf_counter()
    failures = Site(data, Records(data, "minilm"), "https://arxiv.org").publish(paper_ids)
    assert not failures, failures
    return time.perf_counter() - started


def build(data: DataFolder, tools: Path) -> Built:
    settings = SiteSettings(tools=tools, memory_mb=4096)
    return SiteBuilder(data, settings, GiscusSettings(), "https://arxiv.org").build()


def measure(data: DataFolder, papers: Papers, tools: Path) -> dict[str, float]:
    """Seconds of each step, the most memory of a program, the size of the site."""
    last = papers.count - A_DAY
    papers.store(data, 0, last)
    own = time.process_time()
    figures = {"papers": float(papers.count), "write all s": write(data, papers.ids(0, last))}
    figures["write all CPU s"] = time.process_time() - own
    build_empty(data, tools)
    cpu = cpu_seconds()
    full = build(data, tools)
    figures |= {"full build s": full.seconds, "full build CPU s": cpu_seconds() - cpu}
    figures["pages made"] = full.made
    papers.store(data, last, papers.count)
    figures["write a day s"] = write(data, papers.ids(last, papers.count))
    cpu = cpu_seconds()
    increment = build(data, tools)
    figures |= {"increment s": increment.seconds, "increment CPU s": cpu_seconds() - cpu}
    figures["pages made anew"] = increment.made
    shutil.rmtree(data.path("site", "builds"))
    figures["plain: all again s"] = build(data, tools).seconds
    figures["most memory MB"] = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    files = [path for path in data.path("site", "public").resolve().rglob("*") if path.is_file()]
    figures |= {"files": len(files), "site MB": sum(path.stat().st_size for path in files) / 1024**2}
    return {name: round(value, 1) for name, value in figures.items()}


def cpu_seconds() -> float:
    """Of the programs that ended so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def build_empty(data: DataFolder, tools: Path) -> None:
    """Installs what is built with, so that no figure holds it; its build is forgotten."""
    empty = DataFolder(data.root / "empty", 0)
    build(empty, tools)
    shutil.rmtree(empty.root)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--papers", type=int, default=2000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--tools", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = options.folder or Path(folder) / "data"
        figures = measure(DataFolder(root, 0), Papers(options.papers), options.tools or Path(folder) / "tools")
    for name, value in figures.items():
        print(f"{name:20} {value:10,.1f}")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
