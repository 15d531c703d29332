"""A trial of a model's server; what it answers is not trusted."""

import json
from typing import Any

import httpx
import pytest

from services.publisher.system.setup import model_trial
from services.publisher.system.setup.model_trial import ServerTrial, try_server
from shared.errors import PapersysError

ADDRESS = "http://127.0.0.1:9/v1"


def answering(*answers: Any, status: int = 200) -> httpx.AsyncClient:
    """A client whose server gives these answers, one after the other."""
    left = list(answers)

    def answer(request: httpx.Request) -> httpx.Response:
        assert request.headers["authorization"] == "Bearer sk-1"
        body = left.pop(0)
        return httpx.Response(status, content=body if isinstance(body, bytes) else json.dumps(body))

    return httpx.AsyncClient(transport=httpx.MockTransport(answer))


def completion(text: str, read: int = 500, written: int = 20) -> dict[str, Any]:
    usage = {"prompt_tokens": read, "completion_tokens": written}
    return {"choices": [{"message": {"content": text}}], "usage": usage}


async def tried(
    monkeypatch: pytest.MonkeyPatch, models: list[str] | str, model: str, *answers: Any, status: int = 200
) -> ServerTrial:
    async def listed(address: str, key: str) -> list[str]:
        if isinstance(models, str):
            raise PapersysError(models)
        return models

    monkeypatch.setattr(model_trial, "list_models", listed)
    async with answering(*answers, status=status) as client:
        return await try_server(ADDRESS, model, "sk-1", client)


async def test_a_server_that_is_away_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (await tried(monkeypatch, "does not answer", "m")).problem == "does not answer"


async def test_of_several_models_one_has_to_be_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    assert await tried(monkeypatch, ["a", "b"], "") == ServerTrial(["a", "b"])
    assert "no model 'c'" in (await tried(monkeypatch, ["a", "b"], "c")).problem


async def test_the_only_model_is_asked_and_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = completion("Birds\n came back. " * 30), completion("one, two", 30, 100)
    trial = await tried(monkeypatch, ["a"], "", *answers)
    assert trial.speed is not None
    assert (trial.speed.model, trial.problem) == ("a", "")
    assert trial.answer.startswith("Birds came back.")
    assert len(trial.answer) <= 200


@pytest.mark.parametrize(
    "answer", [b"", b"[]", {}, {"choices": []}, {"choices": [{"message": None}]}, completion(""), {"choices": "x"}]
)
async def test_an_answer_that_is_none_is_said_to_be_none(monkeypatch: pytest.MonkeyPatch, answer: Any) -> None:
    assert "did not" in (await tried(monkeypatch, ["a"], "a", answer)).problem


async def test_a_refusal_is_told_in_the_servers_words(monkeypatch: pytest.MonkeyPatch) -> None:
    trial = await tried(monkeypatch, ["a"], "a", {"error": {"message": "no\ncredit"}}, status=402)
    assert "answers 402: no credit" in trial.problem


async def test_usage_that_is_odd_is_estimated(monkeypatch: pytest.MonkeyPatch) -> None:
    odd = {**completion("one"), "usage": {"prompt_tokens": -5, "completion_tokens": "many"}}
    assert (await tried(monkeypatch, ["a"], "a", odd, {**odd, "usage": 3})).speed is not None


async def test_a_model_that_is_busy_with_something_else_is_said_to_have_kept_silent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def silent(*values: object) -> Any:
        raise TimeoutError

    monkeypatch.setattr(model_trial, "read_json", silent)
    trial = await tried(monkeypatch, ["a"], "a")
    assert "'a' did not answer within 120 seconds. It may be busy" in trial.problem
