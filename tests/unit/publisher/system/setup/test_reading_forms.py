"""The Setup form as browsers send it, and as nobody should."""

from typing import Any

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request

from services.publisher.system.setup.reading_forms import MOST_BYTES, read_form

URLENCODED = "application/x-www-form-urlencoded"


def request(body: bytes, kind: str = URLENCODED, **headers: str) -> Request:
    fields = {"content-type": kind, "content-length": str(len(body)), **headers}
    scope: dict[str, Any] = {"type": "http", "method": "POST", "path": "/setup", "query_string": b"", "app": None}
    scope["headers"] = [(name.encode(), value.encode()) for name, value in fields.items() if value]

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    return Request(scope, receive)


async def test_a_field_may_come_often() -> None:
    assert await read_form(request(b"category=cs.LG&category=math&contact=")) == {
        "category": ["cs.LG", "math"],
        "contact": [""],
    }


@pytest.mark.parametrize(
    ("content", "text"), [("né".encode(code), "né") for code in ("utf-8", "utf-8-sig", "cp1252", "utf-16")]
)
async def test_a_file_is_read_as_text(content: bytes, text: str) -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="papers"; filename="../../etc/a.bib"\r\n\r\n'
    read = await read_form(request(head + content + b"\r\n--x--\r\n", "multipart/form-data; boundary=x"))
    assert read == {"papers_text": [text], "papers_file": ["a.bib"]}


@pytest.mark.parametrize(
    ("headers", "code"), [({"content-length": ""}, 411), ({"content-length": str(MOST_BYTES + 1)}, 413)]
)
async def test_a_form_of_unknown_or_great_length_is_refused(headers: dict[str, str], code: int) -> None:
    with pytest.raises(HTTPException) as refused:
        await read_form(request(b"a=b", URLENCODED, **headers))
    assert refused.value.status_code == code


async def test_a_broken_form_is_refused_and_no_accident() -> None:
    with pytest.raises(HTTPException) as refused:
        await read_form(request(b"no boundary here", "multipart/form-data; boundary=x"))
    assert refused.value.status_code == 400
