"""Size, width and density are kept in a cookie that can say nothing else."""

import httpx
import pytest

from tests.support.browsing.reader import FORM, FakeReader
from tests.support.folders.seed import GRAPHS


async def chosen(fake_reader: FakeReader, cookie: str, form: dict[str, str]) -> httpx.Response:
    async with fake_reader.client(cookies={"papersys_reading": cookie} if cookie else {}) as client:
        return await client.post("/reading-style", data=form, headers=FORM)


async def test_a_choice_is_kept_and_the_other_one_stays(fake_reader: FakeReader) -> None:
    answer = await chosen(fake_reader, "l-w", {"size": "s", "next": f"/paper/{GRAPHS}/text"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/paper/{GRAPHS}/text")
    assert "papersys_reading=s-w-0;" in answer.headers["set-cookie"]
    assert "HttpOnly" in answer.headers["set-cookie"]


@pytest.mark.parametrize("cookie", ["", "x<script>-9", "-", "m-m-m"])
async def test_what_is_not_known_is_medium(fake_reader: FakeReader, cookie: str) -> None:
    answer = await chosen(fake_reader, cookie, {"width": "<b>", "next": "//evil.example"})
    assert answer.headers["location"] == "/"
    assert "papersys_reading=m-m-0;" in answer.headers["set-cookie"]
