"""The estimate of tokens."""

from services.summarizer.text.tokens import tokens_of


def test_words_numbers_signs_and_other_scripts_are_counted_each_in_their_way() -> None:
    assert tokens_of("") == 0
    assert tokens_of("We sort files.") == 4
    assert tokens_of("extraordinarily") == 4
    assert tokens_of("1234567") == 3
    assert tokens_of("我们提出") == 4


def test_joined_texts_cost_what_they_cost_apart() -> None:
    assert tokens_of("We sort. " * 100) == 100 * tokens_of("We sort.")
