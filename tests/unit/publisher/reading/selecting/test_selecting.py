"""A selected passage: similar ones are found, each kind on its own, and a note keeps it with its place."""

import json
from typing import Any

import pytest

from services.publisher.reading.selecting.passage_notes import PassageForm, with_passage
from services.publisher.reading.selecting.similar_passages import query_of
from shared.contracts import FindPassages, FindPassagesReply, Hit, HitsReply, PassageHit, PutNote, PutNoteReply, Search
from shared.store.files.data_folder import DataFolder
from shared.store.people.notes import NoteStore
from tests.support.browsing.reader import FORM, FakeReader
from tests.support.folders.seed import FAR, GRAPHS, TIDES

_FACTS = {"title": "Tides", "chunk_id": "c", "section": "2 Heat", "text": "Heat\nflows.", "score": 1.0}
FOUND = PassageHit(paper_id=TIDES, version=1, start=5, end=9, **_FACTS)


@pytest.mark.parametrize(
    ("passage", "query"),
    [
        ("We use $x_1$ -not title:foo “q”, don’t", "We use not title foo q don’t"),
        ("\\alpha $$x$$ …", ""),
        ("word " * 200, " ".join(["word"] * 80)),
    ],
)
def test_a_passage_is_asked_for_by_its_words_alone(passage: str, query: str) -> None:
    assert query_of(passage) == query


async def similar(fake_reader: FakeReader, **fields: str) -> tuple[int, str]:
    async with fake_reader.client() as client:
        answer = await client.post("/similar-passages", data={"paper_id": GRAPHS, **fields}, headers=FORM)
    return answer.status_code, answer.text


async def test_what_does_not_answer_leaves_the_other(fake_reader: FakeReader) -> None:
    bus = fake_reader.bus
    bus.answers[Search] = HitsReply(hits=(Hit(paper_id=GRAPHS, score=2), Hit(paper_id=FAR, score=1)))
    status, text = await similar(fake_reader, passage="message passing")
    assert status == 200
    assert "Loopy belief propagation" in text
    assert "rounds" not in text  # the paper itself
    assert "Passages cannot be searched right now" in text
    bus.answers[FindPassages] = FindPassagesReply(passages=(FOUND, FOUND.model_copy(update={"paper_id": GRAPHS})))
    del bus.answers[Search]
    _, text = await similar(fake_reader, passage="message passing")
    assert "Papers cannot be searched right now" in text
    assert text.count("Heat flows.") == 1
    assert f"/paper/{TIDES}/text?start=5&amp;end=9&amp;version=1#quote" in text
    assert "no words to look for" in (await similar(fake_reader, passage="$x$"))[1]
    assert (await similar(fake_reader, passage="x", paper_id="local:0123456789abcdef"))[0] == 404


def form(**fields: Any) -> PassageForm:
    return PassageForm.model_validate({"paper_id": GRAPHS, "passage": "Words\n of it.", **fields})


@pytest.mark.parametrize(
    ("note", "fields", "text"),
    [
        ("", {}, "> Words of it.\n>\n> — in the text"),
        ("Old.\n", {"remark": " Mine. "}, "Old.\n\n> Words of it.\n>\n> — in the text\n\nMine."),
        ("", {"section": "2 [M]", "address": "/paper/1/text#at-3"}, "> Words of it.\n>\n> — [2 M](/paper/1/text#at-3)"),
        ("", {"section": "2", "address": "//evil.example/x"}, "> Words of it.\n>\n> — 2"),
        ("", {"section": "2", "address": "/paper/1/text) [x](y"}, "> Words of it.\n>\n> — 2"),
    ],
)
def test_a_passage_stands_at_the_end_of_the_note(note: str, fields: dict[str, str], text: str) -> None:
    added = with_passage(note, form(**fields))
    assert added == text
    assert with_passage(added, form(**fields)) == text  # sent twice, kept once


async def test_a_passage_is_noted_once_over_a_note_that_changes_meanwhile(
    fake_reader: FakeReader, data: DataFolder
) -> None:
    store = NoteStore(data)
    refused: list[str] = []

    def put(request: PutNote) -> PutNoteReply:
        if not refused:
            refused.append(request.text)
            store.put("me", GRAPHS, "From elsewhere.")
        is_saved, note = store.put("me", GRAPHS, request.text, request.based_on)
        return PutNoteReply(is_saved=is_saved, text=note.text, fingerprint=note.fingerprint)

    async with fake_reader.client() as client:
        body = {"paper_id": GRAPHS, "passage": "Words.", "remark": "Mine."}
        assert (await client.post("/api/note/passage", json=body)).status_code == 503
        fake_reader.bus.answers[PutNote] = put
        assert (await client.post("/api/note/passage", json=body)).status_code == 200
        assert (await client.post("/api/note/passage", json={**body, "passage": ""})).status_code == 422
        long = {**body, "remark": "x" * 7000}
        for number in range(2):
            await client.post("/api/note/passage", json={**long, "passage": f"{number}"})
        answer = await client.post("/api/note/passage", json={**long, "passage": "one too many"})
    assert store.get("me", GRAPHS).text.startswith("From elsewhere.\n\n> Words.")
    assert answer.status_code == 422
    assert "20,000" in json.loads(answer.text)["error"]
