"""What a model is told about sentences to be translated, and what it may answer."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from services.summarizer.llm.messages import ChatMessage, fence_mark

_TEMPLATE = Path(__file__).with_name("question.md")


class Translated(BaseModel):
    model_config = ConfigDict(extra="ignore")

    number: int
    text: str


class Translations(BaseModel):
    """What the model answers: sentences by their numbers."""

    model_config = ConfigDict(extra="ignore")

    translations: list[Translated] = Field(max_length=100)


def question(sentences: Mapping[int, str], language: str, glossary: Sequence[tuple[str, str]]) -> list[ChatMessage]:
    """The conversation; sentences and glossary are data of others, and fenced."""
    terms = "".join(f"\nTerm: {term} = {translation}" for term, translation in glossary)
    text = "\n".join(f"[{number}] {sentence}" for number, sentence in sentences.items()) + terms
    mark = fence_mark(text)
    about_terms = (
        "- Where a line begins with “Term:”, use that translation of the term; do not translate the line itself."
    )
    system = _template().replace("{mark}", mark).replace("{language}", language)
    return [
        {"role": "system", "content": system.replace("{glossary}\n", f"{about_terms}\n" if terms else "")},
        {"role": "user", "content": f"{mark}\n{text}\n{mark}"},
    ]


@cache
def _template() -> str:
    return _TEMPLATE.read_text("utf-8")
