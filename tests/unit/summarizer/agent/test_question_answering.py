"""Questions about papers that were read."""

import json
from pathlib import Path

import pytest

from shared.contracts import Ask, AskReply, Encode, PapersSelected
from shared.errors import TemporaryFailure
from tests.support.llm_server import Scripted, in_turn, llm_server
from tests.support.summarizer import METHOD_TEXT, OTHER_ID, PAPER_ID, Room, paper, room
from tests.unit.summarizer.test_reading_with_a_model import settings

QUESTION = "What does the tree of tournament nodes hold?"
QUOTE = "We use a tree of tournament nodes, each holding the head of one run."
OTHER = paper(OTHER_ID, "Whales in winter", "Blue whales swim far in winter and eat little on the way.")


async def ask(here: Room, question: str = QUESTION, *paper_ids: str) -> AskReply:
    reply: AskReply = await here.bus.responders[Ask](Ask(question=question, paper_ids=paper_ids))
    return reply


async def read_both(here: Room) -> None:
    here.hold(paper())
    here.hold(OTHER, sections=[])
    await here.bus.deliver(PapersSelected(paper_ids=(PAPER_ID,)))
    await here.bus.deliver(PapersSelected(paper_ids=(OTHER_ID,), event_id="2"))


async def test_without_a_model_the_nearest_sentences_answer_and_it_is_told(tmp_path: Path) -> None:
    async with room(tmp_path) as here:
        await read_both(here)
        reply = await ask(here)
    assert reply.mode == "extractive"
    assert "No language model is configured" in reply.answer
    assert (reply.quotes[0].text, reply.quotes[0].section) == (QUOTE, "Method")
    assert reply.quotes[0].text in METHOD_TEXT


async def test_only_the_named_papers_are_searched(tmp_path: Path) -> None:
    async with room(tmp_path) as here:
        await read_both(here)
        reply = await ask(here, "Do blue whales swim in winter?", OTHER_ID)
    assert {quote.paper_id for quote in reply.quotes} == {OTHER_ID}


async def test_papers_that_were_not_read_answer_nothing(tmp_path: Path) -> None:
    async with room(tmp_path) as here:
        here.hold(paper())
        assert "None of these papers was read" in (await ask(here, QUESTION, PAPER_ID)).answer
        assert "None of these papers was read" in (await ask(here)).answer


async def test_a_question_far_from_all_papers_gets_no_quotes(tmp_path: Path) -> None:
    async with room(tmp_path) as here:
        await read_both(here)
        reply = await ask(here, "Quantum gravity?")
    assert reply.quotes == ()
    assert "Nothing in the papers" in reply.answer


async def test_without_the_embedder_words_decide(tmp_path: Path) -> None:
    async with room(tmp_path) as here:
        await read_both(here)
        del here.bus.answers[Encode]
        reply = await ask(here)
    assert reply.quotes[0].text == QUOTE


def answer(quote: str, paper_id: str = PAPER_ID) -> Scripted:
    return Scripted(json.dumps({"answer": "The head of one run.", "quotes": [{"paper_id": paper_id, "quote": quote}]}))


async def test_a_model_answers_and_only_quotes_that_stand_in_the_papers_pass(tmp_path: Path) -> None:
    said = [(PAPER_ID, QUOTE.upper()), (OTHER_ID, QUOTE), ("2601.00001", QUOTE)]
    quotes = [{"paper_id": paper_id, "quote": quote} for paper_id, quote in said]
    lies = {"answer": "The head of one run.", "quotes": quotes}
    async with room(tmp_path) as reading:
        await read_both(reading)
    with llm_server(in_turn(Scripted(json.dumps(lies)))) as server:
        async with room(tmp_path, settings(server)) as here:
            reply = await ask(here)
    assert (reply.mode, reply.answer) == ("llm", "The head of one run.")
    assert [(quote.paper_id, quote.text) for quote in reply.quotes] == [(PAPER_ID, QUOTE)]
    assert QUESTION in server.asked[0]["messages"][1]["content"]


async def test_an_answer_without_a_true_quote_is_repaired_once_or_not_given(tmp_path: Path) -> None:
    async with room(tmp_path) as reading:
        await read_both(reading)
    wrong = answer("The tree holds seven kinds of golden apples.")
    for script, mode in ((in_turn(wrong, answer(QUOTE)), "llm"), (in_turn(wrong), "extractive")):
        with llm_server(script) as server:
            async with room(tmp_path, settings(server)) as here:
                reply = await ask(here)
        assert reply.mode == mode
        assert len(server.asked) == 2
    assert "no quote that stands" in reply.answer
    assert reply.quotes[0].text == QUOTE


async def test_a_model_that_is_away_is_a_temporary_failure_and_a_wrong_key_an_extractive_answer(tmp_path: Path) -> None:
    async with room(tmp_path) as reading:
        await read_both(reading)
    with llm_server(in_turn(Scripted(status=500, error="no"), Scripted(status=401, error="no"))) as server:
        async with room(tmp_path, settings(server)) as here:
            with pytest.raises(TemporaryFailure):
                await ask(here)
            assert "PAPERSYS_LLM__API_KEY" in (await ask(here)).answer
