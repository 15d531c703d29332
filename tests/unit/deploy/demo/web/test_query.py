"""The query API of the demo arXiv."""

import xml.etree.ElementTree as ET
from datetime import UTC, date, datetime

import pytest

from deploy.demo.papers.corpus import Corpus, load_corpus
from deploy.demo.web.query import BadQuery, find_papers, parse_query, parse_search, write_error, write_results

NOW = datetime(2026, 11, 6, 12, tzinfo=UTC)
LAST_DAY = date(2026, 11, 6)
ATOM = "{http://www.w3.org/2005/Atom}"
OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return load_corpus()


def found_ids(corpus: Corpus, **arguments: str) -> list[str]:
    papers = find_papers(corpus, corpus.view(LAST_DAY), parse_query(arguments))
    return [f"{paper.paper_id}v{version}" for paper, version in papers]


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ('ti:"surface code"', {"2610.20501"}),
        ("ti:regretround", {"2611.00110"}),
        ('abs:"wake-word" AND cat:eess.AS', {"2610.20905"}),
        ('all:"erdős" AND cat:math.NT', {"2610.20301"}),
        ("au:Okonkwo", {"2610.20101", "2610.20102", "2611.00110"}),
        ("au:okonkwo ANDNOT cat:cs.CV", {"2610.20101", "2610.20102"}),
        ("(ti:laundry OR ti:seabirds) AND cat:cs.*", {"2610.20201", "2610.21001"}),
        ("id:hep-th/9901001", {"hep-th/9901001"}),
        ("cat:hep-th AND submittedDate:[19980101 TO 19991231]", {"hep-th/9901001"}),
        ("ti:nothinglikethis", set()),
    ],
)
def test_a_search_finds_papers_by_field(corpus: Corpus, search: str, expected: set[str]) -> None:
    matches = parse_search(search)
    assert {paper.paper_id for paper in corpus.papers.values() if matches(paper, 1)} == expected


def test_ids_are_given_in_the_order_asked_with_their_newest_or_the_named_version(corpus: Corpus) -> None:
    asked = "2610.20102,hep-th/9901001v1,2610.20102v1,2601.00001,2610.20101v7"
    assert found_ids(corpus, id_list=asked) == ["2610.20102v2", "hep-th/9901001v1", "2610.20102v1"]


def test_results_can_be_sorted_by_either_date(corpus: Corpus) -> None:
    by_first = found_ids(corpus, search_query="cat:hep-th", sortBy="submittedDate", sortOrder="ascending")
    assert by_first == ["hep-th/9901001v2", "2610.21301v1"]
    newest = found_ids(corpus, search_query="cat:astro-ph", sortBy="lastUpdatedDate")
    assert newest == ["astro-ph/0406123v2"]


def test_an_answer_counts_everything_but_shows_a_page(corpus: Corpus) -> None:
    query = parse_query({"search_query": "cat:cs.LG", "start": "2", "max_results": "3"})
    found = find_papers(corpus, corpus.view(LAST_DAY), query)
    root = ET.fromstring(write_results(found[2:5], len(found), query, NOW))
    assert root.findtext(f"{OPENSEARCH}totalResults") == str(len(found))
    assert root.findtext(f"{OPENSEARCH}startIndex") == "2"
    assert len(root.findall(f"{ATOM}entry")) == 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"id_list": "abc"}, "incorrect id format for abc"),
        ({"start": "x"}, "start must be an integer"),
        ({"max_results": "-1"}, "max_results must be non-negative"),
        ({"sortBy": "colour"}, "sortBy must be in: relevance, lastUpdatedDate, submittedDate"),
    ],
)
def test_a_bad_request_is_an_error_entry(arguments: dict[str, str], message: str) -> None:
    with pytest.raises(BadQuery) as caught:
        parse_query(arguments)
    root = ET.fromstring(write_error(caught.value, NOW))
    assert root.findtext(f".//{ATOM}summary") == message
    assert root.findtext(f"{ATOM}entry/{ATOM}title") == "Error"
