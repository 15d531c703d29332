"""How texts become words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.search.analyzer import located_words, name_keys, stems_of, text_analyzer


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("graphs", "Graph"),
        ("galaxy", "galaxies"),
        ("theories", "theory"),
        ("pruned", "pruning"),
        ("Müller", "muller"),
        ("Mu\u0308ller", "Müller"),
        ("Łódź", "lodz"),
        ("naïve", "naive"),
        ("STRASSE", "Straße"),
    ],
)
def test_forms_of_one_word_are_one_word(one: str, other: str) -> None:
    assert stems_of(one) == stems_of(other)


def test_letters_and_digits_make_words_and_nothing_else() -> None:
    assert stems_of("Self-supervised, $O(n^2)$; 模型 _x_") == ("self", "supervis", "o", "n", "2", "模型", "x")
    assert stems_of("--- ***") == ()


@pytest.mark.parametrize(
    "text", ["Pruned graphs of Zoë", "Zoë's modèle x\u0304y 模型 ends", "İstanbul é", "a_b-c\x00d $x^{2}$ 3D\n."]
)
def test_a_word_is_where_it_stands_in_the_text(text: str) -> None:
    located = located_words(text)
    assert located.stems == stems_of(text)
    for stem, (start, end) in zip(*located, strict=True):
        assert stems_of(text[start:end]) == (stem,)


def test_a_name_is_known_by_its_words_and_by_each_two_of_them() -> None:
    assert name_keys("Lovelace, Ada K.") == ["ada", "k", "lovelace", "ada k", "ada lovelace", "k lovelace"]
    assert set(name_keys("ada LOVELACE")) <= set(name_keys("Lovelace, Ada K."))
    assert len(name_keys("word " + " ".join(map(str, range(1000))))) < 100


@given(st.text(st.characters(max_codepoint=127)))
def test_any_ascii_text_has_its_words_in_their_places(text: str) -> None:
    located = located_words(text)
    assert [text_analyzer().analyze(text[start:end]) for start, end in located.places] == [
        [stem] for stem in located.stems
    ]
