"""Forms that no browser sends are refused, never an error of ours."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.browsing.reader import FakeReader, reader
from tests.support.folders.seed import GRAPHS, seed

OWN = {"sec-fetch-site": "same-origin"}


def hostile_bodies() -> Iterator[tuple[str, bytes, str]]:
    as_json, as_form = "application/json", "application/x-www-form-urlencoded"
    yield "deep list", b"[" * 9_000, as_json
    yield "deep object", b'{"paper_id":' * 800, as_json
    yield "deep inside", b'{"paper_id":' + b"[" * 4_000 + b"]" * 4_000 + b"}", as_json
    yield "nested", json.dumps({"paper_id": {"a": [GRAPHS]}, "label": "like"}).encode(), as_json
    yield "wrong types", b'{"paper_id": 5, "label": true, "key": null, "token": 7, "wish": []}', as_json
    yield "huge number", b'{"paper_id": ' + b"9" * 6_000 + b"}", as_json
    yield "lone surrogate", b'{"paper_id": "\\ud800", "label": "like", "key": "\\udfff", "token": "\\ud800"}', as_json
    yield "surrogate as a name", b'{"\\ud800": "x"}', as_json
    yield "surrogate in what is sent on", b'{"key": "a\\ud800", "wish": "boost", "next": "/\\ud800"}', as_json
    yield "not utf-8", b'{"paper_id": "\xff"}', as_json
    yield "utf-16", '{"paper_id": "é"}'.encode("utf-16"), as_json
    yield "no object", b'"text"', as_json
    yield "nan", b'{"paper_id": NaN, "key": Infinity}', as_json
    yield "empty", b"", as_json
    yield "too large", b'{"paper_id": "' + b"x" * 20_000 + b'"}', as_json
    yield "form not utf-8", b"paper_id=%ff%fe&label=like&token=%ff", as_form
    yield "form raw bytes", b"\xff=\xff", as_form
    yield "many fields", b"&".join(b"a%d=b" % number for number in range(900)), as_form
    yield "multipart", b"--x\r\nContent-Disposition: form-data\r\n\r\n", "multipart/form-data; boundary=x"
    yield "multipart without an end", b"--", "multipart/form-data"


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
@pytest.mark.parametrize("path", ["/api/rating", "/api/reprocess", "/api/facet", "/login", "/logout"])
@pytest.mark.parametrize(
    ("body", "kind"),
    [(body, kind) for _, body, kind in hostile_bodies()],
    ids=[name for name, _, _ in hostile_bodies()],
)
async def test_attack_12_a_hostile_form_is_refused_and_never_an_error_of_ours(
    fake_reader: FakeReader, path: str, accept: str, body: bytes, kind: str
) -> None:
    async with fake_reader.client() as client:
        answer = await client.post(path, content=body, headers={**OWN, "content-type": kind, "accept": accept})
    expected = {400, 413, 415, 422} if path.startswith("/api") else {303, 400, 413, 415, 422}
    assert answer.status_code in expected
    assert fake_reader.bus.published == []


@pytest.fixture(scope="module")
def fake_reader(tmp_path_factory: pytest.TempPathFactory) -> FakeReader:
    return reader(seed(tmp_path_factory.mktemp("reader")))


async def test_attack_12_a_body_without_a_length_is_cut_off(fake_reader: FakeReader) -> None:
    async def endless() -> Any:
        while True:
            yield b" " * 1_000

    headers = {**OWN, "content-type": "application/json"}
    async with fake_reader.client() as client:
        assert (await client.post("/api/rating", content=endless(), headers=headers)).status_code == 413
