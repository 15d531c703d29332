"""Sentences of prose."""

from services.summarizer.text.sentences import split_sentences


def test_abbreviations_and_initials_end_no_sentence() -> None:
    text = "This holds, e.g. Theorem 2 of J. Smith et al. (2020). See Fig. 3 for it. It costs 2.5 s."
    assert split_sentences(text) == [
        "This holds, e.g. Theorem 2 of J. Smith et al. (2020).",
        "See Fig. 3 for it.",
        "It costs 2.5 s.",
    ]
