"""Servers of language models on this machine are found, whatever else listens where they usually do."""

import httpx
import pytest

from shared.hosts import local_model_servers as local_servers
from shared.hosts.local_model_servers import Candidate, candidates, find_local_servers, look_at
from tests.support.llm.model_list import answering, models
from tests.support.outside.hostile_server import Talk, endless_drip, endless_early_hints, hostile_server


def test_the_usual_ports_of_this_machine_are_asked_and_nothing_else() -> None:
    addresses = [place.address for place in candidates()]
    assert addresses == [f"http://127.0.0.1:{port}/v1" for port in (11434, 8080, 1234, 8000)]


def test_our_own_reader_is_not_taken_for_a_server() -> None:
    assert 8080 not in {int(place.address.split(":")[2][:4]) for place in candidates(ports_of_ours=[8080])}


def test_in_a_container_the_machine_around_it_is_asked_too() -> None:
    assert (
        candidates(["127.0.0.1", "host.docker.internal"], [8080])[-3].address == "http://host.docker.internal:8080/v1"
    )


def test_a_name_that_does_not_resolve_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local_servers, "_AROUND", "no-such-host.invalid")
    assert local_servers.hosts_to_ask() == ["127.0.0.1"]


def test_servers_are_found_with_their_models_those_for_chat_first() -> None:
    with answering(models("nomic-embed-text", "qwen3:8b")) as one, answering(models("m", owner="llamacpp")) as two:
        places = [Candidate("Ollama", one), Candidate("vLLM", "http://127.0.0.1:9/v1"), Candidate("LM Studio", two)]
        found = find_local_servers(places)
    assert [(server.kind, server.models) for server in found] == [
        ("Ollama", ("qwen3:8b", "nomic-embed-text")),
        ("llama.cpp", ("m",)),
    ]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"<html>the reader of papersys</html>", 200),
        (b"", 200),
        (b"[1, 2]", 200),
        (b'{"data": 5}', 200),
        (b'{"data": [5, {"id": 7}, {"id": ""}, {"id": "a\\nb"}]}', 200),
        (b"[" * 100_000, 200),
        (b'{"data": [{"id": "\xff\xfe"}]}', 200),
        (models("m"), 404),
        (models("m"), 500),
        (models("m"), 401),
        (models("m", owner="papersys"), 200),
        (b" " * 5_000_000, 200),
    ],
)
def test_what_is_no_list_of_models_is_passed_over(body: bytes, status: int) -> None:
    with answering(body, status) as address:
        assert find_local_servers([Candidate("Ollama", address)]) == []


async def redirect(writer: object) -> None:
    """To somewhere else on the network."""
    writer.write(b"HTTP/1.1 302 Found\r\nLocation: http://192.0.2.1/v1/models\r\nContent-Length: 0\r\n\r\n")  # type: ignore[attr-defined]


async def nonsense(writer: object) -> None:
    writer.write(b"\x00\x01SSH-2.0-OpenSSH\r\n\r\n")  # type: ignore[attr-defined]


@pytest.mark.parametrize("talk", [endless_drip, endless_early_hints, redirect, nonsense])
async def test_a_hostile_server_costs_a_moment(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local_servers, "_SECONDS", 0.3)
    async with hostile_server(talk) as address, httpx.AsyncClient(trust_env=False) as client:
        assert await look_at(Candidate("Ollama", f"{address}/v1"), client) is None
