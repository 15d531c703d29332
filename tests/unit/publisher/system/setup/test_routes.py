"""The Setup page: what it shows, what it refuses, and what it hands to the launcher."""

import asyncio
import re
import tomllib
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.publisher.system.setup import handover, routes
from services.publisher.system.setup.model_trial import ServerTrial
from services.publisher.system.setup.settings_file import SettingsFile
from shared.contracts import now
from shared.settings.changes import ChangeOutcome, SettingsChange, SettingsChanges
from shared.store.files.data_folder import DataFolder
from shared.store.models.speeds import ModelSpeed
from tests.support.browsing.logging_in import TOKEN
from tests.support.browsing.reader import FORM, HTML, page, reader
from tests.support.folders.seed import GRAPHS
from tests.support.papers.summarizer import write_random_vectors

FIELDS: dict[str, Any] = {"category": ["cs.LG", "math.CO"], "contact": "me@example.org", "per_day": "7"}
OWN = """\
# mine
[data]
path = "elsewhere"
[fetcher]
categories = ["cs.CL"]  # for now
[ranker]
seeds = ["graphs"]
"""


async def post(data: DataFolder, fields: dict[str, Any], path: str = "/setup", **options: Any) -> httpx.Response:
    async with reader(data, **options).client() as client:
        return await client.post(path, data=fields, headers=FORM)


async def handed_over(data: DataFolder, outcome: dict[str, Any]) -> SettingsChange:
    """Answer as the launcher does; what it was given."""
    changes = SettingsChanges(data)
    for _ in range(200):
        if (change := await asyncio.to_thread(changes.take)) is not None:
            changes.answer(ChangeOutcome(change_id=change.change_id, **outcome))
            return change
        await asyncio.sleep(0.02)
    raise AssertionError("nothing was handed over")


async def test_the_page_lists_every_category_by_name(data: DataFolder) -> None:
    text = await page(reader(data), "/setup")
    assert "High Energy Physics - Theory" in text
    assert 'value="cs.CV"' in text
    assert "Save and start reading arXiv" in text
    assert "papersys.toml" in text


async def test_answers_become_a_settings_file_and_likes(data: DataFolder) -> None:
    papers = f"{GRAPHS} https://arxiv.org/abs/hep-th/9901001v2"
    launcher = asyncio.create_task(handed_over(data, {"path": "/x/papersys.toml", "is_new_start": True}))
    answer = await post(data, {**FIELDS, "papers": papers})
    change = await launcher
    settings = tomllib.loads(change.text)
    assert settings["fetcher"] == {"categories": ["cs.LG", "math.CO"], "contact": "me@example.org"}
    assert settings["ranker"]["per_day"] == 7
    assert change.likes.paper_ids == (GRAPHS, "hep-th/9901001")
    assert answer.status_code == 200
    assert "Machine Learning (cs.LG)" in answer.text
    assert "2 papers become likes" in answer.text
    assert "data-instance" in answer.text


async def test_a_bib_file_is_read_like_what_is_pasted(data: DataFolder) -> None:
    bib = "@article{a, title={On graphs}, eprint={2401.00010}, archiveprefix={arXiv}}\n@book{b, title={Old wisdom}}"
    launcher = asyncio.create_task(handed_over(data, {"path": "p"}))
    async with reader(data).client() as client:
        files = {"papers": ("mine.bib", bib.encode(), "text/plain")}
        answer = await client.post("/setup", data=FIELDS, files=files, headers=FORM)
    change = await launcher
    assert answer.status_code == 200, answer.text
    assert change.likes.paper_ids == ("2401.00010",)
    assert tomllib.loads(change.text)["ranker"]["seeds"] == ["Old wisdom"]


async def test_what_is_wrong_is_named_and_all_that_was_entered_is_kept(data: DataFolder) -> None:
    fields = {"category": "cs.XX", "contact": "nobody", "papers": "<script>", "per_day": "0", "model_choice": "server"}
    answer = await post(data, fields)
    assert answer.status_code == 422
    for text in ("no arXiv category", "no e-mail address", "is no arXiv id", "from 1 to 200", "not the address"):
        assert text in answer.text
    assert "<script>" not in answer.text.replace("<script defer", "")
    assert 'value="nobody"' in answer.text
    assert SettingsChanges(data).take() is None


async def test_a_refusal_of_the_launcher_is_shown(data: DataFolder) -> None:
    launcher = asyncio.create_task(handed_over(data, {"problem": "ranker.per_day: no"}))
    answer = await post(data, FIELDS)
    await launcher
    assert (answer.status_code, "ranker.per_day: no" in answer.text) == (422, True)


async def test_without_a_launcher_nothing_is_changed(data: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handover, "_LAUNCHER_SECONDS", 0.05)
    answer = await post(data, FIELDS)
    assert (answer.status_code, "nobody to start it again" in answer.text) == (422, True)
    assert SettingsChanges(data).take() is None


async def test_a_file_of_ones_own_keeps_its_comments_and_other_keys(data: DataFolder, tmp_path: Path) -> None:
    path = tmp_path / "papersys.toml"
    path.write_text(OWN)
    file = SettingsFile(path, is_first=False)
    launcher = asyncio.create_task(handed_over(data, {"path": str(path), "restarts": ("fetcher",)}))
    answer = await post(data, {**FIELDS, "papers": "@book{b, title={Old wisdom}}"}, settings_file=file)
    text = (await launcher).text
    assert "# mine" in text
    assert "# for now" in text
    assert tomllib.loads(text)["data"] == {"path": "elsewhere"}
    assert tomllib.loads(text)["ranker"]["seeds"] == ["graphs", "Old wisdom"]
    assert "fetcher starts again" in answer.text
    shown = await page(reader(data, settings_file=file), "/setup")
    assert 'value="cs.CL" checked' in shown


async def test_a_key_is_written_to_a_private_file_and_never_shown(data: DataFolder, tmp_path: Path) -> None:
    file = SettingsFile(tmp_path / "papersys.toml", is_first=True)
    model = {"model_choice": "server", "base_url": "http://127.0.0.1:9/v1", "model": "small", "key": "sk-very-secret"}
    launcher = asyncio.create_task(handed_over(data, {"path": "p"}))
    answer = await post(data, {**FIELDS, **model}, settings_file=file)
    text = (await launcher).text
    assert "sk-very-secret" not in answer.text + text
    assert tomllib.loads(text)["llm"]["api_key_file"] == str(file.key_file)
    assert file.key_file.read_text() == "sk-very-secret\n"
    assert file.key_file.stat().st_mode & 0o077 == 0


async def test_a_server_is_tried_and_the_costs_follow(data: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    speed = ModelSpeed(model="small", read_per_second=1_000, written_per_second=100, measured_at=now())

    async def tried(address: str, model: str, key: str, client: httpx.AsyncClient) -> ServerTrial:
        assert (address, key) == ("http://127.0.0.1:9/v1", "sk-very-secret")
        return ServerTrial(["small", "large"], answer="A <b>bird</b>.", speed=speed)

    monkeypatch.setattr(routes, "try_server", tried)
    model = {"base_url": "http://127.0.0.1:9/v1", "key": "sk-very-secret", "price_input": "1", "price_output": "2"}
    answer = await post(data, {**FIELDS, **model}, "/setup/model")
    assert answer.status_code == 200
    assert "small answers" in answer.text
    assert "A &lt;b&gt;bird&lt;/b&gt;." in answer.text
    assert "about 18 s a paper" in answer.text
    assert "about 1.47 a month" in answer.text
    assert "sk-very-secret" not in answer.text
    assert 'value="cs.LG" checked' in answer.text


async def test_setup_is_for_whoever_is_logged_in(data: DataFolder) -> None:
    async with reader(data, token=TOKEN).client() as client:
        asked = await client.get("/setup", headers=HTML)
        sent = await client.post("/setup", data=FIELDS, headers=FORM)
    assert asked.headers["location"].startswith("/login")
    assert sent.status_code in (303, 401)
    assert SettingsChanges(data).take() is None


async def test_another_site_cannot_change_the_settings(data: DataFolder) -> None:
    async with reader(data).client() as client:
        answer = await client.post("/setup", data=FIELDS, headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403


async def test_a_form_that_is_too_large_is_refused_unread(data: DataFolder) -> None:
    async with reader(data).client() as client:
        answer = await client.post("/setup", content=b"x", headers={**FORM, "content-length": str(1 << 30)})
    assert answer.status_code == 413


async def test_papers_to_rate_are_shown_as_cards(data: DataFolder) -> None:
    text = await page(reader(data), "/setup/rate")
    assert 'class="card' in text or "No papers are here yet" in text


async def test_other_papers_to_rate_are_given_when_they_are_asked_for_or_it_is_said_that_there_are_none(
    data: DataFolder,
) -> None:
    write_random_vectors(data, 500, 50)
    fake = reader(data)
    texts = [await page(fake, "/setup/rate")]
    async with fake.client() as client:
        for _ in range(3):
            answer = await client.post("/setup/rate", headers=FORM)
            assert answer.status_code == 303
            texts.append((await client.get(answer.headers["location"], headers=HTML)).text)
    shown = [set(re.findall(r'data-paper="([^"]+)"', text)) for text in texts]
    assert [len(ids) for ids in shown] == [20, 20, 10, 10]
    assert len(set.union(*shown)) == 50
    assert shown[2] == shown[3]
    assert ["No other papers are here yet" in text for text in texts] == [False, False, False, True]


async def test_a_file_of_ratings_waits_for_the_system_that_the_answers_start(data: DataFolder) -> None:
    launcher = asyncio.create_task(handed_over(data, {"path": "/x/papersys.toml", "is_new_start": True}))
    files = {"ratings": ("C:\\old.csv", b"id,preference\n2403.12345,dislike\n")}
    async with reader(data).client() as client:
        answer = await client.post("/setup", data={**FIELDS, "model_choice": "none"}, files=files, headers=FORM)
    change = await launcher
    [file] = change.likes.files
    assert (file.name, "2403.12345" in file.text) == ("old.csv", True)
    assert f"/ratings/import/{file.upload_id}" in answer.text
    assert "old.csv, 1 row, is imported" in " ".join(answer.text.split())
