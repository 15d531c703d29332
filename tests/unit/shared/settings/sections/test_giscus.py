"""The settings of `[giscus]`: mistakes are named, and the token goes nowhere it should not."""

from typing import Any

import pytest
from pydantic import ValidationError

from shared.settings.sections.giscus import GiscusSettings


def test_emojis_have_several_names_and_go_over_the_defaults() -> None:
    emojis = {":+1:": "nothing", "THUMBS_DOWN": "nothing", "❤️": "dislike", "👏🏽": "like"}
    meanings = GiscusSettings.model_validate({"emojis": emojis}).meanings
    assert [meanings[emoji] for emoji in "👍👎❤👏🚀"] == ["nothing", "nothing", "dislike", "like", "like"]


def test_a_repository_may_be_written_as_its_address_and_a_login_with_an_at() -> None:
    settings = GiscusSettings.model_validate({"repo": "https://github.com/ada/papers.git", "accounts": ["@ada"]})
    assert (settings.repo, settings.accounts, settings.is_read) == ("ada/papers", ("ada",), True)


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("repo", "papers", "write it as owner/name"),
        ("accounts", ["ada lovelace"], "is no login at GitHub"),
        ("emojis", {"thumbs": "like"}, "is no emoji; the reactions of GitHub are 👍"),
        ("emojis", {"👍": "love"}, "like"),
        ("api_url", "http://api.github.example/graphql", "begins with https://"),
        ("api_url", "https://ada:secret@ghe.example/api/graphql", "must not contain a password"),
    ],
)
def test_a_mistake_is_named(key: str, value: Any, says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        GiscusSettings.model_validate({key: value})
