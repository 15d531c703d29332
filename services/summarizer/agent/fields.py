"""The fields of a paper: extracted by a model or chosen from its sentences, checked against its text, repaired."""

import asyncio
import contextlib
import logging
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import BaseModel

from services.summarizer.agent.answers import answer_class, answer_text, fields_of, phrases_of
from services.summarizer.agent.near_passages import near_passages
from services.summarizer.agent.prompt_files import PromptFiles
from services.summarizer.agent.prompts import PaperPrompts
from services.summarizer.agent.reading import ABSTRACT_ROUTE
from services.summarizer.agent.sections import Selection, select_sections
from services.summarizer.evidence.checking import CheckedDocument, FieldRule, check
from services.summarizer.evidence.oddities import oddities_of
from services.summarizer.llm.asking import Answered, AskContext, LanguageModels, Step
from services.summarizer.llm.budget import Budget, Estimate
from services.summarizer.llm.failures import LlmUnusable
from services.summarizer.llm.messages import ChatMessage
from services.summarizer.llm.structured import UnreadableReply
from services.summarizer.llm.window import Window
from services.summarizer.roles.extraction import extract
from services.summarizer.settings import SummarizerSettings
from services.summarizer.state import State
from services.summarizer.text.tokens import tokens_of
from services.summarizer.vectors import Encoder
from shared.errors import SettingsError, TemporaryFailure
from shared.store.papers.summaries import Claim, FieldValue, Reading

log = logging.getLogger(__name__)

_TOKENS_A_FIELD = 150
_FEWEST_TEXT_TOKENS = 600
_PROMPTS_SECONDS = 60.0
_TOO_LONG = re.compile(r"context|too long|too large|maximum.{0,20}(?:length|tokens)|exceed", re.I)


class FieldExtractor:
    """By a model where one can be used; otherwise by the paper's own sentences, with a note that says so."""

    def __init__(
        self,
        settings: SummarizerSettings,
        models: LanguageModels,
        budget: Budget,
        prompts: PromptFiles,
        encoder: Encoder,
        window: Window,
        attempts: int,
    ) -> None:
        self._settings = settings
        self._models = models
        self._budget = budget
        self._prompts = prompts
        self._encoder = encoder
        self._window = window
        self._attempts = attempts
        self._failures = Counter[str]()

    def inputs(self) -> tuple[str, ...]:
        """What besides the paper decides about its fields; a reading that began with others begins anew."""
        model = self._models.model_for("extract")
        with waiting_for_prompts():
            return (model, self._paper_prompts().hash, str(self._window.text)) if model else ("",)

    async def extract(self, state: State) -> State:
        """Sets `fields`, `reading` and `mode`, by a model if one may be asked and answers."""
        if self._models.model_for("extract") is None:
            return await self._extractive(state)
        with waiting_for_prompts():
            return await self._by_model(state)

    async def first_question(self, state: State) -> tuple[list[ChatMessage], type[BaseModel]] | None:
        """What a model will be asked about a paper first, and the form of its answer; None where none may be asked."""
        if self._models.model_for("extract") is None:
            return None
        with waiting_for_prompts():
            prompts = self._paper_prompts()
            reading, _ = await asyncio.to_thread(self._reading, prompts, state)
            if reading == "extractive":
                return None
            asked = prompts.extraction(state["paper"].title, self._selection(state, reading).text)
            return asked, answer_class(self._settings.fields, self._settings.claims_per_field)

    async def _by_model(self, state: State) -> State:
        prompts = self._paper_prompts()
        reading, why = await asyncio.to_thread(self._reading, prompts, state)
        if reading == "extractive":
            return await self._extractive(state, why)
        kind = answer_class(self._settings.fields, self._settings.claims_per_field)
        try:
            answered, selection = await self._extraction(prompts, state, reading, kind)
        except LlmUnusable as error:
            return await self._extractive(state, _without_model(str(error)))
        except UnreadableReply as error:
            log.warning("No answer of use: %s", error, extra={"action": "llm_reply", "paper_id": state["paper_id"]})
            return await self._extractive(state, _without_model(f"its reply could not be used: {error}"))
        return {
            "mode": "llm",
            "reading": reading,
            "model": answered.model,
            "prompt_hash": prompts.hash,
            "fields": fields_of(answered.value, self._settings.fields),
            "phrases": phrases_of(answered.value),
            "notes": _added(state, why, _not_whole(selection) if reading == "full_text" else ""),
            "rounds": 0,
        }

    async def check(self, state: State) -> State:
        """Looks up what the fields rest on; a repaired field with fewer sound claims than before is put back."""
        settings = self._settings
        rules = {field.name: FieldRule(field.evidence, field.instruction) for field in settings.fields}
        language = settings.language if state["mode"] == "llm" else "en"
        document = CheckedDocument(state["passages"], state["markdown"])
        checked = await check(state["fields"], document, self._encoder, rules, language=language)
        fields, worse = better_of(state.get("accepted", ()), checked.fields)
        found = tuple((problem.field, problem.text, problem.once) for problem in checked.problems)
        problems = (
            *(problem for problem in state.get("problems", ()) if problem[0] in worse),
            *(problem for problem in found if problem[0] not in worse),
        )
        oddities = await asyncio.to_thread(oddities_of, state["sections"])
        return {"fields": fields, "accepted": fields, "problems": problems, "oddities": oddities}

    def after_check(self, state: State) -> str:
        """The name of the next node."""
        wanted = state["mode"] == "llm" and state["rounds"] < self._settings.repair_rounds
        return "repair" if wanted and _to_mend(state) else "tag"

    async def repair(self, state: State) -> State:
        """Asks for the fields with problems again; an answer that cannot be read changes nothing but the count."""
        rounds, troubled = state["rounds"] + 1, {name for name, _ in _to_mend(state)}
        wanted = [field for field in self._settings.fields if field.name in troubled]
        with waiting_for_prompts():
            conversation = self._repair_conversation(state, [field.name for field in wanted])
        kind = answer_class(wanted, self._settings.claims_per_field, tags=False)
        try:
            answered = await self._ask(state, conversation, kind, "repair")
        except LlmUnusable as error:
            note = f"Not everything could be repaired: {str(error).rstrip('.')}."
            return {"rounds": self._settings.repair_rounds, "notes": _added(state, note)}
        except UnreadableReply:
            return {"rounds": rounds}
        mended = {field.name: field for field in fields_of(answered.value, wanted)}
        return {"rounds": rounds, "fields": tuple(mended.get(field.name, field) for field in state["fields"])}

    def _repair_conversation(self, state: State, names: Sequence[str]) -> list[ChatMessage]:
        """The question that was asked, the answer as it stands now, and what is wrong with it."""
        prompts, selection = self._paper_prompts(), self._selection(state, state["reading"])
        asked = prompts.extraction(state["paper"].title, selection.text)
        answer = answer_text(state["fields"], self._settings.fields)
        near = near_passages(state["fields"], names, state["passages"])
        return prompts.repair(asked, answer, [text for _, text in _to_mend(state)], names, near)

    async def _extractive(self, state: State, *notes: str) -> State:
        listener = _Listener(self._encoder)
        fields = await extract(state["passages"], self._settings.fields, listener)
        silent = "Sentences were chosen by cue words alone: the embedder did not answer." if listener.silent else ""
        return {
            "mode": "extractive",
            "reading": "extractive",
            "fields": fields,
            "phrases": (),
            "rounds": 0,
            "notes": _added(state, *notes, silent),
        }

    def _reading(self, prompts: PaperPrompts, state: State) -> tuple[Reading, str]:
        """What may be read of this paper, and why not more of it."""
        output = _TOKENS_A_FIELD * len(self._settings.fields)
        around = sum(tokens_of(message["content"]) for message in prompts.extraction("", ""))
        full = Estimate(around + self._selection(state, "full_text").tokens, output)
        abstract = Estimate(around + self._selection(state, "abstract").tokens, output)
        reading, why = self._budget.reading(full, abstract, state["event"].user)
        only_abstract = reading == "full_text" and state["route"] == ABSTRACT_ROUTE
        return ("abstract" if only_abstract else reading), why

    def _selection(self, state: State, reading: Reading) -> Selection:
        passages = state["passages"][:1] if reading == "abstract" else state["passages"]
        return select_sections(passages, self._window.text)

    async def _extraction(
        self, prompts: PaperPrompts, state: State, reading: Reading, kind: type[BaseModel]
    ) -> tuple[Answered[BaseModel], Selection]:
        """The model's answer; a text that is more than it takes is halved, for this paper and those that follow."""
        while True:
            selection = self._selection(state, reading)
            conversation = prompts.extraction(state["paper"].title, selection.text)
            try:
                return await self._ask(state, conversation, kind, "extract"), selection
            except LlmUnusable as error:
                half = min(self._window.text, selection.tokens) // 2
                if not _TOO_LONG.search(str(error)) or half < _FEWEST_TEXT_TOKENS:
                    raise
                log.warning("Reading less of each paper: %s", error, extra={"action": "window_halved"})
                self._window = self._window._replace(text=half)

    async def _ask(
        self, state: State, conversation: Sequence[ChatMessage], kind: type[BaseModel], step: Step
    ) -> Answered[BaseModel]:
        """The model's answer. A server that stays away for too many tries of a paper counts as unusable."""
        event, paper_id = state["event"], state["paper_id"]
        context = AskContext(step, paper_id, event.run_id, event.event_id, event.user)
        try:
            answered = await self._models.ask(conversation, kind, context)
        except TemporaryFailure as error:
            self._failures[paper_id] += 1
            if self._failures[paper_id] < self._attempts:
                raise
            raise LlmUnusable(f"{str(error).rstrip('.')}, {self._failures.pop(paper_id)} times in a row") from error
        self._failures.pop(paper_id, None)
        return answered

    def _paper_prompts(self) -> PaperPrompts:
        return PaperPrompts(self._prompts.load(), self._settings)


@contextlib.contextmanager
def waiting_for_prompts() -> Iterator[None]:
    """A prompt that a person broke keeps papers waiting until it is mended; none is read with another."""
    try:
        yield
    except SettingsError as error:
        raise TemporaryFailure(str(error), retry_in_seconds=_PROMPTS_SECONDS) from error


class _Listener:
    """An encoder that remembers whether it was left without an answer."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.silent = False

    @property
    def model(self) -> str | None:
        return self._encoder.model

    async def encode(self, texts: Sequence[str], kind: Any = "passage") -> Any:
        vectors = await self._encoder.encode(texts, kind)
        self.silent = self.silent or (vectors is None and bool(texts))
        return vectors


def _to_mend(state: State) -> list[tuple[str, str]]:
    """What the model is told, and of which field; what is sent back once only is left out after a repair."""
    return [(name, text) for name, text, once in state["problems"] if not (once and state["rounds"])]


def better_of(
    before: Sequence[FieldValue], after: Sequence[FieldValue]
) -> tuple[tuple[FieldValue, ...], frozenset[str]]:
    """Each field as it is after a repair, or as before where that had more sound claims; and the names of those."""
    earlier = {field.name: field for field in before}
    worse = frozenset(
        field.name for field in after if field.name in earlier and _sound(field) < _sound(earlier[field.name])
    )
    return tuple(earlier[field.name] if field.name in worse else field for field in after), worse


def _sound(field: FieldValue) -> int:
    return sum(map(_is_sound, field.claims))


def _is_sound(claim: Claim) -> bool:
    return claim.found and not claim.weak


def _added(state: State, *notes: str) -> tuple[str, ...]:
    return (*state.get("notes", ()), *(note for note in notes if note))


def _not_whole(selection: Selection) -> str:
    if selection.whole:
        return ""
    return f"The paper is long: about {selection.tokens:,} tokens of it were read, those of its most telling sections."


def _without_model(why: str) -> str:
    return f"No model wrote this summary: {' '.join(why.split()).rstrip('.')[:400]}."
