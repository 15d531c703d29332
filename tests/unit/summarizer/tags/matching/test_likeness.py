"""Which cosine two tags need to be taken for one."""

import pytest

from services.summarizer.tags.matching.abbreviations import Abbreviations
from services.summarizer.tags.matching.forms import TagForm, form_of
from services.summarizer.tags.matching.likeness import NEVER, fillers_among, least_cosine

NO_LIST = Abbreviations({})


def form(tag: str) -> TagForm:
    return form_of(tag, NO_LIST)


def needed(one: str, other: str) -> float:
    return least_cosine(form(one), form(other))


def test_spelling_alone_makes_one_of_two_and_opposites_never() -> None:
    assert needed("Neural Networks", "neural-network") == 0
    assert needed("supervised learning", "unsupervised learning") == NEVER
    assert needed("active galactic nuclei", "radio-active galactic nuclei") == NEVER


@pytest.mark.parametrize(
    ("easier", "harder"),
    [
        (("sorting", "sort"), ("sorting", "ordering")),
        (("django", "django framework"), ("django", "django templates")),
        (("Cepheids", "Cepheid stars"), ("cloud", "molecular cloud")),
        (("sorted large files", "sorting large files"), ("network dynamics", "dynamic networks")),
    ],
)
def test_what_differs_decides_how_near_two_must_be(easier: tuple[str, str], harder: tuple[str, str]) -> None:
    assert needed(*easier) < needed(*harder)


def test_a_kind_is_not_its_species() -> None:
    for kind, species in (
        ("classification", "sparse classification"),
        ("elliptical galaxies", "dwarf elliptical galaxies"),
    ):
        assert needed(kind, species) == NEVER


def test_a_word_that_often_stands_or_not_says_little() -> None:
    kinds = ("Mira", "RRc", "RV", "Cepheid", "SRa")
    tags = [name for kind in kinds for name in (f"{kind} variable stars", f"{kind} stars")]
    assert "variable" in fillers_among(map(form, tags))
    giants = [name for kind in kinds for name in (f"{kind} giant stars", f"{kind} stars")]
    assert "giant" not in fillers_among(map(form, giants))
