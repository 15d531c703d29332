"""Translates sentences: what is known from the memory, the rest by the model of the step `translate`."""

import asyncio
import re
from collections.abc import Sequence

from services.summarizer.llm.asking import AskContext, LanguageModels
from services.summarizer.llm.failures import LlmUnusable
from services.summarizer.llm.structured import UnreadableReply
from services.summarizer.translating.memory import TranslationMemory, key_of
from services.summarizer.translating.protection import is_translation, protected, restored
from services.summarizer.translating.question import Translations, question
from shared.bus.bus import Bus
from shared.contracts import Translate, TranslateReply
from shared.errors import TemporaryFailure

NO_MODEL = "No language model is set up; translations need one (see Setup)."
_LOST = (
    "Some sentences stay in the original: the model left them as they are, or changed a number, formula or citation."
)


class Translator:
    """Caps and prices are those of the gateway; a call counts against the person who asks."""

    def __init__(self, models: LanguageModels, memory: TranslationMemory) -> None:
        self._models, self._memory = models, memory

    async def translate(self, request: Translate) -> TranslateReply:
        place = (request.paper_id, request.version, request.language)
        terms = [_terms_in(sentence, request.glossary) for sentence in request.sentences]
        keys = [key_of(sentence, own) for sentence, own in zip(request.sentences, terms, strict=True)]
        known = await asyncio.to_thread(self._memory.get, *place)
        wanted = {number: request.sentences[number] for number, key in enumerate(keys) if key not in known}
        model, problem = "", ""
        if wanted:
            glossary = sorted({term for number in wanted for term in terms[number]})
            made, model, problem = await self._made(request, wanted, glossary)
            found = {keys[number]: text for number, text in made.items()}
            if found:
                await asyncio.to_thread(self._memory.add, *place, found, model)
            known |= found
        return TranslateReply(translations=tuple(known.get(key, "") for key in keys), model=model, problem=problem)

    async def _made(
        self, request: Translate, wanted: dict[int, str], glossary: Sequence[tuple[str, str]]
    ) -> tuple[dict[int, str], str, str]:
        """The translations by number, the model, and why some are missing."""
        if self._models.model_for("translate") is None:
            return {}, "", NO_MODEL
        masked = {number: protected(sentence) for number, sentence in wanted.items()}
        conversation = question({number: text for number, (text, _) in masked.items()}, request.language, glossary)
        context = AskContext("translate", paper_id=request.paper_id, user=request.user)
        try:
            answered = await self._models.ask(conversation, Translations, context)
        except (LlmUnusable, TemporaryFailure, UnreadableReply) as error:
            return {}, "", f"The model did not translate this: {error}"
        made: dict[int, str] = {}
        for said in answered.value.translations:
            if said.number in masked and said.number not in made:
                text, pieces = masked[said.number]
                whole = restored(" ".join(said.text.split()), pieces)
                if whole and is_translation(said.text, text):
                    made[said.number] = whole
        return made, answered.model, "" if len(made) == len(masked) else _LOST


def register_translating(bus: Bus, translator: Translator) -> None:
    """Requests for translations."""
    bus.answer(Translate, translator.translate)


def _terms_in(sentence: str, glossary: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The terms of a glossary that begin a word of a sentence: only these change its translation."""
    folded = sentence.casefold()
    return [(term, translation) for term, translation in glossary if _begins_a_word(term.casefold(), folded)]


def _begins_a_word(term: str, text: str) -> bool:
    return re.search(rf"(?<![a-zà-ÿ]){re.escape(term)}" if term[0].isalpha() else re.escape(term), text) is not None
