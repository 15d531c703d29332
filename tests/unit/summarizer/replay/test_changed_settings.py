"""The settings that a replay tries, and those that it puts in force."""

from typing import Any

import pytest

from services.summarizer.replay.changed_settings import adopted_settings, changed_settings, model_in_words
from services.summarizer.settings import Settings
from shared.errors import PapersysError
from shared.settings.sections.language_models import LlmSettings
from shared.store.keeping.replays import ReplayRequest

LARGE = {"base_url": "http://127.0.0.1:2/v1", "model": "large-9b"}
LLM = {"base_url": "http://127.0.0.1:1/v1", "model": "small-1b", "models": {"large": LARGE}}
SETTINGS = Settings(llm=LlmSettings.model_validate(LLM))


def request(**values: Any) -> ReplayRequest:
    return ReplayRequest.model_validate({"stage": "tags", **values})


def test_one_step_gets_another_model_and_the_others_keep_theirs() -> None:
    changed = changed_settings(SETTINGS, request(model="large", changes={"most_tags": 2}), "tag")
    assert (model_in_words(changed, "tag"), model_in_words(changed, "link")) == ("large-9b", "small-1b")
    assert (changed.summarizer.most_tags, SETTINGS.summarizer.most_tags) == (2, 6)
    assert model_in_words(Settings(), "tag") is None
    wanted = {"summarizer.most_tags": 2, "llm.steps.tag": "large"}
    assert adopted_settings(request(model="large", changes={"most_tags": 2}), "tag") == wanted


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"changes": {"most_tag": 2}}, "no setting 'most_tag'"),
        ({"changes": {"most_tags": 99}}, "summarizer.most_tags: "),
        ({"model": "huge"}, r"no language model 'huge' in \[llm\]; there are: default, large"),
        ({"most_cost": 1.0}, "--most-cost cannot be kept without prices"),
        ({"prompts": "/nowhere"}, "no folder /nowhere"),
    ],
)
def test_what_cannot_be_used_is_named(values: dict[str, Any], says: str) -> None:
    with pytest.raises(PapersysError, match=says):
        changed_settings(SETTINGS, request(**values), "tag")
