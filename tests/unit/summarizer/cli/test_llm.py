"""`papersys llm list|use|test` against real servers on this machine."""

import json
from pathlib import Path
from typing import Any

import pytest

from services.summarizer.settings import Settings
from shared.hosts import local_model_servers as local_servers
from shared.hosts.model_server import FoundServer
from shared.settings.settings import LlmSettings, load_settings
from tests.support.checks.command_line import run_command
from tests.support.llm.llama_server import StandIn, write_gguf
from tests.support.llm.model_list import answering, models
from tests.support.llm.server import Scripted, llm_server
from tests.support.outside.hub import hub_server

ANSWERS = {
    "finding": {"birds": 412, "sentence": "Most came back."},
    "onesentence": {"sentence": "Birds return."},
    "words": {"words": ["one", "two"]},
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A settings file of one's own, on a machine where no server runs."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PAPERSYS_CONFIG", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))
    found(monkeypatch)
    (tmp_path / "papersys.toml").write_text('# mine\n[data]\npath = "data"\nmin_free_mb = 1\n')
    return tmp_path


def found(monkeypatch: pytest.MonkeyPatch, *servers: FoundServer) -> None:
    monkeypatch.setattr(local_servers, "find_local_servers", lambda: list(servers))


def llm(folder: Path) -> LlmSettings:
    assert "# mine" in (folder / "papersys.toml").read_text()
    return load_settings(Settings, folder / "papersys.toml", {}).llm


def listed() -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in json.loads(run_command("llm", "list", "--json").out)}


def answer(body: dict[str, Any], before: int) -> Scripted:
    form = body.get("response_format") or {}
    name = form.get("json_schema", {}).get("name")
    if name is None:  # a server without schemas: it has to be read out of the conversation
        text = json.dumps(body["messages"])
        name = "finding" if "ringed birds, and" in text else "words" if "English words" in text else "onesentence"
    return Scripted(text=json.dumps(ANSWERS[name]))


def test_a_server_is_used_by_its_address_and_listed_as_in_use(folder: Path) -> None:
    with answering(models("qwen3:8b")) as address:
        done = run_command("llm", "use", f"{address}/")
        assert (done.code, done.err) == (0, "")
        assert "papersys llm test" in done.out
        row = listed()["default"]
    assert (llm(folder).base_url, llm(folder).model) == (address, "qwen3:8b")
    assert (row["in_use"], row["answers"], row["place"]) == (True, True, address)
    gone = listed()["default"]
    assert (gone["answers"], "does not answer" in gone["problem"]) == (False, True)


def test_what_does_not_answer_is_refused_unless_forced(folder: Path) -> None:
    away = ("llm", "use", "http://127.0.0.1:9/v1", "--model", "m")
    done = run_command(*away)
    assert (done.code, "does not answer" in done.err, llm(folder).base_url) == (1, True, None)
    assert run_command(*away, "--force").code == 0
    assert llm(folder).base_url == "http://127.0.0.1:9/v1"


@pytest.mark.parametrize(
    ("options", "says"), [((), "several models; choose one with --model: a, b"), (("--model", "c"), "no model 'c'")]
)
def test_which_of_several_models_is_meant_must_be_said(folder: Path, options: tuple[str, ...], says: str) -> None:
    with answering(models("a", "b")) as address:
        done = run_command("llm", "use", address, *options)
        assert (done.code, says in done.err, llm(folder).base_url) == (1, True, None)
        assert run_command("llm", "use", address, "--model", "b").code == 0
    assert llm(folder).model == "b"


def test_models_found_on_this_machine_are_listed_and_used_by_name(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with answering(models("qwen3:8b", "llama3")) as address:
        found(monkeypatch, FoundServer("Ollama", address, ("qwen3:8b", "llama3")))
        assert listed()["llama3"]["source"] == "found: Ollama"
        assert run_command("llm", "use", "llama3").code == 0
        assert llm(folder).model == "llama3"
        assert run_command("llm", "use", "ollama").code == 0
        assert llm(folder).model == "qwen3:8b"
        assert [name for name, row in listed().items() if row["in_use"]] == ["default"]
        assert "qwen3:8b" not in listed(), "what is in the settings is not listed again"


def test_the_key_of_another_server_is_never_sent(folder: Path) -> None:
    (folder / "key").write_text("secret")
    (folder / "key").chmod(0o600)
    with answering(models("a"), key="secret") as paid, answering(models("b"), key="") as mine:
        settings = f'# mine\n[llm]\nbase_url = "{paid}"\nmodel = "a"\napi_key_file = "{folder / "key"}"\n'
        (folder / "papersys.toml").write_text(settings)
        assert listed()["default"]["answers"]
        refused = run_command("llm", "use", mine)
        assert (refused.code, "needs a key" in refused.err) == (1, True)
        done = run_command("llm", "use", mine, "--model", "b", "--force")
        assert "llm.api_key_file" in done.out
    assert llm(folder).api_key_file is None


def test_a_named_model_is_used_for_every_step(folder: Path) -> None:
    with answering(models("m")) as address:
        with (folder / "papersys.toml").open("a") as file:
            file.write(f'[llm.models.local]\nbase_url = "{address}"\nmodel = "m"\n')
        assert run_command("llm", "use", "local").code == 0
        assert llm(folder).model_of("tag") == "local"
        assert listed()["local"]["in_use"]


def test_a_file_is_used_where_the_program_is_and_written_as_seen_from_the_settings(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "models").mkdir()
    write_gguf(folder / "models" / "small.gguf")
    without = run_command("llm", "use", "models/small.gguf")
    assert (without.code, "papersys[local-llm]" in without.err, llm(folder).gguf) == (1, True, None)
    monkeypatch.setenv("PATH", str(StandIn(folder / "bin").folder))
    assert run_command("llm", "use", "models/small.gguf").code == 0
    assert 'gguf = "models/small.gguf"' in (folder / "papersys.toml").read_text()
    assert (listed()["own"]["answers"], listed()["own"]["in_use"]) == (True, True)
    (folder / "odd.gguf").write_bytes(b"<html>")
    assert "no GGUF file" in run_command("llm", "use", "odd.gguf").err


def test_a_file_of_the_hub_is_fetched_first(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(StandIn(folder / "bin").folder))
    content = write_gguf(folder / "x").read_bytes()
    with hub_server({"owner/name/resolve/main/small.gguf": content}) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        refused = run_command("llm", "use", "owner/name/gone.gguf")
        assert (refused.code, "Nothing was changed" in refused.err, llm(folder).gguf) == (1, True, None)
        done = run_command("llm", "use", "owner/name/small.gguf")
    assert (done.code, "Fetched and checked" in done.out) == (0, True)
    assert (folder / "data/cache/models/owner--name/main/small.gguf").read_bytes() == content
    assert llm(folder).gguf == "owner/name/small.gguf"


@pytest.mark.parametrize("target", ["nosuch", "http://", "a/b:c:d.gguf"])
def test_what_is_no_model_is_said(folder: Path, target: str) -> None:
    done = run_command("llm", "use", target)
    assert done.code == 1
    assert len(done.err.strip().splitlines()) == 1


def test_without_a_settings_file_it_is_said_how_to_get_one(folder: Path) -> None:
    (folder / "papersys.toml").unlink()
    assert "papersys init" in run_command("llm", "use", "none").err


@pytest.mark.parametrize(
    ("forms", "form"), [(None, "schema"), (("json_object",), "json"), ((), "text")], ids=["schema", "json", "text"]
)
def test_a_trial_tells_form_and_speed_and_is_remembered(folder: Path, forms: tuple[str, ...] | None, form: str) -> None:
    with llm_server(answer, forms=forms) as server:
        assert run_command("llm", "use", server.url, "--model", "m", "--force").code == 0
        report = json.loads(run_command("llm", "test", "--json").out)
        shown = run_command("llm", "test").out
    assert (report["form"], report["answer"]["birds"]) == (form, 412)
    assert report["usage"]["cost"] is None
    assert report["seconds_a_paper"] > 0
    assert "unknown cost" in shown
    assert "s a paper" in shown
    assert listed()["default"]["seconds_a_paper"] is not None
    assert {json.loads(line)["purpose"] for line in next((folder / "data/ledger").iterdir()).open()} == {"try"}


def test_a_model_that_gives_no_usable_answer_fails_with_what_to_do(folder: Path) -> None:
    with llm_server(lambda body, before: Scripted(text="I am sorry.")) as server:
        run_command("llm", "use", server.url, "--model", "m", "--force")
        done = run_command("llm", "test")
    assert (done.code, "Take a larger model" in done.err) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [((), "papersys llm use NAME"), (("other",), "no model 'other'")],
)
def test_a_trial_of_nothing_says_how_to_choose(folder: Path, arguments: tuple[str, ...], says: str) -> None:
    done = run_command("llm", "test", *arguments)
    assert (done.code, says in done.err) == (1, True)


def test_an_empty_list_says_what_can_be_done() -> None:
    assert "papersys llm use FILE.gguf" in run_command("llm", "list").out
