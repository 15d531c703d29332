"""Who may use the reader: names, tokens, and where a rating may come from."""

from pathlib import Path

import pytest

from services.publisher.access.policy import COOKIE
from tests.support.browsing.reader import FORM, FakeReader, reader
from tests.support.folders.seed import GRAPHS, seed

TOKEN = "a-token-of-decent-length"
HTML = {"accept": "text/html"}
LIKE = {"paper_id": GRAPHS, "label": "like"}


@pytest.fixture
def fake_reader(tmp_path: Path) -> FakeReader:
    return reader(seed(tmp_path))


@pytest.fixture
def guarded(tmp_path: Path) -> FakeReader:
    return reader(seed(tmp_path), token=TOKEN)


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8080", 200),
        ("localhost:8080", 200),
        ("LOCALHOST", 200),
        ("[::1]:8080", 200),
        ("192.168.1.20:8080", 200),
        ("papers.home", 200),
        ("evil.example", 421),
        ("127.0.0.1.evil.example:8080", 421),
        ("localhost.evil.example", 421),
        ("", 421),
        ("[nonsense", 421),
    ],
)
async def test_the_reader_answers_only_to_its_names(tmp_path: Path, host: str, status: int) -> None:
    async with reader(seed(tmp_path), hosts=("papers.home",)).client() as client:
        assert (await client.get("/", headers={"host": host})).status_code == status


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "same-origin"}, 200),
        ({"origin": "http://127.0.0.1:8080"}, 200),
        ({}, 200),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "none"}, 403),
        ({"sec-fetch-site": "cross-site", "origin": "http://127.0.0.1:8080"}, 403),
        ({"origin": "http://127.0.0.1:9999"}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": ""}, 403),
    ],
)
async def test_a_rating_is_taken_from_our_own_page_only(
    fake_reader: FakeReader, headers: dict[str, str], status: int
) -> None:
    async with fake_reader.client() as client:
        assert (await client.post("/api/rating", json=LIKE, headers=headers)).status_code == status
    assert len(fake_reader.bus.published) == (status == 200)


async def test_a_form_without_any_origin_is_refused(fake_reader: FakeReader) -> None:
    async with fake_reader.client() as client:
        assert (await client.post("/api/rating", data=LIKE)).status_code == 403
        text = {"content-type": "text/plain"}
        assert (await client.post("/api/rating", content='{"paper_id": "2611.00101"}', headers=text)).status_code == 403
    assert fake_reader.bus.published == []


async def test_without_the_token_nothing_is_shown_and_no_rating_taken(guarded: FakeReader) -> None:
    async with guarded.client() as client:
        for path in ("/", f"/paper/{GRAPHS}", "/tags", "/api/status", "/nothing"):
            answer = await client.get(path)
            assert answer.status_code == 401
            assert "sparse" not in answer.text
        page = await client.get("/", headers=HTML)
        assert (page.status_code, page.headers["location"]) == (303, "/login")
        assert (await client.post("/api/rating", json=LIKE)).status_code == 401
        assert (await client.get("/", headers={"authorization": "Bearer wrong"})).status_code == 401
        assert (await client.get("/", headers={"cookie": f"{COOKIE}={TOKEN}"})).status_code == 401
    assert guarded.bus.published == []


async def test_the_token_in_the_address_is_asked_for_once_and_goes_away(guarded: FakeReader) -> None:
    async with guarded.client() as client:
        first = await client.get("/search", params={"q": "a b", "token": TOKEN}, headers=HTML)
        assert (first.status_code, first.headers["location"]) == (303, "/search?q=a+b")
        cookie = first.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        assert TOKEN not in cookie
        assert (await client.get("/")).status_code == 200
        assert (await client.post("/api/rating", json=LIKE)).status_code == 200


async def test_a_wrong_token_in_the_address_opens_nothing(guarded: FakeReader) -> None:
    async with guarded.client() as client:
        answer = await client.get("/?token=wrong", headers=HTML)
        assert answer.headers["location"] == "/login?wrong=1"
        assert "set-cookie" not in answer.headers


async def test_the_token_leads_nowhere_else(guarded: FakeReader) -> None:
    async with guarded.client() as client:
        answer = await client.get(f"//evil.example/?token={TOKEN}", headers=HTML)
        assert not answer.headers["location"].startswith("//")
        assert "://" not in answer.headers["location"]


@pytest.mark.parametrize(
    ("wanted", "back"),
    [("/search?q=a+b", "/search?q=a+b"), ("//evil.example", "/"), ("https://evil.example/", "/"), ("/a\\b", "/")],
)
async def test_logging_in_leads_to_the_page_that_was_asked_for(guarded: FakeReader, wanted: str, back: str) -> None:
    async with guarded.client() as client:
        if wanted == back:
            asked = await client.get(wanted, headers=HTML)
            assert asked.headers["location"] == "/login?next=%2Fsearch%3Fq%3Da%2Bb"
            page = await client.get(asked.headers["location"], headers=HTML)
            assert '<input type="hidden" name="next" value="/search?q=a+b">' in page.text
        answer = await client.post("/login", data={"token": TOKEN, "next": wanted}, headers=FORM)
        assert answer.headers["location"] == back


async def test_the_token_works_as_a_header_and_in_the_form(guarded: FakeReader) -> None:
    own = {"sec-fetch-site": "same-origin"}
    async with guarded.client() as client:
        assert (await client.get("/", headers={"authorization": f"Bearer {TOKEN}"})).status_code == 200
        assert (await client.get("/login")).status_code == 401
        wrong = await client.post("/login", data={"token": "wrong"}, headers=own)
        assert wrong.headers["location"] == "/login?wrong=1"
        right = await client.post("/login", data={"token": TOKEN}, headers=own)
        assert right.headers["location"] == "/"
        assert (await client.get("/")).status_code == 200


async def test_health_is_open_but_tells_problems_only_to_who_is_logged_in(guarded: FakeReader) -> None:
    guarded.down.add("ranker")
    async with guarded.client() as client:
        stranger = await client.get("/health")
        insider = await client.get("/health", headers={"authorization": f"Bearer {TOKEN}"})
    assert stranger.status_code == insider.status_code == 503
    assert stranger.json()["services"]["ranker"] == "unreachable"
    assert "problems" not in stranger.json()
    assert "8103" in insider.json()["problems"]["ranker"]["health"]


async def test_every_answer_carries_the_security_headers(guarded: FakeReader) -> None:
    async with guarded.client() as client:
        for answer in (await client.get("/"), await client.get("/static/reader.css"), await client.get("/login")):
            assert "default-src 'self'" in answer.headers["content-security-policy"]
            assert "unsafe" not in answer.headers["content-security-policy"]
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["referrer-policy"] == "same-origin"
