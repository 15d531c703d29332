"""Fetches files from Hugging Face (or what speaks like it): with progress, going on after a break, checked by SHA-256.

The hub names a large file's size and SHA-256 in `X-Linked-Size` and `X-Linked-Etag` and sends it from elsewhere
(https://huggingface.co/docs/hub/api). What is not checked yet lies in a file ending in `.part`.
"""

import asyncio
import contextlib
import hashlib
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
from filelock import FileLock, Timeout

from shared.contracts import now
from shared.errors import PermanentFailure, TemporaryFailure
from shared.hosts.retry_after import wait_asked_for
from shared.settings.sections.own_model import HubFile
from shared.store.files.data_folder import DataFolder
from shared.text.safe.plain_text import one_line

HUB = "https://huggingface.co"
_SILENCE_SECONDS = 60.0
_WAITS_SECONDS = (1.0, 2.0, 5.0, 10.0, 20.0)
_LONGEST_WAIT_SECONDS = 120.0
_CHUNK = 1 << 16
_SHA256 = re.compile(r'(?:W/)?"?([0-9a-f]{64})"?')
_PART_OF_MANY = re.compile(r"-00001-of-(\d{5})\.gguf$")
_MOST_PARTS = 100

Progress = Callable[[int, int], None]
"""Told how many bytes of how many are there."""


@dataclass(frozen=True)
class Listing:
    """What the hub says of a file."""

    size: int
    sha256: str


@dataclass(frozen=True)
class Hub:
    """Where to ask; the token is sent to the hub alone, never to where it redirects."""

    address: str = HUB
    token: str | None = None
    waits_seconds: tuple[float, ...] = _WAITS_SECONDS

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            follow_redirects=True, timeout=_SILENCE_SECONDS, headers={"Accept-Encoding": "identity"}
        )

    def url(self, wanted: HubFile) -> str:
        return f"{self.address}/{wanted.path}"

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}


def hub_of(hub_url: str, environment: Mapping[str, str] | None = None) -> Hub:
    """The hub of the settings, else that of HF_ENDPOINT, with the token of HF_TOKEN."""
    variables = os.environ if environment is None else environment
    address = hub_url or variables.get("HF_ENDPOINT") or HUB
    return Hub(address.rstrip("/"), variables.get("HF_TOKEN") or None)


def cached_path(data: DataFolder, wanted: HubFile) -> Path:
    """Where a fetched file lies; what is there was checked."""
    folder = wanted.repository.replace("/", "--")
    return data.path("cache", "models", folder, wanted.revision, *wanted.file.split("/"))


def parts_of(wanted: HubFile) -> list[HubFile]:
    """The files of a model: `x-00001-of-00003.gguf` is the first of three. Raises PermanentFailure."""
    match = _PART_OF_MANY.search(wanted.file)
    if match is None:
        return [wanted]
    count = int(match[1])
    if not 1 <= count <= _MOST_PARTS:
        raise PermanentFailure(
            f"{wanted.file} says that it is one of {count} files; name a file of at most {_MOST_PARTS}."
        )
    stem = wanted.file[: match.start()]
    return [replace(wanted, file=f"{stem}-{number:05}-of-{match[1]}.gguf") for number in range(1, count + 1)]


async def fetch_model(hub: Hub, wanted: HubFile, data: DataFolder, progress: Progress) -> Path:
    """The path of a model all of whose files are there; fetches what is missing.

    Raises PermanentFailure where the hub has no such file for us, TemporaryFailure where it may have it later.
    """
    parts = parts_of(wanted)
    missing = [part for part in parts if not cached_path(data, part).exists()]
    if missing:
        with _only_one(data):
            async with hub.client() as client:
                for part in missing:
                    await _fetch(client, hub, part, data, progress)
    return cached_path(data, parts[0])


async def listing(client: httpx.AsyncClient, hub: Hub, wanted: HubFile) -> Listing:
    """What the hub says of a file, without fetching it. Raises as `fetch_model`."""
    url = hub.url(wanted)
    for _ in range(5):
        try:
            answer = await client.head(url, headers=hub.headers(), follow_redirects=False)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            raise TemporaryFailure(f"{hub.address} cannot be reached ({error or type(error).__name__}).") from error
        if answer.is_redirect and "X-Linked-Etag" not in answer.headers and _leads_within(answer, hub):
            url = str(answer.url.join(answer.headers["Location"]))
            continue
        _raise_for_refusal(answer, hub, wanted)
        return _listing(answer, hub, wanted)
    raise PermanentFailure(f"{hub.address} sends {wanted.path} from place to place without end.")


async def _fetch(client: httpx.AsyncClient, hub: Hub, wanted: HubFile, data: DataFolder, progress: Progress) -> None:
    """One file, tried again after breaks as long as each try brings something."""
    target = cached_path(data, wanted)
    failures, damaged = 0, False
    while True:
        before = _size_of_parts(target)
        try:
            facts = await listing(client, hub, wanted)
            await _Transfer(client, hub, wanted, data, facts).run(target, progress)
            return
        except TemporaryFailure as error:
            failures = 0 if _size_of_parts(target) > before else failures + 1
            if failures > len(hub.waits_seconds) or (damaged and isinstance(error, _Damaged)):
                raise
            damaged = damaged or isinstance(error, _Damaged)
            wait = hub.waits_seconds[max(failures, 1) - 1]
            await asyncio.sleep(min(max(wait, error.retry_in_seconds or 0.0), _LONGEST_WAIT_SECONDS))


@contextlib.contextmanager
def _only_one(data: DataFolder) -> Iterator[None]:
    """One process fetches. Raises TemporaryFailure where another one does."""
    lock = data.path("state", "locks", "own-model.lock")
    lock.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(lock, timeout=0):
            yield
    except Timeout as error:
        raise TemporaryFailure("Another process of papersys is fetching a model now.", retry_in_seconds=10.0) from error


class _Damaged(TemporaryFailure):
    """What arrived is not what the hub has."""


@dataclass(frozen=True)
class _Transfer:
    """The way of one file onto the disk."""

    client: httpx.AsyncClient
    hub: Hub
    wanted: HubFile
    data: DataFolder
    facts: Listing

    async def run(self, target: Path, progress: Progress) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".{target.name}.{self.facts.sha256[:16]}.part")
        _remove_other_parts(target, part)
        start = part.stat().st_size if part.exists() else 0
        self.data.check_space(max(0, self.facts.size - start))
        if start < self.facts.size:
            await self._receive(part, start, progress)
        await asyncio.to_thread(self._finish, part, target)

    async def _receive(self, part: Path, start: int, progress: Progress) -> None:
        headers = {**self.hub.headers(), **({"Range": f"bytes={start}-"} if start else {})}
        try:
            async with self.client.stream("GET", self.hub.url(self.wanted), headers=headers) as answer:
                if answer.status_code == 416:
                    part.unlink(missing_ok=True)
                _raise_for_refusal(answer, self.hub, self.wanted)
                await self._write(part, start if _goes_on_at(answer, start) else 0, answer, progress)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            text = f"{self.hub.address} broke off {self.wanted.file} ({error or type(error).__name__})."
            raise TemporaryFailure(text) from error
        except OSError as error:
            text = f"{part} cannot be written ({error.strerror}); free some space."
            raise TemporaryFailure(text, retry_in_seconds=60.0) from error

    async def _write(self, part: Path, start: int, answer: httpx.Response, progress: Progress) -> None:
        done = start
        with part.open("r+b" if start else "wb") as file:
            file.seek(start)
            async for chunk in answer.aiter_raw(_CHUNK):
                if done == 0 and not chunk.startswith(b"GGUF"[: len(chunk)]):
                    raise PermanentFailure(f"{self.hub.url(self.wanted)} is no GGUF file.")
                done += len(chunk)
                if done > self.facts.size:
                    break
                file.write(chunk)
                progress(done, self.facts.size)

    def _finish(self, part: Path, target: Path) -> None:
        size = part.stat().st_size
        if size < self.facts.size:
            raise TemporaryFailure(
                f"{self.hub.address} sent {size:,} of {self.facts.size:,} bytes of {self.wanted.file}."
            )
        if _sha256(part) != self.facts.sha256:
            part.unlink()
            raise _Damaged(
                f"{self.wanted.file} arrived damaged: its SHA-256 is not what {self.hub.address} says it is."
            )
        part.replace(target)


def _listing(answer: httpx.Response, hub: Hub, wanted: HubFile) -> Listing:
    headers = answer.headers
    etag = _SHA256.fullmatch(headers.get("X-Linked-Etag") or headers.get("ETag") or "")
    size = headers.get("X-Linked-Size") or headers.get("Content-Length") or ""
    if etag is None or not size.isascii() or not size.isdigit() or int(size) < 4:
        raise PermanentFailure(
            f"{hub.address} names no SHA-256 for {wanted.repository}/{wanted.file}, so it could not be checked; "
            "fetch the file yourself and set llm.gguf to its path."
        )
    return Listing(int(size), etag[1])


def _leads_within(answer: httpx.Response, hub: Hub) -> bool:
    """Whether this redirect is the hub's own (a repository that was renamed), not the way to the file."""
    try:
        there = answer.url.join(answer.headers.get("Location", ""))
    except (httpx.InvalidURL, ValueError):
        return False
    return (there.host, there.port) == (answer.url.host, answer.url.port)


def _raise_for_refusal(answer: httpx.Response, hub: Hub, wanted: HubFile) -> None:
    status, name = answer.status_code, f"{wanted.repository}/{wanted.file}"
    said = one_line(answer.headers.get("X-Error-Message", ""))[:200]
    why = f"{status}: {said}" if said else str(status)
    if status in (401, 403):
        raise PermanentFailure(
            f"{hub.address} does not give {name} to us ({why}); check its name, accept its licence on its page there, "
            "and set HF_TOKEN to a token of yours."
        )
    if status in (404, 410):
        raise PermanentFailure(f"{hub.address} has no {name} in {wanted.revision} ({why}); check its name on its page.")
    if status == 416 or status == 429 or status >= 500:
        raise TemporaryFailure(f"{hub.address} answered {why}.", retry_in_seconds=wait_asked_for(answer.headers, now()))
    if status >= 400:
        raise PermanentFailure(f"{hub.address} refused {name} ({why}).")


def _goes_on_at(answer: httpx.Response, start: int) -> bool:
    """Whether the answer begins where we asked it to; a server without ranges sends all of it."""
    if answer.status_code != 206:
        return False
    if not answer.headers.get("Content-Range", "").startswith(f"bytes {start}-"):
        raise PermanentFailure("The hub sent another part of the file than was asked for.")
    return True


def _remove_other_parts(target: Path, part: Path) -> None:
    """Beginnings of an earlier version of the file."""
    for other in target.parent.glob(f".{target.name}.*.part"):
        if other != part:
            other.unlink(missing_ok=True)


def _size_of_parts(target: Path) -> int:
    return sum(part.stat().st_size for part in target.parent.glob(f".{target.name}.*.part"))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
