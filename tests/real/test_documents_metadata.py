"""Answers of arXiv's own OAI-PMH software, read by ours."""

import gzip
import os
from pathlib import Path

import pytest

from services.fetcher.arxiv.oai import OaiPage, parse

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("PAPERSYS_REAL_DATA", ROOT.parent / "shared" / "data")) / "oai"
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not DATA.is_dir(), reason=f"no real OAI-PMH answers in {DATA}; set PAPERSYS_REAL_DATA"),
]


def read(path: Path) -> OaiPage:
    body = path.read_bytes()
    return parse(gzip.decompress(body) if path.suffix == ".gz" else body)


def test_pages_of_the_real_server_are_read_to_the_last_record() -> None:
    pages = [read(path) for path in sorted(DATA.glob("arxiv_server/ListRecords_arXiv_page*.xml.gz"))]
    assert [len(page.records) for page in pages] == [200, 200, 102]
    assert [page.resumption_token is None for page in pages] == [False, False, True]
    papers = [record.paper for page in pages for record in page.records if record.paper]
    assert len(papers) == 502
    assert not [page.problems for page in pages if page.problems]
    assert all(paper.title and paper.authors and paper.primary_category for paper in papers)
    withdrawn = [paper for paper in papers if "withdrawn" in f"{paper.comment} {paper.abstract}".lower()]
    assert withdrawn
    assert all(paper.withdrawn for paper in withdrawn)


def test_headers_alone_are_read_too() -> None:
    pages = [read(path) for path in sorted(DATA.glob("arxiv_server/ListIdentifiers_arXiv_page*.xml.gz"))]
    assert [len(page.records) for page in pages] == [400, 102]


def test_every_error_answer_is_understood() -> None:
    for path in DATA.glob("arxiv_server/error_*.xml"):
        error = read(path).error
        assert error is not None
        assert path.stem.removeprefix("error_").startswith(error.code)


def test_records_of_2018_are_read_as_well() -> None:
    (record,) = read(DATA / "arxiv-single.xml").records
    assert record.paper is not None
    assert (record.paper_id, record.paper.authors) == ("1401.2122", ("A. Sergyeyev",))
    assert record.paper.doi == "10.1007/s11005-017-1013-4"
    assert record.paper.published_at is not None
    assert record.paper.published_at.date().isoformat() == "2014-01-09"
