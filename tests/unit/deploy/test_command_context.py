"""The context of commands: each service's settings, with the demo's addresses, from a file that is checked whole."""

from pathlib import Path

import pytest

from deploy.command_context import system_context
from services.fetcher.settings import Settings as FetcherConfiguration
from services.ranker.settings import Settings as RankerConfiguration
from shared.command_line.context import command_context, load, open_text_encoder
from shared.errors import SettingsError


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PAPERSYS_CONFIG", raising=False)
    return tmp_path


def test_the_demos_addresses_reach_the_fetchers_settings(folder: Path) -> None:
    (folder / "papersys.toml").write_text("[demo]\nenabled = true\nport = 8765\n")
    with command_context(system_context()):
        fetcher = load(FetcherConfiguration).fetcher
    assert (fetcher.oai_url, fetcher.arxiv_url) == ("http://127.0.0.1:8765/oai", "http://127.0.0.1:8765")


def test_an_address_of_the_environment_goes_before_the_demos(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "papersys.toml").write_text("[demo]\nenabled = true\n")
    monkeypatch.setenv("PAPERSYS_FETCHER__OAI_URL", "http://127.0.0.1:1/other")
    with command_context(system_context()):
        assert load(FetcherConfiguration).fetcher.oai_url == "http://127.0.0.1:1/other"


def test_a_mistake_in_another_services_section_is_refused_too(folder: Path) -> None:
    (folder / "papersys.toml").write_text("[publisher]\nprot = 1\n")
    with command_context(system_context()), pytest.raises(SettingsError, match="prot"):
        load(RankerConfiguration)


def test_the_ranker_gets_an_encoder_that_names_its_recipe(folder: Path) -> None:
    (folder / "papersys.toml").write_text('[embedding.models.minilm]\nname = "bundled"\nmax_length = 128\n')
    with command_context(system_context()):
        assert "128" in open_text_encoder().recipe
