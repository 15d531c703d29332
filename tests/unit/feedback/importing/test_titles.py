"""The same title is a match; a similar one is an offer."""

from services.feedback.importing.titles import match_titles, normal_title

TITLES = {
    "1706.03762": "Attention Is All You Need",
    "2403.00001": "Message passing on sparse graphs needs only $O(\\log n)$ rounds",
    "2403.00002": "A survey of surveys",
    "2403.00003": "A Survey of Surveys",
}


def test_case_accents_braces_and_dollars_make_no_difference() -> None:
    assert normal_title("{Über} $O(\\log n)$-Graphs") == normal_title("Uber O(log n) graphs")


def test_the_same_title_is_found_and_two_papers_of_one_title_are_both_named() -> None:
    matches = match_titles(["attention is all you need.", "A survey of surveys"], TITLES.items)
    assert matches.same[normal_title("attention is all you need")] == ("1706.03762",)
    assert matches.same[normal_title("A survey of surveys")] == ("2403.00002", "2403.00003")


def test_similar_titles_are_offered_and_others_are_not() -> None:
    wanted = "Message passing on sparse random graphs needs O(log n) rounds"
    matches = match_titles([wanted, "Tides on Europa and its neighbours"], TITLES.items)
    assert not matches.same
    assert matches.similar == {normal_title(wanted): ("2403.00001",)}


def test_nothing_is_the_title_of_nothing() -> None:
    assert match_titles(["", "***"], {"2403.00001": "***"}.items).same == {}
