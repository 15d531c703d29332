"""What is put before a text, so that the model knows a query from a passage."""

from services.embedder.backends import Kind
from shared.settings.settings import ModelSettings


def prompt_of(model: ModelSettings, kind: Kind) -> str:
    """What the settings want before a text of this kind; empty where they say nothing."""
    return (model.query_prompt if kind == "query" else model.passage_prompt) or ""
