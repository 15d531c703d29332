"""Backends are found by name."""

import importlib

import pytest

from services.embedder.backends import backend_names, open_encoder
from services.embedder.backends.prompts import prompt_of
from shared.errors import SettingsError
from shared.settings.settings import ModelSettings


def test_each_module_that_is_named_as_a_backend_is_one() -> None:
    assert backend_names() == ["openai", "openvino", "sentence_transformer", "vllm"]
    for name in backend_names():
        assert hasattr(importlib.import_module(f"services.embedder.backends.{name}"), "Backend")


def test_an_unknown_backend_is_refused_by_naming_those_there_are() -> None:
    with pytest.raises(SettingsError, match="'bert'; there are: openai, openvino, sentence_transformer, vllm"):
        open_encoder(ModelSettings(backend="bert"))


def test_a_prompt_is_what_the_settings_say_for_the_kind_of_text() -> None:
    model = ModelSettings(query_prompt="query: ")
    assert prompt_of(model, "query") == "query: "
    assert prompt_of(model, "passage") == ""
