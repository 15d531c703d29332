"""The settings file's text as the Setup page leaves it."""

import tomllib

import pytest

from services.publisher.system.setup.settings_text import MOST_SEEDS, changed_text, new_text
from shared.errors import SettingsError
from shared.settings.first_settings import Answers, ModelAnswers

ANSWERS = Answers(["cs.LG"], "me@example.org", ["Old wisdom"], ModelAnswers("http://host/v1", "new"), 7)
OWN = """\
# mine
[llm]  # a good one
base_url = "http://other/v1"
model = "old"
api_key_file = "key"
context_tokens = 9000
daily_cap = 1.5

[llm.models.big]
base_url = "http://big/v1"
model = "big"

[llm.steps]
extract = "big"
"""


def test_a_first_file_has_the_answers_and_no_more_seeds_than_it_may() -> None:
    answers = Answers(["cs.LG"], 'a@b.c"\n[demo]\nenabled = true', [f"s{number}" for number in range(150)])
    content = tomllib.loads(new_text(answers))
    assert content["fetcher"]["contact"] == answers.contact
    assert "demo" not in content
    assert len(content["ranker"]["seeds"]) == MOST_SEEDS


def test_tables_that_are_missing_are_made() -> None:
    content = tomllib.loads(changed_text("", ANSWERS, keeps_model=True))
    assert content["fetcher"] == {"categories": ["cs.LG"], "contact": "me@example.org"}
    assert content["ranker"] == {"per_day": 7, "seeds": ["Old wisdom"]}
    assert "llm" not in content


def test_another_server_gets_nothing_of_the_one_before_it() -> None:
    text = changed_text(OWN, ANSWERS, keeps_model=False)
    content = tomllib.loads(text)
    big = {"base_url": "http://big/v1", "model": "big"}
    assert content["llm"] == {"base_url": "http://host/v1", "model": "new", "daily_cap": 1.5, "models": {"big": big}}
    assert "# mine" in text
    assert "# a good one" in text


def test_a_model_that_stays_is_left_alone() -> None:
    assert tomllib.loads(changed_text(OWN, ANSWERS, keeps_model=True))["llm"] == tomllib.loads(OWN)["llm"]


def test_without_a_model_only_its_own_keys_go() -> None:
    content = tomllib.loads(changed_text(OWN, Answers(["cs.LG"], "a@b.c"), keeps_model=False))
    assert set(content["llm"]) == {"daily_cap", "models"}


@pytest.mark.parametrize("text", ["fetcher = 1", "[", "[ranker]\nseeds = 5"])
def test_a_file_that_cannot_be_changed_is_said_to_be_one(text: str) -> None:
    with pytest.raises(SettingsError, match="by hand"):
        changed_text(text, ANSWERS, keeps_model=True)
