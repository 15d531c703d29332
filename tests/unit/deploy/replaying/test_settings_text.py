"""Settings changed in the text of a file that a person wrote."""

import tomllib

import pytest
from pydantic import JsonValue

from deploy.replaying.settings_text import changed_text
from shared.errors import SettingsError

TEXT = """# mine
[embedding]
model = "minilm"  # the small one

[embedding.models.e5]
name = "e5"

[ranker]
seeds = ["a", "b"]
"""


def test_a_value_is_changed_and_comments_stay() -> None:
    text, before = changed_text(TEXT, {"embedding.model": "e5"})
    assert text == TEXT.replace('"minilm"', '"e5"')
    assert before == {"embedding.model": "minilm"}
    assert changed_text(text, before)[0] == TEXT


@pytest.mark.parametrize(
    ("text", "name"),
    [("", "embedding.model"), ("[embedding.models.e5]\nname = 'e5'\n", "embedding.model"), (TEXT, "llm.steps.extract")],
)
def test_a_key_that_is_not_there_is_added_and_taken_away_again(text: str, name: str) -> None:
    changed, before = changed_text(text, {name: "new"})
    assert before == {name: None}
    sections, key = name.split(".")[:-1], name.split(".")[-1]
    table = tomllib.loads(changed)
    for section in sections:
        table = table[section]
    assert table[key] == "new"
    restored = tomllib.loads(changed_text(changed, before)[0])
    for section in sections:
        restored = restored[section]
    assert key not in restored


def test_numbers_lists_and_truths_are_kept_as_they_are() -> None:
    changes: dict[str, JsonValue] = {"ranker.diversity": 0.4, "ranker.seeds": ["c"], "ranker.explore": 2}
    text, before = changed_text(TEXT, changes)
    assert tomllib.loads(text)["ranker"] == {"diversity": 0.4, "seeds": ["c"], "explore": 2}
    assert before == {"ranker.diversity": None, "ranker.seeds": ["a", "b"], "ranker.explore": None}


def test_what_is_no_toml_is_refused() -> None:
    with pytest.raises(SettingsError, match="not TOML"):
        changed_text("[embedding", {"embedding.model": "e5"})
