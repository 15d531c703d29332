"""A glossary is read and changed on the pages that translate."""

import json

from shared.contracts import PutGlossary, PutGlossaryReply
from shared.store.files.data_folder import DataFolder
from shared.store.people.glossaries import GlossaryStore
from tests.support.browsing.reader import FakeReader

JSON = {"Content-Type": "application/json", "Accept": "application/json"}


async def kept(fake_reader: FakeReader, **fields: object) -> tuple[int, dict[str, str]]:
    async with fake_reader.client() as client:
        answer = await client.post("/api/glossary", content=json.dumps(fields), headers=JSON)
    return answer.status_code, answer.json()


def put(data: DataFolder, request: PutGlossary) -> PutGlossaryReply:
    is_saved, glossary = GlossaryStore(data).put("me", request.language, request.text, request.based_on)
    return PutGlossaryReply(is_saved=is_saved, text=glossary.text, fingerprint=glossary.fingerprint)


async def test_a_glossary_is_kept_and_shown_again(fake_reader: FakeReader, data: DataFolder) -> None:
    fake_reader.bus.answers[PutGlossary] = lambda request: put(data, request)
    status, facts = await kept(fake_reader, language="de", text="graph = Graph\nodd", based_on="")
    assert (status, facts["text"]) == (200, "graph = Graph\nodd")
    assert facts["problem"].startswith("Line 2 is passed over")
    async with fake_reader.client() as client:
        shown = (await client.get("/api/glossary/de")).json()
        assert (await client.get("/api/glossary/xx")).status_code == 404
    assert shown == facts
    status, facts = await kept(fake_reader, language="de", text="graph = Netz", based_on="")
    assert status == 409
    assert "changed elsewhere" in facts["error"]
    assert GlossaryStore(data).get("me", "de").text == "graph = Graph\nodd"


async def test_what_is_no_glossary_is_refused_with_its_reason(fake_reader: FakeReader) -> None:
    for odd in ({"language": "../x", "text": "a = b"}, {"language": "xx", "text": "a"}, {"language": "de", "text": 5}):
        status, facts = await kept(fake_reader, **odd)
        assert (status, facts["error"][:21]) == (422, "Not a valid glossary:")
    status, facts = await kept(fake_reader, language="de", text="a = b")
    assert status == 503
    assert facts["error"].startswith("Your glossary was not saved: ")
