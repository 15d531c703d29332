"""The text of a first settings file, which no answer can break out of."""

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from shared.settings.first_settings import Answers, ModelAnswers, first_settings

TEXT = st.text(st.characters(codec="utf-8"), max_size=20)


@given(TEXT, st.lists(TEXT, max_size=3), TEXT)
def test_every_answer_is_read_back_as_it_was_given(contact: str, seeds: list[str], model: str) -> None:
    answers = Answers(["cs.LG"], contact, seeds, ModelAnswers("http://h/v1", f"m{model}", "", 0.0, 1.5), 3)
    content = tomllib.loads(first_settings(answers))
    assert content["fetcher"] == {"categories": ["cs.LG"], "contact": contact}
    assert content["ranker"] == {"per_day": 3, "seeds": seeds}
    prices = {"price_per_million_input": 0.0, "price_per_million_output": 1.5}
    assert content["llm"] == {"base_url": "http://h/v1", "model": f"m{model}", **prices}


def test_without_a_server_there_is_no_model() -> None:
    assert "llm" not in tomllib.loads(first_settings(Answers(["cs.LG"], model=ModelAnswers("", "m", "key"))))
