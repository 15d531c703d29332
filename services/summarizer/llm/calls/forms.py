"""In which form a server gives answers: by JSON schema, in JSON mode, or as text; and which options it refuses.

Found out by asking, once for each server and model, and remembered in `state/llm-servers.json` over restarts.
"""

import json
import logging
import re
from datetime import timedelta
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, TypeAdapter, ValidationError

from services.summarizer.llm.failures import is_too_long
from services.summarizer.llm.messages import ChatMessage
from services.summarizer.llm.structured import strict_schema
from shared.contracts import now
from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder

log = logging.getLogger(__name__)

Form = Literal["schema", "json", "text"]
_NEXT: dict[Form, Form] = {"schema": "json", "json": "text"}
_FORM_REFUSED = re.compile(
    r"response.?format|json.?schema|json.?object|json.?mode|structured|guided|grammar|additionalProperties|\$defs", re.I
)
_STREAM_REFUSED = re.compile(r"\bstream(?:ing)?\b", re.I)
_OPTIONS = {
    "stream_options": re.compile(r"stream_options|include_usage", re.I),
    "max_tokens": re.compile(r"max_tokens", re.I),
    "max_completion_tokens": re.compile(r"max_completion_tokens", re.I),
    "temperature": re.compile(r"temperature", re.I),
}
_UNCLEAR = (400, 415, 422)
"""Statuses of a request that was not understood. Others say what is wrong, and it is no option."""
_REMEMBERED_FOR = timedelta(days=30)
_LOCK_SECONDS = 2.0
_FORM = "\n\nReply with one JSON object and nothing else. Its JSON schema:\n{schema}"


class Abilities(BaseModel):
    """What a server takes with a model, as far as it was found out. `refused` are options of a call."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    form: Form = "schema"
    refused: frozenset[str] = frozenset()
    found_at: AwareDatetime | None = None

    def without(self, option: str) -> "Abilities":
        return self.model_copy(update={"refused": self.refused | {option}})


_TABLE = TypeAdapter(dict[str, Abilities])


class KnownAbilities:
    """The abilities of every server and model that was asked; after a month they are asked anew, as servers change."""

    def __init__(self, data: DataFolder) -> None:
        self._data = data
        self._path = data.path("state", "llm-servers.json")
        self._table: dict[str, Abilities] | None = None

    def of(self, base_url: str, model: str) -> Abilities:
        found = self._read().get(_name(base_url, model))
        return Abilities() if found is None or _is_old(found) else found

    def put(self, base_url: str, model: str, found: Abilities) -> None:
        """Remember what worked; nothing is written where that is known already. A full disk costs only the memory."""
        name = _name(base_url, model)
        known = self._read().get(name)
        if known is not None and (known.form, known.refused) == (found.form, found.refused) and not _is_old(known):
            return
        self._table = {**self._read(), name: found.model_copy(update={"found_at": now()})}
        try:
            with self._data.lock("llm-servers", _LOCK_SECONDS):
                self._write(name)
        except (PapersysError, OSError) as error:
            text = "What the server of %s takes cannot be remembered: %s"
            log.warning(text, model, error, extra={"action": "llm_servers"})

    def _write(self, name: str) -> None:
        """Add what was found out to what others wrote meanwhile."""
        ours = self._read()[name]
        self._table = None
        self._table = {**self._read(), name: ours}
        content = _TABLE.dump_python(self._table, mode="json")
        self._data.write_text(self._path, json.dumps(content, indent=1) + "\n")

    def _read(self) -> dict[str, Abilities]:
        if self._table is None:
            try:
                self._table = _TABLE.validate_json(self._path.read_bytes())
            except FileNotFoundError:
                self._table = {}
            except (OSError, ValidationError):
                log.warning("%s cannot be read; servers are asked anew.", self._path, extra={"action": "llm_servers"})
                self._table = {}
        return self._table


def options(kind: type[BaseModel], abilities: Abilities, most_output: int) -> dict[str, Any]:
    """What is sent beside model and messages; without what the server is known to refuse."""
    wanted: dict[str, Any] = {"temperature": 0, "stream_options": {"include_usage": True}}
    limit = "max_completion_tokens" if "max_tokens" in abilities.refused else "max_tokens"
    wanted[limit] = most_output
    if "stream" in abilities.refused:
        del wanted["stream_options"]
    if abilities.form == "schema":
        schema = {"name": kind.__name__.casefold(), "strict": True, "schema": strict_schema(kind)}
        wanted["response_format"] = {"type": "json_schema", "json_schema": schema}
    elif abilities.form == "json":
        wanted["response_format"] = {"type": "json_object"}
    return {name: value for name, value in wanted.items() if name not in abilities.refused}


def after_refusal(status: int, message: str, sent: dict[str, Any], abilities: Abilities) -> Abilities | None:
    """What to try next with a server that refused a call because of an option; None where that is not the reason."""
    if status in (401, 402, 403, 404, 408, 429):
        return None
    for option, words in _OPTIONS.items():
        if option in sent and words.search(message):
            return abilities.without(option)
    if is_too_long(message):
        return None
    lower = _NEXT.get(abilities.form)
    if lower and (_FORM_REFUSED.search(message) or status in _UNCLEAR) and not _STREAM_REFUSED.search(message):
        return abilities.model_copy(update={"form": lower})
    if "stream" not in abilities.refused and status < 500 and _STREAM_REFUSED.search(message):
        return abilities.without("stream")
    return None


def with_schema(messages: list[ChatMessage], kind: type[BaseModel]) -> list[ChatMessage]:
    """The conversation with the schema in its first message, where it has none yet.

    Also where the server enforces it: a grammar does not tell the model what the fields mean, and JSON mode wants the
    word in the conversation.
    """
    schema = json.dumps(strict_schema(kind))
    if not messages or any(schema in message["content"] for message in messages):
        return messages
    first, *others = messages
    form = _FORM.format(schema=schema)
    if first["role"] == "system":
        return [{"role": "system", "content": first["content"] + form}, *others]
    return [{"role": "system", "content": form.strip()}, *messages]


def _is_old(found: Abilities) -> bool:
    return found.found_at is None or now() - found.found_at > _REMEMBERED_FOR


def _name(base_url: str, model: str) -> str:
    return f"{base_url.rstrip('/')} {model}"
