"""The language of summaries as a model is told it."""

import pytest

from services.summarizer.agent.languages import language_name


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("zh", "Chinese (简体中文)"),
        ("zh_TW", "Chinese (繁體中文)"),
        ("en-GB", "English"),
        ("Klingon", "Klingon"),
        ("tlh", "tlh"),
    ],
)
def test_tags_are_spelt_out_and_names_stay(given: str, told: str) -> None:
    assert language_name(given) == told
