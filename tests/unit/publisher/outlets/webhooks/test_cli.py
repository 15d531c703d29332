"""`papersys webhooks`: a test message to a real server, and how each webhook stands."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.checks.command_line import run_command
from tests.support.outside.chat_server import DISCORD_PATH, ChatServer, chat_server


@pytest.fixture
def chats(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatServer]:
    """A folder with a settings file whose webhook leads to a server of this machine."""
    with chat_server() as server:
        (tmp_path / "discord.url").write_text(f"{server.url}{DISCORD_PATH}")
        (tmp_path / "papersys.toml").write_text(
            '[webhooks.team]\nkind = "discord"\nurl_file = "discord.url"\nthreshold = 0.7\nhours = "08:00-19:00"\n'
        )
        monkeypatch.chdir(tmp_path)
        monkeypatch.delenv("PAPERSYS_CONFIG", raising=False)
        yield server


def test_a_test_message_comes_through(chats: ChatServer) -> None:
    outcome = run_command("webhooks", "test", "team")
    assert (outcome.code, outcome.out) == (0, "team took the test message.\n")
    assert "A test message from papersys" in chats.shown[0].text.replace("\\", "")


def test_a_chat_that_says_no_is_exit_code_1(chats: ChatServer) -> None:
    chats.closed = {"discord"}
    outcome = run_command("webhooks", "test", "team")
    assert outcome.code == 1
    assert "Unknown Webhook" in outcome.err
    assert "discord-secret" not in outcome.err + outcome.out


def test_an_unknown_name_lists_the_known_ones(chats: ChatServer) -> None:
    outcome = run_command("webhooks", "test", "phone")
    assert outcome.code == 1
    assert "there are: team" in " ".join(outcome.err.split())


def test_status_says_what_is_told_when(chats: ChatServer) -> None:
    (chat,) = json.loads(run_command("webhooks", "status", "--json").out)
    assert chat["rule"] == "picks with a match score of 70% or more, 08:00-19:00 UTC, a day’s picks in one message"
    assert "none yet" in run_command("webhooks", "status").out
