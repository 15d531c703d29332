"""The demo arXiv against recorded answers of arXiv: the same elements and errors; and real papers served."""

import gzip
import json
import os
import time
import xml.etree.ElementTree as ET
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from deploy.demo.oai_pmh.answers import answer_oai
from deploy.demo.oai_pmh.arguments import Repository
from deploy.demo.papers.corpus import Corpus, load_corpus, load_folder, load_jsonl
from deploy.demo.papers.paper import Author, Paper
from deploy.demo.papers.sources import serve_eprint
from deploy.demo.web.query import find_papers, parse_query, write_results
from deploy.demo.web.rss import announced_items, write_atom, write_rss

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("PAPERSYS_REAL_DATA", ROOT / "../shared/data"))
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not DATA.is_dir(), reason=f"no real inputs at {DATA}; set PAPERSYS_REAL_DATA"),
]


def read(name: str) -> bytes:
    path = DATA / name
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def shapes(root: ET.Element, path: str = "") -> set[tuple[str, tuple[str, ...]]]:
    """Every path of elements that occurs, with the names of its attributes."""
    here = f"{path}/{root.tag}"
    found = {(here, tuple(sorted(name for name in root.attrib if "schemaLocation" not in name)))}
    return found.union(*(shapes(child, here) for child in root))


def rich_paper() -> Paper:
    return Paper(
        "2610.00001", "T", "A.", (Author("Doe", "J.", "Jr.", "Demo"),), ("cs.LG", "math.NA"),
        ("2023-01-02", "2026-11-20"), "c", "j", "10.9999/x", "r", "m",
    )  # fmt: skip


def repository(corpus: Corpus, page_size: int = 2500) -> Repository:
    return Repository(corpus, date(2026, 11, 20), NOW, "http://localhost/oai", page_size, page_size)


def recorded_queries() -> list[tuple[str, str]]:
    """All but the later pages, whose tokens only fit the recorded papers, and a format that this server leaves out."""
    index = DATA / "oai/arxiv_server/index.json"
    entries = json.loads(index.read_text()) if index.is_file() else []
    left_out = ("arXivOld", "page2", "page3")
    return [(entry["file"], entry["query"]) for entry in entries if not any(word in entry["file"] for word in left_out)]


def ten_papers(with_rich: bool) -> Corpus:
    plain = [Paper(f"2301.{n:05}", "T", "A.", (Author("D", "J"),), ("cs.LG",), ("2026-11-18",)) for n in range(9)]
    return Corpus({paper.paper_id: paper for paper in [*plain, *([rich_paper()] if with_rich else [])]})


def essential(found: set[tuple[str, tuple[str, ...]]]) -> set[str]:
    """Without what only some papers have."""
    optional = {"proxy", "source_type", "suffix", "affiliation", "report-no", "journal-ref", "doi", "msc-class"}
    optional |= {"acm-class", "license", "comments", "forenames", "subject"}
    return {path for path, _ in found if path.rpartition("}")[2] not in optional}


@pytest.mark.parametrize(("name", "query"), recorded_queries())
def test_oai_answers_have_the_shape_of_recorded_ones(name: str, query: str) -> None:
    recorded = ET.fromstring(read(f"oai/arxiv_server/{name}"))
    corpus = ten_papers(with_rich="noRecordsMatch" not in name)
    ours = ET.fromstring(answer_oai(repository(corpus, 4 if "page" in name else 2500), parse_qsl(query)).body)
    assert essential(shapes(ours)) == essential(shapes(recorded))
    if name.startswith("error"):
        error, their_error = (root.find("{http://www.openarchives.org/OAI/2.0/}error") for root in (ours, recorded))
        assert error is not None
        assert their_error is not None
        assert (error.attrib, error.text) == (their_error.attrib, their_error.text)
        requests = [root.find("{http://www.openarchives.org/OAI/2.0/}request") for root in (ours, recorded)]
        assert requests[0] is not None
        assert requests[1] is not None
        assert requests[0].attrib == requests[1].attrib


def test_our_sets_are_the_recorded_ones() -> None:
    def sets(content: bytes) -> set[tuple[str | None, ...]]:
        return {
            tuple(child.text for child in element) for element in ET.fromstring(content).iter() if len(element) == 2
        }

    ours = answer_oai(repository(Corpus({})), [("verb", "ListSets")]).body
    assert sets(ours) == sets(read("oai/arxiv_server/ListSets.xml"))


@pytest.mark.parametrize("name", ["day_rss.xml", "day_atom.xml"])
def test_feeds_have_the_shape_of_recorded_ones(name: str) -> None:
    corpus = load_corpus()
    items = announced_items(corpus, date(2026, 11, 6), ["cs"])
    write = write_rss if "rss" in name else write_atom
    ours = ET.fromstring(write(items, ["cs"], date(2026, 11, 6), NOW, "http://localhost/rss/cs"))
    assert shapes(ours) == shapes(ET.fromstring(read(f"rss/{name}")))


def test_query_answers_have_the_shape_of_recorded_ones() -> None:
    corpus = Corpus({"2610.00001": rich_paper()})
    query = parse_query({"search_query": "all:a", "max_results": "10"})
    found = find_papers(corpus, corpus.view(date(2026, 11, 20)), query)
    ours = shapes(ET.fromstring(write_results(found, 1, query, NOW)))
    recorded = shapes(ET.fromstring(read("atom/query_testing_0_10.xml")))
    assert recorded <= ours
    assert {path.rpartition("}")[2] for path, _ in ours - recorded} <= {"affiliation"}


def test_a_month_of_real_papers_loads_fast_and_is_harvested_completely() -> None:
    started = time.process_time()
    corpus = load_jsonl(DATA / "papers/2025-03.jsonl.gz")
    view = corpus.view(date(2026, 11, 20))
    loaded = time.process_time() - started
    body = answer_oai(repository(corpus), [("verb", "ListRecords"), ("metadataPrefix", "arXiv")]).body
    root = ET.fromstring(body)
    assert len(view.rows) == len(corpus) > 2000
    assert len(list(root.iter("{http://www.openarchives.org/OAI/2.0/}record"))) == min(2500, len(corpus))
    assert loaded < 5


def test_real_eprints_are_served_as_they_are() -> None:
    corpus = load_folder(DATA / "latex")
    for paper_id, eprint in corpus.shelf.eprints.items():
        paper = corpus.papers[paper_id]
        answer = serve_eprint(paper, eprint, len(paper.announced))
        if eprint.is_withdrawn:
            assert answer.media_type == "text/html"
        else:
            assert answer.body == eprint.path.read_bytes()
            assert answer.encoding == "x-gzip"
    assert "quant-ph/9802040" in corpus.papers
    assert len(corpus.papers["2501.01300"].announced) == 2
