"""Programs get their secrets by environment alone, tell none, and end."""

import sys
from pathlib import Path

import pytest

from services.publisher.site.programs import Program
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


def test_what_a_program_says_is_added_to_its_log_while_it_runs(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "build.log"
    program = Program((sys.executable, "-c"), {}, timeout_seconds=30)
    program.run_logged(["print('first')"], log, folder=tmp_path)
    outcome = program.run_logged(["import sys; print('second'); sys.stderr.write('third')"], log, folder=tmp_path)
    assert sorted(outcome.output.split()) == [b"second", b"third"]
    assert sorted(log.read_bytes().split()) == [b"first", b"second", b"third"]
    slow = Program((sys.executable, "-uc"), {}, timeout_seconds=1, limit="publisher.site.timeout_minutes")
    with pytest.raises(TemporaryFailure, match=r"publisher\.site\.timeout_minutes"):
        slow.run_logged(["import time; print('fourth'); time.sleep(60)"], log, folder=tmp_path)
    assert b"fourth" in log.read_bytes()


def test_ends_of_lines_of_any_kind_are_one_blank() -> None:
    tell = r"import sys; sys.stderr.write('Connection refused\r\nfatal: \x1b]0;x\x07gone\n')"
    assert Program((sys.executable, "-c", tell), {}).run([]).complaint == "Connection refused fatal: gone"
