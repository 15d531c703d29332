"""Lines of processes as lines of the launcher's log."""

import pytest

from deploy.launcher.output import parse_line, parse_nats_line


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
