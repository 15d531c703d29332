"""The page Ask: questions sent once, followed as they are answered, and seen by nobody else."""

import html

import httpx
import pytest

from shared.contracts import Ask, AskReply, CancelAsk, CancelAskReply, CostEstimate
from shared.errors import RequestFailed
from shared.store.files.data_folder import DataFolder
from shared.store.papers.documents import DocumentRecord, DocumentStore, Section
from shared.store.people.users import UserStore
from tests.support.browsing.reader import FORM, HTML, FakeReader, page
from tests.support.folders.seed import GRAPHS, HOSTILE_TITLE
from tests.support.papers.answered_questions import (
    ASKED_AT,
    EXCERPT,
    TRACE_ID,
    answered,
    cited,
    trace_id_of,
    write_question,
    write_steps,
)

QUESTION = {
    "question": "How are walks counted?",
    "corpus": "list",
    "narrow": "tag:graphs",
    "ask_id": "0123456789abcdef",
}


async def send(fake_reader: FakeReader, path: str, fields: dict[str, str]) -> httpx.Response:
    async with fake_reader.client() as client:
        return await client.post(path, data=fields, headers=FORM)


async def test_a_question_is_sent_with_its_papers_and_leads_to_its_page(fake_reader: FakeReader) -> None:
    fake_reader.bus.answers[Ask] = AskReply(trace_id=TRACE_ID, state="running")
    once, twice = await send(fake_reader, "/ask", QUESTION), await send(fake_reader, "/ask", QUESTION)
    assert (once.status_code, once.headers["location"], twice.status_code) == (303, f"/ask/{TRACE_ID}", 303)
    first, second = (request for request in fake_reader.bus.asked if isinstance(request, Ask))
    assert first == second
    assert (first.corpus.kind, first.corpus.tags, first.wait_seconds) == ("list", ("graphs",), 0)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"question": " "}, "Type a question"),
        ({"question": "How?", "narrow": "since:yesterday"}, "2026-01-31"),
        ({"question": "How?", "conversation": "../.."}, "conversation"),
        ({"question": "x" * 2001}, "2,001 characters"),
    ],
)
async def test_what_cannot_be_asked_comes_back_with_the_reason(
    fake_reader: FakeReader, fields: dict[str, str], told: str
) -> None:
    answer = await send(fake_reader, "/ask", fields)
    assert answer.status_code == 422
    assert told in answer.text
    assert html.escape(fields["question"].strip()) in answer.text
    assert fake_reader.bus.asked == []


async def test_an_estimate_is_shown_and_asks_nothing(fake_reader: FakeReader) -> None:
    estimate = CostEstimate(llm_calls=4, input_tokens=20_000, output_tokens=1_500, money=0.02, currency="EUR")
    fake_reader.bus.answers[Ask] = AskReply(state="estimated", estimate=estimate)
    answer = await send(fake_reader, "/ask", {**QUESTION, "action": "estimate"})
    assert "At most 4 calls to the model, 21,500 tokens, 0.02" in " ".join(answer.text.split())
    (asked,) = fake_reader.bus.asked
    assert isinstance(asked, Ask)
    assert asked.estimate_only


async def test_where_nobody_answers_the_question_is_not_lost(fake_reader: FakeReader) -> None:
    fake_reader.bus.answers[Ask] = RequestFailed("Nobody answers now.", code="unavailable", retryable=True)
    answer = await send(fake_reader, "/ask", QUESTION)
    assert answer.status_code == 503
    assert "Nobody answers now." in answer.text
    assert QUESTION["question"] in answer.text


async def test_a_running_question_says_its_steps_and_can_be_cancelled(
    data: DataFolder, fake_reader: FakeReader
) -> None:
    write_question(data)
    fake_reader.bus.answers[CancelAsk] = CancelAskReply(was_running=True)
    shown = await page(fake_reader, f"/ask/{TRACE_ID}")
    assert 'data-poll="1"' in shown
    assert "Searched the papers" in shown
    assert (await send(fake_reader, f"/ask/{TRACE_ID}/cancel", {})).status_code == 303
    assert CancelAsk(trace_id=TRACE_ID) in fake_reader.bus.asked
    write_steps(data, TRACE_ID, {"step": "cancelled"})
    shown = await page(fake_reader, f"/ask/{TRACE_ID}")
    assert "was cancelled" in shown
    assert "data-poll" not in shown


async def test_an_answer_shows_its_citations_gaps_and_discoveries(data: DataFolder, fake_reader: FakeReader) -> None:
    write_question(data, result=answered())
    shown = await page(fake_reader, f"/ask/{TRACE_ID}")
    for words in ("no AI text", f'/ask/{TRACE_ID}/citation/1"', "weighted walks", "Counting walks", "Ask a follow-up"):
        assert words in shown
    assert f'name="conversation" value="{TRACE_ID}"' in shown
    assert QUESTION["question"] in await page(fake_reader, "/ask")


async def test_a_citation_opens_the_text_at_its_words_wherever_they_moved(
    data: DataFolder, fake_reader: FakeReader
) -> None:
    text = f"# A paper\n\n## Method\n\nHere {EXCERPT}, one after the other.\n"
    record = DocumentRecord(paper_id=GRAPHS, version=1, status="converted", made_at=ASKED_AT)
    DocumentStore(data).put(record, text, [Section(title="Method", level=1, text=f"Here {EXCERPT}.")])
    words, start = EXCERPT, text.index(EXCERPT)
    citations = (
        cited(1, words, start=start, end=start + len(words)),
        cited(2, words, start=3, end=9),
        cited(3, "words that stand in no paper at all"),
    )
    write_question(data, result=answered(citations=citations))
    async with fake_reader.client() as client:
        exact, moved, lost = [
            await client.get(f"/ask/{TRACE_ID}/citation/{number}", headers=HTML) for number in (1, 2, 3)
        ]
    assert exact.headers["location"].startswith(f"/paper/{GRAPHS}/text?start={start}&end={start + len(words)}")
    assert moved.headers["location"] == exact.headers["location"]
    assert lost.status_code == 200
    assert "were not found in the text" in lost.text
    assert 'id="quote"' in await page(fake_reader, exact.headers["location"].partition("#")[0])


async def test_an_answer_is_exported_with_its_citations_and_bibtex(data: DataFolder, fake_reader: FakeReader) -> None:
    write_question(data, result=answered())
    async with fake_reader.client() as client:
        answer = await client.get(f"/ask/{TRACE_ID}/answer.md")
    assert answer.headers["content-disposition"] == 'attachment; filename="answer-20261106T120000.md"'
    for words in ("# How are walks counted?", f"> {EXCERPT}", f"https://arxiv.org/abs/{GRAPHS}v1", "@misc{oduya2026"):
        assert words in answer.text


async def test_a_follow_up_shows_the_questions_before(data: DataFolder, fake_reader: FakeReader) -> None:
    write_question(data, trace_id_of(1), answered(trace_id_of(1)))
    write_question(data, trace_id_of(2), conversation=trace_id_of(1), question="And weighted ones?")
    shown = await page(fake_reader, f"/ask/{trace_id_of(2)}")
    assert "Questions before this one" in shown
    assert f"/ask/{trace_id_of(1)}" in shown


async def test_nobody_sees_a_question_of_somebody_else(data: DataFolder, fake_reader: FakeReader) -> None:
    UserStore(data).add("ada")
    write_question(data, result=answered(), user="ada")
    for path in ("", "/answer.md", "/citation/1"):
        await page(fake_reader, f"/ask/{TRACE_ID}{path}", status=404)
    assert (await send(fake_reader, f"/ask/{TRACE_ID}/cancel", {})).status_code == 404
    assert QUESTION["question"] not in await page(fake_reader, "/ask")
    assert fake_reader.bus.asked == []


async def test_hostile_words_stay_words_on_every_page(data: DataFolder, fake_reader: FakeReader) -> None:
    hostile = f"{HOSTILE_TITLE} ![x](https://evil.example/x.png) <img src=x onerror=alert(1)>"
    citation = cited(1, hostile, title=hostile, section=hostile, locator=hostile, url="javascript:alert(1)")
    result = answered(
        answer=f"{hostile} [1]",
        question=hostile,
        citations=(citation,),
        gaps=({"kind": "not_found", "text": hostile},),
        discoveries=({"title": hostile, "reason": hostile},),
        models=(hostile,),
        researcher=hostile,
        mode="llm",
    )
    write_question(data, result=result, question=hostile)
    async with fake_reader.client() as client:
        export = (await client.get(f"/ask/{TRACE_ID}/answer.md")).text
    for shown in (
        await page(fake_reader, f"/ask/{TRACE_ID}"),
        await page(fake_reader, "/ask"),
        await page(fake_reader, f"/ask/{TRACE_ID}/citation/1"),
    ):
        assert "<script>alert" not in shown
        assert "<img src=x" not in shown
        assert 'evil.example/x.png"' not in shown
        assert 'href="javascript:' not in shown
    assert "![x](" not in export
    assert "<img" not in export
