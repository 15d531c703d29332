"""Passwords and addresses of the bus that a configuration file could misread, on a real nats-server."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from deploy.launcher.nats_server import write_config
from shared.bus.connections import connected
from shared.errors import SettingsError
from shared.settings.settings import BusSettings
from tests.support.bus.nats import NatsServer

ODD = [
    'a"b',
    "back\\slash",
    "'single'",
    "$HOME",
    "# no comment",
    "a\tb",
    "12345",
    "true",
    "{ } [ ]",
    "pässwörd ☃",
    '", "',
]


@pytest.mark.parametrize("password", ODD)
async def test_attack_10_any_password_reaches_the_server_as_it_is(tmp_path: Path, password: str) -> None:
    server = NatsServer(tmp_path / 'da"ta', password=SecretStr(password), user='us"er')
    try:
        server.start()
        async with connected(server.settings) as client:
            assert client.is_connected
    finally:
        server.kill()


def test_attack_10_a_password_that_the_server_takes_for_a_hash_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="choose another") as error:
        write_config(tmp_path, BusSettings(), "$2a$11$hunter2hunter2")
    assert "hunter2" not in str(error.value)


async def test_fault_7_the_server_listens_on_an_ipv6_address(tmp_path: Path) -> None:
    server = NatsServer(tmp_path, host="::1")
    try:
        server.start("::1")
        async with connected(server.settings) as client:
            assert client.is_connected
    finally:
        server.kill()
