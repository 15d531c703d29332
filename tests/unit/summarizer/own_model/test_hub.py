"""Models are fetched whole, checked, and after a break from where it broke off."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from filelock import FileLock

from services.summarizer.own_model.hub import Hub, cached_path, fetch_model, hub_of, parts_of
from shared.errors import PermanentFailure, TemporaryFailure
from shared.settings.sections.own_model import HubFile
from shared.store.files.data_folder import DataFolder
from tests.support.outside.hub import HubFaults, HubServer, hub_server

WANTED = HubFile("owner/name", "small.gguf")
CONTENT = b"GGUF" + os.urandom(3_000_000)


@pytest.fixture(scope="module")
def server() -> Iterator[HubServer]:
    parts = {f"owner/name/resolve/main/big-0000{n}-of-00002.gguf": b"GGUF" + bytes([n]) * 999 for n in (1, 2)}
    page = {"owner/name/resolve/main/page.gguf": b"<html>" + b"x" * 999}
    with hub_server({"owner/name/resolve/main/small.gguf": CONTENT, **parts, **page}) as running:
        yield running


@pytest.fixture(autouse=True)
def no_faults(server: HubServer) -> None:
    server.faults = HubFaults()
    server.asked.clear()
    server.tokens.clear()


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path, 1)


def hub(server: HubServer, token: str | None = None) -> Hub:
    return Hub(server.url, token, waits_seconds=(0.0, 0.0, 0.0))


def nothing(done: int, total: int) -> None:
    """No progress is shown."""


async def test_a_file_arrives_whole_with_progress_and_is_asked_for_once(server: HubServer, data: DataFolder) -> None:
    seen: list[tuple[int, int]] = []
    path = await fetch_model(hub(server), WANTED, data, lambda done, total: seen.append((done, total)))
    assert path.read_bytes() == CONTENT
    assert path == data.path("cache", "models", "owner--name", "main", "small.gguf")
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert len(seen) > 1
    asked = len(server.asked)
    assert await fetch_model(hub(server), WANTED, data, nothing) == path
    assert len(server.asked) == asked
    assert [other.name for other in path.parent.iterdir()] == ["small.gguf"]


async def test_after_a_break_the_rest_alone_is_fetched(server: HubServer, data: DataFolder) -> None:
    server.faults.breaks = 3
    path = await fetch_model(hub(server), WANTED, data, nothing)
    assert path.read_bytes() == CONTENT
    first, *others = server.sent_bytes()
    assert first == ""
    starts = [int(asked.removeprefix("bytes=").rstrip("-")) for asked in others]
    assert starts == sorted(starts)
    assert starts[0] > len(CONTENT) // 3


async def test_what_a_killed_process_left_is_gone_on_with(server: HubServer, data: DataFolder) -> None:
    def killed(done: int, total: int) -> None:
        if done > total // 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await fetch_model(hub(server), WANTED, data, killed)
    assert not cached_path(data, WANTED).exists()
    server.asked.clear()
    assert (await fetch_model(hub(server), WANTED, data, nothing)).read_bytes() == CONTENT
    [rest] = server.sent_bytes()
    assert int(rest.removeprefix("bytes=").rstrip("-")) > len(CONTENT) // 2


async def test_a_server_without_ranges_sends_all_of_it_again(server: HubServer, data: DataFolder) -> None:
    server.faults = HubFaults(breaks=1, ignores_range=True)
    path = await fetch_model(hub(server), WANTED, data, nothing)
    assert path.read_bytes() == CONTENT


async def test_a_damaged_file_is_fetched_again_once_and_never_kept(server: HubServer, data: DataFolder) -> None:
    server.faults.damaged = 1
    path = await fetch_model(hub(server), WANTED, data, nothing)
    assert path.read_bytes() == CONTENT
    path.unlink()
    server.faults.damaged = 9
    with pytest.raises(TemporaryFailure, match="SHA-256"):
        await fetch_model(hub(server), WANTED, data, nothing)
    assert not list(path.parent.iterdir())
    assert server.faults.damaged == 7


async def test_a_busy_hub_is_asked_again(server: HubServer, data: DataFolder) -> None:
    server.faults.busy = 2
    assert (await fetch_model(hub(server), WANTED, data, nothing)).read_bytes() == CONTENT


async def test_a_hub_that_stays_busy_is_given_up(server: HubServer, data: DataFolder) -> None:
    server.faults.busy = 99
    with pytest.raises(TemporaryFailure, match="503"):
        await fetch_model(hub(server), WANTED, data, nothing)


async def test_a_hub_that_is_away_is_a_temporary_failure(data: DataFolder) -> None:
    away = Hub("http://127.0.0.1:9", waits_seconds=())
    with pytest.raises(TemporaryFailure, match="cannot be reached"):
        await fetch_model(away, WANTED, data, nothing)


@pytest.mark.parametrize(
    ("faults", "wanted", "says"),
    [
        (HubFaults(), HubFile("owner/name", "gone.gguf"), "has no owner/name/gone.gguf in main .*Entry not found"),
        (HubFaults(), HubFile("owner/name", "small.gguf", "v9"), "in v9"),
        (HubFaults(refusal=401), WANTED, "HF_TOKEN"),
        (HubFaults(refusal=403), WANTED, "Access to model is restricted"),
        (HubFaults(refusal=418), WANTED, "refused"),
        (HubFaults(without_sha256=True), WANTED, "no SHA-256"),
        (HubFaults(), HubFile("owner/name", "page.gguf"), "no GGUF file"),
    ],
)
async def test_what_the_hub_does_not_have_for_us_is_said_at_once(
    server: HubServer, data: DataFolder, faults: HubFaults, wanted: HubFile, says: str
) -> None:
    server.faults = faults
    with pytest.raises(PermanentFailure, match=says):
        await fetch_model(hub(server), wanted, data, nothing)
    assert not cached_path(data, wanted).exists()


async def test_a_renamed_repository_is_followed(server: HubServer, data: DataFolder) -> None:
    server.faults.renamed = True
    assert (await fetch_model(hub(server), WANTED, data, nothing)).read_bytes() == CONTENT


async def test_the_token_goes_to_the_hub_alone(server: HubServer, data: DataFolder) -> None:
    await fetch_model(hub(server, "hf_secret"), WANTED, data, nothing)
    with_token = {path.split("/")[1] for path, token in server.tokens.items() if token}
    assert with_token == {"owner"}
    assert any(path.startswith("/stored/") for path in server.tokens)


async def test_all_parts_of_a_model_are_fetched_and_the_first_is_its_path(server: HubServer, data: DataFolder) -> None:
    path = await fetch_model(hub(server), HubFile("owner/name", "big-00001-of-00002.gguf"), data, nothing)
    assert sorted(part.name for part in path.parent.iterdir()) == ["big-00001-of-00002.gguf", "big-00002-of-00002.gguf"]
    assert path.name == "big-00001-of-00002.gguf"


def test_a_model_of_very_many_parts_is_refused() -> None:
    with pytest.raises(PermanentFailure, match="at most"):
        parts_of(HubFile("owner/name", "big-00001-of-99999.gguf"))


async def test_two_processes_do_not_fetch_at_once(server: HubServer, data: DataFolder) -> None:
    lock = data.path("state", "locks", "own-model.lock")
    lock.parent.mkdir(parents=True)
    with FileLock(lock), pytest.raises(TemporaryFailure, match="Another process"):
        await fetch_model(hub(server), WANTED, data, nothing)


async def test_a_disk_without_room_is_said_before_anything_is_fetched(server: HubServer, tmp_path: Path) -> None:
    with pytest.raises(TemporaryFailure, match="MB are free"):
        await fetch_model(replace(hub(server), waits_seconds=()), WANTED, DataFolder(tmp_path, 10**9), nothing)
    assert server.sent_bytes() == []


@pytest.mark.parametrize(
    ("setting", "environment", "address"),
    [
        ("", {}, "https://huggingface.co"),
        ("", {"HF_ENDPOINT": "https://mirror.example/"}, "https://mirror.example"),
        ("http://mine/", {"HF_ENDPOINT": "https://mirror.example"}, "http://mine"),
    ],
)
def test_the_hubs_address_is_the_settings_then_the_environments(
    setting: str, environment: dict[str, str], address: str
) -> None:
    assert hub_of(setting, environment).address == address
