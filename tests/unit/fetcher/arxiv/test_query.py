"""The query API, against the demo server."""

from pathlib import Path

import pytest

from services.fetcher.arxiv.query import ids_arguments, parse_results, search_arguments
from shared.store.papers.rows import encode_row
from tests.support.arxiv.demo import Site, demo_corpus


async def test_papers_are_found_by_id_with_their_exact_version(tmp_path: Path) -> None:
    components = Site().components(tmp_path)
    revised = next(paper for paper in demo_corpus().papers.values() if len(paper.announced) > 1)
    results = await components.arxiv.query(ids_arguments([revised.paper_id, "2612.99999"]), parse_results)
    (paper,) = results.papers
    assert (paper.paper_id, paper.version) == (revised.paper_id, len(revised.announced))
    assert paper.categories == revised.categories


async def test_a_search_gives_what_arxiv_finds(tmp_path: Path) -> None:
    components = Site().components(tmp_path)
    results = await components.arxiv.query(search_arguments("cat:cs.LG", 5), parse_results)
    assert len(results.papers) == 5 < results.total
    assert all("cs.LG" in paper.categories for paper in results.papers)


async def test_an_empty_page_of_a_search_that_has_results_is_asked_again(tmp_path: Path) -> None:
    site = Site(faults=("empty-page:/api:2",))
    results = await site.components(tmp_path).arxiv.query(search_arguments("cat:cs.LG", 5), parse_results)
    assert len(results.papers) == 5
    assert len(site.paths()) == 3


async def test_an_error_of_the_query_api_is_told(tmp_path: Path) -> None:
    components = Site().components(tmp_path)
    results = await components.arxiv.query({"id_list": "nonsense"}, parse_results)
    assert (results.papers, results.problem) == ((), "incorrect id format for nonsense")


@pytest.mark.parametrize("number", ["²", "-1", "9" * 5_000, "many"])
def test_odd_numbers_and_times_of_the_query_api_are_no_traceback(number: str) -> None:
    entry = (
        "<entry><id>http://arxiv.org/abs/2611.00001v1</id><title>On walls</title><category term='cs.CL'/>"
        f"<published>{number[:50]}</published></entry>"
    )
    head = "<feed xmlns='http://www.w3.org/2005/Atom' xmlns:o='http://a9.com/-/spec/opensearch/1.1/'>"
    results = parse_results(f"{head}<o:totalResults>{number}</o:totalResults>{entry}</feed>".encode())
    assert (results.total, [paper.published_at for paper in results.papers]) == (0, [None])


def test_a_search_with_an_illegal_character_in_its_answer_is_read() -> None:
    head = "<feed xmlns='http://www.w3.org/2005/Atom'>"
    entry = (
        "<entry><id>http://arxiv.org/abs/2611.00001v1</id><title>On\x0cwalls</title><category term='cs.CL'/></entry>"
    )
    (paper,) = parse_results(f"{head}{entry}</feed>".encode()).papers
    assert paper.title == "On walls"


@pytest.mark.attack
def test_an_entry_of_megabytes_is_cut_where_it_comes_in() -> None:
    head = '<feed xmlns="http://www.w3.org/2005/Atom">'
    entry = (
        "<entry><id>http://arxiv.org/abs/2611.00001v1</id><title>On walls</title><category term='cs.CL'/>"
        f"<summary>{'a' * 3_000_000}</summary></entry>"
    )
    (paper,) = parse_results(f"{head}{entry}</feed>".encode()).papers
    assert len(encode_row(paper)) < 100_000
