import pytest

from services.fetcher.arxiv.sets import categories_in, category_of, is_within, nearest_category, set_of, sets_of


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


@pytest.mark.parametrize("category", ["cs.LG2", "cs.", "cs.L G", "math.C0", "hep-th.x1", "nonsense", "cs.LG.x"])
def test_no_hint_says_what_was_said_already(category: str) -> None:
    with pytest.raises(ValueError, match="is no arXiv category") as it:
        set_of(category)
    assert f"did you mean {category}?" not in str(it.value)


def test_a_hint_knows_small_letters_from_capitals() -> None:
    with pytest.raises(ValueError, match=r"did you mean cs\.LG\?"):
        set_of("CS.LG")
    assert nearest_category("cs.lg", ("cs:cs:LG", "cs:cs:LO", "math")) == "cs.LG"
    assert nearest_category("zzz", ("cs:cs:LG",)) == ""


def test_physics_is_the_archive_and_not_the_group_of_archives() -> None:
    assert sets_of(("physics", "physics.optics", "hep-th")) == ("physics:hep-th", "physics:physics")
    assert not is_within("hep-th", ("physics",))
    assert is_within("physics.optics", ("physics",))


@pytest.mark.parametrize(
    ("set_name", "category"),
    [("cs:cs:LG", "cs.LG"), ("physics:hep-th", "hep-th"), ("physics:astro-ph:GA", "astro-ph.GA"), ("cs", "cs")],
)
def test_a_set_has_the_category_that_it_was_made_of(set_name: str, category: str) -> None:
    assert category_of(set_name) == category
    assert set_of(category) == set_name


def test_the_categories_of_a_set_are_those_that_it_brings() -> None:
    assert categories_in("cs", ("cs.LG", "math.CO", "cs")) == ("cs.LG", "cs")
    assert categories_in(None, ()) == ()
