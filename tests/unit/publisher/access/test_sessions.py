"""Sessions: opened by a token, ended by logging out, by time and by another token; stolen and broken ones."""

import json

import httpx
import pytest

from services.publisher.access.policy import COOKIE
from services.publisher.access.sessions import Sessions, end_all_sessions, sessions_path
from shared.store.files.data_folder import DataFolder
from tests.support.browsing.logging_in import OWN, TOKEN, Clock
from tests.support.browsing.reader import HTML, FakeReader, reader


async def log_in(client: httpx.AsyncClient, token: str = TOKEN) -> httpx.Response:
    return await client.post("/login", data={"token": token}, headers=OWN)


async def test_attack_9_the_cookie_is_no_token_and_another_each_time(guarded: FakeReader, data: DataFolder) -> None:
    async with guarded.client() as first_client, guarded.client() as other:
        first, second = await log_in(first_client), await log_in(other)
    assert first.cookies[COOKIE] != second.cookies[COOKIE]
    stored = sessions_path(data).read_text()
    assert TOKEN not in stored
    assert first.cookies[COOKIE] not in stored
    assert "Max-Age=2592000" in first.headers["set-cookie"]


async def test_attack_9_a_session_ends_by_logging_out(guarded: FakeReader) -> None:
    async with guarded.client() as first_client, guarded.client() as other:
        await log_in(first_client)
        await log_in(other)
        stolen = {"cookie": f"{COOKIE}={first_client.cookies[COOKIE]}"}
        page = await first_client.get("/", headers=HTML)
        assert 'action="/logout"' in page.text
        assert (await first_client.post("/logout")).status_code == 403
        assert (await first_client.post("/logout", headers=OWN)).headers["location"] == "/login"
        assert (await first_client.get("/", headers=stolen)).status_code == 401
        assert (await other.get("/")).status_code == 200
        await other.post("/logout", data={"everywhere": "1"}, headers=OWN)
        assert (await other.get("/")).status_code == 401


async def test_attack_9_all_sessions_can_be_ended_from_outside_and_outlive_a_restart(data: DataFolder) -> None:
    before = reader(data, token=TOKEN)
    async with before.client() as client:
        await log_in(client)
        cookie = {"cookie": f"{COOKIE}={client.cookies[COOKIE]}"}
    after = reader(data, token=TOKEN)
    async with after.client() as client:
        assert (await client.get("/", headers=cookie)).status_code == 200
        end_all_sessions(data)
        assert (await client.get("/", headers=cookie)).status_code == 401


async def test_attack_9_another_token_ends_the_sessions_of_the_old_one(data: DataFolder) -> None:
    async with reader(data, token=TOKEN).client() as client:
        await log_in(client)
        cookies = dict(client.cookies)
    for token in ("another-token-of-length", TOKEN + "x"):
        async with reader(data, token=token).client(cookies=cookies) as client:
            assert (await client.get("/")).status_code == 401


def test_attack_9_a_session_expires(data: DataFolder) -> None:
    clock = Clock()
    sessions = Sessions(data, TOKEN, days=2, clock=clock)
    secret = sessions.open()
    clock.now += 2 * 86_400 - 1
    assert sessions.is_open(secret)
    clock.now += 2
    assert not sessions.is_open(secret)
    sessions.open()
    assert len(json.loads(sessions_path(data).read_text())["sessions"]) == 1


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[" * 100_000, b'{"sessions": 5}', b'{"sessions":'])
def test_attack_9_a_broken_file_of_sessions_lets_nobody_in_and_the_owner_log_in(
    data: DataFolder, content: bytes
) -> None:
    path = sessions_path(data)
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    sessions = Sessions(data, TOKEN)
    assert not sessions.is_open("")
    assert sessions.is_open(sessions.open())
