"""The own model among the processes: before those who ask it, which see a server like any other."""

import stat
from pathlib import Path

from deploy.launcher.own_model import OwnModel, own_model_of
from deploy.launcher.plan import Addresses, plan
from shared.settings.settings import SERVICES, CommonSettings, LlmSettings, load_settings
from shared.store.files.data_folder import DataFolder
from tests.support.llm.llama_server import write_gguf

ADDRESSES = Addresses("127.0.0.1", 4222, "127.0.0.1", 8101, "127.0.0.1", 8080)


def test_without_gguf_there_is_no_process(tmp_path: Path) -> None:
    assert own_model_of(LlmSettings(), DataFolder(tmp_path)) is None
    assert list(tmp_path.iterdir()) == []
    programs = plan(ADDRESSES, {}, nats_program=None, nats_config=None)
    assert [program.name for program in programs] == list(SERVICES)


def test_it_has_a_port_and_a_key_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "q.gguf").touch()
    own = own_model_of(LlmSettings(gguf=str(tmp_path / "q.gguf")), DataFolder(tmp_path))
    assert own is not None
    assert own.name == "q"
    assert len(own.key_file.read_text().strip()) > 20
    assert stat.S_IMODE(own.key_file.stat().st_mode) == 0o600


def test_the_services_are_told_where_it_answers_and_it_alone_which_file_it_is(tmp_path: Path) -> None:
    own = OwnModel("q", 12345, tmp_path / "key", window=8192)
    (tmp_path / "key").write_text("its-key")
    settings = tmp_path / "papersys.toml"
    settings.write_text('[llm]\ngguf = "q.gguf"\nprice_per_million_input = 9.0\n')
    environment = {"PAPERSYS_LLM__API_KEY": "another-servers", "HOME": "/"}
    first, *services = plan(ADDRESSES, environment, nats_program=None, nats_config=None, own_model=own)
    assert first.name == "own-model"
    assert first.environment == {**environment, "PAPERSYS_LLM__CONTEXT_TOKENS": "8192"}
    assert first.stage < min(service.stage for service in services)
    for service in services:
        llm = load_settings(CommonSettings, settings, service.environment).llm
        assert (llm.base_url, llm.model, llm.key()) == ("http://127.0.0.1:12345/v1", "q", "its-key")
        assert llm.price_per_million_input == 0
        assert llm.context_tokens == 8192


def test_the_window_is_known_where_the_file_is_here(tmp_path: Path) -> None:
    data = DataFolder(tmp_path)
    here = own_model_of(LlmSettings(gguf=str(write_gguf(tmp_path / "q.gguf"))), data)
    assert here is not None
    assert here.window == 8192
    elsewhere = own_model_of(LlmSettings(gguf="owner/name/q.gguf"), data)
    assert elsewhere is not None
    assert elsewhere.window is None
