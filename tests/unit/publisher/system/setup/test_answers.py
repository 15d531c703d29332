"""What is entered on the Setup page, read and checked."""

from dataclasses import replace

import pytest

from services.publisher.system.setup.answers import KEEP, SERVER, Entered, check, read_entered
from shared.settings.first_settings import ModelAnswers

GOOD = Entered(categories=("cs.LG",), contact="me@example.org")


def test_fields_are_read_by_name_and_what_is_missing_is_empty() -> None:
    fields = {
        "category": ["cs.LG", " cs.LG ", "", "math"],
        "papers": ["\r\n2403.12345 "],
        "papers_text": ["\n@book{a}"],
        "papers_file": [" my.bib"],
        "ratings_text": ["  \n"],
        "model_choice": ["odd"],
    }
    entered = read_entered(fields)
    papers = {"papers": "\r\n2403.12345 ", "papers_file": "\n@book{a}", "papers_name": "my.bib"}
    assert entered == Entered(categories=("cs.LG", "math"), **papers)
    assert entered.all_papers == "\r\n2403.12345 \n\n@book{a}"


def test_good_answers_have_no_problem() -> None:
    checked = check(replace(GOOD, papers="2403.12345", per_day="3", model_choice=KEEP))
    assert not checked.problems
    assert (checked.answers.categories, checked.answers.per_day) == (["cs.LG"], 3)
    assert checked.pasted.paper_ids == ("2403.12345",)
    assert checked.answers.model == ModelAnswers()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"categories": ()}, "categories"),
        ({"categories": ("cs.XX",)}, "categories"),
        ({"contact": ""}, "contact"),
        ({"contact": "me at home"}, "contact"),
        ({"contact": "me@example.org\r\nX-Evil: 1"}, "contact"),
        ({"per_day": "0"}, "per_day"),
        ({"per_day": "١٠"}, "per_day"),
        ({"per_day": "99999"}, "per_day"),
        ({"papers": "what?"}, "papers"),
        ({"model_choice": SERVER, "model": "m"}, "base_url"),
        ({"model_choice": SERVER, "model": "m", "base_url": "file:///etc/passwd"}, "base_url"),
        ({"model_choice": SERVER, "model": "m", "base_url": "http://me:secret@host/v1"}, "base_url"),
        ({"model_choice": SERVER, "base_url": "http://host/v1"}, "model"),
        ({"model_choice": SERVER, "base_url": "http://host/v1", "model": "m", "price_input": "-1"}, "price_input"),
        ({"model_choice": SERVER, "base_url": "http://host/v1", "model": "m", "price_output": "nan"}, "price_output"),
    ],
)
def test_every_problem_is_named_with_its_field(change: dict[str, object], field: str) -> None:
    assert set(check(replace(GOOD, **change)).problems) == {field}  # type: ignore[arg-type]


def test_who_reads_all_of_arxiv_may_go_on_doing_so() -> None:
    assert not check(replace(GOOD, categories=()), may_read_all=True).problems


def test_a_price_may_have_a_comma_or_be_unknown() -> None:
    model = replace(GOOD, model_choice=SERVER, base_url="http://host/v1/", model="m", price_input="0,15")
    expected = ModelAnswers("http://host/v1", "m", price_per_million_input=0.15)
    assert check(model).answers.model == expected


def test_a_file_of_ratings_is_read_and_one_without_papers_is_named() -> None:
    checked = check(replace(GOOD, ratings="id,preference\n2403.12345,like\nfoo,like\n", ratings_name="old.csv"))
    assert not checked.problems
    assert checked.ratings is not None
    assert (checked.ratings.name, len(checked.ratings.rows), len(checked.ratings.problems)) == ("old.csv", 1, 1)
    checked = check(replace(GOOD, ratings="what?", ratings_name="old.csv"))
    assert "There is no paper in old.csv" in checked.problems["ratings"]


def test_problems_name_the_lines_of_the_text_and_of_the_file_as_they_were_given() -> None:
    fields = {
        "papers": ["\r\n\r\n  @misc{a, note={no title}}\r\n"],
        "papers_text": ["\r\r@misc{b, note={x}}\r2403.0001\r"],
        "papers_file": ["my.bib"],
        "ratings_text": ["\n\nid,preference\nfoo,like\n"],
        "ratings_file": ["old.csv"],
    }
    checked = check(replace(read_entered(fields), categories=("cs.LG",), contact="me@example.org"))
    assert checked.problems["papers"] == (
        "line 3: neither a title nor an arXiv id; my.bib, line 3: neither a title nor an arXiv id; "
        "my.bib, 2403.0001 lacks a digit; was it 2403.00010?"
    )
    assert "line 4" in checked.problems["ratings"]
