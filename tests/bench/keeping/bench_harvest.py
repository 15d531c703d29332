"""Reading and storing a stream of OAI-PMH pages, without network, against ElementTree and csv in a plain loop.

Seconds are processor time of one core. The plain loop writes a row a record and neither merges nor looks anything up.
Prints a table and JSON; asserts nothing.

python -m tests.bench.keeping.bench_harvest [--papers 50000]
"""

import argparse
import asyncio
import csv
import json
import resource
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from deploy.demo.oai_pmh.answers import answer_oai
from deploy.demo.oai_pmh.arguments import Repository
from deploy.demo.papers.synthetic import generate_corpus
from services.fetcher.arxiv.oai import parse
from services.fetcher.harvesting.cursor import HarvestPlan
from services.fetcher.harvesting.harvest import Harvester
from shared.store.papers.metadata import MetadataStore
from tests.support.arxiv.demo import Site

_OAI = "{http://www.openarchives.org/OAI/2.0/}"
_ARXIV = "{http://arxiv.org/OAI/arXiv/}"
_FIELDS = ("id", "created", "updated", "title", "categories", "comments", "journal-ref", "doi", "license", "abstract")


class Tape:
    """Stands for arXiv: pages that are there already."""

    def __init__(self, pages: list[bytes]) -> None:
        self._pages = iter(pages)

    async def oai(self, arguments: object, read: object) -> object:
        return read(next(self._pages))  # type: ignore[operator]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--papers", type=int, default=50_000)
    count = parser.parse_args().papers
    pages = list(written_pages(count))
    with tempfile.TemporaryDirectory() as folder:
        seconds = {
            "plain loop": timed(lambda: plain(pages, Path(folder) / "plain.csv")),
            "parse": timed(lambda: [parse(page) for page in pages]),
            "parse, sort, keep, store": timed(lambda: harvest(pages, Path(folder))),
            "the same papers again": timed(lambda: harvest(pages, Path(folder))),
        }
        stored = MetadataStore(Site().components(Path(folder)).data).count()
    for name, took in seconds.items():
        print(f"{name:28} {took:8.2f} s {count / took:10,.0f} papers/s  x{seconds['plain loop'] / took:.2f}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{stored:,} papers stored, peak memory with all pages in it {peak} MB")
    print(json.dumps({"bench": "harvest", "papers": count, "stored": stored, "cpu_seconds": seconds, "peak_mb": peak}))


def written_pages(count: int) -> Iterator[bytes]:
    repository = Repository(generate_corpus(count), date(2030, 1, 1), datetime.now(UTC), "http://arxiv.test/oai")
    arguments = [("verb", "ListRecords"), ("metadataPrefix", "arXiv"), ("from", "2020-01-01")]
    while True:
        answer = answer_oai(repository, arguments)
        yield answer.body
        if not answer.token_given:
            return
        arguments = [("verb", "ListRecords"), ("resumptionToken", answer.token_given[0])]


def plain(pages: list[bytes], path: Path) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        for page in pages:
            for record in ET.fromstring(page).iter(f"{_OAI}record"):
                paper = record.find(f"{_OAI}metadata/{_ARXIV}arXiv")
                assert paper is not None
                authors = [
                    f"{author.findtext(f'{_ARXIV}forenames')} {author.findtext(f'{_ARXIV}keyname')}"
                    for author in paper.iter(f"{_ARXIV}author")
                ]
                writer.writerow([*(paper.findtext(_ARXIV + name) for name in _FIELDS), "; ".join(authors)])


def harvest(pages: list[bytes], folder: Path) -> None:
    components = Site().components(folder)
    harvester = Harvester(Tape(pages), components.catalogue, components.data)  # type: ignore[arg-type]
    asyncio.run(harvester.run(HarvestPlan(date(2020, 1, 1))))


def timed(work: object) -> float:
    started = time.process_time()
    work()  # type: ignore[operator]
    return time.process_time() - started


if __name__ == "__main__":
    main()
