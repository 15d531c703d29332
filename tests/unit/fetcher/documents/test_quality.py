import pytest

from services.fetcher.documents.quality import Expected, judge_latex, judge_page, judge_pages, word_share


@pytest.mark.parametrize(
    ("markdown", "source", "headings", "expected"),
    [
        ("word " * 100, "word " * 100, (2, 2), "good"),
        ("word " * 85, "word " * 100, (2, 2), "fair"),
        ("word " * 50, "word " * 100, (2, 2), "bad"),
        ("word " * 100, "word " * 100, (5, 1), "fair"),
        ("word " * 100 + "\\foo " * 9, "word " * 100, (0, 0), "bad"),
        ("word " * 10, "word " * 10, (0, 0), "bad"),
    ],
)
def test_a_conversion_is_judged_by_what_arrived(
    markdown: str, source: str, headings: tuple[int, int], expected: str
) -> None:
    assert judge_latex(markdown, Expected(source, headings[0]), headings[1], is_plain=False).grade == expected


def test_each_word_counts_as_often_as_it_stands_there() -> None:
    assert word_share(["a", "a", "b"], ["a", "c"]) == pytest.approx(1 / 3)
    assert word_share([], ["a"]) is None


def test_text_of_pages_is_never_good() -> None:
    assert judge_pages("the word of " * 100, 1).grade == "fair"
    assert judge_pages("few words", 3).grade == "bad"


@pytest.mark.parametrize(
    ("markdown", "headings", "errors", "is_latexml", "grade", "why"),
    [
        ("## H\n\n" + "word " * 100, 1, 0, True, "good", "all words kept"),
        ("word " * 100, 0, 5, False, "fair", "5 LaTeXML errors; no headings; not a LaTeXML page"),
        ("word " * 60, 1, 0, True, "bad", "60% of the words kept"),
    ],
)
def test_a_page_is_good_where_latexml_made_it_without_errors(
    markdown: str, headings: int, errors: int, is_latexml: bool, grade: str, why: str
) -> None:
    quality = judge_page(markdown, ["word"] * 100, headings, errors, is_latexml=is_latexml)
    assert (quality.grade, quality.why) == (grade, why)


@pytest.mark.parametrize(
    ("markdown", "expected", "why"),
    [
        ("word " * 100, Expected("word " * 100, 0, formulas=10), "0 of 10 formulas found"),
        (
            "word " * 100,
            Expected("word " * 100, 0, reading="other " * 100),
            "only 0% of the words that a plain reading",
        ),
        ("word " * 100 + "$a{$", Expected("word " * 100, 0), "1 formulas with unbalanced braces"),
    ],
)
def test_a_fault_is_named(markdown: str, expected: Expected, why: str) -> None:
    assert why in judge_latex(markdown, expected, 0, is_plain=False).why


def test_structure_ranks_a_conversion_above_plain_words() -> None:
    expected = Expected("word " * 100, 0)
    structured, plain = (judge_latex("word " * 100, expected, 0, is_plain=is_plain) for is_plain in (False, True))
    assert structured.rank > plain.rank
