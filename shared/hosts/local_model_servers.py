"""Language model servers that run on this machine: where they usually listen is asked what models they have.

Nothing but this machine is asked; in a container also the machine around it, where that has a name.
"""

import asyncio
import re
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx

from shared.hosts.model_server import FoundServer, names_in, read_json

_SECONDS = 1.5
_LOOPBACK = "127.0.0.1"
_AROUND = "host.docker.internal"
_CONTAINER_MARKS = (Path("/.dockerenv"), Path("/run/.containerenv"))
_KINDS = (("Ollama", 11434), ("llama.cpp", 8080), ("LM Studio", 1234), ("vLLM", 8000))
_OWNERS = {"llamacpp": "llama.cpp", "vllm": "vLLM", "library": "Ollama", "organization_owner": "LM Studio"}
_OURS = "papersys"
_NOT_FOR_CHAT = re.compile(r"embed|rerank|bge-|whisper|minilm", re.I)


@dataclass(frozen=True)
class Candidate:
    """Where a server may be, and which kind usually listens there."""

    kind: str
    address: str


def candidates(hosts: Sequence[str] = (_LOOPBACK,), ports_of_ours: Sequence[int] = ()) -> list[Candidate]:
    """Where to look; our own ports on this machine are nobody else's."""
    return [
        Candidate(kind, f"http://{host}:{port}/v1")
        for host in hosts
        for kind, port in _KINDS
        if host != _LOOPBACK or port not in ports_of_ours
    ]


def find_local_servers(places: Sequence[Candidate] | None = None) -> list[FoundServer]:
    """The servers that answer and have models, in the order of the places; takes two seconds at most."""
    return asyncio.run(_look(candidates(hosts_to_ask()) if places is None else places))


async def _look(places: Sequence[Candidate]) -> list[FoundServer]:
    async with httpx.AsyncClient(trust_env=False) as client:
        found = await asyncio.gather(*(look_at(place, client) for place in places))
    return [server for server in found if server is not None]


def hosts_to_ask() -> list[str]:
    """This machine; in a container also the one around it."""
    around = is_in_container() and _has_address(_AROUND)
    return [_LOOPBACK, *([_AROUND] if around else [])]


def is_in_container() -> bool:
    """Whether Docker or Podman says so."""
    return any(mark.exists() for mark in _CONTAINER_MARKS)


async def look_at(place: Candidate, client: httpx.AsyncClient) -> FoundServer | None:
    """The server at a place; None where nobody answers as one."""
    try:
        status, content = await read_json(client, f"{place.address}/models", seconds=_SECONDS)
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError, OSError):
        return None
    names = names_in(content, "data", "id") if status == 200 else []
    owners = names_in(content, "data", "owned_by")
    if not names or _OURS in owners:
        return None
    kind = next((_OWNERS[owner] for owner in owners if owner in _OWNERS), place.kind)
    return FoundServer(kind, place.address, tuple(sorted(names, key=_is_not_for_chat)))


def _is_not_for_chat(name: str) -> bool:
    return _NOT_FOR_CHAT.search(name) is not None


def _has_address(host: str) -> bool:
    try:
        return bool(socket.getaddrinfo(host, None))
    except OSError:
        return False
