"""What a server takes, read from its refusals."""

from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import BaseModel

from services.summarizer.llm.calls import forms
from services.summarizer.llm.calls.forms import Abilities, KnownAbilities, after_refusal, options, with_schema
from shared.contracts import now
from shared.store.files.data_folder import DataFolder


class Poem(BaseModel):
    title: str


ALL = Abilities()


@pytest.mark.parametrize(
    ("status", "message", "form", "refused"),
    [
        (400, "This response_format type is unavailable now", "json", ""),  # DeepSeek
        (400, "'response_format.type' must be 'json_schema' or 'text'", "json", ""),  # LM Studio, asked for JSON mode
        (422, "Failed to deserialize: response_format.type `json_schema` is unavailable now", "json", ""),
        (400, 'Invalid JSON payload received. Unknown name "additionalProperties"', "json", ""),  # Gemini
        (500, "failed to parse grammar", "json", ""),  # llama.cpp
        (400, "Bad request", "json", ""),
        (400, "Unsupported value: 'temperature' does not support 0 with this model.", "schema", "temperature"),
        (400, "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens'",
         "schema", "max_tokens"),
        (400, "Unrecognized request argument supplied: stream_options", "schema", "stream_options"),
        (400, "Your organization must be verified to stream this model.", "schema", "stream"),
    ],
)  # fmt: skip
def test_a_refusal_leads_to_the_next_thing_to_try(status: int, message: str, form: str, refused: str) -> None:
    following = after_refusal(status, message, options(Poem, ALL, 100), ALL)
    assert following is not None
    assert (following.form, set(following.refused)) == (form, {refused} - {""})


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (401, "bad key, needed for json_schema"),
        (404, "model not found"),
        (429, "slow down"),
        (400, "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens"),
        (500, "out of memory"),
        (503, "Loading model"),
    ],
)
def test_other_errors_are_no_refusal_of_an_option(status: int, message: str) -> None:
    assert after_refusal(status, message, options(Poem, ALL, 100), ALL) is None


def test_the_ladder_ends_with_text() -> None:
    abilities, tried = ALL, []
    while following := after_refusal(400, "response_format", options(Poem, abilities, 100), abilities):
        abilities = following
        tried.append(abilities.form)
    assert tried == ["json", "text"]
    assert "response_format" not in options(Poem, abilities, 100)


def test_what_was_found_out_is_forgotten_after_a_month(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = KnownAbilities(DataFolder(tmp_path, 0))
    known.put("http://a/v1/", "m", Abilities(form="json"))
    assert KnownAbilities(DataFolder(tmp_path, 0)).of("http://a/v1", "m").form == "json"
    assert known.of("http://a/v1", "other").form == "schema"
    monkeypatch.setattr(forms, "now", lambda: now() + timedelta(days=31))
    assert known.of("http://a/v1", "m").form == "schema"


def test_what_is_known_is_not_written_again(tmp_path: Path) -> None:
    known = KnownAbilities(DataFolder(tmp_path, 0))
    known.put("http://a/v1", "m", ALL)
    before = (tmp_path / "state" / "llm-servers.json").stat().st_mtime_ns
    known.put("http://a/v1", "m", ALL)
    KnownAbilities(DataFolder(tmp_path, 0)).put("http://a/v1", "m", ALL)
    assert (tmp_path / "state" / "llm-servers.json").stat().st_mtime_ns == before


def test_the_schema_is_put_into_the_conversation_once() -> None:
    asked = with_schema([{"role": "user", "content": "A poem."}], Poem)
    assert [message["role"] for message in asked] == ["system", "user"]
    assert '"title"' in asked[0]["content"]
    assert with_schema(asked, Poem) == asked
    told = with_schema([{"role": "system", "content": "Be kind."}, {"role": "user", "content": "A poem."}], Poem)
    assert told[0]["content"].startswith("Be kind.\n\nReply with one JSON object")
