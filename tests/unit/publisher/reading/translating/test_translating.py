"""Paragraphs are shown with their translations, sentence by sentence; what is missing stays in the original."""

import re

from services.publisher.reading.translating.translated_summary import Words, requests_of, with_words
from services.publisher.reading.translating.wishes import sentences_of
from shared.contracts import Translate, TranslateReply
from shared.store.files.data_folder import DataFolder
from shared.store.papers.documents import DocumentRecord, DocumentStore
from shared.store.people.glossaries import GlossaryStore
from tests.support.browsing.reader import FORM, FakeReader
from tests.support.folders.seed import GRAPHS, NOON
from tests.support.papers.written_summary import MARKDOWN, store_written_summary

TEXT = f"/paper/{GRAPHS}/text"
WALKS = MARKDOWN.index("We count walks")


async def translation(fake_reader: FakeReader, **fields: str) -> tuple[int, str]:
    facts = {"version": "1", "part": "1", "language": "de", "starts": str(WALKS), **fields}
    async with fake_reader.client() as client:
        answer = await client.post(f"{TEXT}/translation", data=facts, headers=FORM)
    return answer.status_code, answer.text


async def test_a_paragraph_comes_with_its_sentences_aligned(fake_reader: FakeReader, data: DataFolder) -> None:
    store_written_summary(data)

    def translate(request: Translate) -> TranslateReply:
        assert dict(request.glossary) == {"walk": "Kantenzug"}
        texts = (f"Wir zählen $k$ <b>{n}</b>." for n in range(len(request.sentences)))
        return TranslateReply(translations=tuple(texts), model="m")

    fake_reader.bus.answers[Translate] = translate
    GlossaryStore(data).put("me", "de", "walk = Kantenzug\nnonsense")
    GlossaryStore(data).put("anna", "de", "walk = Spaziergang")
    status, text = await translation(fake_reader)
    assert status == 200
    assert f'lang="de" data-for="{WALKS}"' in text
    assert '<span class="translated">Wir zählen <span class="math inline">k</span> &lt;b&gt;0' in text
    assert "<template>We count walks" in text
    assert (await translation(fake_reader, starts="3 99999"))[1].strip() == ""


async def test_what_cannot_be_translated_is_said_and_stays(fake_reader: FakeReader, data: DataFolder) -> None:
    store_written_summary(data)
    _, text = await translation(fake_reader)
    assert "Nothing can be translated now" in text
    assert 'class="untranslated" lang="en">We count walks' in text
    for wrong in ({"language": "xx"}, {"version": "9"}, {"version": "x"}):
        assert (await translation(fake_reader, **wrong))[0] == 404


def test_a_formula_alone_is_not_translated() -> None:
    assert sentences_of("$$\\alpha = 12$$") == sentences_of("12.5") == ()
    assert sentences_of("So $x$ holds. Then we stop.") == ("So $x$ holds.", "Then we stop.")


async def test_a_heading_is_translated_as_well(fake_reader: FakeReader, data: DataFolder) -> None:
    store_written_summary(data)
    fake_reader.bus.answers[Translate] = translated_to_german
    async with fake_reader.client() as client:
        page = (await client.get(TEXT)).text
    found = re.search(r'<h\d id="[^"]*" data-at="(\d+)">(\w+)', page)
    assert found
    assert f">DE {found[2]}" in (await translation(fake_reader, starts=found[1]))[1]


def translated_to_german(request: Translate) -> TranslateReply:
    return TranslateReply(translations=tuple(f"DE {sentence}" for sentence in request.sentences), model="m")


def store_tables(data: DataFolder, text: str) -> None:
    record = DocumentRecord(paper_id=GRAPHS, version=1, status="converted", route="latex", made_at=NOON)
    DocumentStore(data).put(record, text, [])


async def test_of_a_table_the_words_are_translated_and_numbers_stay(fake_reader: FakeReader, data: DataFolder) -> None:
    table = (
        "| Method | Score |\n|---|---|\n| random walks [@a] | 93.2 |\n| random walks [@a] | $x^2$ |\n| <b>ours | – |\n"
    )
    store_tables(data, f"# T\n\n## Results\n\n{table}")
    fake_reader.bus.answers[Translate] = translated_to_german
    _, text = await translation(fake_reader, starts=str(f"# T\n\n## Results\n\n{table}".index(table)))
    (asked,) = [request for request in fake_reader.bus.asked if isinstance(request, Translate)]
    assert asked.sentences == ("Method", "Score", "random walks [@a]", "&lt;b>ours")
    assert '<th><span class="translated">DE Method<template>Method</template></span></th>' in text
    assert text.count("DE random walks") == 2
    assert "<td>93.2</td>" in text
    assert "&lt;b&gt;ours" in text
    assert "<b>" not in text


async def test_what_is_too_much_for_one_request_is_named(fake_reader: FakeReader, data: DataFolder) -> None:
    paragraphs = ["Some words stand here. " * 30, "Other words stand here. " * 30, "A last word stands here."]
    text = "# T\n\n" + "\n\n".join(paragraphs) + "\n"
    store_tables(data, text)
    fake_reader.bus.answers[Translate] = translated_to_german
    starts = [text.index(paragraph) for paragraph in paragraphs]
    _, shown = await translation(fake_reader, starts=" ".join(map(str, starts)))
    assert f'data-for="{starts[0]}"' in shown
    assert f'<p class="later" data-for="{starts[1]}" hidden>' in shown


async def summary_translation(fake_reader: FakeReader, paper_id: str = GRAPHS, **fields: str) -> tuple[int, str]:
    async with fake_reader.client() as client:
        answer = await client.post(f"/paper/{paper_id}/translation", data={"language": "de", **fields}, headers=FORM)
    return answer.status_code, answer.text


async def test_claims_and_abstract_come_with_their_sentences_aligned(fake_reader: FakeReader, data: DataFolder) -> None:
    store_written_summary(data)
    asked: list[Translate] = []

    def translate(request: Translate) -> TranslateReply:
        asked.append(request)
        return TranslateReply(translations=tuple(f"DE <i>{sentence}" for sentence in request.sentences), model="m")

    fake_reader.bus.answers[Translate] = translate
    GlossaryStore(data).put("me", "de", "walk = Kantenzug")
    status, text = await summary_translation(fake_reader)
    assert status == 200
    assert {request.glossary for request in asked} == {(("walk", "Kantenzug"),)}
    assert 'data-for="abstract"' in text
    async with fake_reader.client() as client:
        page = (await client.get(f"/paper/{GRAPHS}")).text
    names = re.findall(r'data-words="([^"]+)"', page)
    assert len(names) > 2
    assert re.findall(r'data-for="([^"]+)"', text) == names
    assert "<i>" not in text
    assert "untranslated" not in text


async def test_a_summary_that_cannot_be_translated_stays_and_says_why(fake_reader: FakeReader) -> None:
    _, text = await summary_translation(fake_reader)
    assert "Nothing can be translated now" in text
    assert 'class="translated"' not in text
    assert (await summary_translation(fake_reader, language="xx"))[0] == 404
    assert (await summary_translation(fake_reader, "2601.99999"))[0] == 404


def test_a_long_summary_is_asked_for_in_pieces_and_put_together_again() -> None:
    words = [Words("method-1", tuple(f"S{n}." for n in range(50))), Words("abstract", ("A.", "B."))]
    pieces = requests_of(words)
    assert [len(piece) for piece in pieces] == [40, 12]
    whole = with_words(words, [sentence.lower() for piece in pieces for sentence in piece][:51])
    assert whole[0].sentences[49] == ("S49.", "s49.")
    assert whole[1].sentences == (("A.", "a."), ("B.", ""))
