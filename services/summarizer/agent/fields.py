"""The fields of a paper: extracted by a model or chosen from its sentences, checked against its text, repaired."""

import asyncio
import logging
from collections import Counter
from collections.abc import Sequence

from services.summarizer.agent.extraction import extract
from services.summarizer.evidence.quotes import Quotes
from services.summarizer.llm.client import CallContext, Llm, LlmUnusable
from services.summarizer.llm.prompts import ChatMessage, extraction_prompt, repair_prompt, text_for_model
from services.summarizer.llm.replies import Extraction, UnreadableReply, fields_of, phrases_of, read_reply
from services.summarizer.settings import SummarizerSettings
from services.summarizer.state import State
from services.summarizer.text.sentences import sentences_of
from services.summarizer.vectors import Encoder
from shared.errors import TemporaryFailure
from shared.store.summaries import FieldValue

log = logging.getLogger(__name__)

_MOST_PROBLEMS = 12


class FieldExtractor:
    """By a model where one can be used; otherwise by the paper's own sentences, with a note that says so."""

    def __init__(
        self, settings: SummarizerSettings, llm: Llm, encoder: Encoder, most_input_chars: int, attempts: int
    ) -> None:
        self._settings = settings
        self._llm = llm
        self._encoder = encoder
        self._most_input_chars = most_input_chars
        self._attempts = attempts
        self._failures = Counter[str]()

    async def extract(self, state: State) -> State:
        """Sets `fields`; leaves it None where the model's reply cannot be read."""
        if not self._llm.configured or state.get("mode") == "extractive":
            return await self._extractive(state, state.get("notes", ()))
        paper_text, whole = text_for_model(state["passages"], self._most_input_chars)
        title, settings = state["paper"].title, self._settings
        conversation = tuple(extraction_prompt(title, paper_text, settings.fields, settings.claims_per_field))
        notes = state.get("notes", ())
        if not whole:
            length = f"{len(paper_text):,} characters"
            notes = (*notes, f"The paper is long: {length} of it were read (llm.max_input_chars).")
        try:
            text = await self._ask(state, conversation, "extract")
        except LlmUnusable as error:
            return await self._extractive(state, (*notes, _without_model(str(error))))
        return {"mode": "llm", "conversation": conversation, "notes": notes, "rounds": 0, **self._parsed(text)}

    async def check(self, state: State) -> State:
        """Looks every quote up. Problems are the reply's own, if it cannot be read, and the quotes not found."""
        fields = state["fields"]
        if fields is None:
            return self._given_up(state) if state["rounds"] >= self._settings.repair_rounds else {}
        checked = await asyncio.to_thread(check_fields, fields, Quotes(state["passages"]))
        kept = tuple(problem for problem in state.get("problems", ()) if not problem.startswith(_NOT_FOUND))
        return {"fields": checked, "problems": (*kept, *missing_quotes(checked))}

    async def repair(self, state: State) -> State:
        """Asks for a better reply; one that cannot be read changes nothing but the count."""
        rounds = state["rounds"] + 1
        conversation = repair_prompt(state["conversation"], state["reply"], state["problems"])
        try:
            text = await self._ask(state, conversation, "repair")
        except LlmUnusable as error:
            if state["fields"] is None:
                return {"rounds": self._settings.repair_rounds, "problems": (str(error),)}
            note = f"Quotes could not be repaired: {error}."
            return {"rounds": self._settings.repair_rounds, "notes": (*state["notes"], note)}
        parsed = self._parsed(text)
        if parsed["fields"] is None and state["fields"] is not None:
            return {"rounds": rounds}
        return {"rounds": rounds, **parsed}

    def after_check(self, state: State) -> str:
        """The name of the next node."""
        if state["fields"] is None and state["mode"] == "extractive":
            return "extract"
        if state["mode"] == "llm" and state["problems"] and state["rounds"] < self._settings.repair_rounds:
            return "repair"
        return "tag"

    async def _extractive(self, state: State, notes: tuple[str, ...]) -> State:
        sentences = await asyncio.to_thread(sentences_of, state["passages"])
        settings = self._settings
        fields, by_meaning = await extract(sentences, settings.fields, settings.claims_per_field, self._encoder)
        if not by_meaning and sentences:
            notes = (*notes, "Sentences were chosen by cue words alone: the embedder did not answer.")
        return {"mode": "extractive", "fields": fields, "phrases": (), "problems": (), "rounds": 0, "notes": notes}

    async def _ask(self, state: State, conversation: Sequence[ChatMessage], purpose: str) -> str:
        """The model's text. A server that stays away for too many tries of a paper counts as unusable."""
        event, paper_id = state["event"], state["paper_id"]
        context = CallContext(purpose, paper_id, event.run_id, event.event_id)
        try:
            text = await self._llm.reply(conversation, Extraction, context)
        except TemporaryFailure as error:
            self._failures[paper_id] += 1
            if self._failures[paper_id] < self._attempts:
                raise
            raise LlmUnusable(f"{str(error).rstrip('.')}, {self._failures.pop(paper_id)} times in a row") from error
        self._failures.pop(paper_id, None)
        return text

    def _parsed(self, text: str) -> State:
        try:
            reply = read_reply(text, Extraction)
        except UnreadableReply as problem:
            return {"reply": text, "fields": None, "phrases": (), "problems": (str(problem),)}
        fields = fields_of(reply, self._settings.fields, self._settings.claims_per_field)
        return {"reply": text, "fields": fields, "phrases": phrases_of(reply), "problems": ()}

    def _given_up(self, state: State) -> State:
        why = "; ".join(state["problems"])[:300]
        log.warning(
            "The model's reply is of no use: %s", why, extra={"action": "llm_reply", "paper_id": state["paper_id"]}
        )
        return {"mode": "extractive", "notes": (*state["notes"], _without_model(f"its reply could not be used: {why}"))}


_NOT_FOUND = "Not in the paper: "


def check_fields(fields: Sequence[FieldValue], quotes: Quotes) -> tuple[FieldValue, ...]:
    """The fields with every quote looked up."""
    return tuple(quotes.check(field) for field in fields)


def missing_quotes(fields: Sequence[FieldValue]) -> tuple[str, ...]:
    """A sentence about each quote that was not found, for the model to repair."""
    missing = [(field.name, claim.quote) for field in fields for claim in field.claims if not claim.found]
    return tuple(f"{_NOT_FOUND}the quote of field {name}: {quote!r}" for name, quote in missing[:_MOST_PROBLEMS])


def _without_model(why: str) -> str:
    return f"No model wrote this summary: {why.rstrip('.')}."
