"""Guessed tokens: slowed by every way in, without locking anybody else out."""

import logging

import httpx
import pytest

from services.publisher.access.login_attempts import FailedLogins, client_name
from services.publisher.access.policy import COOKIE
from tests.support.browsing.logging_in import OWN, TOKEN, Clock
from tests.support.browsing.reader import HTML, FakeReader


def client_at(fake_reader: FakeReader, address: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=fake_reader.app, client=(address, 4000))
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080")


async def log_in(client: httpx.AsyncClient, token: str = TOKEN) -> httpx.Response:
    return await client.post("/login", data={"token": token}, headers=OWN)


@pytest.mark.parametrize("way", ["form", "header", "address", "health"])
async def test_attack_9_guesses_are_slowed_by_every_way_in(guarded: FakeReader, way: str) -> None:
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


async def test_attack_9_a_client_that_guesses_locks_out_nobody_else(guarded: FakeReader) -> None:
    async with client_at(guarded, "192.0.2.7") as regular, client_at(guarded, "192.0.2.7") as client:
        await log_in(regular)
        for number in range(60):
            await log_in(client, f"wrong-{number}")
        assert (await log_in(client)).status_code == 429
        assert (await regular.get("/")).status_code == 200
        regular.cookies.delete(COOKIE)
        assert (await log_in(regular)).headers["location"] == "/"
    async with client_at(guarded, "192.0.2.8") as elsewhere:
        assert (await log_in(elsewhere)).headers["location"] == "/"


async def test_attack_9_guesses_from_many_addresses_are_slowed_together(guarded: FakeReader) -> None:
    answers = []
    async with client_at(guarded, "192.0.2.200") as regular:
        await log_in(regular)
        for number in range(150):
            async with client_at(guarded, f"198.51.100.{number}") as client:
                answers.append((await log_in(client, "wrong")).status_code)
        assert 429 in answers[100:]
        regular.cookies.delete(COOKIE)
        assert (await log_in(regular)).headers["location"] == "/"


async def test_attack_9_guesses_are_logged_and_do_not_fill_the_log(
    guarded: FakeReader, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    for number in range(90):
        async with client_at(guarded, f"198.51.100.{number}") as client:
            await log_in(client, "hunter2-hunter2")
    lines = [vars(record) for record in caplog.records if vars(record).get("action") == "wrong_token"]
    assert 0 < len(lines) < 30
    assert lines[0]["who"] == "198.51.100.0"
    assert "hunter2" not in caplog.text


def test_attack_9_waits_grow_are_never_long_and_are_forgotten() -> None:
    clock = Clock()
    failed_logins = FailedLogins(clock)
    waits = []
    for _ in range(12):
        clock.now += failed_logins.wait_seconds("x")
        failed_logins.count_wrong("x")
        waits.append(failed_logins.wait_seconds("x"))
    assert waits[:4] == [0, 0, 0, 0]
    assert waits[4:8] == [1, 2, 4, 8]
    assert max(waits) == 30
    clock.now += 1_000
    failed_logins.count_wrong("x")
    assert failed_logins.wait_seconds("x") == 0


def test_attack_9_an_ipv6_household_is_one_client() -> None:
    assert client_name("2001:db8::1") == client_name("2001:db8::ffff:2") != client_name("2001:db8:0:1::1")
    assert client_name("::ffff:192.0.2.1") == client_name("192.0.2.1")
    assert client_name("fe80::1%eth0") == client_name("fe80::2")
    assert client_name(None) == "unknown"
