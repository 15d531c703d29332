"""Categories of arXiv by code and by name."""

import pytest

from shared.categories import categories_like, category_of, checked_category, name_of


@pytest.mark.parametrize(
    ("text", "nearest"), [("cs.lg", "cs.LG"), ("Machine Learnin", "stat.ML"), ("hep_th", "hep-th"), ("???", None)]
)
def test_what_is_no_category_is_refused_with_the_nearest_one(text: str, nearest: str | None) -> None:
    with pytest.raises(ValueError, match="no arXiv category") as caught:
        checked_category(text)
    assert (f"did you mean {nearest}?" in str(caught.value)) == (nearest is not None)


@pytest.mark.parametrize("category", ["cs.LG", "cs", "hep-th"])
def test_a_category_and_an_archive_are_taken_as_they_are(category: str) -> None:
    assert checked_category(category) == category
    assert name_of(category) != category


def test_categories_are_listed_by_archive_and_by_words() -> None:
    assert "cs.LG" in list(categories_like("CS"))
    assert set(categories_like("machine learning")) >= {"cs.LG", "stat.ML"}
    assert list(categories_like("no such subject")) == []


@pytest.mark.parametrize(
    ("text", "code"), [("CS.lg", "cs.LG"), (" math ", "math"), ("CMP-LG", "cmp-lg"), ("cs.XX", None), ("", None)]
)
def test_a_code_is_known_in_any_case_and_when_arxiv_no_longer_uses_it(text: str, code: str | None) -> None:
    assert category_of(text) == code


def test_subjects_of_other_servers_have_codes_and_names() -> None:
    assert category_of("bioRxiv.Cell-Biology") == "biorxiv.cell-biology"
    assert name_of("biorxiv.cell-biology") == "Cell biology (bioRxiv)"
    assert category_of("biorxiv") == "biorxiv"
    assert category_of("hal.type-ART") is None
