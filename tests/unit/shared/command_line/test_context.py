"""What a command gets from its context, and what it makes of the running system's answers."""

from collections.abc import Sequence

import pytest

from shared.command_line.context import CommandContext, S, TextEncoder, ask_running_system, command_context, load
from shared.contracts import HitsReply, Recommend, Reply
from shared.errors import RequestFailed
from shared.settings.settings import CommonSettings
from shared.store.vectors.embeddings import Matrix


def defaults(settings_class: type[S]) -> S:
    return settings_class()


class NoEncoder(TextEncoder):
    @property
    def recipe(self) -> str:
        return "none"

    def encode(self, texts: Sequence[str]) -> Matrix:
        raise NotImplementedError


CONTEXT = CommandContext(defaults, NoEncoder)


def answer_with(monkeypatch: pytest.MonkeyPatch, answer: Reply | RequestFailed) -> None:
    async def ask_once(settings: object, request: object) -> Reply:
        if isinstance(answer, RequestFailed):
            raise answer
        return answer

    monkeypatch.setattr("shared.bus.questions.asking.ask_once", ask_once)


def test_without_a_context_there_are_no_settings() -> None:
    with command_context(CONTEXT):
        assert load(CommonSettings) == CommonSettings()
    with pytest.raises(LookupError):
        load(CommonSettings)


def test_the_running_systems_reply_is_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    reply = HitsReply(note="all is well")
    answer_with(monkeypatch, reply)
    with command_context(CONTEXT):
        assert ask_running_system(Recommend()) is reply


@pytest.mark.parametrize("code", ["unavailable", "deadline", "bus", "internal"])
def test_where_the_system_cannot_answer_the_command_has_to_do_it(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    answer_with(monkeypatch, RequestFailed("no", code=code, retryable=True))
    with command_context(CONTEXT):
        assert ask_running_system(Recommend()) is None


@pytest.mark.parametrize("code", ["permanent", "invalid"])
def test_what_the_system_knows_to_be_impossible_is_raised(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    answer_with(monkeypatch, RequestFailed("no such facet", code=code, retryable=False))
    with command_context(CONTEXT), pytest.raises(RequestFailed, match="no such facet"):
        ask_running_system(Recommend())
