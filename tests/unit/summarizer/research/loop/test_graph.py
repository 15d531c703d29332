"""The loop over a few papers: extracts without a model, checked answers with one, declining, replay."""

import json
from pathlib import Path

import pytest

from services.summarizer.research.tracing.replay import replayed
from shared.contracts import Encode
from shared.errors import RequestFailed
from tests.support.llm.gateway import llm_settings
from tests.support.llm.server import Body, LlmServer, Script, Scripted, llm_server
from tests.support.papers.questions import TREES, AskedRoom, asked_room, assert_verbatim, numbers_of, purpose_of, said

QUESTION = "What does the tree of tournament nodes hold?"
HOLDS = "Each node of the tree holds the head of one run."


def scripted(
    answer: Script, mend: Script | None = None, relevant: tuple[int, ...] = (1, 2), question: str = ""
) -> Script:
    """A model that plans and ranks plainly."""

    def script(body: Body, before: int) -> Scripted:
        match purpose_of(body):
            case "plan":
                return Scripted(json.dumps({"question": question, "queries": ["tournament nodes"]}))
            case "rank":
                return Scripted(json.dumps({"relevant": relevant}))
            case "mend":
                return mend(body, before) if mend else said()
            case _:
                return answer(body, before)

    return script


def holds(body: Body, before: int) -> Scripted:
    return said((numbers_of(body, "tournament nodes"), HOLDS))


def purposes(server: LlmServer) -> list[str]:
    return [purpose_of(body) for body in server.asked]


async def assert_replays(room: AskedRoom, trace_id: str) -> None:
    searches = len(room.search.searches)
    assert await replayed(room.traces, trace_id) == room.traces.result(trace_id)
    assert len(room.search.searches) == searches


async def test_sentences_are_compared_with_the_whole_question(tmp_path: Path) -> None:
    async with asked_room(tmp_path) as room:
        await room.result(QUESTION)
        asked = [request for request in room.bus.asked if isinstance(request, Encode) and request.kind == "query"]
        assert {text for request in asked for text in request.texts} == {QUESTION}


async def test_of_two_questions_in_one_the_one_that_is_answered_stands_and_the_other_is_named(tmp_path: Path) -> None:
    async with asked_room(tmp_path) as room:
        result = await room.result("What does the tree of tournament nodes hold, and which birds nest on coral reefs?")
        assert (result.outcome, [citation.paper_id for citation in result.citations]) == ("partial", [TREES])
        assert "Not found in these papers: which birds nest on coral reefs?" in [gap.text for gap in result.gaps]
        assert_verbatim(result, room)
        await assert_replays(room, result.trace_id)


async def test_a_question_in_another_language_is_put_into_english_by_the_model(tmp_path: Path) -> None:
    german = "Was steht in einem Baum aus Turnierknoten?"
    with llm_server(scripted(holds, question=QUESTION)) as server:
        async with asked_room(tmp_path, llm_settings(server)) as room:
            result = await room.result(german)
            assert (result.outcome, result.question) == ("answered", german)
            assert_verbatim(result, room)
            await assert_replays(room, result.trace_id)
    async with asked_room(tmp_path / "alone") as room:
        assert (await room.result(german)).outcome == "declined"


async def test_without_a_model_the_papers_own_sentences_answer(tmp_path: Path) -> None:
    async with asked_room(tmp_path) as room:
        result = await room.result(QUESTION)
        assert (result.outcome, result.mode) == ("answered", "extractive")
        assert result.sentences[0].text == "We use a tree of tournament nodes, each holding the head of one run."
        assert result.citations[0].url == "https://arxiv.org/abs/2610.00001v1"
        assert (result.citations[0].locator, result.citations[0].page) == ("Method, page 2", 2)
        assert [found.paper_id for found in result.discoveries] == ["1901.00001"]
        assert result.cost.llm_calls == 0
        assert_verbatim(result, room)
        await assert_replays(room, result.trace_id)


@pytest.mark.parametrize(
    "question", ["Quantum gravity?", "Which trees did Newton plant?", "What BLEU score do tournament trees reach?"]
)
async def test_what_the_papers_do_not_say_is_declined(tmp_path: Path, question: str) -> None:
    async with asked_room(tmp_path) as room:
        result = await room.result(question)
        await assert_replays(room, result.trace_id)
    assert (result.outcome, result.citations, result.sentences) == ("declined", (), ())
    assert "Not in these papers" in result.answer
    assert result.gaps[0].kind == "declined"


async def test_a_model_answers_with_what_follows_from_its_sources(tmp_path: Path) -> None:
    with llm_server(scripted(holds)) as server:
        async with asked_room(tmp_path, llm_settings(server)) as room:
            result = await room.result(QUESTION)
            assert_verbatim(result, room)
            await assert_replays(room, result.trace_id)
    assert (result.outcome, result.mode, result.answer) == ("answered", "llm", f"{HOLDS} [1]")
    assert result.cost.llm_calls == len(server.asked) == 2
    assert result.cost.money is not None
    assert result.models == ("small-model",)


async def test_what_does_not_follow_is_mended_once_and_then_struck(tmp_path: Path) -> None:
    def draft(body: Body, before: int) -> Scripted:
        nodes = numbers_of(body, "tournament nodes")
        return said((nodes, HOLDS), (nodes, "The tree is rebuilt 900 times in a pass."), (nodes, "GPT-9 is a node."))

    def mended(body: Body, before: int) -> Scripted:
        assert "900" in body["messages"][3]["content"]
        return said((numbers_of(body, "64 times"), "The tree is rebuilt at most 64 times in a pass."), ((), "GPT-9."))

    with llm_server(scripted(draft, mended)) as server:
        async with asked_room(tmp_path, llm_settings(server)) as room:
            result = await room.result(QUESTION)
            assert_verbatim(result, room)
            await assert_replays(room, result.trace_id)
    assert [sentence.text for sentence in result.sentences] == [
        HOLDS, "The tree is rebuilt at most 64 times in a pass.",
    ]  # fmt: skip
    assert [gap.kind for gap in result.gaps] == ["struck"]
    assert result.outcome == "partial"
    assert purposes(server).count("mend") == 1


async def test_a_slip_in_a_number_is_put_right_where_another_sentence_proves_the_words(tmp_path: Path) -> None:
    def draft(body: Body, before: int) -> Scripted:
        return said((numbers_of(body, "64 times"), HOLDS))

    with llm_server(scripted(draft)) as server:
        async with asked_room(tmp_path, llm_settings(server)) as room:
            result = await room.result(QUESTION)
    assert "head of one run" in result.citations[0].raw_excerpt
    assert "mend" not in purposes(server)


async def test_what_a_draft_misses_is_looked_for_in_another_round(tmp_path: Path) -> None:
    def draft(body: Body, before: int) -> Scripted:
        nodes, disks = numbers_of(body, "tournament nodes"), numbers_of(body, "disks are still slow")
        if not disks:
            return said((nodes, HOLDS), missing=["old disks problem"])
        return said((nodes, HOLDS), (disks, "Disks are still slow."))

    texts = {
        TREES: {"Method": "We use a tree of tournament nodes, each holding the head of one run."},
        "2610.00009": {"Introduction": "External sorting is an old problem, and disks are still slow."},
    }
    with llm_server(scripted(draft)) as server:
        async with asked_room(tmp_path, llm_settings(server), texts) as room:
            result = await room.result(QUESTION)
            await assert_replays(room, result.trace_id)
            assert "old disks problem" in room.search.searches
    assert {citation.paper_id for citation in result.citations} == {TREES, "2610.00009"}


async def test_a_round_that_brings_no_draft_leaves_the_one_before(tmp_path: Path) -> None:
    drafts = iter([lambda body: said((numbers_of(body, "tournament nodes"), HOLDS), missing=["disks that are slow"])])

    def draft(body: Body, before: int) -> Scripted:
        write = next(drafts, None)
        return write(body) if write else Scripted(status=401, error="no")

    with llm_server(scripted(draft)) as server:
        async with asked_room(tmp_path, llm_settings(server)) as room:
            result = await room.result(QUESTION)
            assert_verbatim(result, room)
            await assert_replays(room, result.trace_id)
    assert (result.mode, result.answer) == ("llm", f"{HOLDS} [1]")
    assert "unreachable" in {gap.kind for gap in result.gaps}


@pytest.mark.parametrize(
    "reply", [said(), Scripted("no JSON at all"), said(((1,), "Trees are green and birds live in their crowns."))]
)
async def test_a_model_that_says_nothing_that_holds_never_invents_an_answer(tmp_path: Path, reply: Scripted) -> None:
    with llm_server(scripted(lambda body, before: reply)) as server:
        async with asked_room(tmp_path, llm_settings(server)) as room:
            result = await room.result(QUESTION)
            assert_verbatim(result, room)
            await assert_replays(room, result.trace_id)
    assert "birds" not in result.answer
    assert (result.outcome == "declined") == (reply == said())


async def test_a_model_that_answers_beside_the_question_is_declined(tmp_path: Path) -> None:
    def draft(body: Body, before: int) -> Scripted:
        return said((numbers_of(body, "Blue whales"), "Blue whales swim far in winter."))

    with llm_server(scripted(draft)) as server:
        async with asked_room(tmp_path, llm_settings(server)) as room:
            result = await room.result("How do trees far from the sea grow in winter soil?")
    assert (result.outcome, result.sentences) == ("declined", ())


async def test_without_the_embedder_words_decide(tmp_path: Path) -> None:
    async with asked_room(tmp_path) as room:
        room.bus.answers[Encode] = RequestFailed("away", code="unavailable", retryable=True)
        result = await room.result(QUESTION)
    assert result.outcome == "answered"


async def test_a_budget_is_kept_and_what_is_there_is_given(tmp_path: Path) -> None:
    with llm_server(scripted(holds)) as server:
        async with asked_room(tmp_path, llm_settings(server), ask_calls=1) as room:
            result = await room.result(QUESTION)
            await assert_replays(room, result.trace_id)
    assert purposes(server) == ["plan"]
    assert (result.outcome, result.mode) == ("partial", "extractive")
    assert "budget" in {gap.kind for gap in result.gaps}


async def test_a_follow_up_knows_what_was_asked_before(tmp_path: Path) -> None:
    async with asked_room(tmp_path) as room:
        first = await room.result(QUESTION)
        follow_up = "And how often is it rebuilt in a pass, when a run ends?"
        second = await room.result(follow_up, conversation=first.trace_id)
        other = await room.result(follow_up, conversation=first.trace_id, user="somebody")
    assert any("64 times" in citation.raw_excerpt for citation in second.citations)
    assert second.conversation == first.trace_id
    assert "tournament nodes" in room.search.searches[1]
    assert "tournament nodes" not in room.search.searches[2]
    assert other.user == "somebody"


async def test_papers_that_contradict_each_other_are_named(tmp_path: Path) -> None:
    texts = {
        TREES: {"Results": "Tournament trees improve the speed of external sorting on cheap disks."},
        "2610.00009": {"Results": "Tournament trees do not improve the speed of external sorting on cheap disks."},
    }
    async with asked_room(tmp_path, texts=texts) as room:
        result = await room.result("Do tournament trees improve the speed of external sorting?")
    assert len(result.disagreements) == 1
    assert len(result.disagreements[0].citations) == 2
