"""Programs get their secrets by environment alone, tell none, and end."""

import sys

import pytest

from services.publisher.site.deploying.programs import Program
from shared.errors import PermanentFailure, TemporaryFailure

TELL = "import os, sys; sys.stderr.write(repr((sys.argv, dict(os.environ)))); sys.exit(3)"


def test_a_secret_is_neither_in_the_command_line_nor_in_what_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERSYS_LLM__API_KEY", "another secret")
    outcome = Program((sys.executable, "-c", TELL), {"TOKEN": "geheim"}, ("geheim",)).run(["x"])
    assert outcome.code == 3
    assert "'TOKEN': '…'" in outcome.said
    assert "geheim" not in outcome.said
    assert "another secret" not in outcome.said


def test_a_program_that_does_not_end_is_ended() -> None:
    with pytest.raises(TemporaryFailure, match=r"did not end within 0\.001 minutes"):
        Program((sys.executable, "-c", "import time; time.sleep(60)"), {}, timeout_seconds=0.06).run([])


def test_a_program_that_is_not_there_is_named() -> None:
    with pytest.raises(PermanentFailure, match="papersys-no-such-program cannot be started"):
        Program(("papersys-no-such-program",), {}).run([])
