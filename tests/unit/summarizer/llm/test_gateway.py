"""Every question ends in one answer or one clear error, and the ledger has every call: real client, real sockets."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from services.summarizer.llm.asking import AskContext
from services.summarizer.llm.failures import LlmUnusable, TooLongForModel
from services.summarizer.llm.structured import UnreadableReply
from shared.settings.sections.language_models import LlmSettings
from tests.support.llm.gateway import (
    EXTRACT,
    GOOD,
    QUESTION,
    RAIN,
    Poem,
    ask_once,
    gateway,
    ledger_lines,
    llm_settings,
    sum_of,
)
from tests.support.llm.server import Scripted, in_turn, llm_server

HONEST = Scripted(GOOD, tokens=None)


async def test_a_good_answer_is_validated_and_stands_in_the_ledger_as_the_server_counted_it(tmp_path: Path) -> None:
    said, server = await ask_once(tmp_path, in_turn(Scripted(GOOD, tokens=None, cached=5)))
    assert said.value == RAIN
    (line,) = ledger_lines(tmp_path)
    assert (line.input_tokens, line.cached_tokens, line.output_tokens) == server.counted
    assert (line.purpose, line.name, line.model) == ("extract", "default", "small-model")
    assert (line.paper_id, line.run_id, line.event_id) == ("2610.00001", "run-1", "pick-1")
    assert line.cost == pytest.approx((line.input_tokens + 10 * line.output_tokens) / 1e6)
    assert (line.estimated, line.finished) == (False, True)
    assert said.usage == line.usage
    assert server.asked[0]["stream"]
    assert server.asked[0]["stream_options"] == {"include_usage": True}


@pytest.mark.parametrize(
    "bad",
    [
        "I am sorry, I cannot do that.",
        "",
        '{"title": "Rain", "lines": [',
        '{"lines": ["It rains."]}',
        '{"title": 7}',
        "[]",
        '{"title": ""}',
    ],
)
async def test_an_answer_that_is_none_is_asked_for_again_with_what_was_wrong(tmp_path: Path, bad: str) -> None:
    said, server = await ask_once(tmp_path, in_turn(Scripted(bad, tokens=None), HONEST))
    assert said.value == RAIN
    again = server.asked[1]["messages"]
    assert [message["role"] for message in again] == ["system", "user", "assistant", "user"]
    assert again[-2]["content"] == (bad or "(no reply)")
    assert "cannot be used as it is" in again[-1]["content"]
    assert said.usage.calls == 2
    assert sum_of(ledger_lines(tmp_path)) == server.counted


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (Scripted("No.", tokens=None), "no JSON object"),
        (Scripted(refusal="I will not.", tokens=None), "a refusal: I will not."),
        (Scripted("", tokens=None), "no JSON object"),
        (Scripted('{"title": "Ra', tokens=None, finish_reason="length"), "cut off because it was too long"),
        (Scripted("", tokens=None, finish_reason="content_filter"), "content filter"),
        (Scripted("", tokens=None, thoughts="I think and think"), "no JSON object"),
    ],
)
async def test_what_never_becomes_an_answer_is_one_clear_error_after_three_calls(
    tmp_path: Path, answer: Scripted, says: str
) -> None:
    with llm_server(in_turn(answer)) as server:
        async with gateway(tmp_path, llm_settings(server)) as models:
            with pytest.raises(UnreadableReply, match="no usable answer in 3 calls") as error:
                await models.ask(QUESTION, Poem, EXTRACT)
    assert says in str(error.value)
    assert sum_of(ledger_lines(tmp_path)) == server.counted
    assert len(server.asked) == 3


async def test_a_cut_answer_gets_more_room_and_is_told_to_be_shorter(tmp_path: Path) -> None:
    cut = Scripted('{"title": "Ra', finish_reason="length")
    said, server = await ask_once(tmp_path, in_turn(cut, HONEST), max_output_tokens=500)
    assert said.value == RAIN
    assert [body["max_tokens"] for body in server.asked] == [500, 1000]
    assert "give a shorter one" in server.asked[1]["messages"][-1]["content"]


ENDLESS = '{"title": "' + "It rains and it rains. " * 4_000


@pytest.mark.parametrize("endless", [Scripted(ENDLESS), Scripted(thoughts=ENDLESS)])
async def test_an_answer_that_repeats_itself_is_stopped_at_the_server_and_asked_for_again(
    tmp_path: Path, endless: Scripted
) -> None:
    slow = replace(endless, pieces=400, piece_seconds=0.002)
    answered, server = await ask_once(tmp_path, in_turn(slow, HONEST), max_output_tokens=500)
    assert answered.value == RAIN
    assert [served.ended for served in server.served] == ["left", "answered"]
    assert [body["max_tokens"] for body in server.asked] == [500, 500]
    assert "said the same over and over" in server.asked[1]["messages"][-1]["content"]
    first = ledger_lines(tmp_path)[0]
    assert first.estimated
    assert first.output_tokens < 2_000


async def test_an_answer_that_is_whole_although_the_tokens_ran_out_is_taken(tmp_path: Path) -> None:
    said, server = await ask_once(tmp_path, in_turn(Scripted(GOOD + " " * 300, finish_reason="length")))
    assert (said.value, len(server.asked)) == (RAIN, 1)


async def test_a_server_without_json_schema_is_found_out_once_and_remembered_over_a_restart(tmp_path: Path) -> None:
    with llm_server(in_turn(HONEST), forms=("json_object",)) as server:
        for _ in range(2):
            async with gateway(tmp_path, llm_settings(server)) as models:
                assert (await models.ask(QUESTION, Poem, EXTRACT)).value == RAIN
    forms = [body.get("response_format", {}).get("type") for body in server.asked]
    assert forms == ["json_schema", "json_object", "json_object"]
    assert (tmp_path / "state" / "llm-servers.json").exists()


async def test_a_server_without_any_form_gets_the_schema_in_words(tmp_path: Path) -> None:
    said, server = await ask_once(tmp_path, in_turn(Scripted(f"Here it is:\n```json\n{GOOD}\n```")), {"forms": ()})
    assert said.value == RAIN
    assert [body.get("response_format", {}).get("type") for body in server.asked] == [
        "json_schema",
        "json_object",
        None,
    ]
    assert '"lines"' in server.asked[-1]["messages"][0]["content"]


async def test_a_memory_of_servers_that_cannot_be_read_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "llm-servers.json").write_text('{"http://x": [')
    said, _ = await ask_once(tmp_path, in_turn(HONEST))
    assert said.value == RAIN


@pytest.mark.parametrize("option", ["temperature", "max_tokens", "stream_options", "stream"])
async def test_an_option_that_a_server_refuses_is_left_out_from_then_on(tmp_path: Path, option: str) -> None:
    with llm_server(in_turn(HONEST), refuses=(option,)) as server:
        async with gateway(tmp_path, llm_settings(server)) as models:
            for _ in range(2):
                assert (await models.ask(QUESTION, Poem, EXTRACT)).value == RAIN
    assert [body.get(option, False) is not False for body in server.asked] == [True, False, False]
    assert ("max_completion_tokens" in server.asked[-1]) == (option == "max_tokens")
    assert [body["response_format"]["type"] for body in server.asked] == ["json_schema"] * 3


async def test_a_server_that_streams_nothing_although_asked_to_is_understood(tmp_path: Path) -> None:
    said, server = await ask_once(tmp_path, in_turn(Scripted(GOOD, tokens=None, whole=True)))
    assert said.value == RAIN
    assert sum_of(ledger_lines(tmp_path)) == server.counted


@pytest.mark.parametrize(
    "lie",
    [
        False,
        {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0},
        {"prompt_tokens": 10**9, "completion_tokens": 12, "total_tokens": 10**9 + 12},
        {"prompt_tokens": 300, "completion_tokens": 10**8, "total_tokens": 10**8 + 300},
        {"prompt_tokens": -5, "completion_tokens": 12, "total_tokens": 7},
        {"prompt_tokens": "many", "completion_tokens": None},
        {"prompt_tokens": 300, "completion_tokens": 12, "prompt_tokens_details": {"cached_tokens": 900}},
    ],
)
async def test_a_server_that_lies_about_usage_is_noticed_and_the_line_marked(
    tmp_path: Path, lie: Any, caplog: pytest.LogCaptureFixture
) -> None:
    said, _ = await ask_once(tmp_path, in_turn(Scripted(GOOD, usage=lie)))
    (line,) = ledger_lines(tmp_path)
    assert line.estimated
    assert line.finished
    assert 20 < line.input_tokens < 500
    assert 5 < line.output_tokens < 50
    assert said.usage.cost
    assert "are estimated" in caplog.text


async def test_hidden_thoughts_that_stand_in_the_total_alone_are_output(tmp_path: Path) -> None:
    usage = {"prompt_tokens": 300, "completion_tokens": 12, "total_tokens": 812}
    await ask_once(tmp_path, in_turn(Scripted(GOOD, usage=usage)))
    (line,) = ledger_lines(tmp_path)
    assert (line.input_tokens, line.output_tokens, line.estimated) == (300, 512, False)


async def test_each_step_is_answered_by_its_model_and_a_price_that_is_not_set_is_unknown(tmp_path: Path) -> None:
    with llm_server(in_turn(HONEST)) as server:
        settings = llm_settings(server, models={"small": {"model": "tiny"}}, steps={"tag": "small"})
        async with gateway(tmp_path, settings) as models:
            await models.ask(QUESTION, Poem, AskContext("extract", "1", event_id="e"))
            said = await models.ask(QUESTION, Poem, AskContext("tag", "1", event_id="e"))
            await models.ask(QUESTION, Poem, AskContext("try"), model="small")
            assert (models.model_for("tag"), models.model_for("link")) == ("small", "default")
    assert [body["model"] for body in server.asked] == ["small-model", "tiny", "tiny"]
    assert [line.cost is None for line in ledger_lines(tmp_path)] == [False, True, True]
    assert said.usage.cost is None


async def test_a_server_on_this_machine_is_asked_directly_whatever_proxy_the_environment_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    said, _ = await ask_once(tmp_path, in_turn(HONEST))
    assert said.value == RAIN


async def test_without_a_model_or_its_name_it_is_told_what_to_set(tmp_path: Path) -> None:
    async with gateway(tmp_path, LlmSettings()) as models:
        assert (models.configured, models.model_for("extract")) == (False, None)
        with pytest.raises(LlmUnusable, match=r"llm\.base_url"):
            await models.ask(QUESTION, Poem, EXTRACT)
    async with gateway(tmp_path, LlmSettings(base_url="http://127.0.0.1:9/v1")) as models:
        with pytest.raises(LlmUnusable, match=r"llm\.model is not"):
            await models.ask(QUESTION, Poem, EXTRACT)
        with pytest.raises(LlmUnusable, match="no model 'big'"):
            await models.ask(QUESTION, Poem, EXTRACT, model="big")


async def test_a_question_that_cannot_fit_the_window_is_never_sent(tmp_path: Path) -> None:
    with llm_server(in_turn(HONEST)) as server:
        async with gateway(tmp_path, llm_settings(server, context_tokens=1000)) as models:
            await models.ask(QUESTION, Poem, EXTRACT)
            with pytest.raises(TooLongForModel, match=r"window of 1000 \(llm\.context_tokens\)"):
                await models.ask([*QUESTION, {"role": "user", "content": "x " * 4000}], Poem, EXTRACT)
    assert len(server.asked) == 1
    assert server.asked[0]["max_tokens"] < 1000


async def test_words_that_are_no_unicode_are_sent_all_the_same(tmp_path: Path) -> None:
    with llm_server(in_turn(HONEST)) as server:
        async with gateway(tmp_path, llm_settings(server)) as models:
            said = await models.ask([{"role": "user", "content": "half a \ud800 pair"}], Poem, EXTRACT)
    assert said.value == RAIN
    assert server.asked[0]["messages"][-1]["content"] == "half a ? pair"
