"""The normal form of a tag."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.text.tag_words import tag_key, tag_words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("large language models", "Large-Language Model"),
        ("social_networks", "socialnetworks"),
        ("theories", "theory"),
        ("analyses", "analysis"),
        ("Galaxies", "galaxy"),
        ("nebulae", "nebula"),
        ("matrices", "matrix"),
        ("caches", "cache"),
        ("classification of images", "image classification"),
        ("disc of the Milky Way", "Milky Way disk"),
        ("colour behaviour", "color behavior"),
        ("labelling", "labeling"),
        ("optimisation", "optimization"),
        ("centre", "center"),
        ("naïve Bayes", "naive Bayes"),
        ("γ-rays", "gamma ray"),
        ("Baily's beads", "Bailys beads"),
        ("Node.js", "nodejs"),
        ("ASP.NET", "aspnet"),
        (".NET 4.0", "dotnet4"),
        ("oauth-2.0", "OAuth2"),
        ("GPT 3.5", "gpt-3-5"),
        ("java8", "Java 8"),
        ("A* search", "a*-search"),
    ],
)
def test_spellings_of_one_tag_have_one_key(one: str, other: str) -> None:
    assert tag_key(one) == tag_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("C++", "C#"),
        ("C++", "C"),
        ("C#", "C"),
        ("A*", "A"),
        ("C*-algebras", "C algebras"),
        ("GPT-3", "GPT-4"),
        ("GPT-3.5", "GPT-35"),
        ("2D", "3D"),
        ("point of interest", "interest point"),
        ("quality of service", "service quality"),
        ("physics", "physic"),
        ("HTTPS", "HTTP"),
        ("supervised", "unsupervised"),
        ("Python 2.7", "Python 27"),
    ],
)
def test_what_is_not_one_tag_has_two_keys(one: str, other: str) -> None:
    assert tag_key(one) != tag_key(other)


def test_what_has_neither_letters_nor_digits_has_no_words() -> None:
    assert [tag_key(tag) for tag in ("", "???", "--", "\0")] == ["", "", "", ""]
    assert tag_words("深度学习") == ("深度学习",)


@given(st.text(max_size=80))
def test_the_form_of_any_text_can_be_made_and_hangs_on_no_outer_space(text: str) -> None:
    assert tag_words(text) == tag_words(f"  {text.strip()} ") or len(text) > 78
