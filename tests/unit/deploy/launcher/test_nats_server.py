"""The configuration file of the embedded NATS server."""

import stat
from pathlib import Path

import pytest

from deploy.launcher.nats_server import find_nats_server, write_config
from shared.errors import SettingsError
from shared.settings.settings import BusSettings


def test_the_file_names_address_and_folder_and_is_its_owners_alone(tmp_path: Path) -> None:
    path = write_config(tmp_path / "nats", BusSettings(port=4999), 'quo"te $1 #2')
    text = path.read_text()
    assert 'listen: "127.0.0.1:4999"' in text
    assert f'store_dir: "{tmp_path / "nats"}"' in text
    assert r'password: "quo\x22te $1 #2"' in text
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_password_that_the_server_would_take_for_a_hash_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="reads as a hash"):
        write_config(tmp_path, BusSettings(), "$2a$secret")


def test_the_server_is_there() -> None:
    assert find_nats_server().exists()
