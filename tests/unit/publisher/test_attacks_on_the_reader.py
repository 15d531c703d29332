"""Guessed tokens, stolen and old sessions, and forms that no browser sends."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.publisher.access.access import BROWSER_COOKIE, COOKIE
from services.publisher.access.login_attempts import Guesses, guesser_of
from services.publisher.access.sessions import Sessions, end_all_sessions, sessions_path
from shared.store.files.data_folder import DataFolder
from tests.support.reader import HTML, ReaderOnPaper, reader
from tests.support.seed import GRAPHS, seed

TOKEN = "a-token-of-decent-length"
OWN = {"sec-fetch-site": "same-origin"}
LIKE = {"paper_id": GRAPHS, "label": "like"}


class Clock:
    """Time that passes when a test says so."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    return seed(tmp_path)


@pytest.fixture
def guarded(data: DataFolder) -> ReaderOnPaper:
    return reader(data, token=TOKEN)


def client_at(on_paper: ReaderOnPaper, address: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=on_paper.app, client=(address, 4000))
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080")


async def log_in(client: httpx.AsyncClient, token: str = TOKEN) -> httpx.Response:
    return await client.post("/login", data={"token": token}, headers=OWN)


# Guesses


@pytest.mark.parametrize("way", ["form", "header", "address", "health"])
async def test_attack_9_guesses_are_slowed_by_every_way_in(guarded: ReaderOnPaper, way: str) -> None:
    async def guess(client: httpx.AsyncClient, number: int) -> httpx.Response:
        token = TOKEN if number == 999 else f"wrong-{number}"
        if way == "form":
            return await log_in(client, token)
        if way == "address":
            return await client.get("/", params={"token": token}, headers=HTML)
        path = "/health" if way == "health" else "/"
        return await client.get(path, headers={"authorization": f"Bearer {token}"})

    async with client_at(guarded, "192.0.2.7") as client:
        for number in range(60):
            await guess(client, number)
        right = await guess(client, 999)
        assert COOKIE not in right.cookies
        if way == "health":
            assert "problems" not in right.json()
        else:
            assert right.status_code == 429
            assert int(right.headers["retry-after"]) > 0


async def test_attack_9_a_guesser_locks_out_nobody_else(guarded: ReaderOnPaper) -> None:
    async with client_at(guarded, "192.0.2.7") as known, client_at(guarded, "192.0.2.7") as guesser:
        await log_in(known)
        for number in range(60):
            await log_in(guesser, f"wrong-{number}")
        assert (await log_in(guesser)).status_code == 429
        assert (await known.get("/")).status_code == 200
        known.cookies.delete(COOKIE)
        assert (await log_in(known)).headers["location"] == "/"
    async with client_at(guarded, "192.0.2.8") as elsewhere:
        assert (await log_in(elsewhere)).headers["location"] == "/"


async def test_attack_9_guesses_from_many_addresses_are_slowed_together(guarded: ReaderOnPaper) -> None:
    answers = []
    async with client_at(guarded, "192.0.2.200") as known:
        await log_in(known)
        for number in range(150):
            async with client_at(guarded, f"198.51.100.{number}") as guesser:
                answers.append((await log_in(guesser, "wrong")).status_code)
        assert 429 in answers[100:]
        known.cookies.delete(COOKIE)
        assert (await log_in(known)).headers["location"] == "/"


async def test_attack_9_guesses_are_logged_and_do_not_fill_the_log(
    guarded: ReaderOnPaper, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    for number in range(90):
        async with client_at(guarded, f"198.51.100.{number}") as guesser:
            await log_in(guesser, "hunter2-hunter2")
    lines = [vars(record) for record in caplog.records if vars(record).get("action") == "wrong_token"]
    assert 0 < len(lines) < 30
    assert lines[0]["who"] == "198.51.100.0"
    assert "hunter2" not in caplog.text


def test_attack_9_waits_grow_are_never_long_and_are_forgotten() -> None:
    clock = Clock()
    guesses = Guesses(clock)
    waits = []
    for _ in range(12):
        clock.now += guesses.wait_seconds("x")
        guesses.count_wrong("x")
        waits.append(guesses.wait_seconds("x"))
    assert waits[:4] == [0, 0, 0, 0]
    assert waits[4:8] == [1, 2, 4, 8]
    assert max(waits) == 30
    clock.now += 1_000
    guesses.count_wrong("x")
    assert guesses.wait_seconds("x") == 0


def test_attack_9_an_ipv6_household_is_one_guesser() -> None:
    assert guesser_of("2001:db8::1") == guesser_of("2001:db8::ffff:2") != guesser_of("2001:db8:0:1::1")
    assert guesser_of("::ffff:192.0.2.1") == guesser_of("192.0.2.1")
    assert guesser_of("fe80::1%eth0") == guesser_of("fe80::2")
    assert guesser_of(None) == "unknown"


# Sessions


async def test_attack_9_the_cookie_is_no_token_and_another_each_time(guarded: ReaderOnPaper, data: DataFolder) -> None:
    async with guarded.client() as one, guarded.client() as other:
        first, second = await log_in(one), await log_in(other)
    assert first.cookies[COOKIE] != second.cookies[COOKIE]
    kept = sessions_path(data).read_text()
    assert TOKEN not in kept
    assert first.cookies[COOKIE] not in kept
    assert "Max-Age=2592000" in first.headers["set-cookie"]


async def test_attack_9_a_session_ends_by_logging_out(guarded: ReaderOnPaper) -> None:
    async with guarded.client() as one, guarded.client() as other:
        await log_in(one)
        await log_in(other)
        stolen = {"cookie": f"{COOKIE}={one.cookies[COOKIE]}"}
        page = await one.get("/", headers=HTML)
        assert 'action="/logout"' in page.text
        assert (await one.post("/logout")).status_code == 403
        assert (await one.post("/logout", headers=OWN)).headers["location"] == "/login"
        assert (await one.get("/", headers=stolen)).status_code == 401
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


# Forms


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
@pytest.mark.parametrize("path", ["/api/rating", "/api/facet", "/login", "/logout"])
@pytest.mark.parametrize(
    ("body", "kind"),
    [(body, kind) for _, body, kind in hostile_bodies()],
    ids=[name for name, _, _ in hostile_bodies()],
)
async def test_attack_12_a_hostile_form_is_refused_and_never_an_error_of_ours(
    on_paper: ReaderOnPaper, path: str, accept: str, body: bytes, kind: str
) -> None:
    async with on_paper.client() as client:
        answer = await client.post(path, content=body, headers={**OWN, "content-type": kind, "accept": accept})
    expected = {400, 413, 415, 422} if path.startswith("/api") else {303, 400, 413, 415, 422}
    assert answer.status_code in expected
    assert on_paper.bus.published == []


@pytest.fixture(scope="module")
def on_paper(tmp_path_factory: pytest.TempPathFactory) -> ReaderOnPaper:
    return reader(seed(tmp_path_factory.mktemp("reader")))


async def test_attack_12_a_body_without_a_length_is_cut_off(on_paper: ReaderOnPaper) -> None:
    async def endless() -> Any:
        while True:
            yield b" " * 1_000

    headers = {**OWN, "content-type": "application/json"}
    async with on_paper.client() as client:
        assert (await client.post("/api/rating", content=endless(), headers=headers)).status_code == 413


@pytest.mark.parametrize(
    "headers",
    [
        {"cookie": f"{COOKIE}=\xff\xfe; {BROWSER_COOKIE}=\xff"},
        {"cookie": f"{COOKIE}={'x' * 50_000}"},
        {"cookie": ";;;=;" * 100},
        {"authorization": "Bearer \xff\xfe"},
        {"authorization": "Bearer " + "x" * 50_000},
        {"authorization": "Bearer"},
        {"content-type": "\xff"},
        {"accept": "\xff"},
        {"origin": "http://[", "sec-fetch-site": "\xff"},
    ],
)
async def test_attack_12_corrupt_and_overlong_headers_are_refused(
    guarded: ReaderOnPaper, headers: dict[str, str]
) -> None:
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    async with guarded.client() as client:
        for method, path in (("GET", "/"), ("POST", "/api/rating"), ("POST", "/login")):
            answer = await client.request(method, path, headers=raw)
            assert answer.status_code in (303, 401, 403, 415, 422)


@pytest.mark.parametrize(
    "query", ["token=%ff%fe", "token=%ED%A0%80", "token=" + "x" * 50_000, "token", "token=&token="]
)
async def test_attack_12_corrupt_and_overlong_tokens_in_the_address_open_nothing(
    guarded: ReaderOnPaper, query: str
) -> None:
    async with guarded.client() as client:
        assert (await client.get(f"/?{query}")).status_code == 401


@pytest.mark.parametrize("text", ["%ff", "%00", "%ED%A0%80", "%1b[31m", "a" * 5_000, "%F4%90%80%80", "%E2%80%AE"])
@pytest.mark.parametrize("path", ["/?x=", "/search?q=", "/search?author=", "/best?days=", "/day/", "/paper/", "/tag/"])
async def test_attack_12_corrupt_encodings_in_the_address_are_no_error_of_ours(
    on_paper: ReaderOnPaper, path: str, text: str
) -> None:
    async with on_paper.client() as client:
        answer = await client.get(path + text, headers=HTML)
    assert answer.status_code in (200, 303, 308, 404)
