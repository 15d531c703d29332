"""The token that the settings give, and where one is needed."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from services.publisher.settings import PublisherSettings
from shared.errors import SettingsError

TOKEN = "a-token-of-decent-length"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.20", "papers.home"])
def test_an_address_that_others_can_reach_needs_a_token(host: str) -> None:
    with pytest.raises(SettingsError, match="PAPERSYS_PUBLISHER__TOKEN"):
        PublisherSettings(host=host).known_token()
    assert PublisherSettings(host=host, token=SecretStr(TOKEN)).known_token() == TOKEN


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.8.8.8"])
def test_loopback_needs_none(host: str) -> None:
    assert PublisherSettings(host=host).known_token() is None


def test_a_token_is_long_enough_and_its_file_can_be_read(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="at least 16"):
        PublisherSettings(token=SecretStr("short")).known_token()
    with pytest.raises(SettingsError, match="cannot be read"):
        PublisherSettings(token_file=tmp_path / "none").known_token()
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    assert PublisherSettings(token_file=tmp_path / "token").known_token() == TOKEN
