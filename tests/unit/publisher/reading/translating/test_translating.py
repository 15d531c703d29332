"""Paragraphs are shown with their translations, sentence by sentence; what is missing stays in the original."""

from services.publisher.reading.translating.translated_blocks import read_glossary
from shared.contracts import Translate, TranslateReply
from shared.store.files.data_folder import DataFolder
from tests.support.reader import FORM, FakeReader
from tests.support.seed import GRAPHS
from tests.support.written_summary import MARKDOWN, store_written_summary

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
    status, text = await translation(fake_reader, glossary="walk = Kantenzug\nnonsense")
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


def test_a_glossary_is_a_term_and_its_translation_a_line() -> None:
    assert read_glossary("a = b\n a=c \n=x\ny=\nno\ngraph = Graph = G\n") == (("a", "b"), ("graph", "Graph = G"))
    assert len(read_glossary("\n".join(f"{n} = x" for n in range(500)))) == 100
