"""The plan of processes and the policy of restarts, as values."""

from pathlib import Path

import pytest

from deploy.launcher.output import parse_line, parse_nats_line
from deploy.launcher.plan import Addresses, plan
from deploy.launcher.restarts import History
from shared.settings.settings import SERVICES

ADDRESSES = Addresses("127.0.0.1", 4222, "127.0.0.1", 8101, "127.0.0.1", 8080, demo_port=8099)


def test_nats_comes_first_the_demo_next_and_the_services_last() -> None:
    programs = plan(ADDRESSES, {}, nats_program=Path("nats-server"), nats_config=Path("nats.conf"))
    assert [program.name for program in programs] == ["nats", "demo", *SERVICES]
    assert [program.stage for program in programs] == [0, 1, 2, 2, 3, 3, 3, 3]


def test_an_external_nats_and_no_demo_leave_the_services_alone() -> None:
    addresses = Addresses("h", 1, "127.0.0.1", 8101, "127.0.0.1", 8080)
    programs = plan(addresses, {}, nats_program=None, nats_config=None)
    assert [program.name for program in programs] == list(SERVICES)


def test_every_port_knows_the_setting_that_moves_it() -> None:
    needed = ADDRESSES.needed(embedded_nats=True)
    assert needed[4222] == "bus.port"
    assert needed[8106] == "http.first_port"
    assert len(needed) == 9
    assert 4222 not in ADDRESSES.needed(embedded_nats=False)


def test_delays_grow_with_short_lives_and_a_long_life_forgives() -> None:
    history, delays = History(), []
    for _ in range(10):
        history = history.after(lived_seconds=1, short_life_seconds=20)
        delays.append(history.delay_seconds)
    assert delays[:4] == [0.25, 0.5, 1.0, 2.0]
    assert delays[-1] == 30.0
    assert history.is_hopeless(10)
    assert history.after(lived_seconds=60, short_life_seconds=20) == History()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"message": "hello", "level": "INFO"}', "hello"),
        ("Traceback (most recent", "Traceback (most recent"),
        ("[1]", "[1]"),
    ],
)
def test_any_line_of_a_process_becomes_a_log_line(text: str, message: str) -> None:
    assert parse_line(text)["message"] == message


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[7] 2026/11/20 23:37:22.393272 [INF] Starting nats-server", None),
        ("[7] 2026/11/20 23:37:22.396430 [WRN] Plaintext passwords detected, use nkeys or bcrypt", None),
        ("[7] 2026/11/20 23:37:22.1 [ERR] disk full", {"level": "ERROR", "message": "disk full"}),
        ("nats-server: bad flag", {"level": "INFO", "message": "nats-server: bad flag"}),
    ],
)
def test_of_the_servers_own_log_only_trouble_is_shown(text: str, line: dict[str, str] | None) -> None:
    assert parse_nats_line(text) == line
