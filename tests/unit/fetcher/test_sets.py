import pytest

from services.fetcher.sets import set_of, sets_of


@pytest.mark.parametrize(
    ("category", "expected"),
    [
        ("cs.CV", "cs:cs:CV"),
        ("cs", "cs"),
        ("hep-th", "physics:hep-th"),
        ("astro-ph.GA", "physics:astro-ph:GA"),
        ("physics.optics", "physics:physics:optics"),
        ("physics", "physics:physics"),
        ("q-bio.NC", "q-bio:q-bio:NC"),
        ("math-ph", "physics:math-ph"),
    ],
)
def test_a_category_has_the_set_that_arxiv_gives_it(category: str, expected: str) -> None:
    assert set_of(category) == expected


def test_a_misspelt_category_is_refused_with_the_nearest_right_one() -> None:
    with pytest.raises(ValueError, match=r"'hepth' is no arXiv category.*did you mean hep-th\?"):
        set_of("hepth")


def test_no_category_means_everything_and_an_archive_covers_its_parts() -> None:
    assert sets_of(()) == (None,)
    assert sets_of(("cs.CV", "cs", "math.CO", "cs.CV")) == ("cs", "math:math:CO")
