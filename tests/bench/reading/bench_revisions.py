"""Two versions of real papers: are changed numbers found, and what is called changed that is not? Prints JSON.

python -m tests.bench.reading.bench_revisions [--rounds 6] [--month]

The papers are the e-prints in PAPERSYS_REAL_DATA. A newer version is converted from its TeX source with a section put
in front, two sections in another order and every citation renamed; in its Markdown three numbers, a sentence and a
theorem are then changed, each in a section of its own. Beside it: `difflib` on paragraphs, as pages did before.
With --month: 30 days of a harvest with 5,000 revisions, and how many documents a day are asked for.
"""

import argparse
import asyncio
import json
import os
import random
import shutil
import tarfile
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from gzip import GzipFile
from pathlib import Path

from services.fetcher.commands.conversion import convert
from services.publisher.paper.changes import changes_between
from services.summarizer.revisions.anchors import Anchors
from services.summarizer.revisions.comparison import compare
from services.summarizer.revisions.units import sections_of
from services.summarizer.revisions.watch import RevisionWatch
from services.summarizer.text.passages import passages_of
from services.summarizer.text.sentences import sentences_of
from shared.contracts import Document, DocumentReply
from shared.store.files.data_folder import DataFolder
from shared.store.papers.documents import DocumentRecord, DocumentStore, Section
from shared.store.papers.metadata import MetadataStore
from shared.store.people.preferences import Rating, RatingStore
from shared.store.people.signals import Signal, SignalStore
from shared.text.safe.safe_markdown import safe_markdown
from tests.support.arxiv.revised_papers import NEW_TITLE, Edit, edited, restructured
from tests.support.bus.in_memory import FakeBus
from tests.support.papers.summarizer import paper

ROOT = Path(__file__).parents[3]
DATA = Path(os.environ.get("PAPERSYS_REAL_DATA", ROOT.parent / "shared" / "data"))


def sources() -> list[Path]:
    return [path for path in sorted(DATA.glob("latex/*.gz")) if "withdrawn" not in path.name]


def unpacked(source: Path, folder: Path) -> None:
    """The files of an e-print; a single file becomes `main.tex`."""
    try:
        with tarfile.open(source) as archive:
            archive.extractall(folder, filter="data")
    except tarfile.ReadError:
        folder.mkdir(exist_ok=True)
        with GzipFile(source) as file:
            (folder / "main.tex").write_bytes(file.read())


def pairs(rounds: int) -> Iterator[tuple[str, str, str, list[Edit]]]:
    """Name, both texts, and what was edited; each source is converted once as it is and once restructured a round."""
    for source in sources():
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch, "source")
            unpacked(source, folder)
            before = safe_markdown(convert(folder).markdown)
            for number in range(rounds):
                dice = random.Random(f"{source.name} {number}")
                newer = Path(scratch, f"newer-{number}")
                shutil.copytree(folder, newer)
                restructured(newer, dice)
                moved = safe_markdown(convert(newer).markdown)
                yield source.name, before, *edited(moved, dice)


def measured(rounds: int) -> dict[str, object]:
    tally: Counter[str] = Counter()
    missed: list[str] = []
    alarms: list[str] = []
    for name, before, after, edits in pairs(rounds):
        changed = {section.title: section for section in compare(before, after)}
        touched = {edit.title for edit in edits} | {NEW_TITLE, ""}
        for edit in edits:
            found = changed.get(edit.title)
            kinds = {kind for change in (found.changes if found else ()) for kind in change.kinds}
            numbers = {(one.before, one.after) for change in (found.changes if found else ()) for one in change.numbers}
            is_found = {
                "number": (edit.before, edit.after) in numbers,
                "reworded": bool(kinds),
                "weakened": "theorem" in kinds,
            }[edit.kind]
            tally[f"{edit.kind}: made"] += 1
            tally[f"{edit.kind}: found"] += is_found
            if edit.kind == "reworded":
                tally["reworded: called a number"] += bool(numbers)
            if not is_found:
                missed.append(f"{name}: {edit}")
        for section in sections_of(after):
            if section.title not in touched:
                fate = changed[section.title].fate if section.title in changed else ""
                tally["unchanged sections"] += 1
                tally["unchanged sections: called changed"] += fate in ("changed", "added")
                if fate in ("changed", "added"):
                    alarms.append(f"{name}: {section.title}: {changed[section.title].changes[0]}")
        tally["sections called removed"] += sum(section.fate == "removed" for section in changed.values())
        plain = {change.section for change in changes_between(before, after).shown}
        tally["unchanged sections: changed by paragraphs"] += len(
            {section.title for section in sections_of(after)} & plain - touched
        )
        tally.update(anchored(before, after))
    return {**tally, "missed": missed[:12], "false alarms": alarms[:12]}


def anchored(before: str, after: str) -> Counter[str]:
    """Quotes from everywhere in the older text, looked up in the newer: those whose sentence stands there, and not."""
    sentences = sentences_of(passages_of([Section(title="", level=1, text=before)], ""))
    chosen = random.Random(3).sample(sentences, min(30, len(sentences)))
    anchors, tally = Anchors(after, [Section(title="", level=1, text=after)], ""), Counter[str]()
    there = {
        " ".join(sentence.text.split())
        for sentence in sentences_of(passages_of([Section(title="", level=1, text=after)], ""))
    }
    for sentence in chosen:
        stands = " ".join(sentence.text.split()) in there
        fate = anchors.look_up(sentence.text)[0]
        tally[f"quotes that {'stand' if stands else 'were edited'}: {fate}"] += 1
    return tally


async def month(folder: Path, known: int, read: int, revisions: int = 5_000, days: int = 30) -> dict[str, object]:
    """A harvest a day; a person knows so many papers of 60,000, of which `read` have their text stored."""
    data, bus, dice = DataFolder(folder, 0), FakeBus(), random.Random(9)
    metadata, documents = MetadataStore(data), DocumentStore(data)
    clock = [datetime(2026, 10, 1, 8, tzinfo=UTC)]
    ids = [f"{2500 + number // 10_000 + 1}.{number % 10_000:05}" for number in range(60_000)]
    revised = dice.sample(ids, revisions)
    mine = dice.sample(ids, known)
    stored = {one: replace(paper(one), updated_at=clock[0]) for one in {*revised, *mine}}
    metadata.put(stored.values())
    text = "# A\n\n## B\n\nOne sentence of some words that say something.\n"

    def keep(paper_id: str, version: int) -> None:
        record = DocumentRecord(
            paper_id=paper_id,
            version=version,
            status="converted",
            route="latex",
            asked_version=version,
            made_at=clock[0],
        )
        documents.put(record, text, [Section(title="B", level=2, text="One sentence.")])

    def fetch(request: Document) -> DocumentReply:
        version = request.version or metadata.get([request.paper_id])[request.paper_id].version
        keep(request.paper_id, version)
        return DocumentReply(paper_id=request.paper_id, version=version, status="converted")

    bus.answers[Document] = fetch
    RatingStore(data).append(
        [Rating(f"e{one}", one, "me", "like", "t", "me", 1.0, clock[0]) for one in mine[: known // 10]]
    )
    SignalStore(data).append([Signal(f"s{one}", "me", one, "open", "t", clock[0]) for one in mine[known // 10 :]])
    for one in mine[:read]:
        keep(one, 1)
    watch = RevisionWatch(data, bus, lambda: clock[0], 9, 2)
    await watch.look()
    asked = []
    for day in range(days):
        clock[0] += timedelta(days=1)
        share = revised[day * revisions // days : (day + 1) * revisions // days]
        metadata.put(replace(stored[one], version=2, updated_at=clock[0]) for one in share)
        before = len(bus.asked)
        await watch.look()
        asked.append(len(bus.asked) - before)
    waiting = len([one for one in set(revised) & set(mine) if one not in _compared(data)])
    return {
        "known papers": known,
        "revised papers": revisions,
        "revised and known": len(set(revised) & set(mine)),
        "documents a day": asked,
        "mean": round(sum(asked) / days, 2),
        "most": max(asked),
        "waiting at the end": waiting,
    }


def _compared(data: DataFolder) -> set[str]:
    from shared.store.papers.revisions import RevisionStore

    return {one.paper_id for one in RevisionStore(data).all() if one.to_version}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--month", action="store_true")
    arguments = parser.parse_args()
    if arguments.month:
        for known, read in ((600, 300), (3_000, 300), (3_000, 3_000)):
            with tempfile.TemporaryDirectory() as folder:
                print(json.dumps(asyncio.run(month(Path(folder), known, read))))
        return
    print(json.dumps(measured(arguments.rounds), indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
